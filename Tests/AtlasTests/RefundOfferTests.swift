import Atlas
import JSON
import Memory
import Refunds
import Testing

@Suite("Answers of refundQuotation.do and refund.do")
struct RefundOfferTests {
    private func offer(sample: String) throws -> RefundOffer {
        try parsedJSON(try AtlasSample.bytes(sample)) { try RefundOffer(decoding: $0) }
    }

    private func offer(_ text: String) throws -> RefundOffer { try parsedJSON(text) { try RefundOffer(decoding: $0) } }

    @Test func legacyQuotation() throws {
        let offer = try offer(sample: "legacy-refundQuotation-answer")
        #expect(offer.isSuccess)
        #expect(offer.msg == "success")
        #expect(offer.isRefundable == true)
        #expect(offer.refundOfferID == "7961ab5b202642628e9595498ffea083")
        let flat = try #require(offer.flat)
        #expect(flat.originalTotalFareAmount?.description == "37.14 USD")
        #expect(flat.originalTotalAncillaryAmount?.description == "8.12 USD")
        #expect(flat.originalTotalAmount?.description == "45.26 USD")
        #expect(flat.airlinePenaltyAmountForFare?.description == "0.00 USD")
        #expect(flat.airlinePenaltyAmountForAncillaries?.description == "0.00 USD")
        #expect(flat.airlinePenaltyAmount?.description == "0.00 USD")
        #expect(flat.estimatedRefundAmount?.description == "45.26 USD")
        #expect(flat.transactionFee?.description == "2.00 USD")
        #expect(try flat.transactionFee?.amount()?.amount == Amount(minorUnits: 200))
        #expect(offer.refundStatus == nil && offer.refundFareAmount == nil && offer.serviceFee == nil)
    }

    @Test func legacyRefundWithItsComma() throws {
        let offer = try offer(sample: "legacy-refund-answer")
        #expect(offer.isSuccess)
        #expect(offer.refundStatus == 0)
        #expect(offer.refundCode == nil)
        #expect(offer.flat?.estimatedRefundAmount?.description == "45.26 USD")
    }

    @Test func legacyRefundWithoutItsCommaIsNoJSON() throws {
        let bytes = try AtlasSample.bytes("legacy-refund-answer-without-comma")
        let fault = bytes.withUnsafeBufferPointer { JSONDocument().parse($0) }
        guard case .syntax = fault else {
            Issue.record("accepted: \(String(describing: fault))")
            return
        }
    }

    @Test func currentQuotation() throws {
        let offer = try offer(sample: "current-refundQuotation-answer")
        #expect(offer.isSuccess && offer.msg == nil && offer.flat == nil)
        #expect(offer.displayCurrency == "EUR")
        #expect(offer.fastConfirmation == 0)
        #expect(offer.expectedConfirmationDate?.description == "2025-05-22")
        #expect(offer.expectedRefundDate?.description == "2025-07-01")
        #expect(offer.refundQuoteType == .known(.cannotQuote))
        #expect(offer.refundMethod == .known(.cashBackToOriginalPayment))
        #expect(offer.isRefundable == false)
        #expect(offer.orderNo == "TESTA20250512100600259")
        #expect(offer.refundTickets.map(\.lastName) == ["QIAN", "ZHAO"])
        #expect(offer.refundFareAmount?.originalFareAmount?.description == "165.48 USD")
        #expect(offer.refundFareAmount?.estimatedRefundAmount?.description == "0 USD")
        #expect(offer.refundFareAmount?.displayOriginalFareAmount?.description == "153.46")
        #expect(offer.refundPostTicketingServiceAmounts.isEmpty)
        #expect(offer.refundVouchers == nil)
        #expect(offer.serviceFee?.transactionFee?.description == "2 USD")
        let rule = try #require(offer.refundRules.first)
        #expect(rule.airline == "U2" && rule.ruleType == "1" && rule.penaltyAmount == nil && rule.airlineFee == nil)
        #expect(rule.taxRefundable == false && rule.refundableAncillaries.isEmpty)
        #expect(rule.startMinute == 525_600 && rule.endMinute == -525_600)
    }

    @Test func currentRefund() throws {
        let offer = try offer(sample: "current-refund-answer")
        #expect(offer.refundStatus == 0)
        #expect(offer.refundCode == "202505-0012")
        #expect(offer.cancelReason == nil)
        #expect(offer.refundReason == "0")
        #expect(offer.fastConfirmation == nil)
        #expect(offer.serviceFee?.displayTransactionFee?.description == "2.78")
        let rule = try #require(offer.refundRules.first)
        #expect(rule.penaltyAmount?.description == "0.00 USD")
        #expect(rule.penaltyPercent == "0" && rule.penaltyPercentBase == "fare+tax")
        #expect(rule.airlineFee?.description == "0.00 USD")
        #expect(rule.refundableAncillaries == ["ALL"])
    }

    @Test(arguments: ["current-queryRefundOrders-answer", "legacy-webhook", "webhook"])
    func theOtherSamplesAreStrictJSON(_ name: String) throws {
        try parsedJSON(try AtlasSample.bytes(name)) { #expect($0.kind == .object) }
    }

    @Test func aServiceMayBeOneObject() throws {
        let service =
            #"{"postTicketingOrderNo":"P","currency":"KWD","originalPostTicketingServiceAmount":1.250,"estimatedRefundAmount":"1"}"#
        let one = try offer(#"{"status":0,"refundPostTicketingServiceAmounts":\#(service)}"#)
        let many = try offer(#"{"status":0,"refundPostTicketingServiceAmounts":[\#(service),null]}"#)
        #expect(one == many)
        #expect(
            one.refundPostTicketingServiceAmounts.first?.originalPostTicketingServiceAmount?.description == "1.250 KWD")
    }

    @Test func vouchers() throws {
        let offer = try offer(
            #"""
            {"status":0,"refundMethod":"Voucher","refundFareAmount":null,"refundVouchers":[{"voucherId":null,
            "voucherCode":" V1 ","eligiblePassengers":[{"name":"A/B"},{"name":null}],"airline":"U2",
            "estimatedRefundAmount":12.5,"currency":"EUR","voucherStartDate":"20250701","voucherEndDate":"","note":"n"}]}
            """#)
        let voucher = try #require(offer.refundVouchers?.first)
        #expect(offer.refundMethod == .known(.voucher))
        #expect(voucher.voucherID == nil && voucher.voucherCode == "V1" && voucher.eligiblePassengers == ["A/B"])
        #expect(voucher.estimatedRefundAmount?.description == "12.5 EUR")
        #expect(voucher.voucherStartDate?.description == "2025-07-01" && voucher.voucherEndDate == nil)
    }

    @Test func anErrorIsReadToo() throws {
        let offer = try offer(#"{"status":2,"msg":"System error"}"#)
        #expect(!offer.isSuccess && offer.status == 2 && offer.msg == "System error" && offer.flat == nil)
    }

    @Test func unknownMembersAreKept() throws {
        let offer = try offer(
            #"{"status":"0","refundQuoteType":"Perhaps","refundMethod":"Gold","new":{"a":1},"refundReason":1}"#)
        #expect(offer.refundQuoteType == .unknown("Perhaps"))
        #expect(offer.refundMethod?.text == "Gold")
        #expect(offer.refundReason == "1")
    }

    @Test(arguments: [
        (#"{"msg":null}"#, RefundOfferFault.missing(field: "status")),
        (#"[]"#, .notAnObject),
        (#"{"status":true}"#, .unusable(field: "status")),
        (#"{"status":0.5}"#, .unusable(field: "status")),
        (#"{"status":0,"msg":1}"#, .unusable(field: "msg")),
        (#"{"status":0,"isRefundable":"true"}"#, .unusable(field: "isRefundable")),
        (#"{"status":0,"expectedRefundDate":"20250230"}"#, .unusable(field: "expectedRefundDate")),
        (#"{"status":0,"originalTotalAmount":"1,000"}"#, .unusable(field: "originalTotalAmount")),
        (#"{"status":0,"originalTotalAmount":[1]}"#, .unusable(field: "originalTotalAmount")),
        (#"{"status":0,"refundFareAmount":[]}"#, .unusable(field: "refundFareAmount")),
        (#"{"status":0,"refundTickets":"x"}"#, .unusable(field: "refundTickets")),
        (#"{"status":0,"refundRules":[{"penaltyAmount":"0.00USD"}]}"#, .unusable(field: "penaltyAmount")),
        (#"{"status":0,"refundRules":[{"penaltyAmount":"0.00 XXX"}]}"#, .unusable(field: "penaltyAmount")),
        (#"{"status":0,"refundRules":[{"penaltyAmount":"x USD"}]}"#, .unusable(field: "penaltyAmount")),
        (#"{"status":0,"refundRules":[{"airlineFee":"0.00  USD"}]}"#, .unusable(field: "airlineFee")),
        (#"{"status":0,"refundRules":[{"refundableAncillaries":[1]}]}"#, .unusable(field: "refundableAncillaries")),
    ])
    func faults(_ text: String, _ fault: RefundOfferFault) throws {
        #expect(throws: fault) { try offer(text) }
    }
}
