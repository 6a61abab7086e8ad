import JSON
import Testing

/// The working journal of a live run, as it stands in the output folder.
struct Journal {
    let path: String

    /// nil while there is none.
    init?(output: String) {
        guard
            let name = TemporaryFolder.names(in: output)
                .first(where: { $0.hasPrefix(".journal-") && $0.hasSuffix(".jsonl") })
        else { return nil }
        path = "\(output)/\(name)"
    }

    init(path: String) { self.path = path }

    /// Its lines, the last one too if it has no end.
    func lines() throws -> [[UInt8]] {
        try File.bytes(path).split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init).filter {
            !$0.isEmpty
        }
    }

    /// Its lines that hold an answer, as they are published: without their checksums.
    func answers() throws -> Set<[UInt8]> {
        let checksum = #","checksum":"00000000"}"#.utf8.count
        return Set(
            try lines().filter { Self.outcome($0) == "ok" }.map { $0.dropLast(checksum) + [UInt8(ascii: "}")] })
    }

    /// nil for a line that is no JSON.
    static func outcome(_ line: [UInt8]) -> String? {
        JSONTree(parsing: line.span)?["outcome"]?.string
    }
}
