import Report

/// `SHA256SUMS`: one line a file of the report, as `sha256sum` writes and checks it, in the order of the names.
enum SHA256Sums {
    static let name = "SHA256SUMS"

    /// One line: lower-case hexadecimal digits, two spaces, the name.
    struct Line: Equatable {
        let sha256: String
        let name: String
    }

    static func render(_ lines: [Line]) -> [UInt8] {
        Array(
            lines.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
                .map { "\($0.sha256)  \($0.name)\n" }.joined().utf8)
    }

    static func render(_ files: [OutputEvidence]) -> [UInt8] {
        render(files.map { Line(sha256: $0.sha256, name: $0.name) })
    }

    /// The lines of a text; nil in the place of one that is none.
    static func lines(of text: UnsafeBufferPointer<UInt8>) -> [Line?] {
        var pieces = text.split(separator: 0x0A, omittingEmptySubsequences: false)
        // What follows the last line's end.
        if pieces.last?.isEmpty == true { pieces.removeLast() }
        return pieces.map { piece in
            let bytes = Array(piece)
            guard bytes.count > 66, bytes[64] == 0x20, bytes[65] == 0x20 else { return nil }
            return Line(
                sha256: String(decoding: bytes[..<64], as: UTF8.self),
                name: String(decoding: bytes[66...], as: UTF8.self)
            )
        }
    }
}
