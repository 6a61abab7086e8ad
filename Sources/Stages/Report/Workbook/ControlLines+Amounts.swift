import Memory
import Refunds

/// The amounts that came in, and where they went (FORMATS.md, `orderAmounts`, `webhookAmounts`, `finalAmounts`).
extension ControlLines {
    mutating func addAmounts() {
        let controls = context.controls
        let currencies = Set(controls.orderAmounts.keys).union(controls.webhookAmounts.keys)
            .union(controls.finalAmounts.keys)
        for currency in currencies.sorted() {
            addSection("Amounts in \(currency): what came in, and where it went")
            if let amounts = controls.orderAmounts[currency] { add(amounts, currency) }
            if let amounts = controls.webhookAmounts[currency] { add(amounts, currency) }
            if let amounts = controls.finalAmounts[currency] { add(amounts, currency) }
        }
    }

    private mutating func add(_ amounts: OrderControl, _ currency: Currency) {
        addSubject("Orders, original amounts")
        addWhole(
            values(amounts, OrderControl.columns.whole(withCarried: isCarried), currency),
            values(amounts, OrderControl.columns.parts, currency))
        addTie(
            "cases = expectedOriginal of the case rows", "cases", amounts.cases,
            to: context.totals(currency).expected.original, in: currency)
    }

    private mutating func add(_ amounts: WebhookControl, _ currency: Currency) {
        addSubject("Webhooks, final refunds")
        addWhole(
            values(amounts, WebhookControl.columns.whole(withCarried: isCarried), currency),
            values(amounts, WebhookControl.columns.parts, currency))
    }

    private mutating func add(_ amounts: FinalControl, _ currency: Currency) {
        let finals = context.controls.webhookAmounts[currency].map { ($0.final, row(ofPart: "final")) }
        addSubject("Final refunds, by source")
        addWhole(
            [("finalRefund", .total(context.totals(currency).final.refund, currency))],
            values(amounts, FinalControl.columns.parts, currency))
        if let (final, row) = finals {
            addTie("webhook = final of the webhooks", "webhook", amounts.webhook, to: final, row, in: currency)
        }
    }

    private var isCarried: Bool { context.controls.carried != nil }

    private func values<Amounts>(
        _ amounts: Amounts, _ columns: [ControlColumns<Amounts>.Column], _ currency: Currency
    ) -> [(name: String, value: FigureValue)] {
        columns.map { ($0.name == "notFinal" ? "not final" : $0.name, .total(amounts[keyPath: $0.path], currency)) }
    }
}
