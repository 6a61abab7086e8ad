import Atlas
import JSON
import Memory
import Refunds
import Testing

@Suite("Passengers and segments from a person")
struct RefundPassengerReadingTests {
    private static let segment = RefundPassenger.Segment(
        depDate: "20250513", flightNo: "U22437", depAirport: "LTN", arrAirport: "CDG")

    private func list(_ text: String) throws -> [RefundPassenger] {
        try parsedJSON(text) { try RefundPassenger.list(decoding: $0) }
    }

    @Test func atlasOwnRequestIsReadAsItIsWritten() throws {
        let list = try parsedJSON(try AtlasSample.bytes("current-refundQuotation-request")) {
            try RefundPassenger.list(decoding: $0)
        }
        #expect(
            list
                == ["ZHAO/YIER", "QIAN/ERER"].map { name in
                    let names = name.split(separator: "/").map { Text(String($0)) }
                    return RefundPassenger(
                        lastName: names[0], firstName: names[1], segments: [Self.segment], refundReason: .voluntary)
                })
        let request = RefundQuotationRequest(
            order: RefundIdentity(orderNo: "TESTA20250512100600259"), displayCurrency: "EUR", passengers: list)
        #expect(request.encoded() == (try AtlasSample.oneLine("current-refundQuotation-request")))
    }

    @Test func aReasonMayBeMissing() throws {
        let list = try list(
            #"[{"lastName":"A","firstName":"B","segments":[{"depDate":"20250513","flightNo":"U22437","depAirport":"LTN","arrAirport":"CDG"}]}]"#
        )
        #expect(list == [RefundPassenger(lastName: "A", firstName: "B", segments: [Self.segment])])
    }

    private static let good = #"{"depDate":"20250513","flightNo":"U22437","depAirport":"LTN","arrAirport":"CDG"}"#

    @Test(arguments: [
        ("[]", "refundRequestList is wanted, an array of passengers"),
        (#"{"orderNo":"A"}"#, "refundRequestList is wanted, an array of passengers"),
        ("[1]", "refundRequestList[0] is no object"),
        (#"[{"firstName":"B","segments":[]}]"#, "refundRequestList[0].lastName is no text"),
        (#"[{"lastName":"A","firstName":" ","segments":[]}]"#, "refundRequestList[0].firstName is no text"),
        (#"[{"lastName":"A","firstName":"B","segments":[]}]"#, "refundRequestList[0].segments is no array of segments"),
        (
            #"[{"lastName":"A","firstName":"B","segments":[\#(good),{"depDate":"2025-05-13","flightNo":"U","depAirport":"LTN","arrAirport":"CDG"}]}]"#,
            "refundRequestList[0].segments[1]: 2025-05-13 is no date yyyyMMdd"
        ),
        (
            #"[{"lastName":"A","firstName":"B","segments":[\#(good)],"refundReason":"2"}]"#,
            "refundRequestList[0].refundReason is not 0, 1 or 4"
        ),
    ])
    func aFaultNamesItsPlace(_ sample: (text: String, fault: String)) throws {
        #expect(throws: (any Error).self) { try list(sample.text) }
        do { _ = try list(sample.text) } catch { #expect("\(error)" == sample.fault) }
    }

    @Test func aSegmentOption() throws {
        #expect(try RefundPassenger.Segment(option: "20250513:U22437:LTN:CDG") == Self.segment)
    }

    @Test(arguments: [
        "", "20250513:U22437:LTN", "20250513:U22437:LTN:CDG:X", "20250230:U22437:LTN:CDG", "20250513::LTN:CDG",
        "20250513:U22437:ltn:CDG", "20250513:U22437:LTN:CDGX",
    ])
    func noSegmentOption(_ option: String) {
        #expect(throws: RefundPassengerError.self) { try RefundPassenger.Segment(option: option) }
    }

    @Test func aPassengerOption() throws {
        let passenger = try RefundPassenger(name: "DE LA CRUZ/ANA MARIA", segments: [], refundReason: .void)
        #expect(passenger.lastName == "DE LA CRUZ")
        #expect(passenger.firstName == "ANA MARIA")
    }

    @Test(arguments: ["", "ZHAO", "/YIER", "ZHAO/"])
    func noPassengerOption(_ name: String) {
        #expect(throws: RefundPassengerError.self) {
            try RefundPassenger(name: name, segments: [], refundReason: .void)
        }
    }
}
