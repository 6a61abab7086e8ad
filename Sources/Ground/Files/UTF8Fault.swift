/// The first byte of a text that is not UTF-8, and the encoding that the text probably has.
public struct UTF8Fault: Sendable, Equatable {
    /// Where the first byte is that is not UTF-8.
    public let offset: Int
    public let byte: UInt8
    /// Whether all such bytes are characters of Windows-1252, and no character is written in UTF-8.
    private let looksLikeWindows1252: Bool

    /// nil if all is UTF-8.
    public init?(_ text: Span<UInt8>) {
        guard let offset = text.notUTF8(from: 0) else { return nil }
        self.offset = offset
        byte = text[offset]
        var bad = 0
        var looksLikeWindows1252 = true
        var index: Int? = offset
        while let place = index, looksLikeWindows1252 {
            bad += 1
            looksLikeWindows1252 = !Self.unused.contains(text[place])
            index = text.notUTF8(from: place + 1)
        }
        let notASCII = text.indices.count { text[$0] >= 0x80 }
        self.looksLikeWindows1252 = looksLikeWindows1252 && bad == notASCII
    }

    /// Bytes that have no character in Windows-1252.
    private static let unused: Set<UInt8> = [0x81, 0x8D, 0x8F, 0x90, 0x9D]

    /// The byte and the remedy, for a person.
    public var description: String {
        let hex = String(byte, radix: 16, uppercase: true)
        return "byte \(offset + 1) (0x\(hex)) is not UTF-8"
            + (looksLikeWindows1252
                ? "; it looks like Windows-1252: convert with iconv -f WINDOWS-1252 -t UTF-8" : "")
    }
}
