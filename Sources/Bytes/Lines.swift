import Glibc

/// Part of a text that begins and ends at line boundaries, so that parts can be read by several cores.
public struct LineChunk: Sendable {
    /// Where the part lies in the text.
    public let range: Range<Int>

    public init(range: Range<Int>) { self.range = range }

    /// Cuts a text, or what follows a place in it, into parts of about `size` bytes, each ending behind a newline or at the
    /// end of the text.
    public static func split(
        _ text: UnsafeBufferPointer<UInt8>, from start: Int = 0, size: Int = 1 << 20
    ) -> [LineChunk] {
        var chunks: [LineChunk] = []
        var start = start
        while start < text.count {
            let end = min(start + size, text.count)
            let boundary = end < text.count ? (newline(in: text, from: end - 1).map { $0 + 1 } ?? text.count) : end
            chunks.append(LineChunk(range: start..<boundary))
            start = boundary
        }
        return chunks
    }

    /// Gives the pages of the part back to the system; they are read again from the file if they are needed again. A mapped
    /// file counts as memory of ours only while its pages are in use.
    public func release(in text: UnsafeBufferPointer<UInt8>) {
        guard let base = text.baseAddress else { return }
        let pageSize = 4096
        let start = (Int(bitPattern: base) + range.lowerBound + pageSize - 1) & ~(pageSize - 1)
        let end = (Int(bitPattern: base) + range.upperBound) & ~(pageSize - 1)
        if end > start { madvise(UnsafeMutableRawPointer(bitPattern: start), end - start, MADV_DONTNEED) }
    }

    /// Calls `body` with each line, without its LF or CRLF, and its number within the part, the first being 1; gives the
    /// number of lines.
    public func forEachLine(
        of text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>, Int32) -> Void
    ) -> Int32 {
        var line: Int32 = 0
        var start = range.lowerBound
        while start < range.upperBound {
            let lineEnd = newline(in: text, from: start, to: range.upperBound) ?? range.upperBound
            line += 1
            let hasReturn = lineEnd > start && lineEnd < range.upperBound && text[lineEnd - 1] == 0x0D
            body(UnsafeBufferPointer(rebasing: text[start..<(hasReturn ? lineEnd - 1 : lineEnd)]), line)
            start = lineEnd + 1
        }
        return line
    }
}

/// The first LF at or behind a position.
private func newline(in text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int? = nil) -> Int? {
    guard let base = text.baseAddress, let found = memchr(base + start, 0x0A, (end ?? text.count) - start) else {
        return nil
    }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether the bytes are UTF-8: no overlong forms, no surrogates, nothing beyond U+10FFFF.
    public var isValidUTF8: Bool {
        var index = 0
        let raw = UnsafeRawBufferPointer(self)
        let highBits: UInt64 = 0x8080_8080_8080_8080
        while index < count {
            // Most text is ASCII: 64 bytes at a time, then 8.
            func word(_ offset: Int) -> UInt64 { raw.loadUnaligned(fromByteOffset: index &+ offset, as: UInt64.self) }
            while index &+ 64 <= count,
                ((word(0) | word(8)) | (word(16) | word(24)) | (word(32) | word(40)) | (word(48) | word(56)))
                    & highBits == 0
            {
                index &+= 64
            }
            while index &+ 8 <= count, word(0) & highBits == 0 { index &+= 8 }
            while index < count, self[index] < 0x80 { index &+= 1 }
            guard index < count else { return true }
            guard let length = sequenceLength(at: index) else { return false }
            index += length
        }
        return true
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
