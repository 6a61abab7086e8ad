import Memory

/// A day of the proleptic Gregorian calendar, without a time zone: days since 1970-01-01.
public struct CalendarDate: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let daysSinceEpoch: Int32

    public init(daysSinceEpoch: Int32) { self.daysSinceEpoch = daysSinceEpoch }

    /// nil outside the years 1…9999.
    public init?(exactly daysSinceEpoch: Int64) {
        guard (-719_162...2_932_896).contains(daysSinceEpoch) else { return nil }
        self.daysSinceEpoch = Int32(daysSinceEpoch)
    }

    /// nil for a day that does not exist; years 1…9999.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.daysIn(month: month, year: year)
        else { return nil }
        // Howard Hinnant's days_from_civil: years counted from March, in eras of 400 years.
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        daysSinceEpoch = Int32(era * 146_097 + dayOfEra - 719_468)
    }

    /// Reads `yyyyMMdd`, `yyyy-MM-dd`, or a date-time with offset, of which the UTC day counts (FORMATS.md, "Fields").
    public init?(_ bytes: Span<UInt8>) {
        if bytes.count == 8 {
            self.init(bytes, monthAt: 4, dayAt: 6)
        } else if bytes.count == 10 {
            self.init(hyphenated: bytes)
        } else {
            guard let instant = Instant(bytes) else { return nil }
            self = instant.utcDate
        }
    }

    /// Reads a date from a text such as an option's value.
    public init?(_ text: String) {
        self.init(Array(text.utf8).span)
    }

    /// Reads the `yyyy-MM-dd` at the start of the bytes.
    init?(hyphenated bytes: Span<UInt8>) {
        guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else { return nil }
        self.init(bytes, monthAt: 5, dayAt: 8)
    }

    private init?(_ bytes: Span<UInt8>, monthAt: Int, dayAt: Int) {
        guard let year = decimal(bytes, 0, 4), let month = decimal(bytes, monthAt, 2),
            let day = decimal(bytes, dayAt, 2)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// Year, month and day.
    public var components: (year: Int, month: Int, day: Int) {
        let shifted = Int(daysSinceEpoch) &+ 719_468
        let era = (shifted >= 0 ? shifted : shifted &- 146_096) / 146_097
        // Within an era all is small: dividing 32 bits is quicker, and nothing can overflow.
        let dayOfEra = UInt32(truncatingIfNeeded: shifted &- era &* 146_097)
        let yearOfEra = (dayOfEra &- dayOfEra / 1460 &+ dayOfEra / 36_524 &- dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra &- (365 &* yearOfEra &+ yearOfEra / 4 &- yearOfEra / 100)
        let monthFromMarch = (5 &* dayOfYear &+ 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch &+ 3 : monthFromMarch &- 9
        let day = dayOfYear &- (153 &* monthFromMarch &+ 2) / 5 &+ 1
        return (Int(yearOfEra) &+ era &* 400 &+ (month <= 2 ? 1 : 0), Int(month), Int(day))
    }

    /// `yyyy-MM-dd`.
    public var description: String {
        var bytes: [UInt8] = []
        bytes.append(self)
        return String(decoding: bytes, as: UTF8.self)
    }

    public static func < (left: CalendarDate, right: CalendarDate) -> Bool {
        left.daysSinceEpoch < right.daysSinceEpoch
    }

    /// Days from another day to this one; negative if this one is earlier.
    public func days(since other: CalendarDate) -> Int { Int(daysSinceEpoch) - Int(other.daysSinceEpoch) }

    /// The day a number of days later.
    public func adding(days: Int) -> CalendarDate { CalendarDate(daysSinceEpoch: daysSinceEpoch + Int32(days)) }

    private static func daysIn(month: Int, year: Int) -> Int {
        if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
        return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
    }
}

/// A point in time, to the nanosecond; further digits of a fraction are read and dropped.
public struct Instant: Sendable, Hashable, Comparable {
    public let secondsSinceEpoch: Int64
    public let nanoseconds: Int32

    public init(secondsSinceEpoch: Int64, nanoseconds: Int32 = 0) {
        self.secondsSinceEpoch = secondsSinceEpoch
        self.nanoseconds = nanoseconds
    }

    /// The years 0001 to 9999 in UTC.
    private static let writable: Range<Int64> = -62_135_596_800..<253_402_300_800

    /// nil outside the years 0001 to 9999 in UTC, or if there are not between 0 and 999,999,999 nanoseconds.
    public init?(exactly secondsSinceEpoch: Int64, nanoseconds: UInt64) {
        guard Self.writable.contains(secondsSinceEpoch), nanoseconds < 1_000_000_000 else { return nil }
        self.init(secondsSinceEpoch: secondsSinceEpoch, nanoseconds: Int32(nanoseconds))
    }

    /// Reads `yyyy-MM-ddTHH:mm:ss[.f…](Z|±hh:mm)`, and nothing else; nil outside the years 0001 to 9999 in UTC.
    public init?(_ bytes: Span<UInt8>) {
        guard bytes.count >= 20, let day = CalendarDate(hyphenated: bytes), bytes[10] == UInt8(ascii: "T"),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let hour = decimal(bytes, 11, 2), hour < 24, let minute = decimal(bytes, 14, 2), minute < 60,
            let second = decimal(bytes, 17, 2), second < 60
        else { return nil }
        var index = 19
        var nanoseconds = 0
        if bytes[index] == UInt8(ascii: ".") {
            index += 1
            let start = index
            while index < bytes.count, case let digit = bytes[index] &- UInt8(ascii: "0"), digit <= 9 {
                if index - start < 9 { nanoseconds = nanoseconds * 10 + Int(digit) }
                index += 1
            }
            guard index > start else { return nil }
            for _ in min(index - start, 9)..<9 { nanoseconds *= 10 }
        }
        guard let offset = Self.offsetSeconds(bytes, index) else { return nil }
        secondsSinceEpoch = Int64(day.daysSinceEpoch) * 86_400 + Int64(hour * 3600 + minute * 60 + second - offset)
        // An offset may lead out of the years that a date can be written in.
        guard Self.writable.contains(secondsSinceEpoch) else { return nil }
        self.nanoseconds = Int32(nanoseconds)
    }

    private static func offsetSeconds(_ bytes: Span<UInt8>, _ index: Int) -> Int? {
        if bytes.count == index + 1, bytes[index] == UInt8(ascii: "Z") { return 0 }
        guard bytes.count == index + 6, bytes[index + 3] == UInt8(ascii: ":"),
            let hours = decimal(bytes, index + 1, 2), hours < 24, let minutes = decimal(bytes, index + 4, 2),
            minutes < 60
        else { return nil }
        switch bytes[index] {
        case UInt8(ascii: "+"): return hours * 3600 + minutes * 60
        case UInt8(ascii: "-"): return -(hours * 3600 + minutes * 60)
        default: return nil
        }
    }

    /// The day in UTC.
    public var utcDate: CalendarDate {
        let days = secondsSinceEpoch >= 0 ? secondsSinceEpoch / 86_400 : (secondsSinceEpoch - 86_399) / 86_400
        return CalendarDate(daysSinceEpoch: Int32(days))
    }

    /// `yyyy-MM-ddTHH:mm:ss.fffZ`.
    public var utcText: String {
        var bytes: [UInt8] = []
        bytes.append(utcDate)
        let second = UInt(secondsSinceEpoch - Int64(utcDate.daysSinceEpoch) * 86_400)
        bytes.append(UInt8(ascii: "T"))
        bytes.append(digits: second / 3600, minimumCount: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(digits: second / 60 % 60, minimumCount: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(digits: second % 60, minimumCount: 2)
        bytes.append(UInt8(ascii: "."))
        bytes.append(digits: UInt(nanoseconds) / 1_000_000, minimumCount: 3)
        bytes.append(UInt8(ascii: "Z"))
        return String(decoding: bytes, as: UTF8.self)
    }

    public static func < (left: Instant, right: Instant) -> Bool {
        (left.secondsSinceEpoch, left.nanoseconds) < (right.secondsSinceEpoch, right.nanoseconds)
    }
}

/// The number that `count` decimal digits make; nil if one is no digit or is missing.
@inline(__always)
private func decimal(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> Int? {
    guard start + count <= bytes.count else { return nil }
    var value = 0
    for index in start..<start + count {
        let digit = bytes[index] &- UInt8(ascii: "0")
        guard digit <= 9 else { return nil }
        value = value * 10 + Int(digit)
    }
    return value
}

extension CalendarDate {
    /// `yyyy-MM-dd`; nil outside the years 0 to 9999.
    @inline(__always)
    var text: InlineArray<10, UInt8>? {
        let (year, month, day) = components
        guard 0...9999 ~= year else { return nil }
        func digits(_ value: Int) -> (UInt8, UInt8) {
            (
                UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / 10),
                UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value % 10)
            )
        }
        let (century, years, months, days) = (digits(year / 100), digits(year % 100), digits(month), digits(day))
        let dash = UInt8(ascii: "-")
        return [
            century.0, century.1, years.0, years.1, dash, months.0, months.1, dash, days.0, days.1,
        ]
    }
}

extension Array where Element == UInt8 {
    /// Appends `yyyy-MM-dd`.
    public mutating func append(_ date: CalendarDate) {
        // Dates are in most lines of a report: each is appended at once.
        if let text = date.text { return append(contentsOf: text.span) }
        let (year, month, day) = date.components
        append(digits: UInt(Swift.max(year, 0)), minimumCount: 4)
        for part in [month, day] {
            append(UInt8(ascii: "-"))
            append(digits: UInt(part), minimumCount: 2)
        }
    }
}
