import Memory

// The same of pointers, until nobody uses them.

extension Amount {
    public static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, _ currency: Currency, grammar: Grammar, mayBeNegative: Bool = false
    ) throws(AmountFault) -> Amount {
        try parse(bytes.span, currency, grammar: grammar, mayBeNegative: mayBeNegative)
    }
}

extension CalendarDate {
    public init?(_ bytes: UnsafeBufferPointer<UInt8>) { self.init(bytes.span) }
}

extension Instant {
    public init?(_ bytes: UnsafeBufferPointer<UInt8>) { self.init(bytes.span) }
}

extension RefundRule.Money {
    public init?(_ bytes: UnsafeBufferPointer<UInt8>) { self.init(bytes.span) }
}

extension Percentage {
    public init?(_ bytes: UnsafeBufferPointer<UInt8>) { self.init(bytes.span) }
}

extension Currency {
    public init?(code: some Collection<UInt8>) { self.init(code: Array(code).span) }
}

extension RecordFault {
    public init(_ code: RejectCode, _ name: StaticString, _ value: RawField, _ reason: String) {
        self.init(code, name, value.field, reason)
    }
}

extension FieldDecoder {
    @inline(__always)
    public func text(_ field: RawField, _ name: @autoclosure () -> StaticString) throws(RecordFault) -> Text? {
        try text(field.field, name())
    }

    @inline(__always)
    public func text(_ field: RawField, _ name: @autoclosure () -> StaticString, like kept: Text?) throws(RecordFault)
        -> Text?
    {
        try text(field.field, name(), like: kept)
    }

    @inline(__always)
    public func borrowedText(_ field: RawField, _ name: @autoclosure () -> StaticString) throws(RecordFault) -> Text? {
        try bytes(field, name()).map { Text(borrowing: $0) }
    }

    @inline(__always)
    public func bytes(
        _ field: RawField, _ name: @autoclosure () -> StaticString
    ) throws(RecordFault) -> UnsafeBufferPointer<UInt8>? {
        switch field {
        case .none: return nil
        case .text(let text): return text.bytes
        case .number, .bool, .other: throw RecordFault(.badJSON, name(), field, "is not a text in quotes")
        }
    }

    public func currency(_ field: RawField, _ name: @autoclosure () -> StaticString) throws(RecordFault) -> Currency? {
        try currency(field.field, name())
    }

    public func amount(
        _ field: RawField, _ name: @autoclosure () -> StaticString, _ currency: Currency, mayBeNegative: Bool = false
    ) throws(RecordFault) -> Amount? {
        try amount(field.field, name(), currency, mayBeNegative: mayBeNegative)
    }

    public func date(_ field: RawField, _ name: @autoclosure () -> StaticString) throws(RecordFault) -> CalendarDate? {
        try date(field.field, name())
    }

    public func instant(_ field: RawField, _ name: @autoclosure () -> StaticString) throws(RecordFault) -> Instant? {
        try instant(field.field, name())
    }

    public func boolean(_ field: RawField, _ name: @autoclosure () -> StaticString) throws(RecordFault) -> Bool? {
        try boolean(field.field, name())
    }

    @inline(__always)
    public func member<Member: Word>(
        _ field: RawField, _ name: @autoclosure () -> StaticString, of: Member.Type
    ) throws(RecordFault) -> Member? { try member(field.field, name(), of: of) }

    public func refundReason(_ field: RawField, _ name: @autoclosure () -> StaticString) throws(RecordFault)
        -> RefundReason?
    {
        try refundReason(field.field, name())
    }

    public func refundStatus(_ field: RawField, _ name: @autoclosure () -> StaticString) throws(RecordFault)
        -> RefundStatus?
    {
        try refundStatus(field.field, name())
    }
}

public typealias PlacedAnswer = StatusAnswer

extension StatusAnswers {
    @inline(__always)
    public func withReader<Result, Failure: Error>(
        _ body: (Reader) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try sources.withUnsafeBufferPointer { (sources) throws(Failure) in
            try places.withUnsafeBufferPointer { (places) throws(Failure) in
                try body(Reader(sources: sources, places: places))
            }
        }
    }

    public struct Reader {
        let sources: UnsafeBufferPointer<Source>
        let places: UnsafeBufferPointer<Place>

        @inline(__always)
        public subscript(position: Int) -> StatusAnswer? {
            let place = places[position]
            return place.list < 0 ? nil : sources[Int(place.list)].answer(at: place)
        }

        @inline(__always)
        public func prefetchAnswer(_ position: Int) {
            let place = places[position]
            if place.list < 0 { return }
            let answers = sources[Int(place.list)].answers
            answers.span.prefetch(at: Int(place.index))
        }
    }
}
