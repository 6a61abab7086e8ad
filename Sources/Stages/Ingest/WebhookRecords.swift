import Atlas
import JSON
import Memory
import Records
import Refunds

/// The records of webhook logs, in all their shapes: a CSV record, and a JSON line that is flat, wrapped, or in a receiver's
/// envelope (FORMATS.md, "Webhook log"). A further shape is a line of `find`.
struct WebhookRecords: FieldsDecoder, ObjectDecoder {
    typealias Value = Webhook
    typealias Failure = RecordFault

    let file: Int32

    let names = WebhookField.keys

    func missing(from columns: CSVColumns<WebhookField>) -> [String] {
        WebhookField.needed.filter { !columns.has($0) }.map(\.title)
    }

    func value(
        of fields: CSVFields<WebhookField>, line: Int32, with tools: inout RecordTools
    ) throws(RecordFault) -> Webhook? {
        let decoder = decoder(.csv, line, tools.texts)
        do throws(RecordFault) { return try decoder.webhook(fields, receivedAt: fields[.receivedAt]) } catch {
            throw error.about(fields[.orderNo])
        }
    }

    func value(
        of object: JSONView, line: Int32, with tools: inout RecordTools
    ) throws(RecordFault) -> Webhook? {
        let decoder = decoder(.json, line, tools.texts)
        do throws(RecordFault) { return try find(in: object, decoder, &tools.inner) } catch {
            throw error.about(object, &tools.inner)
        }
    }

    private func decoder(_ grammar: Amount.Grammar, _ line: Int32, _ texts: TextArena) -> WebhookDecoder {
        WebhookDecoder(
            decode: FieldDecoder(grammar: grammar, texts: texts), source: SourceLine(file: file, line: line))
    }

    /// The webhook of a line; nil of a wrapped one of another type, which says nothing about refunds.
    ///
    /// - Parameter inner: for a body that is itself a text of JSON.
    private func find(
        in record: JSONView, _ decoder: WebhookDecoder, _ inner: inout JSONReader
    ) throws(RecordFault) -> Webhook? {
        guard let body = record.given("body") else { return try open(record, receivedAt: .none, decoder) }
        let receivedAt = record.field("receivedAt")
        switch body.kind {
        case .object: return try open(body, receivedAt: receivedAt, decoder)
        case .string:
            guard let text = body.text else { break }
            let object = try inner.read(text).object(of: text, in: "body", or: RecordFault.self)
            return try open(object, receivedAt: receivedAt, decoder)
        case .null, .bool, .number, .array: break
        }
        throw RecordFault(.badJSON, "body is neither an object nor a text with one", field: "body")
    }

    /// A wrapped webhook has a type or data; anything else is flat.
    private func open(
        _ value: JSONView, receivedAt: Field, _ decoder: WebhookDecoder
    ) throws(RecordFault) -> Webhook? {
        let type = try decoder.decode.bytes(value.field("type"), "type")
        let data = value.given("data")
        guard type != nil || data != nil else { return try webhook(value, receivedAt, decoder) }
        guard let type else { throw RecordFault(.missingField, "type has no value", field: "type") }
        guard type.isText("order.refundComplete") || type.isText("order.refundCompleted") else { return nil }
        guard let data else { throw RecordFault(.missingField, "data has no value", field: "data") }
        guard data.kind == .object else {
            throw RecordFault(RecordError(notAnObject: data, in: "data"))
        }
        return try webhook(data, receivedAt, decoder)
    }

    private func webhook(
        _ value: JSONView, _ receivedAt: Field, _ decoder: WebhookDecoder
    ) throws(RecordFault) -> Webhook {
        try decoder.webhook(JSONFieldsByName<WebhookField>(value), receivedAt: receivedAt)
    }
}

extension Webhook: RecordValue {
    public mutating func move(byLines lines: Int32) { source = source.shifted(by: lines) }
}
