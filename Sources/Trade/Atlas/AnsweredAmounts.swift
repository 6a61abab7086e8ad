import JSON
import Memory
import Refunds

/// The amounts of one answer, of either generation, brought to those that the reconciliation goes by (RULES.md,
/// "Expected" and "Evidence"). No value is nil, never zero.
package struct AnsweredAmounts: Sendable, Equatable {
    /// The one currency of all of them; nil where the answer gives no amounts, or amounts of several currencies.
    package var currency: Currency?
    package var hasSeveralCurrencies = false
    package var amounts = Amounts()
    /// The refund before the transaction fee: Atlas's estimatedRefundAmount.
    package var refundBeforeFee: Amount?
    /// Whether the estimate that the answer states is not its original − its penalty.
    package var isInconsistent = false

    /// Reads an answer of `refundQuotation.do` or `refund.do`, or an entry of `queryRefundOrders.do`; an amount that breaks
    /// the rules of FORMATS.md is a fault, as it will be at night.
    package init(_ body: JSONView) throws(RecordFault) {
        let decoder = FieldDecoder(grammar: .json)
        if RefundAmountParts.arePresent(in: body) {
            let queried = try RefundAmountParts(body, decoder).queriedAmounts()
            currency = queried.currency
            hasSeveralCurrencies = queried.hasSeveralCurrencies
            amounts = Amounts(queried)
            refundBeforeFee = queried.refundBeforeFee
        } else if let currency = try decoder.currency(body.field("currency"), "currency") {
            self.currency = currency
            take(try Self.flatRecord(body, currency, decoder))
        }
    }

    /// The older generation's amounts are those of an order record, so its rules apply to them.
    private mutating func take(_ record: RefundCase) {
        amounts = record.expected
        refundBeforeFee = record.estimatedRefundAmount
        if refundBeforeFee == nil, let original = amounts.original, let penalty = amounts.penalty {
            refundBeforeFee = original - penalty
        }
        isInconsistent = record.isQuoteInconsistent
    }

    private static func flatRecord(
        _ body: JSONView, _ currency: Currency, _ decoder: FieldDecoder
    ) throws(RecordFault) -> RefundCase {
        // Only the amounts are looked at: the day and the place have no meaning here.
        var record = RefundCase(
            currency: currency, requestedAt: CalendarDate(daysSinceEpoch: 0), source: SourceLine(file: 0, line: 0))
        try record.readAmounts(isOrder: false) { (field) throws(RecordFault) in
            try decoder.amount(body.field(JSONKey(stringLiteral: field.name)), field.name, currency)
        }
        return record
    }
}
