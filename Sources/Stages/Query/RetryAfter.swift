import Memory
import Refunds

/// The Retry-After header: a number of seconds, or an HTTP date (RFC 9110, 10.2.3); every other form is ignored.
package enum RetryAfter {
    /// How long the server wants to be left alone; nil if it says nothing that can be understood.
    ///
    /// A date that has passed is zero. Of several headers the longest wait counts.
    package static func delay(_ values: [String], at date: Instant) -> Duration? {
        values.compactMap { delay($0, at: date) }.max()
    }

    private static func delay(_ value: String, at date: Instant) -> Duration? {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        var bytes = Array(value.utf8.drop(while: isSpace))
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        guard !bytes.isEmpty else { return nil }
        if bytes.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            // A number too large to hold is as good as the largest: nobody waits so long.
            return .seconds(min(Int64(String(decoding: bytes, as: UTF8.self)) ?? .max, largestSeconds))
        }
        guard let seconds = HTTPDate.secondsSinceEpoch(bytes, now: date) else { return nil }
        let wait = Duration.seconds(seconds - date.secondsSinceEpoch) - .nanoseconds(Int64(date.nanoseconds))
        return max(wait, .zero)
    }

    private static let largestSeconds: Int64 = 1_000_000_000_000
}

/// Dates of HTTP in the three forms that a recipient must accept (RFC 9110, 5.6.7); they are in GMT.
enum HTTPDate {
    static func secondsSinceEpoch(_ bytes: [UInt8], now: Instant) -> Int64? {
        let words = bytes.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
        if words.count == 6, words[5] == "GMT", words[0].hasSuffix(","), words[0].utf8.count == 4 {
            // Sun, 06 Nov 1994 08:49:37 GMT
            return seconds(year: number(words[3], 4), month: words[2], day: number(words[1], 2), time: words[4])
        }
        if words.count == 4, words[3] == "GMT", words[0].hasSuffix(",") {
            // Sunday, 06-Nov-94 08:49:37 GMT
            let parts = words[1].split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, let short = number(parts[2], 2) else { return nil }
            let year = fullYear(short, now: now)
            return seconds(year: year, month: parts[1], day: number(parts[0], 2), time: words[2])
        }
        if words.count == 5, words[0].utf8.count == 3 {
            // Sun Nov  6 08:49:37 1994
            return seconds(year: number(words[4], 4), month: words[1], day: number(words[2], nil), time: words[3])
        }
        return nil
    }

    /// A year of two digits that seems over 50 years ahead is the latest past one of those digits.
    private static func fullYear(_ short: Int, now: Instant) -> Int {
        let thisYear = now.utcDate.components.year
        let year = thisYear - thisYear % 100 + short
        return year > thisYear + 50 ? year - 100 : year
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func seconds(year: Int?, month: String, day: Int?, time: String) -> Int64? {
        let parts = time.split(separator: ":", omittingEmptySubsequences: false).map { number(String($0), 2) }
        guard let year, let day, let month = months.firstIndex(of: month), parts.count == 3, let hour = parts[0],
            let minute = parts[1], let second = parts[2], hour < 24, minute < 60, second <= 60,
            let date = CalendarDate(year: year, month: month + 1, day: day)
        else { return nil }
        return Int64(date.daysSinceEpoch) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    }

    private static func number(_ text: String, _ digits: Int?) -> Int? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), digits == nil || text.utf8.count == digits else {
            return nil
        }
        return Int(text)
    }
}
