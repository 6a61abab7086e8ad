import Atlas
import JSON
import Memory
import Records
import Refunds

/// Decodes an order record, from CSV, from JSON, or from a captured call (FORMATS.md, "Orders").
struct OrderDecoder {
    let decode: FieldDecoder
    let source: SourceLine

    /// - Parameter nested: the object that has the amounts in parts, as Atlas's current answers have them; nil where they are
    ///   fields of the record.
    func refundCase<Fields: RecordFields & ~Escapable>(
        _ fields: Fields, nested: JSONView? = nil
    ) throws(RecordFault) -> RefundCase where Fields.Name == OrderField {
        if decode.grammar == .json {
            // A field of a CSV record is a text or none.
            for field in OrderField.texts { _ = try decode.bytes(fields[field], field.name) }
        }
        var record = try head(fields, nested: nested)
        if let nested {
            try RefundAmountParts(nested, decode).fill(&record)
        } else {
            let currency = record.currency
            try record.readAmounts(isOrder: true) { (field) throws(RecordFault) in
                try decode.amount(fields[field], field.name, currency)
            }
        }
        if record.transactionFee == nil, !isCannotQuote(fields[.refundQuoteType]) {
            throw RecordFault(
                .missingField, "transactionFee has no value; only with refundQuoteType CannotQuote it needs none",
                field: OrderField.transactionFee.title)
        }
        try readRest(of: fields, into: &record)
        try record.checkPenalty()
        return record
    }

    /// The key, and the fields before the amounts in the table. (requestedAt comes after them: `readRest` sets it.)
    private func head<Fields: RecordFields & ~Escapable>(
        _ fields: Fields, nested: JSONView?
    ) throws(RecordFault) -> RefundCase where Fields.Name == OrderField {
        func text(_ field: OrderField) throws(RecordFault) -> Text? { try decode.text(fields[field], field.name) }
        let orderNo = try text(.orderNo)
        let airlinePNR = try text(.airlinePNR)
        let carrier = try text(.carrier)
        if orderNo == nil, airlinePNR == nil || carrier == nil {
            let isForeign = OrderField.ofRecord.allSatisfy { fields[$0].isNone }
            throw RecordFault(
                .missingKey,
                isForeign ? Self.foreignRecord : "neither orderNo nor airlinePNR and carrier have a value")
        }
        let refundReason = try decode.refundReason(fields[.refundReason], OrderField.refundReason.name)
        let paymentMethod = try decode.member(
            fields[.paymentMethod], OrderField.paymentMethod.name, of: PaymentMethod.self)
        let currency =
            if let nested {
                try RefundAmountParts.currency(of: nested, decode)
            } else {
                try decode.currency(fields[.currency], OrderField.currency.name)
            }
        var record = RefundCase(
            currency: try needed(currency, OrderField.currency.name), requestedAt: CalendarDate(daysSinceEpoch: 0),
            source: source)
        record.orderNo = orderNo
        record.airlinePNR = airlinePNR
        record.carrier = carrier
        record.refundCode = try text(.refundCode)
        record.refundOfferID = try text(.refundOfferID)
        record.refundReason = refundReason
        record.paymentMethod = paymentMethod
        return record
    }

    /// Whether the quote's type, which comes after the fee in the table, lets the fee be absent.
    private func isCannotQuote(_ type: Field) -> Bool {
        guard case .text(let text) = type else { return false }
        return RefundQuoteType.words.value(of: text) == .cannotQuote
    }

    /// The fields after the amounts.
    private func readRest<Fields: RecordFields & ~Escapable>(
        of fields: Fields, into record: inout RefundCase
    ) throws(RecordFault) where Fields.Name == OrderField {
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
