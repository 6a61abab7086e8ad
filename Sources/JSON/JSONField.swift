import Core

extension JSONValue {
    /// The member as a field of a record; absent, null and empty are no value.
    public func field(_ key: JSONKey) -> RawField { self[key]?.field ?? .none }

    /// The value as a field of a record: strings trimmed, numbers digit for digit.
    public var field: RawField {
        switch kind {
        case .null: return .none
        case .bool: return .bool(bool ?? false)
        case .number: return .number(raw)
        case .array, .object: return .other
        case .string:
            if let plain = plainString {
                let trimmed = plain.trimmed
                return trimmed.isEmpty ? .none : .text(FieldText(plain: trimmed))
            }
            guard let string else { return .other }
            let trimmed = Array(string.utf8).withUnsafeBufferPointer { Array($0.trimmed) }
            return trimmed.isEmpty ? .none : .text(FieldText(unescaped: trimmed))
        }
    }
}
