import Files

/// `CHAIN` in the output folder: one line for each report that was ever published there. No line is ever removed, so it
/// shows that the last report is missing, which the chain of manifests cannot.
package struct ChainFile {
    package static let name = "CHAIN"

    package private(set) var reports: [ManifestChain.Link] = []
    /// Bytes up to the end of the last complete line; the rest was cut off.
    private var wholeBytes = 0
    private var isCutOff = false

    /// Reads the file of an output folder; nil if there is none. A line that no run wrote is passed over.
    package init?(_ output: String) {
        guard let bytes = try? InputBytes(path: "\(output)/\(Self.name)").bytes else { return nil }
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 0x0A) {
            if let report = ManifestChain.Link(line: String(decoding: rest[..<end], as: UTF8.self)) {
                reports.append(report)
            }
            rest = rest[(end + 1)...]
        }
        wholeBytes = bytes.count - rest.count
        isCutOff = !rest.isEmpty
    }

    /// Adds the reports that it does not list yet: the last one, and those whose run was ended before it noted them. Only
    /// who holds the folder's lock may.
    package static func note(_ output: String) throws(WriteError) {
        let known = ChainFile(output)
        let last = known?.reports.last?.sequence ?? 0
        let missing = ManifestChain.links(in: output).filter { $0.sequence > last }.sorted { $0.sequence < $1.sequence }
        let path = "\(output)/\(name)"
        try FileSystem.writing(path) { () throws(SystemError) in
            let file = try File(path, to: .append)
            // A line that a full disk cut off says nothing.
            if let known, known.isCutOff { try file.truncate(to: known.wholeBytes) }
            try file.write(Array(missing.map(\.line).joined().utf8))
            try file.sync()
        }
    }
}

extension ManifestChain.Link {
    /// `<sequence> <as-of> <SHA-256 of the manifest>`.
    fileprivate var line: String { "\(sequence) \(asOf) \(sha256)\n" }

    /// nil for a text, without its newline, that is not written exactly so.
    fileprivate init?(line: String) {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let sequence = Int(parts[0]), ManifestChain.sequences ~= sequence else { return nil }
        self.init(folder: parts[1], asOf: parts[1], sequence: sequence, sha256: parts[2])
        if self.line != line + "\n" { return nil }
    }
}
