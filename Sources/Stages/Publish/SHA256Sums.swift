import Files

/// `SHA256SUMS`: one line a file of the report, as `sha256sum` writes and checks it, in the order of the names.
package enum SHA256Sums {
    package static let name = "SHA256SUMS"

    /// One line: lower-case hexadecimal digits, two spaces, the name.
    package struct Line {
        package let sha256: String
        package let name: String

        package init(sha256: String, name: String) {
            self.sha256 = sha256
            self.name = name
        }

        package init(_ file: OutputFile.Written) { self.init(sha256: file.sha256, name: file.name) }
    }

    package static func render(_ lines: [Line]) -> [UInt8] {
        Array(
            lines.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
                .map { "\($0.sha256)  \($0.name)\n" }.joined().utf8)
    }
}
