import Memory
import Refunds

extension PieceReader {
    mutating func optionalText() throws(MalformedBytes) -> Text? {
        let number = try bytes.varint()
        if number == 0 { return nil }
        if number == 1 {
            let text = try bytes.text()
            if texts.count < PartFormat.textCount { texts.append(text) }
            return text
        }
        guard number - 2 < UInt64(texts.count) else { throw MalformedBytes() }
        return texts[Int(number - 2)]
    }

    mutating func neededText() throws(MalformedBytes) -> Text {
        guard let text = try optionalText() else { throw MalformedBytes() }
        return text
    }

    mutating func optionalCurrency() throws(MalformedBytes) -> Currency? {
        switch try bytes.byte() {
        case 0: return nil
        case 1:
            let code: InlineArray<3, UInt8> = [try bytes.byte(), try bytes.byte(), try bytes.byte()]
            guard let found = Currency(code: code.span) else { throw MalformedBytes() }
            currency = found
            return found
        case 2:
            guard let currency else { throw MalformedBytes() }
            return currency
        default: throw MalformedBytes()
        }
    }

    mutating func neededCurrency() throws(MalformedBytes) -> Currency {
        guard let currency = try optionalCurrency() else { throw MalformedBytes() }
        return currency
    }

    @inline(__always)
    mutating func amount(_ isGiven: Bool) throws(MalformedBytes) -> Amount? {
        isGiven ? try neededAmount() : nil
    }

    @inline(__always)
    mutating func neededAmount(limit: Int64 = Amount.largest.minorUnits) throws(MalformedBytes) -> Amount {
        let minorUnits = try bytes.signed()
        guard minorUnits >= -limit, minorUnits <= limit else { throw MalformedBytes() }
        return Amount(minorUnits: minorUnits)
    }

    mutating func date(after days: Int64 = 0) throws(MalformedBytes) -> CalendarDate {
        let (day, overflow) = days.addingReportingOverflow(try bytes.signed())
        guard !overflow, let date = CalendarDate(exactly: day) else { throw MalformedBytes() }
        return date
    }

    mutating func instant() throws(MalformedBytes) -> Instant {
        guard let instant = Instant(exactly: try bytes.signed(), nanoseconds: try bytes.varint()) else {
            throw MalformedBytes()
        }
        return instant
    }

    mutating func id() throws(MalformedBytes) -> BreakID {
        BreakID(high: try bytes.fixed64(), low: try bytes.fixed64())
    }

    mutating func outcome() throws(MalformedBytes) -> Outcome? {
        try StoredNumbers.value(try bytes.varint(), in: StoredNumbers.outcomes)
    }

    mutating func firstPlace() throws(MalformedBytes) -> FirstPlace {
        let asOf = try date()
        let place = SourceLine(file: try bytes.signed32(), line: try bytes.signed32())
        let number = try bytes.varint()
        guard number < UInt64(fileNames.count) else { throw MalformedBytes() }
        return FirstPlace(asOf: asOf, place: place, fileName: fileNames[Int(number)])
    }
}

extension ByteReader {
    /// A link, whose texts stay.
    mutating func link() throws(MalformedBytes) -> OrderLink {
        switch try byte() {
        case 0: .order(try text())
        case 1: .locator(airlinePNR: try text(), carrier: try text())
        case 2: .unnamedRefund(try text())
        default: throw MalformedBytes()
        }
    }
}
