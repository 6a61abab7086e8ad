import Glibc
import JSON
import Testing

/// `verify` finds whatever was done to a report after it was published.
@Suite struct VerifyTests {
    private static let asOf = Sample.Atlas.asOf

    /// A live run, so that the report has its journal too.
    private static func publish(_ output: String) async throws {
        let finished = try await Command.run(
            ["run"] + Sample.Atlas.inputs + Sample.Atlas.sandbox + ["--as-of", asOf, "--output", output])
        #expect(finished.code == 0, "\(finished.errorText)")
    }

    private static func verify(_ report: String) async throws -> Finished { try await Command.run(["verify", report]) }

    /// Exit 1, and a line of findings that says where.
    private static func expectFinding(_ says: String, _ report: String, _ what: String) async throws {
        let finished = try await verify(report)
        #expect(finished.code == 1, "\(what)")
        #expect(finished.errorText == "")
        let findings = finished.outputText.split(separator: "\n")
        #expect(findings.allSatisfy { $0.hasPrefix("differs  ") }, "\(findings)")
        #expect(findings.contains { $0.contains(says) }, "\(what): \(findings)")
    }

    @Test func untouched() async throws {
        let folder = try TemporaryFolder()
        try await Self.publish(folder / "out")
        let told = try await Self.verify(folder / "out/\(Self.asOf)")
        #expect(told.code == 0)
        #expect(
            told.outputText.split(separator: "\n") == [
                "ok  9 files against SHA256SUMS", "ok  8 files against manifest.json", "ok  1 manifests in their chain",
                "ok  control totals", "ok  5 rows: counts, totals and the bridge of each against summary.json",
            ])
        let quiet = try await Command.run(["verify", "--quiet", "."], folder: folder / "out/\(Self.asOf)")
        #expect(quiet.code == 0 && quiet.output.isEmpty && quiet.errors.isEmpty)
    }

    /// One bit, anywhere in any file of the report.
    @Test(arguments: [
        "SHA256SUMS", "exceptions.csv", "manifest.json", "reconciliation.csv", "reconciliation.jsonl",
        "reconciliation.xlsx",
        "rejects.csv", "report.html", "status-journal.jsonl", "summary.json",
    ])
    func oneBit(file: String) async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var chance = Seeded(seed)
        let folder = try TemporaryFolder()
        try await Self.publish(folder / "out")
        let report = folder / "out/\(Self.asOf)"
        #expect(Files.names(report).count == 10)
        let content = try Files.read("\(report)/\(file)")
        let positions = [0, content.count - 1] + (1...3).map { _ in Int.random(in: 0..<content.count, using: &chance) }
        for position in positions {
            let bit = Int.random(in: 0..<8, using: &chance)
            var touched = content
            touched[position] ^= 1 << bit
            try Files.write(touched, to: "\(report)/\(file)")
            let finished = try await Self.verify(report)
            #expect(finished.code == 1, "\(file), byte \(position), bit \(bit), seed \(seed)")
            #expect(finished.outputText.hasPrefix("differs  "), "\(file), byte \(position), bit \(bit), seed \(seed)")
        }
        try Files.write(content, to: "\(report)/\(file)")
        let finished = try await Self.verify(report)
        #expect(finished.code == 0, "\(finished.outputText)")
    }

    @Test func missingAndAddedFiles() async throws {
        let folder = try TemporaryFolder()
        try await Self.publish(folder / "out")
        let report = folder / "out/\(Self.asOf)"
        for name in Files.names(report) {
            try Files.move("\(report)/\(name)", to: folder / name)
            if ["manifest.json", "SHA256SUMS"].contains(name) {
                // Without these it is no report.
                let finished = try await Self.verify(report)
                #expect(finished.code == 66, "\(name)")
                #expect(finished.errorText.contains(name))
            } else {
                try await Self.expectFinding(name, report, "\(name) is missing")
            }
            try Files.move(folder / name, to: "\(report)/\(name)")
        }
        for name in ["added.csv", ".hidden"] {
            try Files.write([], to: "\(report)/\(name)")
            try await Self.expectFinding("\(name): not listed in SHA256SUMS", report, "\(name) was added")
            Files.remove("\(report)/\(name)")
        }
        try Files.makeFolder("\(report)/folder")
        try await Self.expectFinding("folder: not listed in SHA256SUMS", report, "a folder was added")
    }

    /// Whoever also mends the hashes is found by the numbers.
    @Test func forgedNumbers() async throws {
        let folder = try TemporaryFolder()
        try await Self.publish(folder / "out")
        let report = folder / "out/\(Self.asOf)"
        let rows = try Files.text("\(report)/reconciliation.csv")
        let forged = rows.replacing("40.32,37.32,-3.00,-8.00", with: "40.32,38.32,-2.00,-8.00")
        #expect(forged != rows)
        try Files.write(Array(forged.utf8), to: "\(report)/reconciliation.csv")
        try await Self.mendHashes(report)
        try await Self.expectFinding("refundVariance", report, "amounts were forged, and their hashes mended")
    }

    /// Writes manifest.json and SHA256SUMS anew, as a forger would.
    private static func mendHashes(_ report: String) async throws {
        let script = """
            cd "$1"; rm SHA256SUMS
            sha256sum * | while read -r sum name; do
              sed -i "/\\"name\\": \\"$name\\"/{n;s/: \\".*\\"/: \\"$sum\\"/}" manifest.json
            done
            sha256sum * > /tmp/sums.$$; mv /tmp/sums.$$ SHA256SUMS
            """
        let finished = try await Command.shell(script, [report])
        #expect(finished.code == 0, "\(finished.errorText)")
    }

    // MARK: Chain

    private static let days = ["2025-05-20", "2025-05-21", "2025-05-22"]

    /// What somebody does to a folder of three reports; each is found from another report, too.
    struct Tampering: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let says: String
        /// The reports from which it must be found.
        var seenFrom = days
        let tamper: @Sendable (String) async throws -> Void
    }

    private static let tamperings = [
        Tampering(testDescription: "the first is removed", says: "where 1 is due", seenFrom: Array(days[1...])) {
            Files.remove("\($0)/\(days[0])")
        },
        Tampering(testDescription: "one is removed", says: "where 2 is due", seenFrom: [days[0], days[2]]) {
            Files.remove("\($0)/\(days[1])")
        },
        Tampering(testDescription: "one is added", says: "where") {
            try Files.copy("\($0)/\(days[1])", to: "\($0)/2025-05-23")
        },
        Tampering(testDescription: "two are exchanged", says: "holds the report of 2025-05-2") {
            try Files.move("\($0)/\(days[0])", to: "\($0)/kept")
            try Files.move("\($0)/\(days[1])", to: "\($0)/\(days[0])")
            try Files.move("\($0)/kept", to: "\($0)/\(days[1])")
        },
        Tampering(
            testDescription: "one is renamed", says: "2025-06-01 holds the report of 2025-05-22",
            seenFrom: [days[0], "2025-06-01"]
        ) {
            try Files.move("\($0)/\(days[2])", to: "\($0)/2025-06-01")
        },
        Tampering(testDescription: "a manifest is replaced", says: "\(days[1]) does not follow \(days[0])") {
            let manifest = "\($0)/\(days[0])/manifest.json"
            let text = try Files.text(manifest)
            try Files.write(Array(text.replacing("\"user\": ", with: "\"user\":  ").utf8), to: manifest)
            try await mendHashes("\($0)/\(days[0])")
        },
        Tampering(testDescription: "a manifest is damaged", says: "where 2 is due") {
            try Files.write(Array("{".utf8), to: "\($0)/\(days[1])/manifest.json")
        },
    ]

    @Test(arguments: tamperings) func chain(tampering: Tampering) async throws {
        let folder = try TemporaryFolder()
        let output = folder / "out"
        for day in Self.days {
            let finished = try await Command.run(Sample.Atlas.run(output, asOf: day) + ["--formats", "csv"])
            #expect(finished.code == 0, "\(finished.errorText)")
        }
        for day in Self.days {
            let finished = try await Self.verify("\(output)/\(day)")
            #expect(finished.code == 0, "\(finished.outputText)")
        }
        try await tampering.tamper(output)
        for report in tampering.seenFrom {
            try await Self.expectFinding("chain: ", "\(output)/\(report)", tampering.testDescription)
            try await Self.expectFinding(tampering.says, "\(output)/\(report)", tampering.testDescription)
        }
        // From within the report's own folder it is the same chain.
        let within = try await Command.run(["verify", "."], folder: "\(output)/\(tampering.seenFrom[0])")
        #expect(within.code == 1 && within.outputText.contains(tampering.says), "\(within.outputText)")
    }

    /// Of several reports of one day the earlier one has the lower number.
    @Test func reorderedReportsOfADay() async throws {
        let folder = try TemporaryFolder()
        let output = folder / "out"
        for _ in 1...3 { _ = try await Command.run(Sample.Atlas.run(output) + ["--formats", "csv"]) }
        try Files.move("\(output)/\(Self.asOf).1", to: "\(output)/kept")
        try Files.move("\(output)/\(Self.asOf).2", to: "\(output)/\(Self.asOf).1")
        try Files.move("\(output)/kept", to: "\(output)/\(Self.asOf).2")
        try await Self.expectFinding("chain: ", "\(output)/\(Self.asOf)", "two reports of a day were exchanged")
    }
}
