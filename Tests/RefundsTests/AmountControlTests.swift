import Memory
import Refunds
import Testing

/// Control totals by amount: each equation goes wrong alone when one of its figures is a cent off.
@Suite struct AmountControlTests {
    private static let usd = Currency("USD")

    /// Controls that balance: 3.00 read of which 1.00 is a duplicate, and so on.
    private func balanced() throws -> (controls: Controls, totals: [Currency: CurrencyTotals]) {
        let usd = try #require(Self.usd)
        var orders = OrderControl()
        orders.read = Total(minorUnits: 3_00)
        orders.carried = Total(minorUnits: 50)
        orders.duplicate = Total(minorUnits: 1_00)
        orders.cases = Total(minorUnits: 2_50)
        var webhooks = WebhookControl()
        webhooks.read = Total(minorUnits: 9_00)
        webhooks.carried = Total(minorUnits: 1_00)
        webhooks.duplicate = Total(minorUnits: 1_00)
        webhooks.orphan = Total(minorUnits: 2_00)
        webhooks.final = Total(minorUnits: 3_00)
        webhooks.notFinal = Total(minorUnits: 4_00)
        var finals = FinalControl()
        finals.webhook = Total(minorUnits: 3_00)
        finals.query = Total(minorUnits: 5_00)
        var totals = CurrencyTotals()
        totals.expected.original = orders.cases
        totals.final.refund = Total(minorUnits: 8_00)
        var controls = Controls()
        controls.orderAmounts[usd] = orders
        controls.webhookAmounts[usd] = webhooks
        controls.finalAmounts[usd] = finals
        return (controls, [usd: totals])
    }

    @Test func whatBalancesIsNotNamed() throws {
        let (controls, totals) = try balanced()
        #expect(controls.imbalances(totals) == [])
    }

    @Test func everyFigureOfAnEquationCounts() throws {
        let usd = try #require(Self.usd)
        let cent = Total(minorUnits: 1)
        let orderRest = "orderAmounts.USD: read ≠ duplicate + cases"
        let webhookRest = "webhookAmounts.USD: read ≠ duplicate + orphan + final + notFinal"
        let orderColumns = OrderControl.columns.all(withCarried: true)
        try #require(!orderColumns.isEmpty)
        for (name, path) in orderColumns {
            var (controls, totals) = try balanced()
            controls.orderAmounts[usd]?[keyPath: path] += cent
            if name == "cases" { totals[usd]?.expected.original += cent }
            #expect(controls.imbalances(totals) == [orderRest], "\(name)")
        }
        let webhookColumns = WebhookControl.columns.all(withCarried: true)
        try #require(!webhookColumns.isEmpty)
        for (name, path) in webhookColumns {
            var (controls, totals) = try balanced()
            controls.webhookAmounts[usd]?[keyPath: path] += cent
            #expect(controls.imbalances(totals) == [webhookRest], "\(name)")
        }
        try #require(!FinalControl.columns.parts.isEmpty)
        for (name, path) in FinalControl.columns.parts {
            var (controls, totals) = try balanced()
            controls.finalAmounts[usd]?[keyPath: path] += cent
            #expect(
                controls.imbalances(totals) == ["finalAmounts.USD: webhook + query ≠ totals.USD.finalRefund"], "\(name)"
            )
        }
    }

    @Test func casesAreThoseOfTheRows() throws {
        let usd = try #require(Self.usd)
        var (controls, totals) = try balanced()
        totals[usd]?.expected.original = Total()
        #expect(controls.imbalances(totals) == ["orderAmounts.USD: cases ≠ totals.USD.expectedOriginal"])
        totals = try balanced().totals
        controls.finalAmounts = [:]
        #expect(controls.imbalances(totals).count == 1, "a final that no source gave")
    }

    @Test func theCarriedColumnIsShownOnlyWithAStore() {
        #expect(OrderControl.columns.all(withCarried: false).map(\.name) == ["read", "duplicate", "cases"])
        #expect(OrderControl.columns.all(withCarried: true).map(\.name) == ["read", "carried", "duplicate", "cases"])
        #expect(FinalControl.columns.all(withCarried: true).map(\.name) == ["webhook", "query"])
    }
}
