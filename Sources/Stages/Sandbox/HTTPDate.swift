import Memory
import Refunds
import Processes

/// HTTP's own form of a time (RFC 9110, 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func text(secondsFromNow seconds: Int) -> String {
        text(secondsSinceEpoch: Machine.timeOfDay.seconds + seconds)
    }

    /// The time a number of seconds (0 or more) after the beginning of 1970.
    static func text(secondsSinceEpoch seconds: Int) -> String {
        let (day, second) = seconds.quotientAndRemainder(dividingBy: 86_400)
        let date = CalendarDate(daysSinceEpoch: Int32(clamping: day)).components
        var bytes = Array("\(days[day % 7]), ".utf8)
        bytes.append(digits: UInt(date.day), minimumCount: 2)
        bytes.append(contentsOf: " \(months[date.month - 1]) \(date.year) ".utf8)
        bytes.append(digits: UInt(second / 3600), minimumCount: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(digits: UInt(second / 60 % 60), minimumCount: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(digits: UInt(second % 60), minimumCount: 2)
        bytes.append(literal: " GMT")
        return String(decoding: bytes, as: UTF8.self)
    }
}
