import Atlas
import JSON
import Memory
import Records
import Refunds

/// Reads what a record carries for the audit of rules (FORMATS.md, "Fields for the audit of rules"). It gives no faults: what
/// cannot be read is unknown to the audit, and the record stays what it is.
struct AuditTermsReader {
    let decode: FieldDecoder

    /// From a record of JSON Lines.
    func terms(of record: JSONView, _ refundCase: RefundCase) -> AuditTerms? {
        let isCall = CapturedCallDecoder.isCapturedCall(record)
        // Atlas's answer has the rules and the tickets; the other fields are beside it.
        var body = record
        if isCall, let response = record["response"] { body = response }
        var rules: RefundRules?
        if let value = body.given("refundRules") { rules = RefundRules(value) }
        var departure: DepartureTime?
        if let value = body.given("departureAt") { departure = self.departure(value) }
        if let value = record.given("departureAt") { departure = self.departure(value) }
        var tickets: Int?
        if let list = body.given("refundTickets"), list.kind == .array { tickets = list.childCount }
        return terms(
            rules, departure, requestedAt: record.field(isCall ? "capturedAt" : "requestedAt"),
            tax: record.field("originalTotalTaxAmount"), tickets: tickets, refundCase)
    }

    /// From a CSV record, whose field `refundRules` holds the JSON text.
    func terms(of fields: CSVFields<OrderField>, _ refundCase: RefundCase) -> AuditTerms? {
        var rules: RefundRules?
        if case .text(let text) = fields[.refundRules] { rules = RefundRules(text: text) }
        var departure: DepartureTime?
        if case .text(let text) = fields[.departureAt] {
            departure = DepartureTime(text: text.string, instant: Instant(text))
        }
        return terms(
            rules, departure, requestedAt: fields[.requestedAt], tax: fields[.originalTotalTaxAmount], tickets: nil,
            refundCase)
    }

    private func terms(
        _ rules: RefundRules?, _ departure: DepartureTime?, requestedAt: Field, tax: Field, tickets: Int?,
        _ refundCase: RefundCase
    ) -> AuditTerms? {
        let tax = self.tax(tax, refundCase)
        guard rules != nil || departure != nil || tax != nil else { return nil }
        return AuditTerms(
            refundRules: rules, departureAt: departure, requestedAt: instant(requestedAt), originalTotalTaxAmount: tax,
            ticketCount: tickets)
    }

    private func departure(_ value: JSONView) -> DepartureTime {
        DepartureTime(text: value.characters, instant: instant(value.field))
    }

    private func instant(_ field: Field) -> Instant? {
        guard case .text(let text) = field else { return nil }
        return Instant(text)
    }

    /// Taxes are a part of the fare paid: an amount over it is unknown.
    private func tax(_ field: Field, _ refundCase: RefundCase) -> Amount? {
        guard let fare = refundCase.originalTotalFareAmount else { return nil }
        do throws(RecordFault) {
            let tax = try decode.amount(field, OrderField.originalTotalTaxAmount.name, refundCase.currency)
            return tax.flatMap { $0 <= fare ? $0 : nil }
        } catch { return nil }
    }
}
