import Core
import State
import Testing

/// How breaks stand from night to night, and what people decided about them.
@Suite struct BreakLedgerTests {
    private func ledger(_ before: [BreakRecord]?, _ dispositions: [Disposition] = []) -> BreakLedger {
        BreakLedger(before: before, dispositions: dispositions, asOf: date("2026-01-05"))
    }

    @Test func standings() {
        let before = [record("known")]
        let cases: [(before: [BreakRecord]?, [Disposition], label: String, isBreak: Bool, BreakStanding?)] = [
            (before, [], "other", true, .new),
            (before, [], "known", true, .persisting),
            (before, [], "known", false, .resolved),
            (before, [], "other", false, nil),
            (nil, [], "other", true, .open),
            (nil, [], "other", false, nil),
            (before, [disposition("known", "accepted")], "known", true, .settled),
            (before, [disposition("other", "written off")], "other", true, .settled),
            (nil, [disposition("other", "written off")], "other", true, .settled),
            (before, [disposition("known", "accepted", "USD 2")], "known", true, .reopened),
            (nil, [disposition("other", "accepted", "")], "other", true, .reopened),
            (before, [disposition("known", "in progress")], "known", true, .persisting),
            (before, [disposition("other", "disputed with airline")], "other", true, .new),
            (before, [disposition("known", "Accepted")], "known", true, .persisting),
            (before, [disposition("known", "accepted")], "known", false, .resolved),
            (before, [disposition("else", "accepted")], "known", true, .persisting),
        ]
        for (before, dispositions, label, isBreak, expected) in cases {
            let found = ledger(before, dispositions).standing(id(label), isBreak: isBreak, amounts: "USD 1")
            #expect(found == expected, "\(label) \(dispositions.map(\.decision)) \(isBreak)")
        }
    }

    @Test func ageIsCountedFromTheFirstNight() {
        let ledger = ledger([record("known", since: "2026-01-02", nights: 3)])
        #expect(ledger.since(id("known")) == date("2026-01-02") && ledger.nights(id("known")) == 4)
        #expect(ledger.since(id("other")) == date("2026-01-05") && ledger.nights(id("other")) == 1)
    }

    @Test func nothingIsLostFromTheLedger() {
        let before = [
            record("stays"), record("goes"), record("absent", since: "2026-01-03", nights: 2), record("away"),
        ]
        let tonight = [record("stays", nights: 2), record("comes"), record("borne")]
        let closed = ledger(before, [disposition("borne", "accepted"), disposition("whose", "accepted", line: 9)])
            .close(tonight, resolved: [id("goes")])
        #expect(closed.opening == 4 && closed.appeared == 2 && closed.balances)
        #expect(
            closed.counts == [.persisting: 1, .new: 1, .settled: 1, .resolved: 1, .notExamined: 2])
        #expect(closed.breaks.map(\.id) == ["stays", "comes", "borne", "away", "absent"].map { id($0) })
        #expect(closed.notExamined.map(\.nights) == [2, 3])
        #expect(closed.unknownDispositions.map(\.breakId) == [id("whose").description])
    }

    @Test func aDispositionOfABreakThatIsNotExaminedIsKnown() {
        let closed = ledger([record("away")], [disposition("away", "accepted")]).close([], resolved: [])
        #expect(closed.unknownDispositions == [])
    }

    @Test func amountsAreOneExactText() {
        var row = ResultRow(.case, source: SourceLine(file: 0, line: 1))
        #expect(BreakAmounts.text(row) == "")
        row.currency = currency("KWD")
        var expected = ExpectedSide()
        (expected.original, expected.refund) = (money(47_320), money(-5))
        row.expected = expected
        #expect(BreakAmounts.text(row) == "KWD 47.320/-/-/-0.005")
        var final = FinalSide()
        final.currency = currency("JPY")
        final.fee = money(300)
        row.final = final
        #expect(BreakAmounts.text(row) == "KWD 47.320/-/-/-0.005 final JPY -/-/300/-")
    }
}
