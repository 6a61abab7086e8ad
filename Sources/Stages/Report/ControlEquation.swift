import Memory
import Refunds

/// A whole that came in and the parts where it went (FORMATS.md, `controls`).
struct ControlEquation {
    /// The things counted: order lines, webhook lines, cases, rows.
    let subject: String
    let whole: (name: String, count: Int)
    let parts: [(name: String, count: Int)]

    var holds: Bool { whole.count == parts.reduce(0) { $0 + $1.count } }
}

extension Controls {
    /// Every equation that a report's control totals must satisfy.
    var equations: [ControlEquation] {
        let carriedCases = carried.map { [("carried forward", $0.cases)] } ?? []
        let webhookWhole =
            carried.map { ("webhook lines and carried webhooks", webhooks.lines + $0.webhooks) }
            ?? ("webhook lines", webhooks.lines)
        return [
            ControlEquation(
                subject: "Orders, in lines",
                whole: ("order lines", orders.lines),
                parts: [
                    ("blank", orders.blank), ("accepted", orders.accepted), ("duplicate", orders.duplicate),
                    ("rejected", orders.rejected), ("quoted only", orders.quotedOnly),
                ]),
            ControlEquation(
                subject: "Webhooks, in lines",
                whole: webhookWhole,
                parts: [
                    ("blank", webhooks.blank), ("assigned", webhooks.assigned), ("duplicate", webhooks.duplicate),
                    ("orphan", webhooks.orphan), ("other type", webhooks.otherType), ("rejected", webhooks.rejected),
                ]),
            ControlEquation(
                subject: "Queries, in cases",
                whole: ("cases", queries.cases),
                parts: [("queryable", queries.queryable), ("not queryable", queries.notQueryable)]),
            ControlEquation(
                subject: "Queries, in cases",
                whole: ("queryable", queries.queryable), parts: [("ok", queries.ok), ("failed", queries.failed)]),
            ControlEquation(
                subject: "Cases",
                whole: ("cases", queries.cases), parts: [("orders accepted", orders.accepted)] + carriedCases),
            ControlEquation(
                subject: "Cases",
                whole: ("case rows", rows.case), parts: [("orders accepted", orders.accepted)] + carriedCases),
        ]
    }
}
