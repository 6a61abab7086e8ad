import Memory
import Refunds
import Rules
import Night
import TestSupport
import Testing

/// The order in which a night's files have their rows.
@Suite struct IdOrderTests {
    /// Ids of which many have their first digits in common, and some all of them.
    private func ids(_ count: Int, _ random: inout Seeded) -> [BreakID] {
        (0..<count).map { _ in
            let high: UInt64 = random.pick([0, 1, .max, 0x7FFF_FFFF_0000_0001, 0x7FFF_FFFF_0000_0002, random.next()])
            return BreakID(high: high, low: random.pick([0, .max, random.next()]))
        }
    }

    @Test(arguments: [0, 1, 2, 1000]) func rowsOfOneIDKeepTheirOrder(count: Int) {
        var random = Seeded()
        let ids = ids(count, &random)
        let expected = ids.indices.sorted { ids[$0] == ids[$1] ? $0 < $1 : ids[$0] < ids[$1] }
        #expect(IdOrder(count: count) { ids[$0] }.places.map { Int($0) } == expected, "seed \(random.seed)")
    }

    @Test func rowsAreSortedByTheirIDs() {
        var random = Seeded()
        let items = ids(500, &random).enumerated().map { number, id in
            var made = item("i", Int64(number))
            made.id = id
            return made
        }
        let sorted = items.sortedByID
        #expect(sorted == items.idOrder.places.map { items[Int($0)] }, "seed \(random.seed)")
        #expect(sorted != items, "they were in another order")
        #expect(sorted.sortedByID == sorted)
    }

    @Test func anItemIsFoundByItsID() {
        let items = OpenItems((0..<100).map { item("item\($0)", Int64($0)) })
        #expect((0..<100).allSatisfy { items[id("item\($0)")]?.amount == money(Int64($0)) })
        #expect(items[id("item100")] == nil)
        #expect(OpenItems([])[id("item1")] == nil)
    }

    /// Breaks that tonight did not examine: by the first night, then by id, with tonight among their nights.
    @Test func whatWasNotExaminedIsInOrder() throws {
        let before = [
            record("late", since: "2026-01-03"), record("b", since: "2026-01-02"), record("old", since: "1969-12-31"),
            record("a", since: "2026-01-02", nights: 4), record("c", since: "1970-01-01"),
        ]
        let closed = try close(ledger(before), [], examined: ["c"])
        #expect(closed.notExamined.map(\.id) == ["old", "a", "b", "late"].map { id($0) })
        #expect(closed.notExamined.map(\.nights) == [2, 5, 2, 2])
        #expect(closed.resolved.map(\.nights) == [1])
        #expect(closed.breaks.map(\.id) == ["a", "b", "late", "old"].map { id($0) })
        #expect(closed.closing == closed.breaks.count)
    }
}
