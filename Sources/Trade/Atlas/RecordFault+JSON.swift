import JSON
import Memory
import Refunds

extension RecordFault {
    /// The fault of a text that is not acceptable JSON.
    ///
    /// - Parameters:
    ///   - text: the text, of which a part is shown.
    ///   - place: where the text is, if within a record.
    public init(_ fault: JSONDocument.Fault, of text: UnsafeBufferPointer<UInt8>, in place: String? = nil) {
        let suffix = place.map { " of \($0)" } ?? ""
        switch fault {
        case .syntax(let offset) where offset >= text.count:
            self.init(.badJSON, "no valid JSON: it ends too early, after \(text.count) bytes\(suffix)", field: place)
        case .syntax(let offset):
            let found = UnsafeBufferPointer(rebasing: text[offset...].prefix(20))
            self.init(
                .badJSON, "no valid JSON from byte \(offset + 1)\(suffix) on: found \(found.excerpt)", field: place)
        case .duplicateKey(let key):
            let excerpt = Array(key.utf8).withUnsafeBufferPointer { $0.excerpt }
            self.init(.duplicateKey, "the key \(excerpt) is given twice\(suffix)", field: place)
        }
    }

    /// The fault of a JSON value that must be an object.
    public init(notAnObject value: JSONValue, in place: String? = nil) {
        let kind =
            switch value.kind {
            case .null: "null"
            case .bool, .number: String(decoding: value.raw, as: UTF8.self)
            case .string: "a text"
            case .array: "an array"
            case .object: "an object"
            }
        self.init(.badJSON, "\(place ?? "the line") is \(kind), not a JSON object", field: place)
    }
}
