import JSON
import Testing

/// Breaks that end, and what people decided about them: docs/FROM-NIGHT-TO-NIGHT.md, "Breaks".
@Suite struct DecisionNightTests {
    typealias Order = Nights.Order
    typealias Webhook = Nights.Webhook
    typealias Answer = Nights.Answer

    /// The rows of a report as a person decides on them: `decide` gives disposition and note of an order, nil for nothing.
    private func sheet(
        _ name: String, _ night: Night, _ nights: Nights, _ decide: (String) -> (decision: String, note: String)?
    ) throws -> [String] {
        let lines = night.rows.compactMap { row -> String? in
            guard let id = row["breakId"], !id.isEmpty, let amounts = row["breakAmounts"],
                let (decision, note) = decide(row["orderNo"] ?? "")
            else { return nil }
            return "\(id),\(amounts),\(decision),\(note)"
        }
        try #require(!lines.isEmpty)
        let text = (["breakId,breakAmounts,Disposition,Note"] + lines).joined(separator: "\n")
        return ["--dispositions", try nights.folder.write(name, text)]
    }

    /// `order standing` of breaks.csv.
    private func standings(_ night: Night) -> [String] {
        night.breaks.map { "\($0["orderNo"] ?? "") \($0["breakStanding"] ?? "")" }
    }

    /// `opening appeared-or-left closing` of the breaks in summary.json.
    private func counts(_ night: Night, _ names: String...) -> [Int?] { names.map { night.breaks($0) } }

    private func expectVerified(_ nights: [Night]) async throws {
        for night in nights {
            let verified = try await Command.run(["verify", night.folder])
            #expect(verified.code == 0, "\(verified.outputText)")
        }
    }

    // MARK: Breaks end

    @Test func anOrphansBreakEndsWhenItsOrderHasACase() async throws {
        let nights = try Nights()
        let first = try await nights.run("2026-01-10", [], [Webhook("A")])
        #expect(standings(first) == ["A new"])
        let second = try await nights.run("2026-01-11", [Order("A")], [], [Answer("A", 2)])
        #expect(standings(second) == ["A resolved"])
        #expect(counts(second, "opening", "resolved", "notExamined", "closing") == [1, 1, 0, 0])
        let third = try await nights.run("2026-01-12", [])
        #expect(standings(third) == [])
        try await expectVerified([first, second, third])
    }

    @Test func anUnrecordedRefundsBreakEndsWhenItIsRecorded() async throws {
        let nights = try Nights()
        let first = try await nights.run(
            "2026-01-10", [Order("A")], [Webhook("A")], [Answer("A", 2, others: ["R9"])])
        #expect(first.breaks.map { $0["exceptions"] } == ["UNRECORDED_REFUND"])
        let none = try await nights.run("2026-01-11", [Order("B")], [Webhook("B")], [Answer("B", 2)])
        #expect(standings(none) == ["A notExamined"])
        let second = try await nights.run(
            "2026-01-12", [Order("A", "R9")], [Webhook("A", second: 2)],
            [Answer("A", 2, refundCode: "R9", others: ["R1"])], code: nil)
        #expect(
            second.breaks.filter { $0["rowType"] == "unrecordedRefund" }.map { $0["breakStanding"] } == ["resolved"])
        try await expectVerified([first, none, second])
    }

    /// Nothing about the order comes any more: it is shown once, and is gone.
    @Test func whatWasAcceptedEndsWithItsRefund() async throws {
        let nights = try Nights()
        let first = try await nights.run(
            "2026-01-10", [Order("SHORT"), Order("LESS")], [],
            ["SHORT", "LESS"].map { Answer($0, 2, refundBeforeFee: "85.00") })
        let decided = try sheet("decided.csv", first, nights) { order in order == "SHORT" ? ("accepted", "") : nil }
        let second = try await nights.run("2026-01-11", [], [], [], decided)
        #expect(second.rows.map { $0["breakStanding"] } == ["settled"])
        #expect(second.row("SHORT")["breakSince"] == "2026-01-10")
        #expect(standings(second) == ["SHORT settled", "LESS notExamined"])
        #expect(counts(second, "opening", "settled", "ended", "notExamined", "closing") == [2, 1, 1, 1, 1])
        let third = try await nights.run("2026-01-12", [], [], [], decided)
        #expect(standings(third) == ["LESS notExamined", " unknown"])
        #expect(counts(third, "opening", "settled", "ended", "closing") == [1, 0, 0, 1])
        // It comes again: it is what was decided on, and is followed no longer.
        let fourth = try await nights.run(
            "2026-01-13", [Order("SHORT")], [], [Answer("SHORT", 2, refundBeforeFee: "85.00")], decided)
        #expect(standings(fourth) == ["SHORT settled", "LESS notExamined"])
        #expect(fourth.row("SHORT")["breakSince"] == "")
        #expect(fourth.breaks.first?["breakNights"] == "")
        #expect(counts(fourth, "opening", "settled", "new", "ended", "closing") == [1, 1, 0, 1, 1])
        try await expectVerified([first, second, third, fourth])
    }

    @Test func whatWasAcceptedAsOverdueIsReopenedWhenItIsRejected() async throws {
        let nights = try Nights()
        let first = try await nights.run("2026-02-10", [Order("LATE")], [], [Answer("LATE", 1)])
        #expect(first.row("LATE")["breakAmounts"] == "overdue OVERDUE_REFUND USD 100.00/10.00/2.00/88.00")
        let decided = try sheet("decided.csv", first, nights) { _ in ("accepted", "") }
        let second = try await nights.run("2026-02-11", [], [], [Answer("LATE", 1)], decided)
        #expect(standings(second) == ["LATE settled"])
        #expect(counts(second, "settled", "ended", "closing") == [1, 0, 1])
        let third = try await nights.run("2026-02-12", [], [], [Answer("LATE", 4)], decided)
        #expect(standings(third) == ["LATE reopened"])
        #expect(third.row("LATE")["breakAmounts"]?.hasPrefix("rejected REJECTED") == true)
        #expect(third.row("LATE")["breakNights"] == "3")
        try await expectVerified([first, second, third])
    }

    @Test func aRedeliveryReopensNothing() async throws {
        let nights = try Nights()
        let (order, webhook) = (Order("SHORT"), Webhook("SHORT", final: "80.00"))
        let answers = [Answer("SHORT", 2, refundBeforeFee: "82.00")]
        let first = try await nights.run("2026-01-10", [order], [webhook], answers)
        let decided = try sheet("decided.csv", first, nights) { _ in ("written off", "") }
        let second = try await nights.run("2026-01-11", [order], [webhook], answers, decided)
        #expect(second.row("SHORT")["exceptions"]?.contains("DUPLICATE_ORDER") == true)
        #expect(standings(second) == ["SHORT settled"])
    }

    // MARK: Closing what is open

    @Test func anOpenItemIsClosedByDecision() async throws {
        let nights = try Nights()
        let answers = [Answer("WAITS", 1), Answer("OTHER", 1)]
        let first = try await nights.run(
            "2026-01-10", [Order("WAITS"), Order("OTHER")], [Webhook("ORPHAN")], answers)
        #expect(first.row("WAITS")["breakStanding"] == "")
        #expect(first.row("WAITS")["breakAmounts"] == "pending USD 100.00/10.00/2.00/88.00")
        let decided = try sheet("decided.csv", first, nights) { order in
            order == "OTHER" ? nil : ("closed", "the airline is bankrupt")
        }
        let second = try await nights.run("2026-01-11", [], [], answers, decided)
        #expect(second.rows.map { $0["breakStanding"] } == ["closed", "", "closed"])
        #expect(second.row("WAITS")["dispositionNote"] == "the airline is bankrupt")
        #expect(second.rolled() == ["2 176.00", "0 0.00", "1 88.00", "1 88.00"])
        #expect(second.rolled("orphanWebhooks") == ["1 88.00", "0 0.00", "1 88.00", "0 0.00"])
        #expect(second.summary["rollForward"]?["closedByDecision"]?.int == 2)
        #expect(standings(second) == ["WAITS closed", "ORPHAN closed"])
        #expect(counts(second, "opening", "closed", "closing") == [1, 2, 0])
        #expect(second.finished.errorText.contains("2 open items are closed by decision"))
        let third = try await nights.run("2026-01-12", [], [], [Answer("OTHER", 1)], decided)
        #expect(third.rows.map { $0["orderNo"] } == ["OTHER"])
        #expect(third.breaks("closed") == 0)
        #expect(!third.finished.errorText.contains("closed by decision"))
        // What comes again just as it was is closed again.
        let again = try await nights.run("2026-01-13", [Order("WAITS")], [], answers, decided)
        #expect(again.row("WAITS")["breakStanding"] == "closed")
        #expect(again.rolled() == ["1 88.00", "0 0.00", "0 0.00", "1 88.00"])
        #expect(again.summary["rollForward"]?["closedByDecision"]?.int == 0)
        #expect(!again.finished.errorText.contains("closed by decision"))
        // Evidence comes after all: the order is examined as any other, and is no longer what was closed.
        let fourth = try await nights.run(
            "2026-01-14", [], [Webhook("WAITS", final: "80.00", second: 9)],
            [Answer("WAITS", 2, refundBeforeFee: "82.00")],
            decided)
        #expect(fourth.row("WAITS")["outcome"] == "variance")
        #expect(fourth.row("WAITS")["breakStanding"] == "reopened")
        #expect(counts(fourth, "opening", "closed", "reopened", "closing") == [0, 0, 1, 1])
        try await expectVerified([first, second, third, again, fourth])
    }

    @Test func anItemThatChangedStaysOpenAndThatIsTold() async throws {
        let nights = try Nights()
        let first = try await nights.run("2026-01-10", [Order("WAITS")], [], [Answer("WAITS", 1)])
        let decided = try sheet("decided.csv", first, nights) { _ in ("closed", "nothing will come") }
        let second = try await nights.run("2026-02-10", [], [], [Answer("WAITS", 1)], decided)
        #expect(second.row("WAITS")["outcome"] == "overdue")
        #expect(standings(second) == ["WAITS reopened"])
        #expect(second.rolled() == ["1 88.00", "0 0.00", "0 0.00", "1 88.00"])
        // One that is no break has no standing: it is told.
        let other = try Nights()
        let one = try await other.run("2026-02-10", [Order("WAITS")], [], [Answer("WAITS", 1)])
        let late = try sheet("late.csv", one, other) { _ in ("closed", "nothing will come") }
        let two = try await other.run("2026-01-20", [Order("WAITS")], [], [Answer("WAITS", 1)], late)
        #expect(two.row("WAITS")["breakStanding"] == "")
        #expect(two.finished.errorText.contains("late.csv, line 2: the item is no longer what was closed"))
        try await expectVerified([first, second, one, two])
    }

    @Test(arguments: ["", " "]) func closingNeedsAReason(note: String) async throws {
        let nights = try Nights()
        let first = try await nights.run("2026-01-10", [Order("WAITS")], [], [Answer("WAITS", 1)])
        let decided = try sheet("decided.csv", first, nights) { _ in ("closed", note) }
        let finished = try await Command.run(try nights.arguments("2026-01-11", [], [], []) + decided)
        #expect(finished.code == 65)
        #expect(finished.errorText.contains("decided.csv is unusable: line 2: closed without a Note"))
    }

    // MARK: Several sheets, and sheets of before

    @Test func sheetsThatContradictEachOtherStopTheNight() async throws {
        let nights = try Nights()
        let first = try await nights.run(
            "2026-01-10", [Order("SHORT")], [], [Answer("SHORT", 2, refundBeforeFee: "85.00")])
        let one = try sheet("one.csv", first, nights) { _ in ("accepted", "") }
        let same = try sheet("same.csv", first, nights) { _ in ("accepted", "") }
        let other = try sheet("other.csv", first, nights) { _ in ("in progress", "") }
        let agreed = try await nights.run("2026-01-11", [], [], [], one + same)
        #expect(agreed.breaks("settled") == 1)
        let finished = try await Command.run(try nights.arguments("2026-01-12", [], [], []) + one + other)
        #expect(finished.code == 65)
        #expect(finished.errorText.contains("one.csv, line 2 and "))
        #expect(finished.errorText.contains("other.csv, line 2 contradict each other"))
    }

    @Test func aSheetOfAnEarlierVersion() async throws {
        let nights = try Nights()
        let answers = [Answer("SHORT", 2, refundBeforeFee: "85.00")]
        let first = try await nights.run("2026-01-10", [Order("SHORT")], [], answers)
        let (id, amounts) = (first.row("SHORT")["breakId"] ?? "", first.row("SHORT")["breakAmounts"] ?? "")
        func sheet(_ name: String, _ id: some StringProtocol, _ amounts: some StringProtocol) throws -> [String] {
            let text = "breakId,breakAmounts,Disposition\n\(id),\(amounts),accepted\n"
            return ["--dispositions", try nights.folder.write(name, text)]
        }
        let former = amounts.split(separator: " ").drop { $0 != "USD" }.joined(separator: " ")
        let second = try await nights.run(
            "2026-01-11", [Order("SHORT")], [], answers, try sheet("former.csv", id.prefix(16), former))
        #expect(standings(second) == ["SHORT reopened"])
        #expect(second.row("SHORT")["disposition"] == "accepted")
        #expect(second.finished.errorText.contains("former.csv, line 2: breakAmounts of a version without outcome"))
        let third = try await nights.run(
            "2026-01-12", [Order("SHORT")], [], answers, try sheet("half.csv", id.prefix(16), amounts))
        #expect(standings(third) == ["SHORT settled"])
        let fourth = try await nights.run(
            "2026-01-13", [Order("SHORT")], [], answers, try sheet("upper.csv", id.uppercased(), amounts))
        #expect(standings(fourth) == ["SHORT settled"])
    }

    // MARK: Restated under another key

    /// The refund code is learnt: the break keeps its past, and what was decided about it.
    @Test func aBreakKeepsItsPastUnderANewID() async throws {
        let nights = try Nights()
        let first = try await nights.run("2026-02-10", [Order("LATE", nil)], [Webhook("LATE", status: 1)])
        let decided = try sheet("decided.csv", first, nights) { _ in ("accepted", "") }
        let second = try await nights.run("2026-02-11", [Order("LATE", "R1")], [], [], decided, code: nil)
        let row = second.row("LATE")
        #expect(second.rows.count == 1)
        #expect(row["breakId"] != first.row("LATE")["breakId"])
        #expect(row["breakSince"] == "2026-02-10")
        #expect(row["breakNights"] == "2")
        #expect(row["disposition"] == "accepted")
        #expect(counts(second, "opening", "new", "resolved", "notExamined", "closing") == [1, 0, 0, 0, 1])
        let third = try await nights.run("2026-02-12", [], [], [], decided, code: nil)
        #expect(third.row("LATE")["breakSince"] == "2026-02-10")
        #expect(third.row("LATE")["disposition"] == "accepted")
        #expect(third.breaks("unknownDispositions") == 0)
        try await expectVerified([first, second, third])
    }
}
