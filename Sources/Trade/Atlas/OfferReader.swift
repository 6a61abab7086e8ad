import JSON
import Memory
import Refunds

/// Why an answer of `refundQuotation.do` or `refund.do` cannot be read.
package enum RefundOfferFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// No JSON object.
    case notAnObject
    /// A needed field is absent or null.
    case missing(field: String)
    /// A field holds what it cannot mean.
    case unusable(field: String)

    package var description: String {
        switch self {
        case .notAnObject: "the answer is no JSON object"
        case .missing(let field): "the answer has no \(field)"
        case .unusable(let field): "the answer's \(field) is unusable"
        }
    }
}

/// Reads the fields of one object of an answer: null, absent and the empty string are no value; a wrong kind is a fault.
struct OfferReader {
    let object: JSONValue

    init(_ object: JSONValue, field: StaticString) throws(RefundOfferFault) {
        guard object.kind == .object else { throw .unusable(field: "\(field)") }
        self.object = object
    }

    func given(_ field: StaticString) -> JSONValue? { object.given(JSONKey(stringLiteral: field)) }

    func text(_ field: StaticString) throws(RefundOfferFault) -> Text? {
        guard let value = given(field) else { return nil }
        guard let text = trimmed(value) else { throw .unusable(field: "\(field)") }
        return text.isEmpty ? nil : text
    }

    /// A whole number; Atlas writes some of them as strings.
    func int(_ field: StaticString) throws(RefundOfferFault) -> Int? {
        guard let value = given(field) else { return nil }
        if let int = value.int { return int }
        guard let text = trimmed(value) else { throw .unusable(field: "\(field)") }
        if text.isEmpty { return nil }
        guard let int = Int(text.string) else { throw .unusable(field: "\(field)") }
        return int
    }

    func bool(_ field: StaticString) throws(RefundOfferFault) -> Bool? {
        guard let value = given(field) else { return nil }
        guard let bool = value.bool else { throw .unusable(field: "\(field)") }
        return bool
    }

    func date(_ field: StaticString) throws(RefundOfferFault) -> CalendarDate? {
        guard let text = try text(field) else { return nil }
        guard let date = CalendarDate(text.string) else { throw .unusable(field: "\(field)") }
        return date
    }

    /// A number kept as its digits; a string of digits is taken too.
    func digits(_ field: StaticString) throws(RefundOfferFault) -> Text? {
        guard let value = given(field) else { return nil }
        if value.kind == .number { return Text(utf8: value.raw) }
        guard let text = trimmed(value) else { throw .unusable(field: "\(field)") }
        if text.isEmpty { return nil }
        guard DecimalText.isDecimal(text) else { throw .unusable(field: "\(field)") }
        return text
    }

    func amount(_ field: StaticString, _ currency: Text?) throws(RefundOfferFault) -> StatedAmount? {
        try digits(field).map { StatedAmount(digits: $0, currency: currency) }
    }

    /// Money of a rule: a text with its currency (`0.00 USD`), of which both halves must be sound, or bare digits.
    func moneyText(_ field: StaticString) throws(RefundOfferFault) -> StatedAmount? {
        guard let value = given(field) else { return nil }
        if value.kind == .number { return StatedAmount(digits: Text(utf8: value.raw), currency: nil) }
        guard let text = try text(field) else { return nil }
        let halves = text.string.split(separator: " ", omittingEmptySubsequences: false)
        guard halves.count == 2, DecimalText.isDecimal(Text(String(halves[0]))),
            let currency = Currency(code: halves[1].utf8)
        else { throw .unusable(field: "\(field)") }
        return StatedAmount(digits: Text(String(halves[0])), currency: Text(currency.code))
    }

    func term<Known>(_ field: StaticString) throws(RefundOfferFault) -> AtlasTerm<Known>? {
        try text(field).map { AtlasTerm($0) }
    }

    /// The elements of an array, or the one object that some of Atlas's schemas have in its place.
    func objects(_ field: StaticString) throws(RefundOfferFault) -> [OfferReader] {
        guard let value = given(field) else { return [] }
        if value.kind == .object { return [try OfferReader(value, field: field)] }
        guard value.kind == .array else { throw .unusable(field: "\(field)") }
        var readers: [OfferReader] = []
        for element in value.elements where !element.isNull { readers.append(try OfferReader(element, field: field)) }
        return readers
    }

    func object(_ field: StaticString) throws(RefundOfferFault) -> OfferReader? {
        guard let value = given(field) else { return nil }
        return try OfferReader(value, field: field)
    }

    /// The texts of an array; a single text stands for an array of it.
    func texts(_ field: StaticString) throws(RefundOfferFault) -> [Text] {
        guard let value = given(field) else { return [] }
        var texts: [Text] = []
        for element in value.kind == .array ? value.elements : [value] where !element.isNull {
            guard let text = trimmed(element) else { throw .unusable(field: "\(field)") }
            if !text.isEmpty { texts.append(text) }
        }
        return texts
    }

    /// A string without the ASCII white space at its ends; nil for another kind.
    private func trimmed(_ value: JSONValue) -> Text? {
        guard let string = value.string else { return nil }
        let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        let bytes = string.utf8.drop(while: isSpace)
        guard let last = bytes.lastIndex(where: { !isSpace($0) }) else { return "" }
        return Text(String(string[bytes.startIndex...last]))
    }
}

/// The grammar of an exact decimal in JSON (FORMATS.md, "What holds for all inputs").
enum DecimalText {
    static func isDecimal(_ text: Text) -> Bool {
        // A currency of four minor digits and a fault of the grammar are told apart by the parser itself.
        guard let currency = Currency("CLF") else { return false }
        return StatedAmount(digits: text, currency: Text(currency.code)).isOfGrammar
    }
}

extension StatedAmount {
    fileprivate var isOfGrammar: Bool {
        do throws(AmountFault) {
            _ = try amount()
            return true
        } catch { return error != .badAmount }
    }
}
