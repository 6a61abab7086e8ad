import JSON
import Memory
import Refunds

extension RefundRules {
    /// Reads `refundRules` from a JSON text of its own, as a CSV field holds it; the bytes are UTF-8.
    package init(text: Span<UInt8>) {
        var reader = JSONReader()
        let reading = reader.read(text)
        var rules: [RefundRule]?
        if reading.fault == nil, let root = reading.root { rules = Self.rules(root) }
        self.init(json: Array(text), rules: rules)
    }

    package init(text: [UInt8]) { self.init(text: text.span) }

    /// Reads `refundRules` from a record: an array of Atlas's RefundRule, or a string that holds one.
    package init(_ value: JSONView) {
        if let text = value.text {
            self.init(text: text.trimmed)
        } else {
            self.init(json: Array(value.raw), rules: Self.rules(value))
        }
    }

    /// nil if one of them is not as Atlas describes it: nobody knows which others are wrong.
    private static func rules(_ list: JSONView) -> [RefundRule]? {
        guard list.kind == .array else { return nil }
        do throws(RecordFault) {
            var rules: [RefundRule] = []
            var elements = list.children
            while let element = elements.next() { rules.append(try RefundRule(element)) }
            return rules
        } catch { return nil }
    }
}

extension RefundRule {
    /// Reads Atlas's RefundRule. What decides the penalty is read strictly; null and empty are no value, and keys that decide
    /// nothing are passed over.
    init(_ value: JSONView) throws(RecordFault) {
        guard value.kind == .object else { throw RecordFault(.badJSON, "refundRules") }
        let decode = FieldDecoder(grammar: .json)
        self.init(try needed(try Self.kind(value.field("ruleType")), "ruleType"))
        airline = try decode.text(value.field("airline"), "airline")
        penaltyAmount = try Self.money(value.field("penaltyAmount"), "penaltyAmount")
        penaltyPercent = try Self.percentage(value.field("penaltyPercent"))
        penaltyPercentBase = try decode.member(
            value.field("penaltyPercentBase"), "penaltyPercentBase", of: PercentBase.self)
        airlineFee = try Self.money(value.field("airlineFee"), "airlineFee")
        fareRefundable = try decode.boolean(value.field("fareRefundable"), "fareRefundable")
        taxRefundable = try decode.boolean(value.field("taxRefundable"), "taxRefundable")
        startMinute = try Self.minute(value.field("startMinute"), "startMinute")
        endMinute = try Self.minute(value.field("endMinute"), "endMinute")
        refundMethod = try decode.member(value.field("refundMethod"), "refundMethod", of: RefundMethod.self)
        if let startMinute, let endMinute, startMinute < endMinute { throw RecordFault(.badEnum, "startMinute") }
    }

    private static func kind(_ field: Field) throws(RecordFault) -> Kind? {
        guard let text = digits(field) else { return nil }
        guard let kind = Kind(rawValue: text) else { throw RecordFault(.badEnum, "ruleType") }
        return kind
    }

    /// Minutes, as a number or a text; far more than a ticket is ever valid for, and little enough to count seconds with.
    private static func minute(_ field: Field, _ name: StaticString) throws(RecordFault) -> Int? {
        guard let text = digits(field) else { return nil }
        guard let minute = Int(text), (-1_000_000_000...1_000_000_000).contains(minute) else {
            throw RecordFault(.badEnum, "\(name)")
        }
        return minute
    }

    private static func percentage(_ field: Field) throws(RecordFault) -> Percentage? {
        guard let text = digits(field) else { return nil }
        guard let percentage = Percentage(Array(text.utf8).span) else {
            throw RecordFault(.badAmount, "penaltyPercent")
        }
        return percentage
    }

    private static func money(_ field: Field, _ name: StaticString) throws(RecordFault) -> Money? {
        guard let text = digits(field) else { return nil }
        guard let money = Money(Array(text.utf8).span) else {
            throw RecordFault(.badAmount, "\(name)")
        }
        return money
    }

    /// A text, or a number digit for digit; nil for no value. Anything else reads as no number.
    private static func digits(_ field: Field) -> String? {
        switch field {
        case .none: nil
        case .text(let text): text.string
        case .number(let digits): digits.string
        case .bool, .other: "(no number)"
        }
    }
}
