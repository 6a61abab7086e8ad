import Testing

@testable import Sandbox

/// The three operations over loopback HTTP.
@Suite struct OperationTests {
    private static let query = "/queryRefundOrders.do"
    private static let passenger =
        #"{"lastName":"A","firstName":"B","segments":[{"depDate":"20250513","flightNo":"U22437","depAirport":"LTN","#
        + #""arrAirport":"CDG"}],"refundReason":"1"}"#
    private static let order1 = #""orderNo":"ORDER-1","airlinePNR":null,"carrier":null"#

    private static let queries: [(String, String)] = [
        // By number: all entries of that order and of none else, the digits as they stand.
        (queryBody(orderNo: "ORDER-1"), TestOrders.answer1),
        // A refund code that no entry has changes nothing.
        (queryBody(orderNo: "ORDER-1", refundCode: "unknown"), TestOrders.answer1),
        (queryBody(airlinePNR: "PNR1", carrier: "U2"), TestOrders.answer1),
        // A PNR that the airline used again.
        (queryBody(airlinePNR: "PNR2", carrier: "U2"), TestOrders.answer(TestOrders.entry3 + "," + TestOrders.entry4)),
        (queryBody(airlinePNR: "PNR1", carrier: "W6"), TestOrders.answer("")),
        (queryBody(orderNo: "ORDER-9"), TestOrders.answer("")), (queryBody(orderNo: "ORDER-4"), TestOrders.answer("")),
        // The number goes before the PNR.
        (
            #"{"refundCode":"c","orderNo":"ORDER-2","airlinePNR":"PNR1","carrier":"U2"}"#,
            TestOrders.answer(TestOrders.entry3)
        ),
        (
            #"{"refundCode":"c","orderNo":"","airlinePNR":"PNR1","carrier":"U2","cid":"x"}"#, TestOrders.answer1
        ),
    ]

    @Test(arguments: queries)
    func `a query gives the order's entries as they stand`(body: String, expected: String) async throws {
        try await withSandbox(try TestOrders.data, testConfiguration()) { sandbox in
            let answer = try sandbox.ask(Self.query, body: body)
            #expect(answer.status == 200)
            #expect(answer.text == expected)
            #expect(answer.fields["content-type"] == "application/json")
        }
    }

    private static let storedBodies: [(String, String, String)] = [
        ("/refundQuotation.do", #"{\#(order1),"refundRequestList":[\#(passenger)]}"#, TestOrders.quotation),
        ("/refund.do", #"{\#(order1),"refundOfferId":"q_1","refundRequestList":null}"#, TestOrders.refund),
        ("/refund.do", #"{\#(order1),"refundOfferId":null,"refundRequestList":[\#(passenger)]}"#, TestOrders.refund),
        (
            "/refund.do", #"{\#(order1),"refundOfferId":"q_other"}"#,
            #"{"status":2,"msg":"unknown refundOfferId"}"#
        ),
        (
            "/refund.do", #"{"orderNo":"ORDER-2","airlinePNR":null,"carrier":null,"refundOfferId":"q_1"}"#,
            #"{"status":2,"msg":"no refund for this order"}"#
        ),
        (
            "/refundQuotation.do",
            #"{"orderNo":"ORDER-9","airlinePNR":null,"carrier":null,"refundRequestList":[]}"#,
            #"{"status":2,"msg":"no refund quotation for this order"}"#
        ),
    ]

    @Test(arguments: storedBodies)
    func `quotation and refund give the order's stored body`(path: String, body: String, expected: String) async throws
    {
        try await withSandbox(try TestOrders.data, testConfiguration()) { sandbox in
            let answer = try sandbox.ask(path, body: body)
            #expect(answer.status == 200)
            #expect(answer.text == expected)
        }
    }

    private static let badRequests: [(String, String, String)] = [
        (query, "", "not JSON"), (query, "nonsense", "not JSON"), (query, "[]", "not a JSON object"),
        (query, #"{\#(order1)}"#, "refundCode is missing"), (query, #"{\#(order1),"refundCode":null}"#, "no string"),
        (query, #"{\#(order1),"refundCode":5}"#, "refundCode is no string"),
        (query, #"{"refundCode":"c","orderNo":"A","airlinePNR":null}"#, "carrier is missing"),
        (query, #"{"refundCode":"c","orderNo":["A"],"airlinePNR":null,"carrier":null}"#, "orderNo is no string"),
        (query, #"{"refundCode":"c","orderNo":null,"airlinePNR":"P","carrier":null}"#, "orderNo, or airlinePNR"),
        (query, #"{\#(order1),"refundCode":"c","displayCurrency":1}"#, "displayCurrency"),
        (query, #"{\#(order1),"refundCode":"c","refundCode":"d"}"#, "appears twice"),
        ("/refundQuotation.do", #"{\#(order1)}"#, "refundRequestList is missing"),
        ("/refundQuotation.do", #"{\#(order1),"refundRequestList":null}"#, "refundRequestList is no array"),
        ("/refundQuotation.do", #"{\#(order1),"refundRequestList":[{"lastName":"A"}]}"#, "firstName is missing"),
        (
            "/refundQuotation.do",
            #"{\#(order1),"refundRequestList":[{"lastName":"A","firstName":"B","refundReason":"2","segments":[]}]}"#,
            "refundReason is not 0, 1 or 4"
        ),
        (
            "/refundQuotation.do",
            #"{\#(order1),"refundRequestList":[\#(passenger.replacing("20250513", with: "20250231"))]}"#,
            "segments[0].depDate is no date"
        ),
        ("/refund.do", #"{\#(order1)}"#, "refundOfferId is missing"),
        ("/refund.do", #"{\#(order1),"refundOfferId":null}"#, "refundOfferId or refundRequestList"),
        ("/refund.do", #"{\#(order1),"refundOfferId":"q_1","refundRequestList":"x"}"#, "no array"),
    ]

    @Test(arguments: badRequests)
    func `a request that breaks the specification is 400 with the reason`(
        path: String, body: String, reason: String
    ) async throws {
        try await withSandbox(try TestOrders.data, testConfiguration()) { sandbox in
            let answer = try sandbox.ask(path, body: body)
            #expect(answer.status == 400)
            #expect(answer.fields["content-type"] == "application/json")
            #expect(answer.text.hasPrefix(#"{"status":2,"msg":""#))
            #expect(answer.text.contains(reason), "\(answer.text)")
        }
    }
}
