import Testing

/// `verify --redo` of reports that were made with a state store: the store is not asked, only the reports before.
@Suite struct RedoNightTests {
    typealias Order = Nights.Order
    typealias Webhook = Nights.Webhook
    typealias Answer = Nights.Answer

    /// Three nights with something open, an orphan, breaks of every standing, and answers that are used again.
    private static func threeNights(_ options: [String] = []) async throws -> Nights {
        let nights = try Nights()
        let options = ["--requery-after", "5"] + options
        _ = try await nights.run(
            "2026-01-10", [Order("OPEN"), Order("DONE"), Order("NEVER", nil), Order("SHORT")],
            [Webhook("DONE", second: 1), Webhook("ORPHAN", second: 2), Webhook("=X", second: 3)],
            [Answer("OPEN", 1), Answer("DONE", 2), Answer("SHORT", 2, refundBeforeFee: "80.00")], options)
        _ = try await nights.run(
            "2026-01-11", [Order("LATE"), Order("ORPHAN"), Order("DONE")], [Webhook("OPEN", final: "80.00", second: 3)],
            [Answer("OPEN", 2), Answer("ORPHAN", 2), Answer("LATE", 3)], options)
        _ = try await nights.run(
            "2026-01-12", [Order("DONE"), Order("SHORT")], [], [Answer("LATE", 3)], options)
        Files.remove(nights.state)
        return nights
    }

    private static let days = ["2026-01-10", "2026-01-11", "2026-01-12"]

    @Test func everyNight() async throws {
        let nights = try await Self.threeNights()
        for day in Self.days {
            let answer = try await Redo.ask("\(nights.output)/\(day)")
            #expect(answer.finished.code == 0, "\(day): \(answer.text)")
            #expect(answer.same.contains("breaks.csv"))
            #expect(answer.same.contains("reconciliation.csv"))
        }
        let last = try await Redo.ask("\(nights.output)/2026-01-12")
        #expect(last.lines.contains { $0.contains("what the report of 2026-01-11 hands on") }, "\(last.text)")
        #expect(last.lines.contains { $0.contains("answers of 2026-01-10 are what its journal says") })
        // The store was asked for nothing and not made anew.
        #expect(!Files.exists(nights.state))
    }

    /// Live nights: each report has its answers, and those of the night before that were used again.
    @Test func ofLiveRuns() async throws {
        let folder = try TemporaryFolder()
        for day in ["2025-09-30", "2025-10-01", "2025-10-02"] {
            let report = try await Redo.publish(
                ["run"] + Sample.Nightly.inputs + Sample.Nightly.sandbox + [
                    "--as-of", day, "--output", folder / "out", "--state", folder / "state", "--requery-after", "2",
                ], folder / "out/\(day)")
            let answer = try await Redo.ask(report)
            #expect(answer.finished.code == 0, "\(answer.text)")
            #expect(answer.same.contains("reconciliation.xlsx"))
            #expect(answer.same.contains("breaks.csv"))
        }
        let carried = try Files.text(folder / "out/2025-10-01/carried-answers.jsonl")
        #expect(carried.contains("\"receivedFor\":\"2025-09-30\""))
    }

    /// The manifest has the store's path as it was given: another path to the same store is no other store.
    @Test func theSameStoreByAnotherPath() async throws {
        let nights = try Nights()
        _ = try await nights.run("2026-01-10", [Order("OPEN")], [], [Answer("OPEN", 1)])
        let arguments = try nights.arguments("2026-01-11", [], [], [Answer("OPEN", 1)], state: false)
        let report = try await Redo.publish(
            arguments + ["--state", nights.folder / "./state.sqlite"], "\(nights.output)/2026-01-11")
        try await Redo.expectProved(report)
    }

    @Test func withDispositions() async throws {
        let nights = try Nights()
        let first = try await nights.run(
            "2026-01-10", [Order("SHORT")], [], [Answer("SHORT", 2, refundBeforeFee: "80.00")])
        let broken = try #require(first.rows.first)
        let decided = try nights.folder.write(
            "decided.csv",
            "breakId,breakAmounts,Disposition,Note,Preparer,Reviewer,Date\n"
                + "\(broken["breakId"] ?? ""),\(broken["breakAmounts"] ?? ""),accepted,seen,P,R,2026-01-10\n")
        let second = try await nights.run(
            "2026-01-11", [Order("SHORT")], [], [Answer("SHORT", 2, refundBeforeFee: "80.00")],
            ["--dispositions", decided])
        #expect(second.breaks("settled") == 1)
        try await Redo.expectProved(second.folder)
        try Files.write(try Files.read(decided).dropLast(), to: decided)
        #expect(try await Redo.ask(second.folder).differences.first?.contains("input decided.csv") == true)
    }

    /// What a night was opened with must be what the night before handed on.
    @Test func carriedFilesThatWereForged() async throws {
        let nights = try await Self.threeNights()
        let report = "\(nights.output)/2026-01-11"
        for (name, old, new) in [
            (
                "carried-orders.jsonl", "\"originalTotalFareAmount\":\"100.00\"",
                "\"originalTotalFareAmount\":\"101.00\""
            ),
            ("carried-webhooks.jsonl", "\"finalRefundAmount\":\"88.00\"", "\"finalRefundAmount\":\"87.00\""),
            ("carried-open-items.jsonl", "\"amount\":\"88.00\"", "\"amount\":\"87.00\""),
            ("carried-breaks.jsonl", "\"nights\":1", "\"nights\":2"),
            ("carried-answers.jsonl", "\"receivedFor\":\"2026-01-10\"", "\"receivedFor\":\"2026-01-09\""),
        ] {
            let before = try Files.contents(report)
            try Redo.replace(old, with: new, in: "\(report)/\(name)")
            let plain = try await Redo.ask(report)
            #expect(
                plain.differences.contains("\(name) does not have the SHA-256 that manifest.json states"),
                "\(plain.text)")
            try await Redo.mendHashes(report)
            let answer = try await Redo.ask(report)
            #expect(answer.finished.code == 1, "\(name): \(answer.text)")
            if name == "carried-answers.jsonl" {
                #expect(answer.notProved.contains { $0.contains("answers of 2026-01-09") }, "\(answer.text)")
            } else if name == "carried-orders.jsonl" || name == "carried-webhooks.jsonl" {
                #expect(
                    answer.differences.contains { $0.hasPrefix("reconciliation.csv, ") },
                    "the rows do not follow from it")
            } else {
                #expect(
                    answer.differences.contains("\(name) is not what the report of 2026-01-10 hands on"),
                    "\(answer.text)")
            }
            for (name, content) in before { try Files.write(content, to: "\(report)/\(name)") }
        }
    }

    /// The name of a code that no run writes.
    @Test func carriedBreaksWithAnUnknownException() async throws {
        let nights = try await Self.threeNights()
        let report = "\(nights.output)/2026-01-11"
        try Redo.replace(
            "\"exceptions\":\"", with: "\"exceptions\":\"NO_SUCH_CODE;", in: "\(report)/carried-breaks.jsonl")
        try await Redo.mendHashes(report)
        let answer = try await Redo.ask(report)
        #expect(answer.finished.code == 1)
        let fault = "carried-breaks.jsonl, line 1, is not as a run writes it: take the report from a backup"
        #expect(answer.text.contains(fault), "\(answer.text)")
    }

    /// An answer that is used again must be one that the night received that it names.
    @Test func anAnswerThatWasForged() async throws {
        let nights = try await Self.threeNights()
        let report = "\(nights.output)/2026-01-11"
        try Redo.replace("\"gross\":\"90.00\"", with: "\"gross\":\"91.00\"", in: "\(report)/carried-answers.jsonl")
        try await Redo.mendHashes(report)
        let answer = try await Redo.ask(report)
        #expect(answer.differences.contains { $0.hasSuffix("are not what its journal says") }, "\(answer.text)")
        // Nor can it be said where the journal is gone.
        let journal = nights.folder / "night-2026-01-10-journal.jsonl"
        Files.remove(journal)
        let gone = try await Redo.ask(report)
        #expect(gone.notProved.contains { $0.contains("the journal") }, "\(gone.text)")
    }

    /// The journal is read as an input is: decompressed, without a byte order mark.
    @Test(arguments: ["gzip -n \"$1\"", "sed -i '1s/^/\\xEF\\xBB\\xBF/' \"$1\""])
    func answersInAJournalThatIs(changed: String) async throws {
        let nights = try Nights()
        let options = ["--requery-after", "5"]
        var first = try nights.arguments("2026-01-10", [Order("A")], [], [Answer("A", 2)]) + options
        let journal = nights.folder / "night-2026-01-10-journal.jsonl"
        let finished = try await Command.shell(changed, [journal])
        #expect(finished.code == 0, "\(finished.errorText)")
        if !Files.exists(journal) { first = first.map { $0 == journal ? "\(journal).gz" : $0 } }
        _ = try await Redo.publish(first, "\(nights.output)/2026-01-10")
        let second = try await nights.run("2026-01-11", [Order("A")], [], [], options, code: nil)
        let answer = try await Redo.ask(second.folder)
        #expect(answer.finished.code == 0, "\(answer.text)")
        #expect(answer.lines.contains { $0.contains("1 answers of 2026-01-10 are what its journal says") })
    }

    /// Whoever also forges what the night before says that it hands on is found by making that one again.
    @Test func handsOnThatWasForged() async throws {
        let nights = try await Self.threeNights()
        let report = "\(nights.output)/2026-01-10"
        let manifest = try Files.text("\(report)/manifest.json")
        let start = try #require(manifest.split(separator: "\"handsOn\"").last)
        let hash = try #require(start.split(separator: "\"").first { $0.utf8.count == 64 })
        try Redo.replace(String(hash), with: String(repeating: "0", count: 64), in: "\(report)/manifest.json")
        #expect(try await Redo.ask(report).differences == ["manifest.json: handsOn"])
    }

    @Test func theReportBeforeIsGone() async throws {
        let nights = try await Self.threeNights()
        try Files.move("\(nights.output)/2026-01-11", to: nights.folder / "elsewhere")
        let answer = try await Redo.ask("\(nights.output)/2026-01-12")
        #expect(answer.finished.code == 1)
        #expect(answer.differences.isEmpty, "\(answer.text)")
        #expect(answer.notProved.contains { $0.contains("the report of 2026-01-11") }, "\(answer.text)")
        #expect(answer.same.contains("breaks.csv"), "what can be proved is")
    }

    /// A night that says that it was the first of its store, or opened from an earlier one than the last.
    @Test(arguments: ["null", "\"2026-01-10\""]) func openedFromAnother(night: String) async throws {
        let nights = try await Self.threeNights()
        let report = "\(nights.output)/2026-01-12"
        try Redo.replace(
            "\"openedFrom\": \"2026-01-11\"", with: "\"openedFrom\": \(night)", in: "\(report)/manifest.json")
        let answer = try await Redo.ask(report)
        #expect(answer.differences.contains { $0.hasPrefix("summary.json, byte") }, "\(answer.text)")
        #expect(answer.notProved.contains { $0.contains("2026-01-11") }, "\(answer.text)")
    }

    /// The first night is run again and ends otherwise: all reports are still what they were made from.
    @Test func aNightThatWasRunAgain() async throws {
        let again = try Nights()
        for (day, orders) in [("2026-01-10", ["A", "B"]), ("2026-01-11", ["C"]), ("2026-01-10", ["A"])] {
            // Each with inputs of its own: the first run's are not to be written over.
            let arguments = try again.arguments(day, orders.map { Order($0) }, [], orders.map { Answer($0, 1) })
            _ = try await Redo.publish(arguments, again.output)
        }
        let rerun = try await Redo.ask("\(again.output)/2026-01-10")
        #expect(rerun.finished.code == 0, "\(rerun.text)")
        let summary = try Files.text("\(again.output)/2026-01-10/summary.json")
        #expect(summary.contains("\"staleReports\": [\n  \"2026-01-11\"\n ]"), "\(summary)")
        let next = try await Redo.ask("\(again.output)/2026-01-11")
        #expect(next.differences.isEmpty, "\(next.text)")
        // The journal of the first run was written over by that of the second.
        #expect(
            next.notProved.contains { $0.contains("the journal with 2 answers of 2026-01-10 cannot be found") },
            "\(next.text)")
    }
}
