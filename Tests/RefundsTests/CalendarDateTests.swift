import Memory
import Refunds
import Testing

/// FORMATS.md, "What holds for all inputs": dates.
@Suite struct CalendarDateTests {
    /// Days counted one by one from a day whose distance from 1970-01-01 is known: 1600-01-01.
    @Test func everyDayFrom1600To2400() {
        var number = -135_140
        for year in 1600...2400 {
            let isLeap = (year % 400 == 0) || (year % 4 == 0 && year % 100 != 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            for (index, length) in lengths.enumerated() {
                for day in 1...length {
                    let date = CalendarDate(year: year, month: index + 1, day: day)
                    let components = CalendarDate(daysSinceEpoch: Int32(number)).components
                    if date?.daysSinceEpoch != Int32(number) || components != (year, index + 1, day) {
                        Issue.record("day \(number) is \(year)-\(index + 1)-\(day), not \(components)")
                        return
                    }
                    number += 1
                }
                #expect(CalendarDate(year: year, month: index + 1, day: length + 1) == nil)
                #expect(CalendarDate(year: year, month: index + 1, day: 0) == nil)
            }
        }
        #expect(CalendarDate("1970-01-01")?.daysSinceEpoch == 0)
    }

    @Test func bothFormsReadBackWhatIsWritten() {
        for number in stride(from: Int32(-719_162), through: 2_932_896, by: 997) {
            let date = CalendarDate(daysSinceEpoch: number)
            let text = date.description
            #expect(CalendarDate(text) == date)
            #expect(CalendarDate(text.split(separator: "-").joined()) == date)
            #expect(CalendarDate(text + "T23:59:59Z") == date)
        }
    }

    @Test(
        "three forms",
        arguments: [
            ("20250930", "2025-09-30"), ("2025-09-30", "2025-09-30"), ("2025-09-30T10:00:00Z", "2025-09-30"),
            ("00010101", "0001-01-01"), ("99991231", "9999-12-31"), ("20240229", "2024-02-29"),
            ("20000229", "2000-02-29"),
            ("2025-09-30T10:00:00.5Z", "2025-09-30"),
            ("2025-09-30T10:00:00.123456789012345678901234567890Z", "2025-09-30"),
            // The UTC date counts.
            ("2025-09-30T00:30:00+01:00", "2025-09-29"), ("2025-09-30T00:59:59.999+01:00", "2025-09-29"),
            ("2025-09-30T01:00:00+01:00", "2025-09-30"), ("2025-09-30T23:30:00-00:30", "2025-10-01"),
            ("2025-09-30T23:29:59-00:30", "2025-09-30"), ("2025-12-31T23:00:00-05:30", "2026-01-01"),
            ("2024-03-01T00:00:00+14:00", "2024-02-29"), ("1970-01-01T00:00:00+00:01", "1969-12-31"),
            ("1969-12-31T23:59:59Z", "1969-12-31"), ("1969-12-31T00:00:00Z", "1969-12-31"),
            ("2025-09-30T00:00:00+00:00", "2025-09-30"), ("2025-09-30T00:00:00-00:00", "2025-09-30"),
        ])
    func accepted(_ text: String, _ day: String) { #expect(CalendarDate(text)?.description == day) }

    @Test(
        "no date",
        arguments: [
            "", "2025", "202509", "2025-09", "250930", "2025930", "2025-9-30", "2025-09-3", "20250931", "2025-09-31",
            "20250229", "19000229", "21000229", "2025-02-30", "20251301", "20250001", "20250100", "2025-00-10",
            "00000101",
            "0000-01-01", "+2025-09-30", "-2025-09-30", "2025/09/30", "30.09.2025", "2025-0930", "202509-30",
            "2025-09-30 ",
            " 20250930", "2025-09-30Z", "2025-09-30T", "2025-09-30T10", "2025-09-30T10:00", "2025-09-30T10:00Z",
            "2025-09-30T10:00:00", "2025-09-30 10:00:00Z", "2025-09-30t10:00:00Z", "2025-09-30T10:00:00z",
            "20250930T100000Z", "2025-09-30T24:00:00Z", "2025-09-30T10:60:00Z", "2025-09-30T10:00:60Z",
            "2016-12-31T23:59:60Z", "2025-09-30T10:00:00.Z", "2025-09-30T10:00:00,5Z", "2025-09-30T10:00:00.5",
            "2025-09-30T10:00:00.5x", "2025-09-30T10:00:00+0100", "2025-09-30T10:00:00+01", "2025-09-30T10:00:00+1:00",
            "2025-09-30T10:00:00+24:00", "2025-09-30T10:00:00+01:60", "2025-09-30T10:00:00 01:00",
            "2025-09-30T10:00:00Z+01:00", "2025-09-30T10:00:00ZZ", "2025-02-30T10:00:00Z", "2025-09-30T-1:00:00Z",
            "2025-09-30T10-00-00Z", "2025-W40-2", "２０２５0930", "1759226400", "today", "20250930.0",
            "2025-09-30T10:00:00−01:00",
        ])
    func refused(_ text: String) { #expect(CalendarDate(text) == nil) }

    @Test func arithmetic() throws {
        let day = try #require(CalendarDate("2024-02-28"))
        #expect(day.adding(days: 2).description == "2024-03-01")
        #expect(day.adding(days: -59).description == "2023-12-31")
        #expect(day.adding(days: 30).days(since: day) == 30)
        #expect(day.days(since: day.adding(days: 30)) == -30)
        #expect(day < day.adding(days: 1))
    }
}

@Suite struct InstantTests {
    private static func instant(_ text: String) -> Instant? {
        Instant(Array(text.utf8).span)
    }

    @Test(
        "to the nanosecond",
        arguments: [
            ("1970-01-01T00:00:00Z", 0, 0), ("1970-01-01T00:00:00.5Z", 0, 500_000_000),
            ("1970-01-01T00:00:01.000000001Z", 1, 1), ("1970-01-01T00:00:00.9999999999Z", 0, 999_999_999),
            ("1970-01-01T01:00:00+01:00", 0, 0), ("1969-12-31T23:59:59.25Z", -1, 250_000_000),
            ("2025-09-30T12:34:56-03:30", 1_759_248_296, 0),
        ] as [(String, Int64, Int32)])
    func read(_ text: String, _ seconds: Int64, _ nanoseconds: Int32) {
        #expect(Self.instant(text) == Instant(secondsSinceEpoch: seconds, nanoseconds: nanoseconds))
    }

    @Test("a date alone is no instant", arguments: ["2025-09-30", "20250930", "2025-09-30T10:00Z", ""])
    func dateAlone(_ text: String) { #expect(Self.instant(text) == nil) }

    @Test func order() throws {
        let texts = [
            "1969-12-31T23:59:59.9Z", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000001Z",
            "1970-01-01T00:00:00.1Z",
            "1970-01-01T00:00:01Z", "1970-01-01T00:00:00-01:00",
        ]
        let instants = try texts.map { try #require(Self.instant($0)) }
        #expect(Array(instants.reversed()).sorted() == instants)
    }

    @Test func text() throws {
        #expect(try #require(Self.instant("2025-09-30T23:30:05.0789-01:00")).utcText == "2025-10-01T00:30:05.078Z")
        #expect(try #require(Self.instant("1969-12-31T23:59:59Z")).utcText == "1969-12-31T23:59:59.000Z")
    }
}
