import Memory

/// Why a record is refused: its code and, for a person, the value found and the values accepted.
public struct RecordFault: Error, Sendable, Equatable {
    public let code: RejectCode
    public let message: String
    /// The field that is at fault; nil where it is no single field.
    public let field: String?
    /// The order that the record is about, where it is known.
    public var orderNo: String?

    public init(_ code: RejectCode, _ message: String, field: String? = nil) {
        self.code = code
        self.message = message
        self.field = field
    }

    /// The fault of one field's value.
    ///
    /// - Parameter reason: goes on after the field's name and the value that was found.
    public init(_ code: RejectCode, _ name: StaticString, _ value: Field, _ reason: String) {
        self.init(code, "\(name) \(value.shown) \(reason)", field: "\(name)")
    }
}

/// Decodes single fields by the whole-field grammars of FORMATS.md, "What holds for all inputs". Each gives nil for no value. A field's
/// name is asked for only where it is refused.
public struct FieldDecoder {
    /// Whether an amount may have an exponent and which booleans there are.
    public let grammar: Amount.Grammar
    /// Where the texts that it gives are kept; with nil, equal ones share their place.
    let texts: TextArena?

    public init(grammar: Amount.Grammar, texts: TextArena? = nil) {
        self.grammar = grammar
        self.texts = texts
    }

    @inline(__always)
    public func text(_ field: Field, _ name: @autoclosure () -> StaticString) throws(RecordFault) -> Text? {
        guard let bytes = try bytes(field, name()) else { return nil }
        return Text(bytes, keptIn: texts)
    }

    /// The text of a field; `kept` itself if the bytes are equal, so that repeated values share their memory.
    @inline(__always)
    public func text(_ field: Field, _ name: @autoclosure () -> StaticString, like kept: Text?) throws(RecordFault)
        -> Text?
    {
        guard let bytes = try bytes(field, name()) else { return nil }
        if let kept, kept.isSame(as: bytes) { return kept }
        return Text(bytes, keptIn: texts)
    }

    /// A text whose bytes lie in the record: to be looked at before the next one is read.
    @inline(__always)
    @_lifetime(copy field)
    public func key(_ field: Field, _ name: @autoclosure () -> StaticString) throws(RecordFault) -> TextKey? {
        guard let bytes = try bytes(field, name()) else { return nil }
        return TextKey(bytes)
    }

    /// The bytes of a text.
    @inline(__always)
    @_lifetime(copy field)
    public func bytes(
        _ field: Field, _ name: @autoclosure () -> StaticString
    ) throws(RecordFault) -> Span<UInt8>? {
        switch field {
        case .none: return nil
        case .text(let text): return text
        case .number, .bool, .other: throw RecordFault(.badJSON, name(), field, "is not a text in quotes")
        }
    }

    public func currency(_ field: Field, _ name: @autoclosure () -> StaticString) throws(RecordFault) -> Currency? {
        guard let code = try bytes(field, name()) else { return nil }
        guard let currency = Currency(code: code) else {
            throw RecordFault(
                .badCurrency, name(), field, "is not a currency of ISO 4217 with a minor unit, such as USD")
        }
        return currency
    }

    public func amount(
        _ field: Field, _ name: @autoclosure () -> StaticString, _ currency: Currency, mayBeNegative: Bool = false
    ) throws(RecordFault) -> Amount? {
        let bytes: Span<UInt8>
        switch field {
        case .none: return nil
        case .text(let text): bytes = text
        case .number(let digits): bytes = digits
        case .bool, .other: throw RecordFault(.badAmount, name(), field, Self.reason(.badAmount, currency))
        }
        do throws(AmountFault) {
            return try Amount.parse(bytes, currency, grammar: grammar, mayBeNegative: mayBeNegative)
        } catch { throw RecordFault(RejectCode(error), name(), field, Self.reason(error, currency)) }
    }

    public func date(_ field: Field, _ name: @autoclosure () -> StaticString) throws(RecordFault) -> CalendarDate? {
        switch field {
        case .none: return nil
        case .text(let text):
            if let date = CalendarDate(text) { return date }
            fallthrough
        case .number, .bool, .other:
            throw RecordFault(
                .badDate, name(), field,
                "is not a date: 2025-09-30, 20250930, or a date-time with offset, in the years 0001 to 9999 in UTC")
        }
    }

    /// A full date-time; a date alone is refused.
    public func instant(_ field: Field, _ name: @autoclosure () -> StaticString) throws(RecordFault) -> Instant? {
        switch field {
        case .none: return nil
        case .text(let text):
            if let instant = Instant(text) { return instant }
            fallthrough
        case .number, .bool, .other:
            throw RecordFault(
                .badDate, name(), field,
                "is not a full date-time with offset, such as 2025-09-30T10:00:00Z, in the years 0001 to 9999 in UTC")
        }
    }

    public func boolean(_ field: Field, _ name: @autoclosure () -> StaticString) throws(RecordFault) -> Bool? {
        switch field {
        case .none: return nil
        case .bool(let value): return value
        case .text(let text) where grammar == .csv:
            let word = text
            if word.isText("true") || word.isText("TRUE") || word.isText("1") || word.isText("yes") { return true }
            if word.isText("false") || word.isText("FALSE") || word.isText("0") || word.isText("no") { return false }
            throw RecordFault(.badBoolean, name(), field, "is not one of true, false, TRUE, FALSE, 1, 0, yes, no")
        case .text, .number, .other: throw RecordFault(.badBoolean, name(), field, "is not true or false")
        }
    }

    /// A member of an enum whose raw values are Atlas's words.
    @inline(__always)
    public func member<Member: Word>(
        _ field: Field, _ name: @autoclosure () -> StaticString, of: Member.Type
    ) throws(RecordFault) -> Member? {
        guard let word = try bytes(field, name()) else { return nil }
        guard let member = Member.words.value(of: word) else { throw notOne(of: Member.self, name(), field) }
        return member
    }

    /// `0`, `1` or `4`, as a text or as a JSON number.
    public func refundReason(_ field: Field, _ name: @autoclosure () -> StaticString) throws(RecordFault)
        -> RefundReason?
    {
        guard case .number(let digits) = field else { return try member(field, name(), of: RefundReason.self) }
        guard let reason = RefundReason(rawValue: digits.string) else {
            throw notOne(of: RefundReason.self, name(), field)
        }
        return reason
    }

    /// An integer 0…6, as a text or as a JSON number; `2.0` and `02` are none.
    public func refundStatus(_ field: Field, _ name: @autoclosure () -> StaticString) throws(RecordFault)
        -> RefundStatus?
    {
        let status: RefundStatus?
        switch field {
        case .none: return nil
        case .text(let text): status = singleDigit(text)
        case .number(let digits): status = singleDigit(digits)
        case .bool, .other: status = nil
        }
        guard let status else { throw RecordFault(.badStatus, name(), field, "is not one of 0, 1, 2, 3, 4, 5, 6") }
        return status
    }

    func notOne<Member: Word>(of: Member.Type, _ name: StaticString, _ field: Field) -> RecordFault {
        let words = Member.allCases.map(\.rawValue).joined(separator: ", ")
        return RecordFault(.badEnum, name, field, "is not one of \(words)")
    }

    private static func reason(_ fault: AmountFault, _ currency: Currency) -> String {
        switch fault {
        case .badAmount: "is not an amount: digits with a decimal point, no thousands separator, no currency sign"
        case .amountRange: "is out of range: at most 15 digits before the point and 10^18 minor units"
        case .amountPrecision:
            "has too many digits after the point: \(currency.code) has \(currency.minorDigits == 0 ? "none" : "\(currency.minorDigits)")"
        case .negativeAmount: "is negative"
        }
    }

    private func singleDigit(_ bytes: Span<UInt8>) -> RefundStatus? {
        guard bytes.count == 1, bytes[0] >= UInt8(ascii: "0") else { return nil }
        return RefundStatus(rawValue: bytes[0] - UInt8(ascii: "0"))
    }
}

/// The value that a record needs; `missing-field` without it.
@inline(__always)
public func needed<Value>(_ value: Value?, _ name: @autoclosure () -> StaticString) throws(RecordFault) -> Value {
    guard let value else { throw RecordFault(.missingField, "\(name()) has no value", field: "\(name())") }
    return value
}
