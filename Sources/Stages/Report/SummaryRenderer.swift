import JSON
import Memory
import Refunds

/// Writes `summary.json`: counts, totals and control totals, in an order that depends on nothing but the values.
package struct SummaryRenderer: Sendable {
    /// The version of the report's formats and rules, which `summary.json` and `manifest.json` name.
    package static let contract = 2

    let context: ReportContext

    package init(_ context: ReportContext) { self.context = context }

    package func tree() -> JSONTree {
        .object(
            [
                .init("contract", .int(Self.contract)),
                .init("asOf", .string(context.asOf.description)),
                .init("toolVersion", .string(context.toolVersion)),
                .init("verdict", verdict),
                .init(
                    "cases", .object(Outcome.allCases.map { .init($0.rawValue, .int(context.summary.cases[$0] ?? 0)) })),
                .init(
                    "exceptions",
                    .object(
                        ExceptionCode.allCases.map { .init($0.rawValue, .int(context.summary.exceptions[$0] ?? 0)) })),
                .init("totals", totals),
                .init("byCarrier", byCarrier),
                .init("ageing", ageing),
                .init("controls", controls),
            ] + context.additions.summaryMembers)
    }

    package func render() -> [UInt8] { tree().encoded(pretty: true) + [0x0A] }

    private var verdict: JSONTree {
        let verdict = Verdict(context)
        return .object([
            .init("complete", .bool(verdict.isComplete)), .init("result", .string(verdict.result.rawValue)),
        ])
    }

    private var totals: JSONTree {
        .object(
            context.summary.totals.sorted { $0.key < $1.key }.map { currency, sums in
                .init(
                    currency.code,
                    .object(
                        CurrencyTotals.columns.map { name, path in
                            .init(name, .string(sums[keyPath: path].formatted(currency)))
                        }))
            })
    }

    private var byCarrier: JSONTree {
        let carriers = Dictionary(grouping: context.summary.byCarrier, by: \.key.carrier)
        return .object(
            carriers.sorted { $0.key < $1.key }.map { carrier, sums in
                .init(
                    carrier.string,
                    .object(
                        sums.sorted { $0.key < $1.key }.map { key, sums in
                            .init(key.currency.code, carrierTotals(sums, key.currency))
                        }))
            })
    }

    private func carrierTotals(_ sums: CarrierTotals, _ currency: Currency) -> JSONTree {
        .object([
            .init("cases", .int(sums.cases)),
            .init("expectedRefund", .string(sums.expectedRefund.formatted(currency))),
            .init("finalRefund", .string(sums.finalRefund.formatted(currency))),
            .init("refundVariance", .string(sums.refundVariance.formatted(currency))),
        ])
    }

    private var ageing: JSONTree {
        let currencies = Set(context.summary.ageing.keys.map(\.currency)).sorted()
        return .object(
            currencies.map { currency in
                .init(
                    currency.code,
                    .object(
                        AgeBucket.allCases.compactMap { bucket in
                            context.summary.ageing[CurrencyBucket(currency: currency, bucket: bucket)].map { sums in
                                .init(
                                    bucket.rawValue,
                                    .object([
                                        .init("cases", .int(sums.cases)),
                                        .init("expectedRefund", .string(sums.expectedRefund.formatted(currency))),
                                    ]))
                            }
                        }))
            })
    }

    private var controls: JSONTree {
        let controls = context.controls
        func object(_ members: [(String, Int)]) -> JSONTree { .object(members.map { .init($0.0, .int($0.1)) }) }
        return .object([
            .init(
                "orders",
                object([
                    ("lines", controls.orders.lines), ("blank", controls.orders.blank),
                    ("accepted", controls.orders.accepted), ("duplicate", controls.orders.duplicate),
                    ("rejected", controls.orders.rejected), ("quotedOnly", controls.orders.quotedOnly),
                ])),
            .init(
                "webhooks",
                object([
                    ("lines", controls.webhooks.lines), ("blank", controls.webhooks.blank),
                    ("assigned", controls.webhooks.assigned), ("duplicate", controls.webhooks.duplicate),
                    ("orphan", controls.webhooks.orphan), ("otherType", controls.webhooks.otherType),
                    ("rejected", controls.webhooks.rejected),
                ])),
            .init(
                "queries",
                object([
                    ("cases", controls.queries.cases), ("queryable", controls.queries.queryable),
                    ("ok", controls.queries.ok), ("failed", controls.queries.failed),
                    ("notQueryable", controls.queries.notQueryable),
                ])),
            .init(
                "rows",
                object([
                    ("case", controls.rows.case), ("orphanWebhook", controls.rows.orphanWebhook),
                    ("unrecordedRefund", controls.rows.unrecordedRefund),
                ])),
            .init("orderAmounts", amounts(controls.orderAmounts, OrderControl.columns)),
            .init("webhookAmounts", amounts(controls.webhookAmounts, WebhookControl.columns)),
            .init("finalAmounts", amounts(controls.finalAmounts, FinalControl.columns)),
        ])
    }

    private func amounts<Amounts>(_ sums: [Currency: Amounts], _ columns: ControlColumns<Amounts>) -> JSONTree {
        let columns = columns.all(withCarried: context.controls.carried != nil)
        return .object(
            sums.sorted { $0.key < $1.key }.map { currency, amounts in
                .init(
                    currency.code,
                    .object(
                        columns.map { .init($0.name, .string(amounts[keyPath: $0.path].formatted(currency))) }))
            })
    }
}
