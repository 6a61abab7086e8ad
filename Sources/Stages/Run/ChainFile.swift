import Files
import Glibc

/// `CHAIN` in the output folder: one line for each report that was ever published there, and nothing is ever taken out of
/// it. It tells that the last report is missing, which the chain of manifests cannot.
struct ChainFile {
    static let name = "CHAIN"

    /// `<sequence> <as-of> <SHA-256 of the manifest>`.
    struct Line: Equatable {
        let sequence: Int
        let asOf: String
        let sha256: String

        var text: String { "\(sequence) \(asOf) \(sha256)\n" }

        init(_ link: ManifestChain.Link) {
            sequence = link.sequence
            asOf = link.asOf
            sha256 = link.sha256
        }

        /// nil for a text, without its newline, that is not written exactly so.
        fileprivate init?(_ text: String) {
            let parts = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, let sequence = Int(parts[0]), ManifestChain.sequences ~= sequence else {
                return nil
            }
            self.sequence = sequence
            asOf = parts[1]
            sha256 = parts[2]
            if self.text != text + "\n" { return nil }
        }
    }

    private(set) var lines: [Line] = []
    /// The numbers of the lines that are none.
    private(set) var badLines: [Int] = []
    /// Bytes up to the end of the last line that has one; what follows was cut off.
    private(set) var wholeBytes = 0
    private(set) var isCutOff = false

    /// Reads the file of an output folder; nil if there is none.
    init?(_ output: String) {
        guard let bytes = try? InputBytes(path: "\(output)/\(Self.name)") else { return nil }
        var rest = bytes.original[...]
        var number = 0
        while let end = rest.firstIndex(of: 0x0A) {
            number += 1
            if let line = Line(String(decoding: rest[..<end], as: UTF8.self)) {
                lines.append(line)
            } else {
                badLines.append(number)
            }
            rest = rest[(end + 1)...]
        }
        wholeBytes = bytes.original.count - rest.count
        isCutOff = !rest.isEmpty
    }

    /// Adds the reports that it does not list yet: the last one, and those whose run was ended before it noted them. Only
    /// who holds the folder's lock may.
    static func note(_ output: String) throws(RunError) {
        let known = ChainFile(output)
        let last = known?.lines.last?.sequence ?? 0
        let missing = ManifestChain.links(in: output).filter { $0.sequence > last }
            .sorted { $0.sequence < $1.sequence }.map { Line($0) }
        let path = "\(output)/\(name)"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw RunError(.cannotWrite, "\(path): \(errnoText())") }
        defer { close(descriptor) }
        // A line that a full disk cut off says nothing.
        if known?.isCutOff == true, ftruncate(descriptor, known?.wholeBytes ?? 0) != 0 {
            throw RunError(.cannotWrite, "\(path): \(errnoText())")
        }
        let text = Array(missing.map(\.text).joined().utf8)
        guard write(descriptor, text, text.count) == text.count, fsync(descriptor) == 0 else {
            throw RunError(.cannotWrite, "\(path): \(errnoText())")
        }
    }
}
