import Atlas
import JSON
import Memory
import Records
import Refunds

/// Order records, in all their shapes: a CSV record or a flat JSON object, and a captured call (FORMATS.md, "Orders"). A
/// further shape is a decoder of its own and a line here.
struct OrderRecords: FieldsDecoder, ObjectDecoder {
    typealias Value = RefundCase
    typealias Failure = RecordFault

    let file: Int32
    /// Whether the records keep the fields for the audit of rules.
    let forAudit: Bool

    let names = OrderField.keys

    func isRead(_ field: OrderField) -> Bool { forAudit || field.rawValue <= OrderField.expectedRefundDate.rawValue }

    func missing(from columns: CSVColumns<OrderField>) -> [String] {
        let hasKey = columns.has(.orderNo) || (columns.has(.airlinePNR) && columns.has(.carrier))
        let missing = [OrderField.currency, .originalTotalFareAmount, .requestedAt].filter { !columns.has($0) }
        return (hasKey ? [] : ["orderNo (or airlinePNR and carrier)"]) + missing.map(\.title)
    }

    func value(
        of fields: CSVFields<OrderField>, line: Int32, with tools: inout RecordTools
    ) throws(RecordFault) -> RefundCase? {
        let decode = FieldDecoder(grammar: .csv, texts: tools.texts)
        do throws(RecordFault) {
            var record = try decoder(decode, line).refundCase(fields)
            if forAudit { record.auditTerms = AuditTermsReader(decode: decode).terms(of: fields, record) }
            return record
        } catch { throw error.about(fields[.orderNo]) }
    }

    func value(
        of object: JSONView, line: Int32, with tools: inout RecordTools
    ) throws(RecordFault) -> RefundCase? {
        let decode = FieldDecoder(grammar: .json, texts: tools.texts)
        do throws(RecordFault) {
            guard var record = try refundCase(of: object, decoder(decode, line)) else { return nil }
            if forAudit { record.auditTerms = AuditTermsReader(decode: decode).terms(of: object, record) }
            return record
        } catch { throw error.about(object, &tools.inner) }
    }

    @inline(__always)
    private func refundCase(of object: JSONView, _ decoder: OrderDecoder) throws(RecordFault) -> RefundCase? {
        CapturedCallDecoder.isCapturedCall(object)
            ? try CapturedCallDecoder(decoder: decoder).refundCase(object)
            : try decoder.refundCase(JSONFieldsByName<OrderField>(object))
    }

    private func decoder(_ decode: FieldDecoder, _ line: Int32) -> OrderDecoder {
        OrderDecoder(decode: decode, source: SourceLine(file: file, line: line))
    }
}

extension RefundCase: RecordValue {
    public mutating func move(byLines lines: Int32) { source = source.shifted(by: lines) }
}

extension SourceLine {
    func shifted(by lines: Int32) -> SourceLine { SourceLine(file: file, line: line + lines) }
}

extension RecordFault {
    /// The same with the order number that the record has, if it is a text.
    func about(_ orderNo: Field) -> RecordFault {
        guard case .text(let text) = orderNo else { return self }
        var fault = self
        fault.orderNo = text.string
        return fault
    }

    /// The same with the order number of a JSON record, in whichever part its shape has it.
    ///
    /// - Parameter inner: for a body that is itself a text of JSON.
    func about(_ record: JSONView, _ inner: inout JSONReader) -> RecordFault {
        var fault = self
        fault.orderNo = Self.orderNo(in: record, &inner)
        return fault
    }

    private static func orderNo(in record: JSONView, _ inner: inout JSONReader) -> String? {
        let body = record["body"]
        if let found = text(record) ?? text(record["data"]) ?? text(body) ?? text(body?["data"])
            ?? text(record["response"]) ?? text(record["request"])
        {
            return found
        }
        guard let text = body?.text, let root = inner.read(text).object else { return nil }
        return self.text(root) ?? self.text(root["data"])
    }

    private static func text(_ object: JSONView?) -> String? {
        guard let object, case .text(let text) = object.field("orderNo") else { return nil }
        return text.string
    }
}
