import Compression
import Memory

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
        let sum = CRC32(line).value
        line += key
        for shift in stride(from: 28, through: 0, by: -4) { line.append(digit(sum >> UInt32(shift))) }
        return line + end
    }

    /// How many bytes the line has that a checksum was added to, without its closing brace; nil if the checksum is missing or
    /// wrong.
    static func contentCount(of line: Span<UInt8>) -> Int? {
        let count = line.count - key.count - digitCount - end.count
        guard count > 0 else { return nil }
        let content = Array(line.extracting(..<count))
        return line.isSame(as: added(to: content + [UInt8(ascii: "}")]).span) ? count : nil
    }

    private static func digit(_ value: UInt32) -> UInt8 {
        let value = UInt8(value & 15)
        return value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
