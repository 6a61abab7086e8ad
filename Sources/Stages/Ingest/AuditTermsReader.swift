import Atlas
import JSON
import Memory
import Refunds

/// The fields of an order record that only audits ask for (FORMATS.md, "Fields for the audit of rules").
enum AuditField: Int, FieldName {
    case refundRules, departureAt, originalTotalTaxAmount

    var name: StaticString { Self.keys[rawValue].name }

    static let keys: [JSONKey] = ["refundRules", "departureAt", "originalTotalTaxAmount"]
}

/// Reads what a record carries for the audit of rules. It gives no faults: what cannot be read is unknown to the audit, and
/// the record stays what it is.
enum AuditTermsReader {
    /// From a record of JSON Lines.
    static func terms(_ record: JSONValue, _ decode: FieldDecoder, _ refundCase: RefundCase) -> AuditTerms? {
        let isCall = CapturedCallDecoder.isCapturedCall(record)
        // Atlas's answer has the rules and the tickets; the other fields are beside it.
        let body = isCall ? record["response"] ?? record : record
        let departure = record.given("departureAt") ?? body.given("departureAt")
        let tickets = body.given("refundTickets").flatMap { $0.kind == .array ? $0.elements.count : nil }
        return terms(
            rules: body.given("refundRules").map { RefundRules($0) },
            departure: departure.map { DepartureTime(text: $0.characters, instant: instant($0.field)) },
            requestedAt: record.field(isCall ? "capturedAt" : "requestedAt"),
            tax: record.field("originalTotalTaxAmount"), tickets: tickets, decode, refundCase)
    }

    /// From a CSV record, whose field `refundRules` holds the JSON text.
    static func terms(
        _ fields: CSVFields<AuditField>, requestedAt: RawField, _ decode: FieldDecoder, _ refundCase: RefundCase
    ) -> AuditTerms? {
        var rules: RefundRules?
        if case .text(let text) = fields[.refundRules] { rules = RefundRules(text: Array(text.bytes)) }
        var departure: DepartureTime?
        if case .text(let text) = fields[.departureAt] {
            departure = DepartureTime(text: text.string, instant: instant(.text(text)))
        }
        return terms(
            rules: rules, departure: departure, requestedAt: requestedAt, tax: fields[.originalTotalTaxAmount],
            tickets: nil, decode, refundCase)
    }

    private static func terms(
        rules: RefundRules?, departure: DepartureTime?, requestedAt: RawField, tax: RawField, tickets: Int?,
        _ decode: FieldDecoder, _ refundCase: RefundCase
    ) -> AuditTerms? {
        let tax = Self.tax(tax, decode, refundCase)
        guard rules != nil || departure != nil || tax != nil else { return nil }
        return AuditTerms(
            refundRules: rules, departureAt: departure, requestedAt: instant(requestedAt), originalTotalTaxAmount: tax,
            ticketCount: tickets)
    }

    private static func instant(_ field: RawField) -> Instant? {
        guard case .text(let text) = field else { return nil }
        return Instant(text.bytes)
    }

    /// Taxes are a part of the fare paid; a larger amount counts as unknown.
    private static func tax(_ field: RawField, _ decode: FieldDecoder, _ refundCase: RefundCase) -> Amount? {
        guard let fare = refundCase.originalTotalFareAmount else { return nil }
        do throws(RecordFault) {
            let tax = try decode.amount(field, AuditField.originalTotalTaxAmount.name, refundCase.currency)
            return tax.flatMap { $0 <= fare ? $0 : nil }
        } catch { return nil }
    }
}
