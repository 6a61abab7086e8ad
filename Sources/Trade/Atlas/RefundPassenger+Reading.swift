import JSON
import Memory
import Refunds

/// Why a passenger, a segment or a `refundRequestList` cannot be sent; one line for a person.
package struct RefundPassengerError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

extension RefundPassenger {
    /// Reads Atlas's `refundRequestList`: the array itself, or an object that holds it, such as a request's body.
    ///
    /// Unlike Atlas's answers, a person's file is read strictly: names, segments and dates must all be there.
    package static func list(decoding root: JSONView) throws(RefundPassengerError) -> [RefundPassenger] {
        var list = root
        if let member = root["refundRequestList"] { list = member }
        guard list.kind == .array, list.childCount > 0 else {
            throw RefundPassengerError("refundRequestList is wanted, an array of passengers")
        }
        var passengers: [RefundPassenger] = []
        var elements = list.children
        while let element = elements.next() {
            let place = "refundRequestList[\(passengers.count)]"
            guard element.kind == .object else { throw RefundPassengerError("\(place) is no object") }
            passengers.append(try RefundPassenger(element, place))
        }
        return passengers
    }

    private init(_ value: JSONView, _ place: String) throws(RefundPassengerError) {
        lastName = try requiredText(value, "lastName", place)
        firstName = try requiredText(value, "firstName", place)
        guard let list = value.given("segments"), list.kind == .array, list.childCount > 0 else {
            throw RefundPassengerError("\(place).segments is no array of segments")
        }
        segments = []
        var elements = list.children
        while let element = elements.next() {
            let place = "\(place).segments[\(segments.count)]"
            guard element.kind == .object else { throw RefundPassengerError("\(place) is no object") }
            segments.append(try Segment(element, place))
        }
        do throws(RecordFault) {
            refundReason = try FieldDecoder(grammar: .json).refundReason(value.field("refundReason"), "refundReason")
        } catch { throw RefundPassengerError("\(place).refundReason is not 0, 1 or 4") }
    }

    /// Reads `LAST/FIRST`.
    package init(
        name: String, segments: [Segment], refundReason: RefundReason?
    ) throws(RefundPassengerError) {
        let names = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard names.count == 2, !names[0].isEmpty, !names[1].isEmpty else {
            throw RefundPassengerError("\(name) is no passenger LAST/FIRST")
        }
        self.init(
            lastName: Text(String(names[0])), firstName: Text(String(names[1])), segments: segments,
            refundReason: refundReason)
    }
}

extension RefundPassenger.Segment {
    fileprivate init(_ value: JSONView, _ place: String) throws(RefundPassengerError) {
        try self.init(
            checking: [
                try requiredText(value, "depDate", place), try requiredText(value, "flightNo", place),
                try requiredText(value, "depAirport", place), try requiredText(value, "arrAirport", place),
            ], place)
    }

    /// Reads `yyyyMMdd:FLIGHT:DEP:ARR`, such as `20250513:U22437:LTN:CDG`.
    package init(option: String) throws(RefundPassengerError) {
        let parts = option.split(separator: ":", omittingEmptySubsequences: false).map { Text(String($0)) }
        guard parts.count == 4 else { throw RefundPassengerError("\(option) is no segment yyyyMMdd:FLIGHT:DEP:ARR") }
        try self.init(checking: parts, option)
    }

    /// Takes the four parts in the order of Atlas's members.
    private init(checking parts: [Text], _ place: String) throws(RefundPassengerError) {
        guard parts[0].string.utf8.count == 8, CalendarDate(parts[0].string) != nil else {
            throw RefundPassengerError("\(place): \(parts[0]) is no date yyyyMMdd")
        }
        guard !parts[1].isEmpty else { throw RefundPassengerError("\(place): no flight number") }
        for airport in parts[2...] where !Self.isAirport(airport) {
            throw RefundPassengerError("\(place): \(airport) is no IATA airport code")
        }
        self.init(depDate: parts[0], flightNo: parts[1], depAirport: parts[2], arrAirport: parts[3])
    }

    private static func isAirport(_ code: Text) -> Bool {
        let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")
        return code.string.utf8.count == 3 && code.string.utf8.allSatisfy { letters.contains($0) }
    }
}

private func requiredText(_ value: JSONView, _ key: JSONKey, _ place: String) throws(RefundPassengerError) -> Text {
    guard case .text(let text) = value.field(key) else { throw RefundPassengerError("\(place).\(key.name) is no text") }
    return Text(utf8: text)
}
