import Files
import JSON
import Memory

/// Why a record is refused before its fields are looked at.
public struct RecordError: Error, Sendable, Equatable {
    public enum Reason: Sendable, CaseIterable { case tooLong, notUTF8, notCSV, notJSON, duplicateKey }

    public let reason: Reason
    /// One sentence for a person.
    public let message: String
    /// The field that is at fault; nil where it is no single field.
    public let field: String?

    public init(_ reason: Reason, _ message: String, field: String? = nil) {
        self.reason = reason
        self.message = message
        self.field = field
    }

    static func tooLong(byteCount: Int, limit: Int, noun: String) -> RecordError {
        RecordError(.tooLong, "the \(noun) has \(byteCount) bytes: at most \(limit) are allowed")
    }

    /// The fault of a record's bytes: their length, or that they are not UTF-8; nil for sound ones.
    @inline(__always)
    static func of(_ bytes: Span<UInt8>, for decoder: some RecordDecoder) -> RecordError? {
        if bytes.count > decoder.recordBytes {
            return tooLong(byteCount: bytes.count, limit: decoder.recordBytes, noun: decoder.recordNoun)
        }
        return bytes.isValidUTF8 ? nil : UTF8Fault(bytes).map { RecordError(.notUTF8, $0.description) }
    }

    /// The error of a text that is not acceptable JSON.
    ///
    /// - Parameters:
    ///   - text: the text, of which the message shows a part.
    ///   - place: where the text is, if within a record.
    init(_ fault: JSONReader.Fault, of text: Span<UInt8>, in place: String?) {
        let suffix = place.map { " of \($0)" } ?? ""
        switch fault {
        case .syntax(let offset) where offset >= text.count:
            self.init(.notJSON, "no valid JSON: it ends too early, after \(text.count) bytes\(suffix)", field: place)
        case .syntax(let offset):
            let found = text.extracting(offset..<min(offset + 20, text.count)).excerpt
            self.init(.notJSON, "no valid JSON from byte \(offset + 1)\(suffix) on: found \(found)", field: place)
        case .duplicateKey(let key):
            let excerpt = Array(key.utf8).span.excerpt
            self.init(.duplicateKey, "the key \(excerpt) is given twice\(suffix)", field: place)
        }
    }

    /// The error of a JSON value that must be an object.
    public init(notAnObject value: JSONView, in place: String? = nil) {
        let kind =
            switch value.kind {
            case .null: "null"
            case .bool, .number: value.raw.string
            case .string: "a text"
            case .array: "an array"
            case .object: "an object"
            }
        self.init(.notJSON, "\(place ?? "the line") is \(kind), not a JSON object", field: place)
    }
}

/// The error that a decoder refuses records with.
public protocol RecordFailure: Error, Sendable {
    init(_ error: RecordError)
}

extension JSONReader.Reading {
    /// The object that the text must be. That it is not one comes before a key that is given twice.
    @_lifetime(copy self)
    public func object<Failure: RecordFailure>(
        of text: Span<UInt8>, in place: String? = nil, or: Failure.Type
    ) throws(Failure) -> JSONView {
        guard let root else { throw Failure(RecordError(fault ?? .syntax(offset: 0), of: text, in: place)) }
        guard root.kind == .object else { throw Failure(RecordError(notAnObject: root, in: place)) }
        if let fault { throw Failure(RecordError(fault, of: text, in: place)) }
        return root
    }
}
