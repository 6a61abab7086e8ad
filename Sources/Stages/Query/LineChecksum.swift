import Files

/// The checksum with which every line of the working journal ends: `,"checksum":"<CRC-32, 8 digits>"}`, of the line's bytes
/// before it. The published journal has its lines without it.
enum LineChecksum {
    private static let key = Array(#","checksum":""#.utf8)
    private static let end = Array(#""}"#.utf8)
    private static let digitCount = 8
    /// How many bytes a line is longer with it.
    static let byteCount = key.count + digitCount + end.count - 1

    /// A line with its checksum.
    ///
    /// - Parameter line: a JSON object that is not empty, without a line end.
    static func added(to line: [UInt8]) -> [UInt8] {
        var line = line
        // The closing brace.
        line.removeLast()
        let sum = line.withUnsafeBufferPointer { crc32($0) }
        line += key
        for shift in stride(from: 28, through: 0, by: -4) { line.append(digit(sum >> UInt32(shift))) }
        return line + end
    }

    /// The line that a checksum was added to, but for its closing brace; nil if the checksum is missing or wrong.
    static func content(of line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        let count = line.count - key.count - digitCount - end.count
        guard count > 0 else { return nil }
        let content = UnsafeBufferPointer(rebasing: line[..<count])
        let (digits, tail) = (count + key.count, line.count - end.count)
        guard line[count..<digits].elementsEqual(key), line[tail...].elementsEqual(end) else { return nil }
        let sum = crc32(content)
        for (place, shift) in zip(digits..<tail, stride(from: 28, through: 0, by: -4)) {
            guard line[place] == digit(sum >> UInt32(shift)) else { return nil }
        }
        return content
    }

    private static func digit(_ value: UInt32) -> UInt8 {
        let value = UInt8(value & 15)
        return value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
