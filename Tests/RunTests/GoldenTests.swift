import Glibc
import JSON
import Testing

/// The reports of the committed sample data, to the byte, but for the times of the queries.
@Suite struct GoldenTests {
    private static let files = [
        "exceptions.csv", "reconciliation.csv", "reconciliation.jsonl", "rejects.csv", "summary.json",
    ]

    @Test func nightly() async throws {
        let folder = try TemporaryFolder()
        let live = try await Command.run(
            Sample.Nightly.run(folder / "live") + Sample.Nightly.sandbox + ["--formats", "csv,jsonl"])
        #expect(live.code == 2, "\(live.errorText)")
        let report = folder / "live/\(Sample.Nightly.asOf)"
        try Self.compare(report, with: "nightly")
        try Self.checkJournal(report, queryable: 272)
        try await Self.checkFromItsJournal(
            report, Sample.Nightly.run(folder / "again") + ["--formats", "csv,jsonl"],
            again: folder / "again/\(Sample.Nightly.asOf)")
    }

    /// The worked examples of SampleData/atlas/expected.md.
    @Test func atlas() async throws {
        let folder = try TemporaryFolder()
        let parameters = Sample.Atlas.inputs + ["--as-of", Sample.Atlas.asOf, "--formats", "csv,jsonl"]
        let live = try await Command.run(["run"] + parameters + Sample.Atlas.sandbox + ["--output", folder / "live"])
        #expect(live.code == 0, "\(live.errorText)")
        let report = folder / "live/\(Sample.Atlas.asOf)"
        try Self.compare(report, with: "atlas")
        try Self.checkJournal(report, queryable: 3)
        try await Self.checkFromItsJournal(
            report, ["run"] + parameters + ["--output", folder / "again"], again: folder / "again/\(Sample.Atlas.asOf)")
    }

    /// What SampleData/atlas/expected.md works out by hand, apart from what was once recorded.
    @Test func atlasByHand() async throws {
        let folder = try TemporaryFolder()
        let finished = try await Command.run(Sample.Atlas.run(folder / "out") + ["--formats", "csv"])
        #expect(finished.code == 0, "\(finished.errorText)")
        let report = folder / "out/\(Sample.Atlas.asOf)"
        let rows = try csvRecords(Files.read(report + "/reconciliation.csv"))
        let columns = [
            "orderNo", "refundCode", "outcome", "exceptions", "expectedRefundAmount", "finalRefundAmount",
            "refundVariance", "unexplainedVariance",
        ]
        let byHand = [
            "PSTEV20220119165629057,,variance,REFUND_SHORT;PENALTY_VARIANCE;FINAL_ARITHMETIC_MISMATCH;PARTS_MISMATCH;NOT_QUERYABLE,40.32,37.32,-3.00,-8.00",
            "TESTA20250512100600259,202505-0013,rejected,REJECTED,163.48,,,",
            "XPFIW20220209163159425,,matched,NOT_QUERYABLE,43.26,43.26,0.00,0.00",
            "TESTA20250512100600259,202505-0012,pending,,,,,",
        ]
        let written = rows.map { row in columns.map { row[$0] ?? "(none)" }.joined(separator: ",") }
        for row in byHand { #expect(written.contains(row), "not in \(written)") }
        #expect(written.count == 5)
        let totals = try parsedJSON(Files.read(report + "/summary.json"))["totals"]?["USD"]
        for (name, amount) in [
            ("expectedOriginal", "470.86"), ("expectedPenalty", "10.00"), ("expectedFee", "11.00"),
            ("expectedRefund", "287.38"), ("finalOriginal", "139.90"), ("finalPenalty", "0.00"), ("finalFee", "6.00"),
            ("finalRefund", "117.90"), ("penaltyVariance", "-10.00"), ("refundVariance", "-6.00"),
            ("unexplainedVariance", "-16.00"), ("atRisk", "163.48"), ("open", "0.00"),
        ] { #expect(totals?[name]?.string == amount, "\(name)") }
    }

    /// SampleData/README.md says what is to be found in the report; the golden report says it too.
    @Test func readme() throws {
        let summary = try parsedJSON(Files.read("\(Repository.resources)/golden/nightly/summary.json"))
        let tables = try Files.text(Repository.root + "/SampleData/README.md").components(
            between: "### Where to look: ")
        try #require(tables.count >= 2)
        for (table, key) in zip(tables, ["cases", "exceptions"]) {
            let rows = table.split(separator: "\n").map { $0.split(separator: "|").map { $0.filter { $0 != " " } } }
            let counts = rows.compactMap { row in row.count > 1 ? Int(row[1]).map { (row[0], $0) } : nil }
            let found = summary[key]?.members.compactMap { member in member.value.int.map { (member.key, $0) } } ?? []
            #expect(counts.count == (key == "cases" ? 9 : 32))
            for (name, count) in counts { #expect(found.first { $0.0 == name }?.1 == count, "\(key) \(name)") }
            #expect(found.filter { $0.1 > 0 }.count == counts.count)
        }
    }

    // MARK: Checks

    static func compare(_ report: String, with name: String) throws {
        let golden = "\(Repository.resources)/golden/\(name)"
        for file in files {
            let written = withoutQueryTimes(try Files.read("\(report)/\(file)"))
            if getenv("REFUND_RECON_RECORD") != nil || !Files.exists("\(golden)/\(file)") {
                try Files.makeFolder("\(Repository.resources)/golden")
                try Files.makeFolder(golden)
                try Files.write(written, to: "\(golden)/\(file)")
                Issue.record("\(golden)/\(file) was recorded: read it before it is committed")
            }
            let difference = firstDifference(try Files.read("\(golden)/\(file)"), written)
            #expect(difference == nil, "\(name)/\(file)")
        }
    }

    /// The text with every UTC time to the millisecond replaced.
    private static func withoutQueryTimes(_ bytes: [UInt8]) -> [UInt8] {
        let shape = Array("0000-00-00T00:00:00.000Z".utf8)
        func isTime(_ start: Int) -> Bool {
            guard start + shape.count <= bytes.count, bytes[start + 10] == UInt8(ascii: "T") else { return false }
            return zip(bytes[start...], shape).allSatisfy { byte, want in
                want == UInt8(ascii: "0") ? (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) : byte == want
            }
        }
        var result: [UInt8] = []
        var position = 0
        while position < bytes.count {
            if isTime(position) {
                result += Array("(queriedAt)".utf8)
                position += shape.count
            } else {
                result.append(bytes[position])
                position += 1
            }
        }
        return result
    }

    /// The published journal holds one line a queryable case, in the order of the cases.
    private static func checkJournal(_ report: String, queryable: Int) throws {
        let journal = try Files.read(report + "/status-journal.jsonl")
        #expect(journal.last == 0x0A)
        let lines = try journal.split(separator: 0x0A).map { try parsedJSON(Array($0)) }
        let cases = try csvRecords(Files.read(report + "/reconciliation.csv"))
            .filter { $0["rowType"] == "case" && $0["refundCode"] != "" }
        #expect(lines.map { $0["refundCode"]?.string } == cases.map { $0["refundCode"] })
        #expect(lines.count == queryable)
        let summary = try parsedJSON(Files.read(report + "/summary.json"))
        #expect(summary["controls"]?["queries"]?["queryable"]?.int == queryable)
    }

    /// A run from the journal that a live run published gives the same report, without any network.
    private static func checkFromItsJournal(_ report: String, _ arguments: [String], again: String) async throws {
        let finished = try await Command.run(arguments + ["--status-journal", report + "/status-journal.jsonl"])
        #expect([0, 2].contains(finished.code), "\(finished.errorText)")
        for file in files {
            #expect(
                try firstDifference(Files.read("\(report)/\(file)"), Files.read("\(again)/\(file)")) == nil, "\(file)")
        }
        #expect(!Files.exists(again + "/status-journal.jsonl"))
    }
}

extension String {
    /// The parts that follow each occurrence of a text.
    fileprivate func components(between text: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: text) {
            rest = rest[range.upperBound...]
            parts.append(String(rest[..<(rest.firstRange(of: text)?.lowerBound ?? rest.endIndex)]))
        }
        return parts
    }
}
