import Atlas
import JSON
import Memory
import Refunds
import Testing

@Suite("Answers of refundQuotation.do and refund.do")
struct RefundOfferTests {
    private func offer(sample: String) throws -> RefundOffer {
        try parsedJSON(try AtlasSample.bytes(sample)) { try RefundOffer($0) }
    }

    private func offer(_ text: String) throws -> RefundOffer { try parsedJSON(text) { try RefundOffer($0) } }

    @Test func legacyQuotation() throws {
        let offer = try offer(sample: "legacy-refundQuotation-answer")
        #expect(offer.isRefundable == true)
        #expect(offer.refundOfferID == "7961ab5b202642628e9595498ffea083")
        #expect(offer.refundStatus == nil)
    }

    @Test func legacyRefundWithItsComma() throws {
        let offer = try offer(sample: "legacy-refund-answer")
        #expect(offer.refundStatus == 0)
        #expect(offer.refundCode == nil)
    }

    @Test func legacyRefundWithoutItsCommaIsNoJSON() throws {
        let bytes = try AtlasSample.bytes("legacy-refund-answer-without-comma")
        var reader = JSONReader()
        let fault = reader.fault(in: bytes.span)
        guard case .syntax = fault else {
            Issue.record("accepted: \(String(describing: fault))")
            return
        }
    }

    @Test func currentQuotation() throws {
        let offer = try offer(sample: "current-refundQuotation-answer")
        #expect(offer.expectedConfirmationDate?.description == "2025-05-22")
        #expect(offer.expectedRefundDate?.description == "2025-07-01")
        #expect(offer.refundQuoteType == "CannotQuote")
        #expect(offer.refundMethod == "CashBackToOriginalPayment")
        #expect(offer.isRefundable == false)
        #expect(offer.orderNo == "TESTA20250512100600259")
        #expect(offer.refundTickets.map(\.lastName) == ["QIAN", "ZHAO"])
        #expect(offer.refundVouchers.isEmpty)
    }

    @Test func currentRefund() throws {
        let offer = try offer(sample: "current-refund-answer")
        #expect(offer.refundStatus == 0)
        #expect(offer.refundCode == "202505-0012")
        #expect(offer.cancelReason == nil)
        #expect(offer.refundReason == "0")
    }

    @Test(arguments: ["current-queryRefundOrders-answer", "legacy-webhook", "webhook"])
    func theOtherSamplesAreStrictJSON(_ name: String) throws {
        try parsedJSON(try AtlasSample.bytes(name)) { #expect($0.kind == .object) }
    }

    @Test func aTicketMayBeOneObject() throws {
        let ticket = #"{"lastName":"A","firstName":" B ","ticketNo":""}"#
        let one = try offer(#"{"refundTickets":\#(ticket)}"#)
        #expect(one == (try offer(#"{"refundTickets":[\#(ticket)]}"#)))
        #expect(one.refundTickets.first?.firstName == "B")
        #expect(one.refundTickets.first?.ticketNo == nil)
    }

    @Test(arguments: [
        (#"{"voucherCode":" V1 ","estimatedRefundAmount":12.5,"currency":"EUR"}"#, "V1", "12.5 EUR"),
        (#"{"voucherCode":null,"estimatedRefundAmount":"0.10"}"#, nil, "0.10"), (#"{"currency":"EUR"}"#, nil, nil),
    ])
    func vouchers(_ voucher: (body: String, code: Text?, refund: String?)) throws {
        let offer = try offer(
            #"{"refundMethod":"Voucher","refundFareAmount":null,"refundVouchers":[\#(voucher.body)]}"#)
        #expect(offer.refundMethod == "Voucher")
        let found = try #require(offer.refundVouchers.first)
        #expect(found.voucherCode == voucher.code)
        #expect(found.estimatedRefund == voucher.refund)
    }

    @Test func unknownWordsAreKept() throws {
        let offer = try offer(
            #"{"refundStatus":"7","refundQuoteType":"Perhaps","refundMethod":"Gold","new":{"a":1},"refundReason":1}"#)
        #expect(offer.refundStatus == 7)
        #expect(offer.refundQuoteType == "Perhaps")
        #expect(offer.refundMethod == "Gold")
        #expect(offer.refundReason == "1")
    }

    @Test(arguments: [
        (#"[]"#, RejectCode.badJSON, "the answer is an array, not a JSON object"),
        (#"{"refundStatus":true}"#, .badStatus, "refundStatus true is not a whole number"),
        (#"{"refundStatus":0.5}"#, .badStatus, "refundStatus 0.5 is not a whole number"),
        (#"{"orderNo":1}"#, .badJSON, "orderNo 1 is not a text in quotes"),
        (#"{"isRefundable":"true"}"#, .badBoolean, #"isRefundable "true" is not true or false"#),
        (#"{"refundTickets":"x"}"#, .badJSON, "refundTickets is not a list of objects"),
        (#"{"refundTickets":[null]}"#, .badJSON, "refundTickets is not a list of objects"),
        (#"{"refundVouchers":[{"currency":1}]}"#, .badJSON, "currency 1 is not a text in quotes"),
    ])
    func faults(_ text: String, _ code: RejectCode, _ message: String) throws {
        let error = #expect(throws: RecordFault.self) { try offer(text) }
        #expect(error?.code == code)
        #expect(error?.message == message)
    }

    @Test func aDateThatIsNoneIsAFault() throws {
        let error = #expect(throws: RecordFault.self) { try offer(#"{"expectedRefundDate":"20250230"}"#) }
        #expect(error?.code == .badDate)
        #expect(error?.field == "expectedRefundDate")
    }
}
