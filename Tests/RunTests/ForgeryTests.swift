import JSON
import Testing
import Verify

/// A report that was forged consistently, hashes, chain and all, is found by what it says itself.
@Suite struct ForgeryTests {
    /// Two nights with a state store, twice: the second time Atlas paid another amount in the second one.
    private final class Base: Sendable {
        let folder: TemporaryFolder
        static let first = "2025-09-29"
        static let second = "2025-09-30"
        var genuine: String { folder / "genuine" }
        var other: String { folder / "other" }

        init() async throws {
            folder = try TemporaryFolder()
            let log = try Files.text(Sample.Nightly.folder + "/webhooks.jsonl")
            try Files.makeFolder(folder / "a")
            try Files.makeFolder(folder / "b")
            try folder.write("a/webhooks.jsonl", log)
            try await publish("genuine", [(Self.first, "a"), (Self.second, "a")])
            try folder.write("b/webhooks.jsonl", try Self.changed(log, csvRecords(Files.read(rows))))
            try await publish("other", [(Self.first, "a"), (Self.second, "b")])
        }

        private var rows: String { "\(genuine)/\(Self.second)/reconciliation.csv" }

        private func publish(_ output: String, _ nights: [(day: String, log: String)]) async throws {
            for night in nights {
                let finished = try await Command.run(
                    ["run"] + Sample.Nightly.inputs.dropLast(2) + [
                        "--webhooks", folder / "\(night.log)/webhooks.jsonl",
                    ]
                        + Sample.Nightly.tolerances + Sample.Nightly.journal
                        + [
                            "--as-of", night.day, "--output", folder / output, "--state", folder / "\(output).sqlite",
                            "--allow-incomplete", "--min-cases", "10", "--min-share-of-usual", "50",
                        ])
                try #require(finished.code == 0, "\(finished.errorText)")
            }
        }

        /// The log with another amount paid for one refund that was paid as quoted.
        private static func changed(_ log: String, _ rows: [[String: String]]) throws -> String {
            let counts = Dictionary(rows.map { ($0["orderNo"] ?? "", 1) }, uniquingKeysWith: +)
            let row = try #require(
                rows.first {
                    $0["outcome"] == "matched" && $0["finalSource"] == "webhook" && counts[$0["orderNo"] ?? ""] == 1
                })
            let order = try #require(row["orderNo"])
            let lines = log.split(separator: "\n").map { line -> String in
                guard line.contains(order) else { return String(line) }
                return String(line).replacing(#/(finalRefundAmount[\\": ]+)([0-9])/#) {
                    "\($0.1)\($0.2 == "1" ? "2" : "1")"
                }
            }
            let changed = lines.joined(separator: "\n") + "\n"
            try #require(changed != log)
            return changed
        }
    }

    private static let base = Task { try await Base() }

    private static func found(_ report: ForgedReport) throws -> [String] {
        try Verification(folder: report.folder).lines.filter { $0.kind == .differs }.map(\.text)
    }

    @Test(arguments: [Base.first, Base.second]) func genuine(day: String) async throws {
        let base = try await Self.base.value
        let lines = try Verification(folder: "\(base.genuine)/\(day)").lines
        #expect(lines.filter { $0.kind == .differs } == [])
        #expect(lines.count { $0.kind == .ok } > 20)
        #expect(lines.suffix(3).allSatisfy { $0.kind == .notProved })
    }

    /// Renewed and unchanged it is still one that nothing differs in, so a finding below is of the forgery.
    @Test func renewedOnly() async throws {
        let base = try await Self.base.value
        let folder = try TemporaryFolder()
        let report = try ForgedReport(copyOf: base.genuine, report: Base.second, to: folder / "out")
        try report.renew()
        #expect(try Self.found(report) == [])
    }

    // MARK: Some files of another run

    /// The figures of another, genuine run put in the place of this one's, but for some files that still tell.
    @Test(arguments: [
        (["reconciliation.csv", "exceptions.csv", "summary.json", "breaks.csv"], "reconciliation.jsonl"),
        (["reconciliation.csv", "exceptions.csv", "summary.json", "breaks.csv"], "reconciliation.xlsx"),
        (["reconciliation.csv", "exceptions.csv", "summary.json", "breaks.csv"], "report.html"),
        (
            [
                "reconciliation.csv", "exceptions.csv", "summary.json", "breaks.csv", "reconciliation.jsonl",
                "report.html",
            ],
            "reconciliation.xlsx"
        ),
        (
            [
                "reconciliation.csv", "exceptions.csv", "summary.json", "breaks.csv", "reconciliation.jsonl",
                "reconciliation.xlsx",
            ], "report.html"
        ),
        (
            [
                "reconciliation.csv", "exceptions.csv", "summary.json", "breaks.csv", "reconciliation.xlsx",
                "report.html",
            ],
            "reconciliation.jsonl"
        ),
        (["reconciliation.csv", "summary.json", "breaks.csv", "reconciliation.jsonl"], "exceptions.csv"),
        (["reconciliation.csv", "exceptions.csv", "reconciliation.jsonl"], "summary.json"),
    ])
    func filesOfAnotherRun(taken: [String], tells: String) async throws {
        let base = try await Self.base.value
        let folder = try TemporaryFolder()
        let report = try ForgedReport(copyOf: base.genuine, report: Base.second, to: folder / "out")
        try report.take(taken, from: "\(base.other)/\(Base.second)")
        try report.renew()
        let found = try Self.found(report)
        #expect(found.contains { $0.contains(tells) }, "\(found)")
    }

    // MARK: One thing at a time

    struct Forgery: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let says: String
        let make: @Sendable (ForgedReport) throws -> Void
        let manifest: @Sendable (JSONTree) -> JSONTree

        init(
            _ testDescription: String, says: String, _ make: @escaping @Sendable (ForgedReport) throws -> Void
        ) {
            self.init(
                testDescription: testDescription, says: says, make: make, manifest: { manifest in manifest })
        }

        private init(
            testDescription: String, says: String, make: @escaping @Sendable (ForgedReport) throws -> Void,
            manifest: @escaping @Sendable (JSONTree) -> JSONTree
        ) {
            self.testDescription = testDescription
            self.says = says
            self.make = make
            self.manifest = manifest
        }

        /// The manifest changed.
        static func manifest(
            _ testDescription: String, says: String, _ change: @escaping @Sendable (JSONTree) -> JSONTree
        ) -> Forgery {
            Forgery(testDescription: testDescription, says: says, make: { _ in }, manifest: change)
        }

        /// A member of the summary, by its path, given another value.
        static func summary(_ path: String, _ value: JSONTree, says: String) -> Forgery {
            Forgery("summary.json \(path)", says: says) { report in
                let summary = try parsedJSON(Files.read("\(report.folder)/summary.json"))
                let changed = try summary.replacing(path.split(separator: ".").map(String.init)[...], with: value)
                try #require(changed != summary)
                try Files.write(changed.encoded(pretty: true) + [0x0A], to: "\(report.folder)/summary.json")
            }
        }

        /// Columns of the first row with some code given other values, in the CSV files and in JSON Lines alike.
        static func row(_ code: String, _ values: [String: String], says: String) -> Forgery {
            Forgery("a row with \(code): \(values)", says: says) { report in
                for file in ["reconciliation.csv", "exceptions.csv"] {
                    var lines = try report.text(file).split(separator: "\r\n").map(String.init)
                    let header = lines[0].split(separator: ",").map(String.init)
                    let index = try #require(lines.firstIndex { $0.contains(code) && !$0.contains("\"") })
                    var fields = lines[index].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                    for (column, value) in values { fields[try #require(header.firstIndex(of: column))] = value }
                    lines[index] = fields.joined(separator: ",")
                    try report.write(file, lines.joined(separator: "\r\n") + "\r\n")
                }
            }
        }
    }

    private static let forgeries: [Forgery] = [
        .row("REFUND_SHORT", ["outcome": "matched"], says: "outcome is matched"),
        .row("REFUND_SHORT", ["exceptions": "DUPLICATE_WEBHOOK"], says: "REFUND_SHORT is missing"),
        .row("REFUND_SHORT", ["refundVariance": "0.00"], says: "refundVariance is not final"),
        .row("OVERDUE_", ["ageBucket": "0-7", "ageDays": "3"], says: "by its dates"),
        .row("OVERDUE_REFUND", ["expectedRefundDate": "2026-01-01"], says: "by its columns it is"),
        .row("NO_EVIDENCE", ["outcome": "pending", "refundStatus": "1"], says: "statusSource"),
        .row("MISSING_WEBHOOK", ["webhookCount": "9223372036854775807"], says: "webhookCount is 9223372036854775807"),
        .row("REFUND_SHORT", ["expectedRefundAmount": "-99999999999999999999999999999999.00"], says: "expectedRefund"),
        .row("REFUND_SHORT", ["finalRefundAmount": "1e5"], says: "not an amount"),
        .row("REFUND_SHORT", ["breakAmounts": "USD 1/1/1/1"], says: "breakAmounts"),
        .row("REFUND_SHORT", ["breakStanding": "settled"], says: "it is settled, and nobody decided so"),
        .row("REFUND_SHORT", ["breakStanding": "closed"], says: "it is closed and was not open"),
        .row("OVERDUE_", ["breakStanding": "closed"], says: "it is closed, and nobody decided so"),
        .row("REFUND_SHORT", ["breakStanding": "resolved"], says: "it is resolved and a break"),
        .row("REFUND_SHORT", ["breakStanding": ""], says: "it is a break without a breakStanding"),
        .summary("verdict.result", .string("reconciled"), says: "verdict.result"),
        .summary("verdict.complete", .bool(true), says: "verdict.complete"),
        .summary("controls.queries.queryable", .int(1), says: "queries"),
        .summary("controls.orders.rejected", .int(1), says: "rejects.csv has"),
        .summary("controls.webhooks.assigned", .int(1), says: "webhooks.assigned"),
        .summary("controls.orderAmounts.EUR.read", .string("1.00"), says: "orderAmounts.EUR"),
        .summary("controls.webhookAmounts.EUR.final", .string("1.00"), says: "webhookAmounts.EUR"),
        .summary("controls.finalAmounts.EUR.query", .string("1.00"), says: "finalAmounts.EUR"),
        .summary("rollForward.cases.EUR.opening.count", .int(999), says: "opening"),
        .summary(
            "rollForward.cases.EUR.closing.amount", .string("1.00"), says: "closing is not what the rows leave open"),
        .summary("rollForward.orphanWebhooks", .object([]), says: "orphanWebhooks"),
        .summary("openedFrom", .null, says: "openedFrom"),
        .summary("breaks.persisting", .int(0), says: "breaks.persisting"),
        .summary("breaks.opening", .int(1), says: "breaks.opening"),
        .summary("breaks.ended", .int(1), says: "breaks.ended"),
        .summary("rollForward.closedByDecision", .int(1), says: "closedByDecision is 1, 0 rows are closed"),
        .summary("completeness.minimumCases.met", .bool(false), says: "minimumCases"),
        .summary("completeness.usual.median", .int(1), says: "usual"),
        Forgery(
            "an id on a row that is neither a break nor open", says: "it has a breakId and is neither a break nor open"
        ) {
            var lines = try $0.text("reconciliation.csv").split(separator: "\r\n").map(String.init)
            let place = try #require(lines[0].split(separator: ",").firstIndex(of: "breakId"))
            var fields = lines.map { $0.split(separator: ",", omittingEmptySubsequences: false) }
            let index = try #require(fields.firstIndex { $0.count == fields[0].count && $0[place].isEmpty })
            fields[index][place] = "00000000000000000000000000000000"
            lines[index] = fields[index].joined(separator: ",")
            try $0.write("reconciliation.csv", lines.joined(separator: "\r\n") + "\r\n")
        },
        Forgery("every break settled", says: "breaks.csv") {
            try $0.write("breaks.csv", try $0.text("breaks.csv").replacing(",persisting,", with: ",settled,"))
        },
        Forgery("no rows at all", says: "reconciliation.csv: it is missing") {
            Files.remove("\($0.folder)/reconciliation.csv")
            Files.remove("\($0.folder)/exceptions.csv")
        },
        Forgery("a page of good news", says: "report.html: its verdict") {
            try $0.write("report.html", try $0.text("report.html").replacing("INCOMPLETE", with: "RECONCILED"))
        },
        Forgery("a page whose result is another", says: "report.html: its verdict says reconciled") {
            try $0.write(
                "report.html", try $0.text("report.html").replacing("<strong>BREAKS", with: "<strong>RECONCILED"))
        },
        Forgery("a page without a result", says: "report.html: its verdict has no result") {
            try $0.write("report.html", try $0.text("report.html").replacing("<strong>BREAKS", with: "<strong>FINE"))
        },
        .manifest("the number of refused records taken out", says: "rows of rejects.csv") { manifest in
            manifest.mapping("outputs") {
                .array(
                    $0.elements.map { output in
                        output["name"]?.string == "rejects.csv"
                            ? .object(output.members.filter { $0.key != "rows" }) : output
                    })
            }
        },
        .summary("contract", .int(3), says: "contract is 3"),
        Forgery("other amounts in JSON Lines", says: "reconciliation.jsonl") {
            try $0.replace("reconciliation.jsonl", "\"finalRefundAmount\":\"", "\"finalRefundAmount\":\"1")
        },
        Forgery("a reject taken out", says: "rejected") {
            let lines = try $0.text("rejects.csv").split(separator: "\r\n")
            let taken = try #require(
                lines.dropFirst().firstIndex { $0.hasPrefix("orders") && $0.count { $0 == "\"" }.isMultiple(of: 2) })
            let rest = lines[..<taken] + lines[(taken + 1)...]
            try $0.write("rejects.csv", rest.joined(separator: "\r\n") + "\r\n")
        },
        .manifest("sums of an input", says: "orderAmounts") { manifest in
            manifest.mapping("inputs") { .array($0.elements.map { $0.mapping("sums") { _ in .object([]) } }) }
        },
        .manifest("a tolerance that swallows all", says: "by its columns it is") { manifest in
            manifest.mapping("parameters") { $0.mapping("tolerances") { $0.mapping("EUR") { _ in .string("500.00") } } }
        },
        .manifest("a format taken out", says: "parameters.formats does not have") { manifest in
            manifest.mapping("parameters") {
                $0.mapping("formats") { .array($0.elements.filter { $0.string != "csv" }) }
            }
        },
        .manifest("a usual population", says: "usualPopulation") { manifest in
            manifest.mapping("usualPopulation") { .array($0.elements.map { $0.mapping("cases") { _ in .int(7) } }) }
        },
        Forgery("what the night was opened with", says: "carried-open-items.jsonl: it is not what") {
            try $0.write("carried-open-items.jsonl", "")
        },
    ]

    @Test(arguments: forgeries) func oneThing(forgery: Forgery) async throws {
        let base = try await Self.base.value
        let folder = try TemporaryFolder()
        let report = try ForgedReport(copyOf: base.genuine, report: Base.second, to: folder / "out")
        try forgery.make(report)
        try report.renew(forgery.manifest)
        let found = try Self.found(report)
        #expect(found.contains { $0.contains(forgery.says) }, "\(found)")
        // Its hashes were made anew: only what it says gives it away.
        let isByHash = found.contains {
            $0.contains("its hash") || $0.hasPrefix("differs  chain:") || $0.hasPrefix("differs  CHAIN:")
        }
        #expect(!isByHash, "\(found)")
    }

    // MARK: By chance

    /// Any figure of summary.json, each a digit off; without those that no other figure and no row supports.
    @Test func anyFigureOfTheSummary() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var chance = Seeded(seed)
        let base = try await Self.base.value
        let folder = try TemporaryFolder()
        let report = try ForgedReport(copyOf: base.genuine, report: Base.second, to: folder / "out")
        let genuine = try report.text("summary.json")
        let lines = genuine.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let unsupported = ["Restated", "restated", "answersUsedAgain", "toolVersion", "asOf", "contract", "openedFrom"]
        let numbers = lines.indices.filter { index in
            lines[index].contains(": ") && lines[index].contains { $0.isNumber }
                && !unsupported.contains { lines[index].contains($0) }
        }
        try #require(numbers.count > 300)
        for number in numbers.shuffled(using: &chance).prefix(40) {
            let digit = try #require(lines[number].lastIndex { $0.isNumber })
            var forged = lines
            forged[number].replaceSubrange(digit...digit, with: lines[number][digit] == "7" ? "8" : "7")
            try report.write("summary.json", forged.joined(separator: "\n"))
            try report.renew()
            #expect(try !Self.found(report).isEmpty, "line \(number + 1), \(lines[number]), seed \(seed)")
        }
    }

    /// Any amount, outcome, count or age of any case, in a report that has nothing but CSV to tell. Rows without a case have
    /// amounts that follow from nothing else: which these are, verify says among what it did not prove.
    @Test func anyCellOfTheRows() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var chance = Seeded(seed)
        let folder = try TemporaryFolder()
        let finished = try await Command.run(
            Sample.Nightly.run(folder / "base") + Sample.Nightly.journal + ["--formats", "csv", "--allow-incomplete"])
        #expect(finished.code == 0, "\(finished.errorText)")
        let report = try ForgedReport(copyOf: folder / "base", report: Sample.Nightly.asOf, to: folder / "out")
        let lines = try report.text("reconciliation.csv").split(separator: "\r\n").map(String.init)
        let exceptions = try report.text("exceptions.csv")
        let header = lines[0].split(separator: ",").map(String.init)
        let columns = header.indices.filter {
            (header[$0].hasSuffix("Amount") || header[$0].hasSuffix("Variance") || header[$0].hasSuffix("Fee")
                || ["outcome", "webhookCount", "ageDays", "ageBucket"].contains(header[$0]))
                && !header[$0].contains("PenaltyVariance")
        }
        try #require(columns.count == 17)
        for _ in 0..<60 {
            let index = Int.random(in: 1..<lines.count, using: &chance)
            guard lines[index].hasPrefix("case,") else { continue }
            var fields = lines[index].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard fields.count == header.count, let column = columns.randomElement(using: &chance) else { continue }
            let old = fields[column]
            fields[column] = old.isEmpty ? "1.00" : old == "matched" ? "variance" : Self.anotherDigit(old)
            if fields[column] == old { continue }
            var forged = lines
            forged[index] = fields.joined(separator: ",")
            try report.write("reconciliation.csv", forged.joined(separator: "\r\n") + "\r\n")
            try report.write("exceptions.csv", exceptions.replacing(lines[index], with: forged[index]))
            try report.renew()
            #expect(
                try !Self.found(report).isEmpty,
                "row \(index + 1), \(header[column]) \(old) → \(fields[column]), seed \(seed)")
        }
    }

    private static func anotherDigit(_ text: String) -> String {
        guard let digit = text.lastIndex(where: \.isNumber) else { return "matched" }
        return text.replacingCharacters(at: digit, with: text[digit] == "1" ? "2" : "1")
    }
}

extension String {
    fileprivate func replacingCharacters(at index: Index, with character: Character) -> String {
        var copy = self
        copy.replaceSubrange(index...index, with: String(character))
        return copy
    }
}

extension JSONTree {
    /// The object with a member changed; the value itself if it has none of that name.
    func mapping(_ key: String, _ change: (JSONTree) -> JSONTree) -> JSONTree {
        guard case .object(let members) = self else { return self }
        return .object(members.map { $0.key == key ? Member(key, change($0.value)) : $0 })
    }

    /// The object with the value at a path replaced; the path must be there.
    func replacing(_ path: ArraySlice<String>, with value: JSONTree) throws -> JSONTree {
        guard let key = path.first else { return value }
        let member = try #require(self[key], "there is no \(key)")
        let changed = try member.replacing(path.dropFirst(), with: value)
        return mapping(key) { _ in changed }
    }
}
