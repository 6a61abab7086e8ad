import Memory
import Refunds
import Rules
import Night
import Testing

/// How breaks stand from night to night, and what people decided about them.
@Suite struct BreakLedgerTests {
    // MARK: A row

    struct Row: Sendable {
        var before: [String]? = ["known"]
        var decisions: [Disposition] = []
        var label: String
        var isBreak = true
        var isOutstanding = false
        let stands: BreakStanding?
    }

    private static let rows: [Row] = [
        Row(label: "other", stands: .new),
        Row(label: "known", stands: .persisting),
        Row(label: "known", isBreak: false, stands: .resolved),
        Row(label: "known", isBreak: false, isOutstanding: true, stands: .resolved),
        Row(label: "other", isBreak: false, stands: nil),
        Row(label: "other", isBreak: false, isOutstanding: true, stands: nil),
        Row(before: nil, label: "other", stands: .open),
        Row(before: nil, label: "other", isBreak: false, stands: nil),
        Row(decisions: [disposition("known", "accepted")], label: "known", stands: .settled),
        Row(decisions: [disposition("known", "accepted")], label: "known", isOutstanding: true, stands: .settled),
        Row(decisions: [disposition("other", "written off")], label: "other", stands: .settled),
        Row(before: nil, decisions: [disposition("other", "written off")], label: "other", stands: .settled),
        Row(decisions: [disposition("known", "accepted", "USD 2")], label: "known", stands: .reopened),
        Row(before: nil, decisions: [disposition("other", "accepted", "")], label: "other", stands: .reopened),
        Row(decisions: [disposition("known", "in progress")], label: "known", stands: .persisting),
        Row(decisions: [disposition("other", "disputed with airline")], label: "other", stands: .new),
        Row(decisions: [disposition("known", "Accepted")], label: "known", stands: .persisting),
        Row(decisions: [disposition("known", "accepted")], label: "known", isBreak: false, stands: .resolved),
        Row(decisions: [disposition("else", "accepted")], label: "known", stands: .persisting),
        Row(decisions: [disposition("known", "closed")], label: "known", isOutstanding: true, stands: .closed),
        Row(
            decisions: [disposition("other", "closed")], label: "other", isBreak: false, isOutstanding: true,
            stands: .closed),
        Row(before: nil, decisions: [disposition("a", "closed")], label: "a", isOutstanding: true, stands: .closed),
        Row(
            decisions: [disposition("known", "closed", "USD 2")], label: "known", isOutstanding: true, stands: .reopened
        ),
        Row(
            decisions: [disposition("other", "closed", "USD 2")], label: "other", isBreak: false, isOutstanding: true,
            stands: nil),
        // What has ended is not closed: the words for it are accepted and written off.
        Row(decisions: [disposition("known", "closed")], label: "known", stands: .persisting),
        Row(decisions: [disposition("known", "closed", "USD 2")], label: "known", stands: .reopened),
    ]

    @Test(arguments: rows) func standing(row: Row) {
        let ledger = ledger(row.before?.map { record($0) }, row.decisions)
        let found = ledger.standing(
            id(row.label), isBreak: row.isBreak, isOutstanding: row.isOutstanding, amounts: "USD 1",
            isKnown: ledger.known(id(row.label)) != nil)
        #expect(found == row.stands)
    }

    @Test func ageIsCountedFromTheFirstNight() {
        let ledger = ledger([record("known", since: "2026-01-02", nights: 3)])
        let known = ledger.known(id("known"))
        #expect(ledger.since(known) == date("2026-01-02"))
        #expect(ledger.nights(known) == 4)
        #expect(ledger.nights(known, isBreak: false) == 3)
        #expect(ledger.known(id("other")) == nil)
        #expect(ledger.since(nil) == date("2026-01-05"))
        #expect(ledger.nights(nil) == 1)
    }

    @Test func keysOfOtherRowsArePassedOver() {
        let none = ledger([])
        let some = ledger((0..<100).map { record("known\($0)") })
        #expect((0..<100).allSatisfy { some.mayKnow(key("known\($0)")) })
        #expect((0..<1000).count { some.mayKnow(key("other\($0)")) } < 200)
        #expect(!none.mayKnow(key("known")))
    }

    // MARK: Ids

    private static let known = id("known").description
    private static let half = String(known.prefix(16))
    private static let written: [(String, Bool)] = [
        (known, true), (known.uppercased(), true), (half, true), (half.uppercased(), true),
        (String(half.dropLast()), false), (String(known.dropLast()), false), (known + "0", false), ("", false),
        ("known", false), (id("other").description, false),
    ]

    /// How a disposition names the break, and whether it is found.
    @Test(arguments: written) func anIDInADisposition(written: String, isFound: Bool) throws {
        var decision = disposition("known", "accepted")
        decision.breakID = written
        let ledger = ledger([record("known")], [decision])
        #expect((ledger.disposition(of: id("known")) != nil) == isFound)
        #expect(try close(ledger, examined: ["known"]).unknownDispositions.isEmpty == isFound)
    }

    @Test func allDigitsGoBeforeSixteen() {
        var (former, full) = (disposition("known", "accepted"), disposition("known", "written off"))
        former.breakID = String(former.breakID.prefix(16))
        full.place = "full"
        for decisions in [[former, full], [full, former]] {
            #expect(ledger([record("known")], decisions).disposition(of: id("known"))?.place == "full")
        }
    }

    @Test func sixteenDigitsOfSeveralIdsAreAmbiguous() throws {
        let (one, other) = (BreakID(high: 7, low: 1), BreakID(high: 7, low: 2))
        func row(_ id: BreakID) -> BreakRecord {
            var record = record("any")
            record.id = id
            return record
        }
        var decision = disposition("any", "accepted")
        decision.breakID = String(one.description.prefix(16))
        let expected = AmbiguousDisposition(place: decision.place, ids: [one, other])
        #expect(throws: expected) { try close(ledger([row(one)], [decision]), [row(other)]) }
        #expect(throws: expected) {
            try ledger([row(other)], [decision]).close([], openItems: [one], isExamined: { _ in true })
        }
        #expect(throws: Never.self) { try close(ledger([row(one)], [decision]), [row(one)]) }
        #expect("\(expected)".contains("decided.csv, line 2"))
        #expect("\(expected)".contains(other.description))
    }

    // MARK: A night

    /// In whichever order the store has them.
    @Test(arguments: [true, false]) func nothingIsLostFromTheLedger(isReversed: Bool) throws {
        var before = [
            record("stays"), record("goes"), record("absent", since: "2026-01-03", nights: 2), record("away"),
            record("ends", since: "2026-01-02"),
        ]
        if isReversed { before.reverse() }
        let tonight = [record("stays", nights: 2), record("comes"), record("borne")]
        let closed = try close(
            ledger(before, [disposition("borne", "accepted"), disposition("whose", "accepted")]), tonight,
            examined: ["stays", "goes", "ends"])
        #expect(closed.opening == 5)
        #expect(closed.appeared == 2)
        #expect(closed.balances)
        #expect(closed.counts == [.persisting: 1, .new: 1, .settled: 1, .resolved: 2, .notExamined: 2])
        #expect(
            listed(closed) == [
                "stays persisting", "comes new", "borne settled", "away notExamined", "absent notExamined",
                "goes resolved", "ends resolved",
            ])
        #expect(closed.notExamined.map(\.nights) == [2, 3])
        #expect(closed.breaks.map(\.id) == ["absent", "away", "comes", "stays"].map { id($0) })
        #expect(closed.closing == 4)
        #expect(closed.ended == 1)
        #expect(closed.unknownDispositions.map(\.breakID) == [id("whose").description])
    }

    struct Ending: Sendable {
        var outcome: Outcome? = .variance
        var rowType = RowType.case
        var decision: String?
        var hasRow = true
        var isExamined = true
        /// As breaks.csv has it.
        let stands: BreakStanding
        let stays: Bool
    }

    private static let endings: [Ending] = [
        Ending(stands: .persisting, stays: true),
        Ending(hasRow: false, stands: .resolved, stays: false),
        Ending(outcome: nil, rowType: .orphanWebhook, hasRow: false, stands: .resolved, stays: false),
        Ending(outcome: nil, rowType: .unrecordedRefund, hasRow: false, stands: .resolved, stays: false),
        Ending(hasRow: false, isExamined: false, stands: .notExamined, stays: true),
        Ending(decision: "accepted", stands: .settled, stays: false),
        Ending(outcome: .rejected, decision: "written off", stands: .settled, stays: false),
        Ending(outcome: nil, rowType: .unrecordedRefund, decision: "accepted", stands: .settled, stays: false),
        Ending(outcome: .overdue, decision: "accepted", stands: .settled, stays: true),
        Ending(outcome: .pending, decision: "accepted", stands: .settled, stays: true),
        Ending(outcome: .unverified, decision: "written off", stands: .settled, stays: true),
        Ending(outcome: nil, rowType: .orphanWebhook, decision: "accepted", stands: .settled, stays: true),
        Ending(outcome: .overdue, decision: "closed", stands: .closed, stays: false),
        Ending(outcome: nil, rowType: .orphanWebhook, decision: "closed", stands: .closed, stays: false),
        Ending(decision: "closed", stands: .persisting, stays: true),
        Ending(decision: "in progress", stands: .persisting, stays: true),
        Ending(decision: "accepted", hasRow: false, stands: .resolved, stays: false),
        Ending(decision: "accepted", hasRow: false, isExamined: false, stands: .notExamined, stays: true),
    ]

    /// Whether a break of the last night is one at the end of tonight.
    @Test(arguments: endings) func aBreakEnds(ending: Ending) throws {
        var known = record("known")
        (known.outcome, known.key.rowType) = (ending.outcome, ending.rowType)
        let closed = try close(
            ledger([known], ending.decision.map { [disposition("known", $0)] } ?? []), ending.hasRow ? [known] : [],
            examined: ending.isExamined ? ["known"] : [])
        #expect(listed(closed) == ["known \(ending.stands.rawValue)"])
        #expect(closed.counts == [ending.stands: 1])
        #expect(closed.breaks.map(\.id) == (ending.stays ? [id("known")] : []))
        #expect(closed.closing == (ending.stays ? 1 : 0))
        #expect(closed.ended == (ending.stands == .settled && !ending.stays ? 1 : 0))
        #expect(closed.balances)
    }

    @Test func whatIsSettledAndWasNotFollowedIsNotFollowed() throws {
        let closed = try close(ledger([], [disposition("borne", "accepted")]), [record("borne")])
        #expect([closed.opening, closed.appeared, closed.ended, closed.closing] == [0, 1, 1, 0])
        #expect(closed.balances)
    }

    /// An order about which nothing came is examined once more, so that its break leaves the ledger.
    @Test func whatWasSettledIsToBeExamined() {
        var (overdue, orphan) = (record("overdue"), record("orphan"))
        overdue.outcome = .overdue
        (orphan.outcome, orphan.key.rowType) = (nil, .orphanWebhook)
        let before = [record("borne"), record("changed"), record("asked"), record("open"), overdue, orphan]
        let decisions = [
            disposition("borne", "accepted"), disposition("changed", "accepted", "USD 2"),
            disposition("asked", "in progress"), disposition("overdue", "accepted"), disposition("orphan", "accepted"),
        ]
        #expect(ledger(before, decisions).ending.map(\.id) == [id("borne")])
        #expect(ledger(before).ending == [])
        #expect(ledger(nil, decisions).ending == [])
    }

    @Test(arguments: [
        ("Accepted", true), ("written\u{A0}off", true), ("CLOSED ", true), ("written  off", true), ("accepted", false),
        ("written off", false), ("closed", false), ("disputed with Atlas", false), ("", false), ("acccepted", false),
    ]) func wordsThatAreNearlyRightAreTold(word: String, isTold: Bool) throws {
        let closed = try close(ledger([], [disposition("a", word)]))
        #expect(closed.miswritten.count == (isTold ? 1 : 0))
    }

    @Test func aDecisionAboutWhatIsKnownIsNotUnknown() throws {
        let decisions = ["away", "row", "item", "else"].map { disposition($0, "accepted") }
        let closed = try close(ledger([record("away")], decisions), [record("row")], openItems: ["item"])
        #expect(closed.unknownDispositions.map(\.breakID) == [id("else").description])
    }

    @Test func anItemThatIsNoLongerWhatWasClosedIsTold() throws {
        let decisions = [
            disposition("changed", "closed", "USD 2"), disposition("broken", "closed", "USD 2"),
            disposition("asked", "in progress", "USD 2"),
        ]
        var broken = record("broken")
        broken.outcome = .overdue
        let closed = try close(ledger([], decisions), [broken], openItems: ["changed", "broken", "asked", "more"])
        #expect(closed.notClosed.map(\.breakID) == [id("changed").description])
        #expect(closed.counts == [.reopened: 1])
    }

    /// A sheet of a report whose breakAmounts lacked the outcome and the codes.
    @Test(arguments: [
        ("USD 47.32/5.00/2.00/40.32", true), ("USD 1/1/1/1 final USD 1/1/1/1", true), ("final JPY -/-/300/-", true),
        ("", true), ("variance REFUND_SHORT USD 1/1/1/1", false), ("ORPHAN_WEBHOOK final USD 1/1/1/1", false),
        ("matched USD 1/1/1/1", false),
    ]) func decisionsOnFormerAmountsReopenAndAreTold(amounts: String, isTold: Bool) throws {
        let now = "variance REFUND_SHORT USD 47.32/5.00/2.00/40.32"
        let closed = try close(ledger([], [disposition("a", "accepted", amounts)]), [record("a", now)])
        #expect(closed.counts == [.reopened: 1])
        #expect(closed.onFormerAmounts.count == (isTold ? 1 : 0))
        let undecided = try close(ledger([], [disposition("a", "in progress", amounts)]), [record("a", now)])
        #expect(undecided.onFormerAmounts == [])
    }
}
