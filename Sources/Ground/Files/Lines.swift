/// The result of reading the lines of a text.
public struct LinesRead: Sendable {
    /// How many bytes they have, line ends included.
    public let byteCount: Int
    public let lineCount: Int32

    public init(byteCount: Int, lineCount: Int32) {
        self.byteCount = byteCount
        self.lineCount = lineCount
    }
}

extension Span<UInt8> {
    /// Calls `body` with each line, without its LF or CRLF, and its number, the first being 1.
    ///
    /// - Parameter isLast: whether the text ends here, so that the bytes after the last line end are a line too.
    public func forEachLine(isLast: Bool, _ body: (Span<UInt8>, Int32) -> Void) -> LinesRead {
        var line: Int32 = 0
        var start = 0
        while start < count {
            let found = firstIndex(of: 0x0A, from: start)
            if found == nil, !isLast { break }
            let lineEnd = found ?? count
            line += 1
            let hasReturn = found != nil && lineEnd > start && self[lineEnd - 1] == 0x0D
            body(extracting(start..<(hasReturn ? lineEnd - 1 : lineEnd)), line)
            start = Swift.min(lineEnd + 1, count)
        }
        return LinesRead(byteCount: start, lineCount: line)
    }

    /// Whether the bytes are UTF-8: no overlong forms, no surrogates, nothing beyond U+10FFFF.
    public var isValidUTF8: Bool { notUTF8(from: 0) == nil }

    /// Where, at or after a place between characters, the first byte is that is not UTF-8; nil if all is UTF-8.
    func notUTF8(from start: Int) -> Int? {
        var index = start
        while true {
            index = endOfASCII(from: index)
            guard index < count else { return nil }
            guard let length = sequenceLength(at: index) else { return index }
            index += length
        }
    }

    /// Where the first byte is, at or after a place, that is not ASCII; the end if all are.
    private func endOfASCII(from start: Int) -> Int {
        unsafe withUnsafeBytes { bytes in
            var index = start
            let highBits: UInt64 = 0x8080_8080_8080_8080
            // Most text is ASCII: 64 bytes at a time, then 8.
            func word(_ offset: Int) -> UInt64 {
                unsafe bytes.loadUnaligned(fromByteOffset: index &+ offset, as: UInt64.self)
            }
            while index &+ 64 <= bytes.count,
                ((word(0) | word(8)) | (word(16) | word(24)) | (word(32) | word(40)) | (word(48) | word(56)))
                    & highBits == 0
            {
                index &+= 64
            }
            while index &+ 8 <= bytes.count, word(0) & highBits == 0 { index &+= 8 }
            while index < bytes.count, unsafe bytes[index] < 0x80 { index &+= 1 }
            return index
        }
    }

    /// The length of the well-formed UTF-8 sequence that begins there (Unicode, table 3-7).
    private func sequenceLength(at index: Int) -> Int? {
        func isTail(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
            index + offset < count && range.contains(self[index + offset])
        }
        switch self[index] {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: return isTail(1) ? 2 : nil
        case 0xE0: return isTail(1, 0xA0...0xBF) && isTail(2) ? 3 : nil
        case 0xED: return isTail(1, 0x80...0x9F) && isTail(2) ? 3 : nil
        case 0xE1...0xEF: return isTail(1) && isTail(2) ? 3 : nil
        case 0xF0: return isTail(1, 0x90...0xBF) && isTail(2) && isTail(3) ? 4 : nil
        case 0xF1...0xF3: return isTail(1) && isTail(2) && isTail(3) ? 4 : nil
        case 0xF4: return isTail(1, 0x80...0x8F) && isTail(2) && isTail(3) ? 4 : nil
        default: return nil
        }
    }
}
