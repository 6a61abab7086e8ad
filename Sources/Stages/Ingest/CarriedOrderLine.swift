import Atlas
import JSON
import Memory
import Refunds

/// A remembered record as a line of `carried-orders.jsonl`: a flat order record with its values, with where it came
/// first. A voucher refund has `voucherRefundAmount` in place of a fare; a record that came again as it is has `repeated`.
extension RememberedRecord {
    /// Appends the line without its line end.
    package func appendLine(to line: inout [UInt8]) {
        let currency = record.currency
        line.append(UInt8(ascii: "{"))
        line.append("orderNo", record.orderNo)
        line.append("airlinePNR", record.airlinePNR)
        line.append("carrier", record.carrier)
        line.append("refundCode", record.refundCode)
        line.append("refundOfferId", record.refundOfferID)
        line.append("refundReason", record.refundReason?.text)
        line.append("paymentMethod", record.paymentMethod?.text)
        line.append("currency", currency.text)
        line.append("originalTotalFareAmount", record.originalTotalFareAmount, currency)
        line.append("originalTotalAncillaryAmount", record.originalTotalAncillaryAmount, currency)
        line.append("originalTotalAmount", record.originalTotalAmount, currency)
        line.append("airlinePenaltyAmountForFare", record.airlinePenaltyAmountForFare, currency)
        line.append("airlinePenaltyAmountForAncillaries", record.airlinePenaltyAmountForAncillaries, currency)
        line.append("airlinePenaltyAmount", record.airlinePenaltyAmount, currency)
        line.append("estimatedRefundAmount", record.estimatedRefundAmount, currency)
        line.append("voucherRefundAmount", record.voucherRefundAmount, currency)
        line.append("transactionFee", record.transactionFee, currency)
        line.append("refundQuoteType", record.refundQuoteType?.text)
        line.append("isRefundable", record.isRefundable)
        line.append("refundMethod", record.refundMethod?.text)
        let terms = record.auditTerms
        if let instant = terms?.requestedAt {
            line.append("requestedAt", instant)
        } else {
            line.append("requestedAt", record.requestedAt)
        }
        line.append("expectedConfirmationDate", record.expectedConfirmationDate)
        line.append("expectedRefundDate", record.expectedRefundDate)
        terms?.appendMembers(to: &line, currency)
        if cameAgain { line.append("repeated", true) }
        line.append(first)
        line.append(UInt8(ascii: "}"))
    }

    init(_ members: CarriedMembers) throws(RecordFault) {
        let orderNo = try members.text("orderNo")
        let airlinePNR = try members.text("airlinePNR")
        let carrier = try members.text("carrier")
        let refundCode = try members.text("refundCode")
        let refundOfferID = try members.text("refundOfferId")
        let refundReason = try members.member("refundReason", of: RefundReason.self)
        let paymentMethod = try members.member("paymentMethod", of: PaymentMethod.self)
        let currency = try needed(try members.currency("currency"), "currency")
        var record = RefundCase(
            currency: currency, requestedAt: CalendarDate(daysSinceEpoch: 0), source: SourceLine(file: 0, line: 0))
        (record.orderNo, record.airlinePNR, record.carrier) = (orderNo, airlinePNR, carrier)
        (record.refundCode, record.refundOfferID) = (refundCode, refundOfferID)
        (record.refundReason, record.paymentMethod) = (refundReason, paymentMethod)
        record.originalTotalFareAmount = try members.amount("originalTotalFareAmount", currency)
        record.originalTotalAncillaryAmount = try members.amount("originalTotalAncillaryAmount", currency)
        record.originalTotalAmount = try members.amount("originalTotalAmount", currency)
        record.airlinePenaltyAmountForFare = try members.amount("airlinePenaltyAmountForFare", currency)
        record.airlinePenaltyAmountForAncillaries = try members.amount("airlinePenaltyAmountForAncillaries", currency)
        record.airlinePenaltyAmount = try members.amount("airlinePenaltyAmount", currency)
        record.estimatedRefundAmount = try members.amount("estimatedRefundAmount", currency)
        record.voucherRefundAmount = try members.amount("voucherRefundAmount", currency)
        record.transactionFee = try members.amount("transactionFee", currency)
        record.refundQuoteType = try members.member("refundQuoteType", of: RefundQuoteType.self)
        record.isRefundable = try members.boolean("isRefundable")
        record.refundMethod = try members.member("refundMethod", of: RefundMethod.self)
        record.requestedAt = try needed(try members.date("requestedAt"), "requestedAt")
        record.expectedConfirmationDate = try members.date("expectedConfirmationDate")
        record.expectedRefundDate = try members.date("expectedRefundDate")
        record.auditTerms = try AuditTerms.read(members, currency)
        let cameAgain = try members.boolean("repeated") ?? false
        self.init(record: record, first: try members.firstPlace(), cameAgain: cameAgain)
    }
}

extension AuditTerms {
    /// What the record has for the audit of rules but for the time of the request: the rules as they came, and of the tickets
    /// their number, without the passengers' names.
    fileprivate func appendMembers(to line: inout [UInt8], _ currency: Currency) {
        if let json = refundRules?.json {
            line.append(key: "refundRules")
            if Self.staysOneLine(json) {
                line.append(contentsOf: json)
            } else {
                line.append(jsonString: String(decoding: json, as: UTF8.self))
            }
        }
        if let departureAt {
            line.append(key: "departureAt")
            line.append(jsonString: departureAt.text)
        }
        line.append("originalTotalTaxAmount", originalTotalTaxAmount, currency)
        line.append("ticketCount", number: ticketCount)
    }

    /// Whether a text is an array or an object of JSON on one line. All else is written as a text that holds it, which is read
    /// as the same rules.
    private static func staysOneLine(_ json: [UInt8]) -> Bool {
        guard json.first == UInt8(ascii: "[") || json.first == UInt8(ascii: "{") else { return false }
        if json.contains(where: { $0 == 0x0A || $0 == 0x0D }) { return false }
        var reader = JSONReader()
        return reader.fault(in: json.span) == nil
    }

    fileprivate static func read(_ members: CarriedMembers, _ currency: Currency) throws(RecordFault) -> AuditTerms? {
        var rules: RefundRules?
        if let value = members.object.given("refundRules") { rules = RefundRules(value) }
        let departure = try members.string("departureAt").map { text in
            DepartureTime(text: text, instant: Instant(Array(text.utf8).span.trimmed))
        }
        var requestedAt: Instant?
        if case .text(let text) = members.object.field("requestedAt") { requestedAt = Instant(text) }
        let terms = AuditTerms(
            refundRules: rules, departureAt: departure, requestedAt: requestedAt,
            originalTotalTaxAmount: try members.amount("originalTotalTaxAmount", currency),
            ticketCount: members.number("ticketCount"))
        return terms == AuditTerms(refundRules: nil) ? nil : terms
    }
}
