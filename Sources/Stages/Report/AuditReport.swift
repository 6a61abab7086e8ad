import JSON
import Memory
import Refunds
import Schema

/// What the audits add to a report: columns, members of `summary.json` and tables (docs/FORMATS.md, "What audits add").
package struct AuditReport: Sendable {
    /// The columns after the contract's; none for an audit that was not asked for.
    package var columns: [AddedColumns] { audits.map(\.columns) }
    private let audits: [Audit]

    package init(rules: Bool, fees: Bool) {
        audits = (rules ? [.rules] : []) + (fees ? [.fees] : [])
    }

    /// Adds the tables beside the rows.
    package func add(to additions: inout ReportAdditions, _ summary: Summary) {
        for audit in audits {
            additions.summaryMembers.append(.init(audit.member, audit.sums(summary).tree))
            additions.tables += audit.tables(summary)
        }
    }
}

/// One kind of audit, as the report words it.
private struct Audit: Sendable {
    /// Its member of `summary.json`.
    let member: String
    let columns: AddedColumns
    let sums: @Sendable (Summary) -> AuditSums
    /// The titles of its two tables, and the meaning of the first one's figures.
    let title: String
    let note: String
    let unknownTitle: String
    /// The names of its two sides.
    let quoted: String
    let final: String

    static let rules = Audit(
        member: "ruleAudit",
        columns: .ruleAudit,
        sums: { $0.ruleAudit }, title: "Penalties and the refund rules",
        note: "Penalty of the fare less what the refund rules of the record come to. More: the airline keeps too much.",
        unknownTitle: "Penalties not held against a rule", quoted: "quoted", final: "final")

    static let fees = Audit(
        member: "feeAudit",
        columns: .feeAudit,
        sums: { $0.feeAudit }, title: "Fees and the contract",
        note: "Transaction fee less the contracted fee. More: Atlas takes too much.",
        unknownTitle: "Fees not held against the contract", quoted: "quoted", final: "charged")

    func tables(_ summary: Summary) -> [ReportTable] {
        let sums = sums(summary)
        let compared = ReportTable(
            title, note: note,
            [
                .words("Currency"), .words("Side"), .figures("Cases"), .figures("More"), .figures("Amount more"),
                .figures("Less"), .figures("Amount less"),
            ],
            sums.currencies.flatMap { currency, sums in
                [(quoted, sums.quoted), (final, sums.final)].map { $1.cells(currency, $0) }
            })
        let unknown = ReportTable(
            unknownTitle, [.words("Reason"), .figures("Cases"), .words("Meaning")],
            sums.reasons.map { [.text($0.rawValue), .count($1), .text($0.meaning)] })
        return [compared, unknown]
    }
}

extension AuditSums {
    fileprivate var currencies: [(currency: Currency, sums: OfCurrency)] {
        byCurrency.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The reasons that occur, in their order.
    fileprivate var reasons: [(reason: AuditUnknown, cases: Int)] {
        AuditUnknown.allCases.compactMap { reason in unknown[reason].map { (reason, $0) } }
    }

    fileprivate var tree: JSONTree {
        .object([
            .init(
                "byCurrency",
                .object(
                    currencies.map { currency, sums in
                        .init(
                            currency.code,
                            .object([
                                .init("quoted", sums.quoted.tree(currency)), .init("final", sums.final.tree(currency)),
                            ]))
                    })),
            .init("unknown", .object(reasons.map { .init($0.rawValue, .int($1)) })),
        ])
    }
}

extension AuditSums.Compared {
    fileprivate func cells(_ currency: Currency, _ side: String) -> [TableCell] {
        [
            .text(currency.code), .text(side), .count(cases), .count(above), .total(aboveAmount, currency),
            .count(below), .total(belowAmount, currency),
        ]
    }

    fileprivate func tree(_ currency: Currency) -> JSONTree {
        .object([
            .init("cases", .int(cases)), .init("above", .int(above)),
            .init("aboveAmount", .string(aboveAmount.formatted(currency))), .init("below", .int(below)),
            .init("belowAmount", .string(belowAmount.formatted(currency))),
        ])
    }
}

extension AuditUnknown {
    /// In plain words, short enough for a terminal.
    fileprivate var meaning: String {
        switch self {
        case .noRules: "no refund rules in the record"
        case .unreadableRules: "refund rules that cannot be read"
        case .noFare: "no fare in the record"
        case .noRuleApplies: "no rule for such a refund at that time"
        case .noDeparture: "it depends on the departure, which is not told"
        case .unreadableDeparture: "it depends on the departure, which has no time"
        case .noRequestTime: "it depends on the time of the request"
        case .severalRules: "several rules that differ"
        case .contradictoryRule: "a rule that can be read in two ways"
        case .incompleteRule: "a rule that does not say all"
        case .otherCurrency: "a rule in another currency"
        case .severalTickets: "an amount, and several tickets"
        case .noTax: "it depends on the taxes, which are not told"
        case .noFarePenalty: "the fare's part of the penalty is not told"
        case .noContractedFee: "no line of the schedule for it"
        case .noCarrier: "it depends on the carrier, which is not told"
        case .noRefundReason: "it depends on the reason, which is not told"
        case .notQuoted: "nothing was quoted"
        }
    }
}
