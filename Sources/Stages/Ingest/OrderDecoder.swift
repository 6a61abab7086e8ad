import Memory
import Refunds

/// Decodes an order record, from CSV, from JSON, or from a captured call (FORMATS.md, "Orders").
struct OrderDecoder<Fields: RecordFields, Amounts: OrderAmounts> where Fields.Name == OrderField {
    let fields: Fields
    let amounts: Amounts
    let decode: FieldDecoder
    let source: SourceLine

    func refundCase() throws(RecordFault) -> RefundCase {
        if decode.grammar == .json {
            // A field of a CSV record is a text or none.
            for field in OrderField.texts { _ = try decode.bytes(fields[field], field.name) }
        }
        var record = try head()
        try amounts.fill(&record)
        if record.transactionFee == nil, !isCannotQuote {
            throw RecordFault(
                .missingField, "transactionFee has no value; only with refundQuoteType CannotQuote it needs none",
                field: OrderField.transactionFee.title)
        }
        try rest(&record)
        try record.checkPenalty()
        return record
    }

    private func text(_ field: OrderField) throws(RecordFault) -> Text? { try decode.text(fields[field], field.name) }

    /// The key, and the fields before the amounts in the table. (requestedAt comes after them: `rest` sets it.)
    private func head() throws(RecordFault) -> RefundCase {
        let orderNo = try text(.orderNo)
        let airlinePNR = try text(.airlinePNR)
        let carrier = try text(.carrier)
        if orderNo == nil, airlinePNR == nil || carrier == nil {
            let isForeign = OrderField.allCases.allSatisfy { fields[$0].isNone }
            throw RecordFault(
                .missingKey,
                isForeign ? Self.foreignRecord : "neither orderNo nor airlinePNR and carrier have a value")
        }
        let refundReason = try decode.refundReason(fields[.refundReason], OrderField.refundReason.name)
        let paymentMethod = try decode.member(
            fields[.paymentMethod], OrderField.paymentMethod.name, of: PaymentMethod.self)
        let currency = try needed(try amounts.currency(), OrderField.currency.name)
        var record = RefundCase(currency: currency, requestedAt: CalendarDate(daysSinceEpoch: 0), source: source)
        record.orderNo = orderNo
        record.airlinePNR = airlinePNR
        record.carrier = carrier
        record.refundCode = try text(.refundCode)
        record.refundOfferID = try text(.refundOfferID)
        record.refundReason = refundReason
        record.paymentMethod = paymentMethod
        return record
    }

    /// Whether the quote's type, which comes after the fee in the table, allows the fee to be absent.
    private var isCannotQuote: Bool {
        guard case .text(let text) = fields[.refundQuoteType] else { return false }
        return RefundQuoteType.words.value(of: text.bytes) == .cannotQuote
    }

    private func rest(_ record: inout RefundCase) throws(RecordFault) {
        record.refundQuoteType = try decode.member(
            fields[.refundQuoteType], OrderField.refundQuoteType.name, of: RefundQuoteType.self)
        record.isRefundable = try decode.boolean(fields[.isRefundable], OrderField.isRefundable.name)
        record.refundMethod = try decode.member(
            fields[.refundMethod], OrderField.refundMethod.name, of: RefundMethod.self)
        record.requestedAt = try needed(
            try decode.date(fields[.requestedAt], OrderField.requestedAt.name), OrderField.requestedAt.name)
        record.expectedConfirmationDate = try decode.date(
            fields[.expectedConfirmationDate], OrderField.expectedConfirmationDate.name)
        record.expectedRefundDate = try decode.date(
            fields[.expectedRefundDate], OrderField.expectedRefundDate.name)
    }
}

extension OrderDecoder {
    /// The message about a record without a single field of an order.
    static var foreignRecord: String { "the record has no field of an order" }
}

/// The place of an order record's currency and amounts: flat in the record, or nested in the parts of Atlas's current answers.
protocol OrderAmounts {
    /// nil if there is none.
    func currency() throws(RecordFault) -> Currency?

    /// Sets the amounts of a record whose currency is known.
    func fill(_ record: inout RefundCase) throws(RecordFault)
}

/// Amounts as fields of the record itself.
struct FlatAmounts<Fields: RecordFields>: OrderAmounts where Fields.Name == OrderField {
    let fields: Fields
    let decode: FieldDecoder

    func currency() throws(RecordFault) -> Currency? {
        try decode.currency(fields[.currency], OrderField.currency.name)
    }

    func fill(_ record: inout RefundCase) throws(RecordFault) {
        let currency = record.currency
        try record.readAmounts(isOrder: true) { (field) throws(RecordFault) in
            try decode.amount(fields[field], field.name, currency)
        }
    }
}
