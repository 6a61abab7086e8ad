import Memory
import Refunds

/// What a cell of the report holds. It keeps the type of its value, so that every renderer writes the same thing in its own way.
package enum Cell: Sendable, Equatable {
    /// No value.
    case empty
    /// Text from outside, which a spreadsheet might take for a formula.
    case outsideText(Text)
    /// A word of ours: a code, an enum member.
    case word(Text)
    case amount(Amount, Currency)
    case total(Total, Currency)
    case date(CalendarDate)
    case count(Int)
    /// The id of a break or an open item.
    case id(BreakID)
    /// Exception codes in the order of RULES.md.
    case codes(ExceptionSet)
    /// A file's name and a line of it.
    case place(SourceLine)
}

/// One column of `reconciliation.csv`: its name and how its cell is taken from a row (FORMATS.md,
/// "reconciliation.csv").
package struct Column: Sendable {
    package let name: StaticString
    package let kind: Kind
    package let cell: @Sendable (ResultRow) -> Cell

    /// What the column's cells are, for a renderer that formats by column.
    package enum Kind: Sendable { case text, amount, date, count }

    /// A column that an option adds; those of the contract are in `all`.
    package init(_ name: StaticString, _ kind: Kind = .text, _ cell: @escaping @Sendable (ResultRow) -> Cell) {
        self.name = name
        self.kind = kind
        self.cell = cell
    }

    package var title: String { "\(name)" }

    /// The columns, in the contract's order.
    package static let all: [Column] = [
        Column("rowType") { .word($0.rowType.text) },
        Column("orderNo") { outside($0.orderNo) },
        Column("refundCode") { outside($0.refundCode) },
        Column("airlinePNR") { outside($0.airlinePNR) },
        Column("carrier") { outside($0.carrier) },
        Column("paymentMethod") { word($0.paymentMethod?.text) },
        Column("currency") { word($0.currency?.text) },
        Column("outcome") { word($0.outcome?.text) },
        Column("exceptions") { $0.exceptions.isEmpty ? .empty : .codes($0.exceptions) },
        Column("refundStatus", .count) { count($0.status.map { Int($0.rawValue) }) },
        Column("statusSource") { word($0.statusSource?.text) },
        Column("finalSource") { word($0.finalSource?.text) },
        Column("expectedOriginalAmount", .amount) { expected($0, \.original) },
        Column("finalOriginalAmount", .amount) { final($0, \.original) },
        Column("originalVariance", .amount) { variance($0, \.original) },
        Column("expectedPenaltyAmount", .amount) { expected($0, \.penalty) },
        Column("finalPenaltyAmount", .amount) { final($0, \.penalty) },
        Column("penaltyVariance", .amount) { variance($0, \.penalty) },
        Column("farePenaltyVariance", .amount) { variance($0, \.farePenalty) },
        Column("ancillaryPenaltyVariance", .amount) { variance($0, \.ancillaryPenalty) },
        Column("expectedTransactionFee", .amount) { expected($0, \.fee) },
        Column("finalTransactionFee", .amount) { final($0, \.fee) },
        Column("feeVariance", .amount) { variance($0, \.fee) },
        Column("expectedRefundAmount", .amount) { expected($0, \.refund) },
        Column("finalRefundAmount", .amount) { final($0, \.refund) },
        Column("refundVariance", .amount) { variance($0, \.refund) },
        // An orphan webhook and an unrecorded refund carry no variances, their own arithmetic included (FORMATS.md).
        Column("unexplainedVariance", .amount) { $0.rowType == .case ? final($0, \.unexplained) : .empty },
        Column("requestedAt", .date) { date($0.requestedAt) },
        Column("expectedConfirmationDate", .date) { date($0.expectedConfirmationDate) },
        Column("expectedRefundDate", .date) { date($0.expectedRefundDate) },
        Column("ageDays", .count) { count($0.ageDays) },
        Column("ageBucket") { word($0.ageBucket?.text) },
        Column("cancelReason") { outside($0.cancelReason) },
        Column("webhookCount", .count) { .count($0.webhookCount) },
        Column("queriedAt") { outside($0.queriedAt) },
        Column("source") { .place($0.source) },
        Column("finalCurrency") { word($0.finalCurrency?.text) },
        Column("webhookSource") { place($0.effectiveWebhookSource) },
        Column("querySource") { place($0.querySource) },
    ]

    private static func outside(_ text: Text?) -> Cell { text.map { .outsideText($0) } ?? .empty }

    private static func word(_ word: Text?) -> Cell { word.map { .word($0) } ?? .empty }

    private static func place(_ place: SourceLine?) -> Cell { place.map { .place($0) } ?? .empty }

    private static func count(_ number: Int?) -> Cell { number.map { .count($0) } ?? .empty }

    private static func date(_ date: CalendarDate?) -> Cell { date.map { .date($0) } ?? .empty }

    private static func expected(_ row: ResultRow, _ part: KeyPath<Amounts, Amount?>) -> Cell {
        amount(row.expected?[keyPath: part], row.currency)
    }

    private static func final(_ row: ResultRow, _ part: KeyPath<Amounts, Amount?>) -> Cell {
        amount(row.final?[keyPath: part], row.finalCurrency)
    }

    private static func variance(_ row: ResultRow, _ part: KeyPath<Amounts, Amount?>) -> Cell {
        amount(row.variances[keyPath: part], row.currency)
    }

    private static func amount(_ amount: Amount?, _ currency: Currency?) -> Cell {
        guard let amount, let currency else { return .empty }
        return .amount(amount, currency)
    }
}
