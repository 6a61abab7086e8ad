import Memory
import Refunds
import Rules
import Night
import Testing

/// Breaks whose case was restated under another key.
@Suite struct RenamedBreakTests {
    private func renamed(_ names: KeyValuePairs<String, String>) -> [BreakID: RenamedRow] {
        Dictionary(uniqueKeysWithValues: names.map { (id($0), RenamedRow(id: id($1), key: key($1))) })
    }

    @Test func aBreakKeepsItsPastUnderANewID() throws {
        let decision = disposition("pnr", "accepted")
        let ledger = ledger([record("pnr", since: "2026-01-02", nights: 3), record("other")], [decision])
            .renaming(renamed(["pnr": "order", "order": "code"]))
        let known = try #require(ledger.known(id("code")))
        #expect(known.since == date("2026-01-02"))
        #expect(known.nights == 3)
        #expect(known.key == key("code"))
        #expect(known.formerIDs == [id("pnr"), id("order")])
        #expect(ledger.known(id("pnr")) == nil)
        #expect(ledger.mayKnow(key("code")))
        #expect(ledger.formerIDs(of: id("code")) == known.formerIDs)
        #expect(ledger.disposition(of: id("code")) == decision)
        let closed = try close(ledger, [record("code")], examined: ["code"])
        #expect(listed(closed) == ["code settled", "other notExamined"])
        #expect(closed.unknownDispositions == [])
        #expect(closed.balances)
        let resolved = try close(ledger, examined: ["code"])
        #expect(listed(resolved) == ["other notExamined", "code resolved"])
    }

    @Test func laterNightsKnowTheFormerIDs() throws {
        var known = record("code")
        known.formerIDs = [id("pnr"), id("order")]
        let decisions = [disposition("pnr", "in progress"), disposition("order", "accepted")]
        let later = ledger([known], decisions)
        #expect(later.disposition(of: id("code")) == decisions[1], "the latest of its former ids")
        #expect(
            later.standing(id("code"), isBreak: true, isOutstanding: false, amounts: "USD 1", isKnown: true) == .settled
        )
        #expect(try close(later, [known], examined: ["code"]).unknownDispositions == [])
        let renamedItem = ledger([known], decisions).renaming(renamed(["item": "code"]))
        #expect(renamedItem.formerIDs(of: id("code")) == ["pnr", "order", "item"].map { id($0) })
        let own = ledger([known], decisions + [disposition("code", "disputed with Atlas")])
        #expect(own.disposition(of: id("code"))?.decision == "disputed with Atlas")
        let further = ledger([known]).renaming(renamed(["code": "last"]))
        #expect(further.formerIDs(of: id("last")) == ["pnr", "order", "code"].map { id($0) })
    }

    @Test func anItemThatIsNoBreakIsFoundByItsFormerID() {
        let ledger = ledger([], [disposition("pnr", "closed")]).renaming(renamed(["pnr": "order"]))
        #expect(ledger.closes(id("order"), amounts: "USD 1"))
        #expect(!ledger.closes(id("order"), amounts: "USD 2"))
        #expect(!ledger.closes(id("other"), amounts: "USD 1"))
    }

    @Test(arguments: [true, false]) func twoBreaksThatProveToBeOne(isReversed: Bool) throws {
        let before = [record("order", since: "2026-01-03", nights: 2), record("pnr", since: "2026-01-01", nights: 4)]
        let ledger = ledger(isReversed ? before.reversed() : before).renaming(renamed(["pnr": "order"]))
        #expect(ledger.formerIDs(of: id("order")) == [id("pnr")])
        let known = try #require(ledger.known(id("order")))
        #expect(known.since == date("2026-01-01"))
        #expect(ledger.nights(known) == 5)
        let closed = try close(ledger, [record("order")], examined: ["order"])
        #expect([closed.opening, closed.appeared, closed.closing] == [2, 0, 1])
        #expect(listed(closed) == ["order persisting", "pnr resolved"])
        #expect(closed.balances)
    }
}
