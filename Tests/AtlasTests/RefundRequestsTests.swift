import Atlas
import Memory
import Refunds
import Testing

@Suite("Requests are Atlas's samples, key for key")
struct RefundRequestsTests {
    private static let segment = RefundPassenger.Segment(
        depDate: "20250513", flightNo: "U22437", depAirport: "LTN", arrAirport: "CDG")

    private static let requests: [(sample: String, body: [UInt8])] = [
        (
            "current-refundQuotation-request",
            RefundQuotationRequest(
                order: RefundIdentity(orderNo: "TESTA20250512100600259"), displayCurrency: "EUR",
                passengers: [
                    RefundPassenger(
                        lastName: "ZHAO", firstName: "YIER", segments: [segment], refundReason: .voluntary),
                    RefundPassenger(
                        lastName: "QIAN", firstName: "ERER", segments: [segment], refundReason: .voluntary),
                ]
            ).encoded()
        ),
        (
            "current-refund-request",
            RefundRequest(
                order: RefundIdentity(orderNo: "TESTA20240725164512131"), displayCurrency: "EUR",
                subject: .offer(refundOfferID: "q_a86cd9c605c04f9cb3890ca3b037b254")
            ).encoded()
        ),
        (
            "current-queryRefundOrders-request",
            QueryRefundOrdersRequest(
                refundCode: "202505-0013", order: RefundIdentity(orderNo: "TESTA20250512100600259"),
                displayCurrency: "EUR"
            ).encoded()
        ),
    ]

    @Test(arguments: requests)
    func equalsTheSample(_ request: (sample: String, body: [UInt8])) throws {
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == String(decoding: try AtlasSample.oneLine(request.sample), as: UTF8.self))
    }

    @Test func aQueryByRecordLocatorHasEveryKey() {
        let order = RefundIdentity(orderNo: nil, airlinePNR: "AB\"C", carrier: "U2")
        let body = QueryRefundOrdersRequest(refundCode: "1", order: order).encoded()
        let expected =
            #"{"refundCode":"1","orderNo":null,"airlinePNR":"AB\"C","carrier":"U2","displayCurrency":null}"#
        #expect(String(decoding: body, as: UTF8.self) == expected)
    }

    @Test func aRefundByPassengersHasNoOffer() {
        let passenger = RefundPassenger(lastName: "A", firstName: "B", segments: [], refundReason: .void)
        let order = RefundIdentity(orderNo: "N")
        let current = RefundRequest(order: order, subject: .passengers([passenger])).encoded()
        #expect(
            String(decoding: current, as: UTF8.self)
                == #"{"orderNo":"N","airlinePNR":null,"carrier":null,"displayCurrency":null,"refundOfferId":null,"#
                + #""refundRequestList":[{"lastName":"A","firstName":"B","segments":[],"refundReason":"4"}]}"#)
    }

    @Test func pathsAreAtlasOwn() {
        #expect(
            AtlasOperation.allCases.map(\.path)
                == ["/refundQuotation.do", "/refund.do", "/queryRefundOrders.do"])
    }
}
