import Glibc
import JSON
import Testing
import Verify

/// Whatever a folder holds, `verify` ends with an answer: no crash, no wait, nothing outside the folder.
@Suite struct HostileReportTests {
    private static func publish(_ folder: TemporaryFolder, _ formats: String = "csv,jsonl,xlsx,html") async throws
        -> ForgedReport
    {
        let finished = try await Command.run(Sample.Atlas.run(folder / "base") + ["--formats", formats])
        try #require(finished.code == 0, "\(finished.errorText)")
        return try ForgedReport(copyOf: folder / "base", report: Sample.Atlas.asOf, to: folder / "out")
    }

    struct Hostility: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let says: String
        let make: @Sendable (ForgedReport) throws -> Void

        init(_ testDescription: String, says: String, _ make: @escaping @Sendable (ForgedReport) throws -> Void) {
            self.testDescription = testDescription
            self.says = says
            self.make = make
        }

        /// The manifest names a file by some name.
        static func named(_ name: String, says: String) -> Hostility {
            Hostility("an output named \(name.debugDescription)", says: says) { report in
                let manifest = try parsedJSON(Files.read("\(report.folder)/manifest.json"))
                let output = JSONTree.object([
                    .init("name", .string(name)), .init("sha256", .string(String(repeating: "0", count: 64))),
                    .init("bytes", .int(0)),
                ])
                let changed = manifest.mapping("outputs") { .array($0.elements + [output]) }
                try Files.write(changed.encoded(), to: "\(report.folder)/manifest.json")
            }
        }
    }

    private static let hostilities: [Hostility] = [
        .named("../../ff", says: "not the name of a file"), .named("..", says: "not the name of a file"),
        .named("/dev/zero", says: "not the name of a file"), .named("a\0b", says: "not the name of a file"),
        .named("", says: "not the name of a file"), .named("pipe", says: "it is missing"),
        Hostility("a pipe", says: "report.html: it is not a regular file") {
            Files.remove("\($0.folder)/report.html")
            try #require(mkfifo("\($0.folder)/report.html", 0o644) == 0)
        },
        Hostility("a pipe for a manifest", says: "manifest.json: it is not a regular file") {
            Files.remove("\($0.folder)/manifest.json")
            try #require(mkfifo("\($0.folder)/manifest.json", 0o644) == 0)
        },
        Hostility("a link to the same content", says: "summary.json: it is a symbolic link") {
            try Files.move("\($0.folder)/summary.json", to: "\($0.output)/elsewhere")
            try #require(symlink("../elsewhere", "\($0.folder)/summary.json") == 0)
        },
        Hostility("a link to a device", says: "rejects.csv: it is a symbolic link") {
            Files.remove("\($0.folder)/rejects.csv")
            try #require(symlink("/dev/zero", "\($0.folder)/rejects.csv") == 0)
        },
        Hostility("a folder in the place of a file", says: "exceptions.csv: it is not a regular file") {
            Files.remove("\($0.folder)/exceptions.csv")
            try Files.makeFolder("\($0.folder)/exceptions.csv")
        },
        Hostility("deep JSON in the manifest", says: "manifest.json: it is not a manifest") {
            try $0.replace("manifest.json", "\"asOf\": ", "\"a\": \(deep),\n \"asOf\": ")
        },
        Hostility("deep JSON in the summary", says: "summary.json: it is not JSON") {
            try $0.replace("summary.json", "\"asOf\": ", "\"a\": \(deep),\n \"asOf\": ")
        },
        Hostility("a lone surrogate", says: "summary.json") {
            try $0.replace("summary.json", "\"asOf\": ", "\"a\": \"\\ud800\",\n \"asOf\": ")
        },
        Hostility("an empty workbook", says: "reconciliation.xlsx: it cannot be read as a workbook") {
            try $0.write("reconciliation.xlsx", "")
        },
        Hostility("a quote that is never closed", says: "reconciliation.csv") {
            try $0.replace("reconciliation.csv", "\r\ncase,", "\r\ncase,\"")
        },
        Hostility("a count that overflows", says: "webhookCount") { report in
            let lines = try report.text("reconciliation.csv").split(separator: "\r\n").map(String.init)
            let header = lines[0].split(separator: ",").map(String.init)
            let place = try #require(header.firstIndex(of: "webhookCount"))
            let forged = lines.dropFirst().map { line in
                var fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                if fields.count == header.count { fields[place] = "9223372036854775807" }
                return fields.joined(separator: ",")
            }
            try report.write("reconciliation.csv", ([lines[0]] + forged).joined(separator: "\r\n") + "\r\n")
        },
        Hostility("sums of inputs that overflow", says: "is not the sum of the inputs") {
            let sum = "{\"role\":\"orders\",\"records\":1,\"sums\":{\"originalTotalAmount\":{\"EUR\":\"\(nines).99\"}}}"
            try $0.replace("manifest.json", "\"inputs\": [", "\"inputs\": [" + String(repeating: "\(sum),", count: 400))
        },
        Hostility("records of inputs that overflow", says: "does not say how many records") {
            let input = "{\"role\":\"orders\",\"records\":1000000000000000}"
            try $0.replace(
                "manifest.json", "\"inputs\": [", "\"inputs\": [" + String(repeating: "\(input),", count: 20_000))
        },
        Hostility("a share of the usual that overflows", says: "completeness.usual is not percent 1000000") {
            try $0.replace(
                "manifest.json", "\"parameters\": {",
                "\"parameters\": {\"expectations\": {\"minimumPercentOfUsual\": 1000000},")
            try $0.replace(
                "summary.json", "\"asOf\": ",
                "\"completeness\": {\"usual\": {\"median\": 1000000000000000, \"percent\": 1000000}},\n \"asOf\": ")
        },
    ]

    private static let nines = String(repeating: "9", count: 34)
    private static let deep = String(repeating: "[", count: 200_000) + String(repeating: "]", count: 200_000)

    @Test(.timeLimit(.minutes(10)), arguments: hostilities) func ends(hostility: Hostility) async throws {
        let folder = try TemporaryFolder()
        let report = try await Self.publish(folder)
        try hostility.make(report)
        let found = try Verification(folder: report.folder).lines.filter { $0.kind == .differs }.map(\.text)
        #expect(found.contains { $0.contains(hostility.says) }, "\(found)")
    }

    /// A name with a line break forges no line.
    @Test func namesOnOneLine() async throws {
        let folder = try TemporaryFolder()
        let report = try await Self.publish(folder, "csv")
        try report.write("a\nok  everything\u{1B}[31m", "")
        let finished = try await Command.run(["verify", report.folder])
        #expect(finished.code == 1)
        #expect(!finished.outputLines.contains { $0.hasPrefix("ok  everything") })
        #expect(!finished.outputText.contains("\u{1B}"))
    }

    /// Damage by chance to files of any kind: it always ends, nearly always with a difference.
    @Test(.timeLimit(.minutes(10))) func damageByChance() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var chance = Seeded(seed)
        let folder = try TemporaryFolder()
        let report = try await Self.publish(folder)
        let names = Files.names(report.folder)
        try #require(names.count > 8)
        for round in 0..<120 {
            let name = names[round % names.count]
            let genuine = try Files.read("\(report.folder)/\(name)")
            var content = genuine
            switch Int.random(in: 0..<4, using: &chance) {
            case 0: content = Array(content.prefix(Int.random(in: 0..<content.count, using: &chance)))
            case 1:
                content.replaceSubrange(0..<1, with: (0..<200).map { _ in UInt8.random(in: 0...255, using: &chance) })
            case 2: content += genuine
            default:
                for _ in 0..<20 {
                    content[Int.random(in: 0..<content.count, using: &chance)] = UInt8.random(
                        in: 0...255, using: &chance)
                }
            }
            try Files.write(content, to: "\(report.folder)/\(name)")
            // With its hashes as they were, and with new ones, so that what lies behind them is read too.
            if round % 2 == 1, name != "manifest.json", name != "summary.json" { try report.renew() }
            let verification = try Verification(folder: report.folder)
            #expect(
                verification.hasDifferences || content == genuine || round % 2 == 1,
                "\(name), round \(round), seed \(seed)")
            try Files.write(genuine, to: "\(report.folder)/\(name)")
            if round % 2 == 1 { try report.renew() }
        }
    }

    // MARK: Pruned, alone, replaced

    @Test func prunedAndDamaged() async throws {
        let folder = try TemporaryFolder()
        for day in ["2025-05-19", Sample.Atlas.asOf] {
            _ = try await Command.run(Sample.Atlas.run(folder / "out", asOf: day))
        }
        let report = folder / "out/2025-05-19"
        Files.remove("\(report)/reconciliation.csv")
        let damaged = try await Command.run(["verify", report])
        #expect(
            damaged.code == 1,
            "\(damaged.outputText)")
        #expect(
            damaged.outputText.contains("reconciliation.csv: it is missing"),
            "\(damaged.outputText)")
        // The command of docs/OPERATIONS.md, for files of any age.
        let pruned = try await Command.shell(
            "find \"$1\" -type f ! -name manifest.json ! -name manifest.json.sig -delete", [report])
        #expect(pruned.code == 0)
        let told = try await Command.run(["verify", report])
        #expect(told.code == 0, "\(told.outputText)")
        #expect(told.outputLines.contains("pruned: manifest in its chain, 8 files deleted"), "\(told.outputText)")
        #expect(told.outputText.contains("not proved: anything that the deleted files said"))
        // The others do not mind.
        let other = try await Command.run(["verify", folder / "out/\(Sample.Atlas.asOf)"])
        #expect(other.code == 0, "\(other.outputText)")
        try Files.write(Array((try Files.text("\(report)/manifest.json") + " ").utf8), to: "\(report)/manifest.json")
        let changed = try await Command.run(["verify", report])
        #expect(changed.code == 1, "\(changed.outputText)")
        #expect(!changed.outputText.contains("pruned"), "\(changed.outputText)")
    }

    @Test func alone() async throws {
        let folder = try TemporaryFolder()
        for day in ["2025-05-19", Sample.Atlas.asOf] {
            _ = try await Command.run(Sample.Atlas.run(folder / "out", asOf: day) + ["--formats", "csv"])
        }
        try Files.makeFolder(folder / "handed")
        try Files.copy(folder / "out/\(Sample.Atlas.asOf)", to: folder / "handed/\(Sample.Atlas.asOf)")
        let report = folder / "handed/\(Sample.Atlas.asOf)"
        let without = try await Command.run(["verify", report])
        #expect(without.code == 1, "\(without.outputText)")
        #expect(without.outputText.contains("give --alone"), "\(without.outputText)")
        let alone = try await Command.run(["verify", report, "--alone"])
        #expect(alone.code == 0, "\(alone.outputText)")
        #expect(alone.outputText.contains("not proved: that no report is missing or replaced"))
        let noted = try await Command.run(["verify", report, "--alone", "--noted", String(repeating: "0", count: 64)])
        #expect(noted.code == 64)
    }

    @Test func withoutRows() async throws {
        let folder = try TemporaryFolder()
        let report = try await Self.publish(folder, "xlsx")
        let finished = try await Command.run(["verify", report.folder])
        #expect(finished.code == 0, "\(finished.outputText)")
        #expect(finished.outputText.contains("not proved: rows"))
        #expect(finished.outputText.contains("no row was checked"))
    }

    @Test func replaced() async throws {
        let folder = try TemporaryFolder()
        for _ in 1...2 { _ = try await Command.run(Sample.Atlas.run(folder / "out") + ["--formats", "csv"]) }
        let former = folder / "out/\(Sample.Atlas.asOf).1"
        let finished = try await Command.run(["verify", former])
        #expect(finished.code == 0, "\(finished.outputText)")
        #expect(finished.outputText.contains("note  this report was replaced by report 2"), "\(finished.outputText)")
        try Redo.replace("\"sequence\": 2", with: "\"sequence\": 7", in: "\(former)/SUPERSEDED")
        let forged = try await Command.run(["verify", former])
        #expect(forged.code == 1, "\(forged.outputText)")
        #expect(forged.outputText.contains("SUPERSEDED: report 7"), "\(forged.outputText)")
        Files.remove("\(former)/SUPERSEDED")
        let hidden = try await Command.run(["verify", former])
        #expect(hidden.code == 1)
        #expect(hidden.outputText.contains("SUPERSEDED: it is missing, though report 2"), "\(hidden.outputText)")
    }
}
