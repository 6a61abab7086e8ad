import Testing

/// `verify --redo` as tests ask it.
enum Redo {
    /// What it says by making the report again: its lines, without those of `verify` alone.
    struct Answer {
        let finished: Finished
        var lines: [String] { finished.outputLines.map(String.init).filter { $0.contains("redo: ") } }
        var differences: [String] { lines.filter { $0.hasPrefix("differs  redo: ") }.map { String($0.dropFirst(15)) } }
        var notProved: [String] { lines.filter { $0.hasPrefix("not proved: redo: ") }.map { String($0.dropFirst(18)) } }
        /// The names of the files that are the same.
        var same: [String] {
            let line = lines.first { $0.contains("the same, byte for byte: ") } ?? ""
            return line.split(separator: ": ").last.map { $0.split(separator: ", ").map(String.init) } ?? []
        }
        var text: String { finished.outputText + finished.errorText }
    }

    /// Asks with a folder of temporary files of its own, which must be empty again afterwards.
    static func ask(
        _ report: String, _ options: [String] = [], folder: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        let temporary = try TemporaryFolder()
        let finished = try await Command.run(
            ["verify", report, "--redo"] + options, environment: ["TMPDIR": temporary.path], folder: folder)
        #expect(Files.names(temporary.path).isEmpty, "temporary files are left", sourceLocation: sourceLocation)
        return Answer(finished: finished)
    }

    /// Exit 0, and all these files the same.
    static func expectProved(
        _ report: String, files: [String]? = nil, _ options: [String] = [], folder: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await ask(report, options, folder: folder, sourceLocation: sourceLocation)
        #expect(answer.finished.code == 0, "\(answer.text)", sourceLocation: sourceLocation)
        #expect(answer.differences.isEmpty, "\(answer.text)", sourceLocation: sourceLocation)
        #expect(answer.notProved.isEmpty, "\(answer.text)", sourceLocation: sourceLocation)
        if let files {
            #expect(answer.same == files, "\(answer.text)", sourceLocation: sourceLocation)
        } else {
            #expect(answer.same.contains("summary.json"), "\(answer.text)", sourceLocation: sourceLocation)
        }
    }

    /// The files of a report in every format that are made again.
    static let allFiles = [
        "exceptions.csv", "reconciliation.csv", "reconciliation.jsonl", "reconciliation.xlsx", "rejects.csv",
        "report.html", "summary.json",
    ]
    /// Formats that are quickly written.
    static let few = ["--formats", "csv,jsonl"]

    /// Publishes the nightly sample from its journal.
    static func nightly(_ output: String, _ options: [String] = few) async throws -> String {
        try await publish(
            Sample.Nightly.run(output) + Sample.Nightly.journal + options, "\(output)/\(Sample.Nightly.asOf)")
    }

    /// Publishes a report and gives its folder.
    static func publish(
        _ arguments: [String], _ report: String, folder: String? = nil, input: [UInt8] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let finished = try await Command.run(arguments, folder: folder, input: input)
        try #require([0, 2].contains(finished.code), "\(finished.errorText)", sourceLocation: sourceLocation)
        return report
    }

    /// Writes all hashes of a report anew, in `manifest.json`, in `SHA256SUMS` and in the `CHAIN` of one report, as
    /// whoever forges it does.
    static func mendHashes(_ report: String) async throws {
        let script = """
            cd "$1"; rm SHA256SUMS
            sha256sum * | while read -r sum name; do
              sed -i "/\\"name\\": \\"$name\\"/{n;s/: \\".*\\"/: \\"$sum\\"/}" manifest.json
            done
            sha256sum * >../sums; mv ../sums SHA256SUMS
            sum=$(sha256sum <manifest.json | cut -c1-64); sed -i "s/[0-9a-f]*\\$/$sum/" ../CHAIN
            """
        let finished = try await Command.shell(script, [report])
        #expect(finished.code == 0, "\(finished.errorText)")
    }

    /// Replaces a text in a file; it must be there.
    static func replace(_ old: String, with new: String, in path: String) throws {
        let text = try Files.text(path)
        try #require(text.contains(old), "\(path) has no \(old)")
        try Files.write(Array(text.replacing(old, with: new).utf8), to: path)
    }
}
