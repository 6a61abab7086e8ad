import Atlas
import JSON
import Memory
import Refunds
import Testing

/// FORMATS.md, "When an answer is not relied on": which bodies are used; RULES.md, "Evidence": what they say.
@Suite struct RefundOrdersAnswerTests {
    private static let ordinaryFare = #"{"currency":"USD","originalFareAmount":100.00,"estimatedRefundAmount":90.00}"#
    private static let ordinaryFee = #"{"currency":"USD","transactionFee":2}"#

    /// A body with one entry; members that a test does not name are those of an ordinary refund.
    private static func body(
        fare: String = ordinaryFare, services: String = "[]", vouchers: String = "null", fee: String = ordinaryFee,
        more: String = #""orderNo":"O1","refundCode":"R1","refundStatus":2"#
    ) -> String {
        """
        {"status":0,"msg":"success","refundOrders":[{\(more),"refundFareAmount":\(fare),\
        "refundPostTicketingServiceAmounts":\(services),"refundVouchers":\(vouchers),"serviceFee":\(fee)}]}
        """
    }

    private func outcome(_ body: String, asked: Text? = "O1") throws -> StatusAnswer.Outcome {
        try parsedJSON(body) { RefundOrdersAnswer(asked: RefundIdentity(orderNo: asked)).outcome(of: $0) }
    }

    private func entry(_ body: String, asked: Text? = "O1") throws -> RefundOrderEntry {
        guard case .ok(let entries) = try outcome(body, asked: asked) else {
            Issue.record("not relied on: \(body)")
            throw RecordFault(.badJSON, body)
        }
        return try #require(entries.first)
    }

    // MARK: The body as a whole

    @Test(arguments: [
        (#"{"status":2,"msg":"system error"}"#, "api-status-2"), (#"{"status":"2"}"#, "bad-body"),
        (#"{"status":103,"refundOrders":[{}]}"#, "api-status-103"), (#"{"status":-1}"#, "api-status--1"),
        (#"{"status":900}"#, "api-status-900"), (#"{"status":902}"#, "api-status-902"),
        (#"{"status":705}"#, "api-status-705"), (#"{"status":9999}"#, "api-status-9999"),
        (#"{"status":"0","refundOrders":[]}"#, "bad-body"), (#"{"status":0.0,"refundOrders":[]}"#, "bad-body"),
        (#"{"status":"703"}"#, "bad-body"), (#"{"status":703.0}"#, "bad-body"), (#"{"status":7.03e2}"#, "bad-body"),
        ("null", "bad-body"), ("[]", "bad-body"), (#""text""#, "bad-body"), ("{}", "bad-body"),
        (#"{"status":null}"#, "bad-body"), (#"{"status":0.5}"#, "bad-body"), (#"{"status":true}"#, "bad-body"),
        (#"{"status":0,"refundOrders":{}}"#, "bad-body"), (#"{"status":0,"refundOrders":[1]}"#, "bad-body"),
        (#"{"status":0,"refundOrders":[null]}"#, "bad-body"),
        (#"{"status":0,"refundOrders":"text"}"#, "bad-body"), (#"{"status":0,"refundOrders":""}"#, "bad-body"),
        (#"{"status":0,"refundOrders":" "}"#, "bad-body"), (#"{"status":0,"refundOrders":false}"#, "bad-body"),
    ]) func failures(body: String, code: String) throws {
        #expect(try failureCode(of: outcome(body)) == Text(code))
    }

    @Test func noBody() {
        #expect(failureCode(of: RefundOrdersAnswer(asked: RefundIdentity()).outcome(of: nil)) == "bad-body")
    }

    private func failureCode(of outcome: StatusAnswer.Outcome) -> Text? {
        guard case .failed(let code, _) = outcome else { return nil }
        return code
    }

    /// Why a body cannot be used, in words.
    @Test(arguments: [
        ("null", "there is no body"), ("[]", "the body is not a JSON object"), ("{}", "status is missing"),
        (#"{"status":"703"}"#, #"status "703" is not a JSON integer"#),
        (#"{"status":703.0}"#, "status 703.0 is not a JSON integer"),
        (#"{"status":0,"refundOrders":{}}"#, "refundOrders is not a list"),
        (#"{"status":0,"refundOrders":[1]}"#, "refundOrders holds what is not an object"),
        (
            #"{"status":0,"refundOrders":[{"orderNo":"O2","refundCode":"R1","refundStatus":2}]}"#,
            "an entry is about order O2, not about order O1"
        ),
    ]) func details(body: String, detail: String) throws {
        #expect(try outcome(body) == .failed("bad-body", detail: Text(detail)))
    }

    /// A text of Atlas's is quoted, but not at any length.
    @Test func aDetailIsShort() throws {
        let long = String(repeating: "x", count: 5_000)
        let body = #"{"status":0,"refundOrders":[{"orderNo":"\#(long)","refundCode":"R1","refundStatus":2}]}"#
        guard case .failed(_, let detail?) = try outcome(body) else {
            Issue.record("no detail")
            return
        }
        #expect(detail.string.count == 301)
    }

    /// An order that Atlas does not know: an answer without refunds, whatever else the body holds.
    @Test(arguments: [
        #"{"status":703}"#, #"{"status":801}"#, #"{"status":703,"refundOrders":""}"#,
        #"{"status":801,"refundOrders":[{"orderNo":"O1","refundCode":"R1","refundStatus":2}]}"#,
    ]) func notFound(body: String) throws {
        #expect(try outcome(body) == .ok([]))
    }

    @Test(arguments: [
        #"{"status":0}"#, #"{"status":0,"refundOrders":null}"#, #"{"status":0,"refundOrders":[]}"#,
    ]) func emptyAnswers(body: String) throws {
        #expect(try outcome(body) == .ok([]))
    }

    // MARK: What makes a body unusable

    static let badBodies: [(String, String)] = [
        ("no refund code", body(more: #""orderNo":"O1","refundStatus":2"#)),
        ("empty refund code", body(more: #""orderNo":"O1","refundCode":" ","refundStatus":2"#)),
        ("a number for a refund code", body(more: #""orderNo":"O1","refundCode":1,"refundStatus":2"#)),
        ("another order", body(more: #""orderNo":"O2","refundCode":"R1","refundStatus":2"#)),
        ("a number for an order", body(more: #""orderNo":1,"refundCode":"R1","refundStatus":2"#)),
        ("no status", body(more: #""orderNo":"O1","refundCode":"R1""#)),
        ("unknown status", body(more: #""orderNo":"O1","refundCode":"R1","refundStatus":7"#)),
        ("status 2.0", body(more: #""orderNo":"O1","refundCode":"R1","refundStatus":2.0"#)),
        ("status 02", body(more: #""orderNo":"O1","refundCode":"R1","refundStatus":"02""#)),
        ("impossible date", body(more: entryWith(#""expectedRefundDate":"20260230""#))),
        ("number for a date", body(more: entryWith(#""expectedConfirmationDate":20260201"#))),
        ("unknown currency", body(fare: #"{"currency":"XAU","originalFareAmount":1,"estimatedRefundAmount":1}"#)),
        ("no currency", body(fare: #"{"originalFareAmount":1,"estimatedRefundAmount":1}"#)),
        ("null currency", body(fare: #"{"currency":null,"originalFareAmount":1,"estimatedRefundAmount":1}"#)),
        ("no original", body(fare: #"{"currency":"USD","estimatedRefundAmount":1}"#)),
        ("no estimate", body(fare: #"{"currency":"USD","originalFareAmount":1,"estimatedRefundAmount":null}"#)),
        ("text for an amount", body(fare: #"{"currency":"USD","originalFareAmount":"1,0","estimatedRefundAmount":1}"#)),
        ("negative amount", body(fare: #"{"currency":"USD","originalFareAmount":1,"estimatedRefundAmount":-1}"#)),
        ("too precise", body(fare: #"{"currency":"USD","originalFareAmount":1.005,"estimatedRefundAmount":1}"#)),
        ("too precise for yen", body(fare: #"{"currency":"JPY","originalFareAmount":1.5,"estimatedRefundAmount":1}"#)),
        ("too large", body(fare: #"{"currency":"USD","originalFareAmount":1e16,"estimatedRefundAmount":1}"#)),
        ("fare is a list", body(fare: "[]")), ("fare is a text", body(fare: #""100.00""#)),
        ("service without a currency", body(services: service(#""originalPostTicketingServiceAmount":1"#))),
        (
            "service without an original",
            body(services: #"[{"currency":"USD","estimatedRefundAmount":1}]"#)
        ),
        ("services hold a number", body(services: "[1]")), ("services are a text", body(services: #""ALL""#)),
        (
            "sum out of range",
            body(
                fare: #"{"currency":"USD","originalFareAmount":999999999999999,"estimatedRefundAmount":1}"#,
                services: service(#""currency":"USD","originalPostTicketingServiceAmount":999999999999999"#))
        ),
        ("fee without a currency", body(fee: #"{"transactionFee":2}"#)),
        ("fee without an amount", body(fee: #"{"currency":"USD"}"#)),
        ("negative fee", body(fee: #"{"currency":"USD","transactionFee":-2}"#)),
        ("fee is a number", body(fee: "2")),
        ("voucher without a currency", body(fare: "null", vouchers: #"[{"estimatedRefundAmount":1}]"#)),
        ("voucher without an amount", body(fare: "null", vouchers: #"[{"currency":"USD"}]"#)),
        ("negative voucher", body(fare: "null", vouchers: #"[{"currency":"USD","estimatedRefundAmount":-1}]"#)),
    ]

    private static func entryWith(_ member: String) -> String {
        #""orderNo":"O1","refundCode":"R1","refundStatus":2,"# + member
    }

    private static func service(_ members: String) -> String { #"[{\#(members),"estimatedRefundAmount":1}]"# }

    @Test(arguments: badBodies) func badBody(name: String, body: String) throws {
        #expect(try failureCode(of: outcome(body)) == "bad-body", "\(name)")
    }

    /// One bad entry makes the whole body unusable.
    @Test func wholeOrNothing() throws {
        let two = #"""
            {"status":0,"refundOrders":[{"orderNo":"O1","refundCode":"R1","refundStatus":2},
            {"orderNo":"O1","refundStatus":2}]}
            """#
        #expect(try failureCode(of: outcome(two)) == "bad-body")
    }

    // MARK: What a usable body says

    @Test func ordinaryEntry() throws {
        let told = try entry(
            Self.body(
                more: Self.entryWith(
                    #"""
                    "refundMethod":"CashBackToOriginalPayment","expectedConfirmationDate":"20260201",
                    "expectedRefundDate":"2026-03-01T23:30:00-01:00","cancelReason":" why ","display":{"x":[1]}
                    """#)))
        #expect(told.orderNo == "O1")
        #expect(told.refundCode == "R1")
        #expect(told.refundStatus == .refunded)
        #expect(told.expectedConfirmationDate == CalendarDate("2026-02-01"))
        #expect(told.expectedRefundDate == CalendarDate("2026-03-02"), "its day in UTC")
        #expect(told.cancelReason == "why")
        #expect(!told.isVoucher)
        #expect(told.amounts.currency == Currency("USD"))
        #expect(!told.amounts.hasSeveralCurrencies)
        #expect(told.amounts.original == Amount(minorUnits: 100_00))
        #expect(told.amounts.refundBeforeFee == Amount(minorUnits: 90_00))
        #expect(told.amounts.penalty == Amount(minorUnits: 10_00))
        #expect(told.amounts.farePenalty == Amount(minorUnits: 10_00))
        #expect(told.amounts.ancillaryPenalty == .zero, "no services: 0")
        #expect(told.amounts.fee == Amount(minorUnits: 2_00))
        #expect(told.amounts.refund == Amount(minorUnits: 88_00))
    }

    @Test(arguments: [#""2""#, "2", #"" 2 ""#]) func statuses(_ status: String) throws {
        let told = try entry(Self.body(more: #""orderNo":"O1","refundCode":"R1","refundStatus":\#(status)"#))
        #expect(told.refundStatus == .refunded)
    }

    @Test(arguments: ["100.00", #""100.00""#, "1e2", #""1.0E+2""#, "100", #"" 100.000 ""#, "0.1e3"])
    func amountsMayBeTexts(_ amount: String) throws {
        let told = try entry(
            Self.body(fare: #"{"currency":" usd ","originalFareAmount":\#(amount),"estimatedRefundAmount":"90"}"#))
        #expect(told.amounts.original == Amount(minorUnits: 100_00))
        #expect(told.amounts.currency == Currency("USD"))
    }

    /// The services as written, what was paid for them and what of it comes back.
    static let serviceShapes: [(String, Int64, Int64)] = [
        ("null", 0, 0), ("[]", 0, 0),
        (#"{"currency":"USD","originalPostTicketingServiceAmount":5,"estimatedRefundAmount":3}"#, 5_00, 3_00),
        (#"[{"currency":"USD","originalPostTicketingServiceAmount":5,"estimatedRefundAmount":3}]"#, 5_00, 3_00),
        (
            #"""
            [{"currency":"USD","originalPostTicketingServiceAmount":"5","estimatedRefundAmount":3},
            {"currency":"USD","originalPostTicketingServiceAmount":7.50,"estimatedRefundAmount":"0.01"}]
            """#, 12_50, 3_01
        ),
    ]

    @Test(arguments: serviceShapes) func sums(_ services: String, paid: Int64, back: Int64) throws {
        let told = try entry(Self.body(services: services)).amounts
        #expect(told.original == Amount(minorUnits: 100_00 + paid))
        #expect(told.refundBeforeFee == Amount(minorUnits: 90_00 + back))
        #expect(told.farePenalty == Amount(minorUnits: 10_00))
        #expect(told.ancillaryPenalty == Amount(minorUnits: paid - back))
        #expect(told.penalty == Amount(minorUnits: 10_00 + paid - back))
    }

    @Test func vouchersWhereThereIsNoFare() throws {
        let vouchers =
            #"[{"currency":"USD","estimatedRefundAmount":30},{"currency":"USD","estimatedRefundAmount":"1.5"}]"#
        let service = #"[{"currency":"EUR","originalPostTicketingServiceAmount":5,"estimatedRefundAmount":3}]"#
        let told = try entry(
            Self.body(
                fare: "null", services: service, vouchers: vouchers,
                more: Self.entryWith(#""refundMethod":"Voucher""#)))
        #expect(told.isVoucher)
        #expect(told.amounts.refundBeforeFee == Amount(minorUnits: 31_50))
        #expect(told.amounts.refund == Amount(minorUnits: 29_50))
        #expect(told.amounts.original == nil)
        #expect(told.amounts.penalty == nil)
        #expect(told.amounts.farePenalty == nil)
        #expect(told.amounts.ancillaryPenalty == nil)
        #expect(told.amounts.currency == Currency("USD"), "services are ignored, their currency too")
        let neither = try entry(Self.body(fare: "null", services: service)).amounts
        #expect(neither.refundBeforeFee == nil)
        #expect(neither.refund == nil)
        #expect(neither.fee == Amount(minorUnits: 2_00))
    }

    @Test func vouchersAreIgnoredWhereThereIsAFare() throws {
        let told = try entry(Self.body(vouchers: #"[{"currency":"EUR","estimatedRefundAmount":30}]"#)).amounts
        #expect(told.refundBeforeFee == Amount(minorUnits: 90_00))
        #expect(told.currency == Currency("USD"))
    }

    @Test func noFee() throws {
        let told = try entry(Self.body(fee: "null")).amounts
        #expect(told.fee == nil)
        #expect(told.refund == nil)
        #expect(told.refundBeforeFee == Amount(minorUnits: 90_00))
    }

    @Test(arguments: [
        body(fee: #"{"currency":"EUR","transactionFee":2}"#),
        body(services: #"[{"currency":"EUR","originalPostTicketingServiceAmount":5,"estimatedRefundAmount":3}]"#),
        body(fare: "null", vouchers: #"[{"currency":"EUR","estimatedRefundAmount":30}]"#),
    ]) func severalCurrencies(_ body: String) throws {
        let told = try entry(body).amounts
        #expect(told.hasSeveralCurrencies)
        #expect(told.currency == nil)
        #expect(told.original == nil)
        #expect(told.refundBeforeFee == nil)
        #expect(told.fee == nil)
        #expect(told.farePenalty == nil)
    }

    @Test func noPartsAtAll() throws {
        let told = try entry(#"{"status":0,"refundOrders":[{"refundCode":"R1","refundStatus":0}]}"#)
        #expect(told.amounts == QueriedAmounts())
        #expect(told.orderNo == nil)
    }

    /// An empty string means the same as null, for a part as for a plain field.
    @Test func emptyStringsAreNoValue() throws {
        let told = try entry(Self.body(fare: #""""#, services: #"" ""#, vouchers: #""""#, fee: #""\t""#)).amounts
        #expect(told == QueriedAmounts())
        let null = try entry(Self.body(services: #""""#, vouchers: #""""#)).amounts
        #expect(null.refundBeforeFee == Amount(minorUnits: 90_00))
        #expect(null.ancillaryPenalty == .zero)
    }

    /// An order that was asked for by its locator may turn out to be any.
    @Test func orderOfALocator() throws {
        let body = Self.body(more: #""orderNo":"O2","refundCode":"R1","refundStatus":2"#)
        #expect(try entry(body, asked: nil).orderNo == "O2")
    }

    @Test func displayAmountsAreNeverRead() throws {
        let fare = #"""
            {"currency":"USD","originalFareAmount":1,"estimatedRefundAmount":1,"displayOriginalFareAmount":"?",
            "displayEstimatedRefundAmount":-5}
            """#
        #expect(try entry(Self.body(fare: fare)).amounts.refundBeforeFee == Amount(minorUnits: 1_00))
    }
}
