import Memory
import Refunds
import Rules
import Night
import TestSupport
import Testing

/// opening + new − cleared = closing.
@Suite struct RollForwardTests {
    private let usd = OpenBalance.Key(rowType: .case, currency: currency("USD"))

    private func rolled(_ opening: [OpenItem], _ closing: [OpenItem]) throws -> RollForward {
        RollForward(
            opening: opening, openingBalance: OpenBalance(opening), closing: closing,
            closingBalance: OpenBalance(closing))
    }

    private func sum(_ count: Int, _ amount: Int128, without: Int = 0) -> OpenBalance.Sum {
        OpenBalance.Sum(count: count, amount: Total(minorUnits: amount), withoutAmount: without)
    }

    @Test func whatStaysIsNeitherNewNorCleared() throws {
        let result = try rolled(
            [item("a", 10), item("b", 20), item("c", nil)], [item("b", 20), item("d", 5), item("c", nil)])
        #expect(result.opening[usd] == sum(3, 30, without: 1))
        #expect(result.new[usd] == sum(1, 5))
        #expect(result.cleared[usd] == sum(1, 10))
        #expect(result.closing[usd] == sum(3, 25, without: 1))
        #expect(result.imbalances == [])
        #expect(result.restated == 0)
    }

    @Test func anotherAmountOrCurrencyIsClearedAndNew() throws {
        let result = try rolled([item("a", 10), item("b", 7)], [item("a", 12), item("b", 7, "JPY")])
        #expect(result.restated == 2)
        #expect(result.imbalances == [])
        #expect(result.cleared[usd] == sum(2, 17))
        #expect(result.new[usd] == sum(1, 12))
        #expect(result.new[OpenBalance.Key(rowType: .case, currency: currency("JPY"))] == sum(1, 7))
    }

    /// Cases that prove to be one refund: their items have one id since, and one amount or another.
    @Test(arguments: [10, 12, 15]) func twoThatWereOpenAndAreOne(amount: Int64) throws {
        let result = try rolled([item("a", 10), item("a", 12)], [item("a", amount)])
        #expect(result.imbalances == [])
        #expect(result.opening[usd] == sum(2, 22))
        #expect(result.new[usd] == (amount == 15 ? sum(1, 15) : sum(0, 0)))
        #expect(result.cleared[usd] == (amount == 15 ? sum(2, 22) : sum(1, Int128(22 - amount))))
        #expect(result.restated == (amount == 15 ? 1 : 0))
    }

    @Test func whatTheRowsComeToMustBeWhatTheItemsComeTo() throws {
        let items = [item("a", 10)]
        let wrong = OpenBalance([item("a", 11)])
        let right = OpenBalance(items)
        for (opening, closing) in [(wrong, right), (right, wrong), (OpenBalance(), right), (right, OpenBalance())] {
            let result = RollForward(
                opening: items, openingBalance: opening, closing: items, closingBalance: closing)
            #expect(result.imbalances == ["case USD: opening + new − cleared ≠ closing"])
        }
        // A count alone, and an amount that is unknown on one side only.
        let unknown = RollForward(
            opening: [item("a", nil)], openingBalance: OpenBalance([usd: sum(1, 0)]), closing: [item("a", nil)],
            closingBalance: OpenBalance([usd: sum(1, 0, without: 1)]))
        #expect(unknown.imbalances.count == 1)
    }

    @Test func anyNightsBalance() throws {
        var random = Seeded()
        var items: [OpenItem] = []
        for _ in 0..<200 * Seeded.soak {
            let next = random.openItems()
            #expect(try rolled(items, next).imbalances == [], "seed \(random.seed)")
            items = next
        }
    }
}
