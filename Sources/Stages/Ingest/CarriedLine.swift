import JSON
import Memory
import Refunds

/// Members of a line of a carried file. A field without a value has no member.
extension [UInt8] {
    /// Appends a member's name, to be followed by its value.
    mutating func append(key: StaticString) {
        if last != UInt8(ascii: "{") { append(UInt8(ascii: ",")) }
        append(UInt8(ascii: "\""))
        append(literal: key)
        append(literal: "\":")
    }

    mutating func append(_ key: StaticString, _ text: Text?) {
        guard let text else { return }
        append(key: key)
        append(jsonString: text)
    }

    mutating func append(_ key: StaticString, _ amount: Amount?, _ currency: Currency) {
        guard let amount else { return }
        append(key: key)
        append(UInt8(ascii: "\""))
        append(amount, currency)
        append(UInt8(ascii: "\""))
    }

    mutating func append(_ key: StaticString, _ date: CalendarDate?) {
        guard let date else { return }
        append(key: key)
        append(UInt8(ascii: "\""))
        append(date)
        append(UInt8(ascii: "\""))
    }

    /// Appends an instant; no part of it is lost.
    mutating func append(_ key: StaticString, _ instant: Instant?) {
        guard let instant else { return }
        append(key: key)
        append(UInt8(ascii: "\""))
        append(instant)
        append(UInt8(ascii: "\""))
    }

    mutating func append(_ key: StaticString, _ value: Bool?) {
        guard let value else { return }
        append(key: key)
        append(literal: value ? "true" : "false")
    }

    mutating func append(_ key: StaticString, number: Int?) {
        guard let number else { return }
        append(key: key)
        append(decimal: number)
    }

    /// Appends where a record came first.
    mutating func append(_ first: FirstPlace) {
        append("firstAsOf", first.asOf)
        append(key: "firstSource")
        append(jsonString: first.fileName)
        removeLast()
        append(UInt8(ascii: ":"))
        append(decimal: Int(first.place.line))
        append(UInt8(ascii: "\""))
        append("firstFile", number: Int(first.place.file))
    }

    /// `yyyy-MM-ddTHH:mm:ss.fffffffffZ`.
    private mutating func append(_ instant: Instant) {
        let day = instant.utcDate
        let second = UInt(instant.secondsSinceEpoch - Int64(day.daysSinceEpoch) * 86_400)
        append(day)
        append(UInt8(ascii: "T"))
        append(digits: second / 3600, minimumCount: 2)
        append(UInt8(ascii: ":"))
        append(digits: second / 60 % 60, minimumCount: 2)
        append(UInt8(ascii: ":"))
        append(digits: second % 60, minimumCount: 2)
        append(UInt8(ascii: "."))
        append(digits: UInt(instant.nanoseconds), minimumCount: 9)
        append(UInt8(ascii: "Z"))
    }
}

/// The members of a line of a carried file, read as they were written: a text is not trimmed.
struct CarriedMembers: ~Escapable {
    let object: JSONView
    let decode: FieldDecoder

    @_lifetime(copy object)
    init(object: JSONView, decode: FieldDecoder) {
        self.object = object
        self.decode = decode
    }

    @_lifetime(copy self)
    private func field(_ key: JSONKey) throws(RecordFault) -> Field {
        guard let value = object[key], !value.isNull else { return .none }
        if value.kind != .string { return value.field }
        guard let text = value.text else { throw RecordFault(.badJSON, key.name, Field.other, "is not Unicode") }
        return .text(text)
    }

    func text(_ key: JSONKey) throws(RecordFault) -> Text? { try decode.text(try field(key), key.name) }

    func string(_ key: JSONKey) throws(RecordFault) -> String? {
        try decode.bytes(try field(key), key.name)?.string
    }

    func currency(_ key: JSONKey) throws(RecordFault) -> Currency? { try decode.currency(try field(key), key.name) }

    func amount(_ key: JSONKey, _ currency: Currency) throws(RecordFault) -> Amount? {
        try decode.amount(try field(key), key.name, currency, mayBeNegative: true)
    }

    func date(_ key: JSONKey) throws(RecordFault) -> CalendarDate? { try decode.date(try field(key), key.name) }

    func instant(_ key: JSONKey) throws(RecordFault) -> Instant? { try decode.instant(try field(key), key.name) }

    func boolean(_ key: JSONKey) throws(RecordFault) -> Bool? { try decode.boolean(try field(key), key.name) }

    func member<Member: Word>(_ key: JSONKey, of type: Member.Type) throws(RecordFault) -> Member? {
        try decode.member(try field(key), key.name, of: type)
    }

    func refundStatus(_ key: JSONKey) throws(RecordFault) -> RefundStatus {
        try needed(try decode.refundStatus(try field(key), key.name), key.name)
    }

    func number(_ key: JSONKey) -> Int? { object[key]?.int }

    func firstPlace() throws(RecordFault) -> FirstPlace {
        let asOf = try needed(try date("firstAsOf"), "firstAsOf")
        let source = try needed(try text("firstSource"), "firstSource")
        guard let colon = source.span.lastIndex(of: UInt8(ascii: ":")),
            let line = Int32(source.span.extracting((colon + 1)...).string)
        else {
            throw RecordFault(.badJSON, "firstSource is not a file's name, a colon and a line", field: "firstSource")
        }
        guard let file = number("firstFile").flatMap({ Int32(exactly: $0) }) else {
            throw RecordFault(.badJSON, "firstFile is not the number of a file", field: "firstFile")
        }
        return FirstPlace(
            asOf: asOf, place: SourceLine(file: file, line: line),
            fileName: Text(utf8: source.span.extracting(..<colon)))
    }
}
