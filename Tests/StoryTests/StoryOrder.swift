/// One order at Atlas: paid 150.00 USD, quoted with a penalty of 20.00 and a fee of 2.00, so 128.00 should come back.
struct StoryOrder {
    var orderNo = "STORY20250601"
    /// The penalty that Atlas takes in the end, in whole dollars.
    var finalPenalty = 20
    var isRefundable = true
    /// With which status Atlas refuses a refund, a quotation.
    var refundRefusal: Int?
    var quotationRefusal: Int?
    /// Faults of the sandbox's answers, one an attempt.
    var faults: [String] = []

    static let offer = "q_7f1c0a"
    static let refundCode = "202506-0001"

    /// The order's line in the sandbox's data file.
    var sandboxLine: String {
        let head =
            #""orderNo":"\#(orderNo)","refundOfferId":"\#(Self.offer)","refundQuoteType":"AccurateQuote","refundMethod":"CashBackToOriginalPayment","expectedConfirmationDate":"20250610","expectedRefundDate":"20250701""#
        let refundable = #""isRefundable":\#(isRefundable)"#
        let quotation =
            quotationRefusal.map(Self.refusal)
            ?? #"{"status":0,"msg":null,\#(refundable),\#(head),\#(Self.amounts(penalty: 20))}"#
        let refund =
            refundRefusal.map(Self.refusal)
            ?? #"{"status":0,"msg":null,"refundStatus":0,"refundCode":"\#(Self.refundCode)",\#(refundable),\#(head),\#(Self.amounts(penalty: 20))}"#
        let entry =
            #"{"refundStatus":2,"refundCode":"\#(Self.refundCode)",\#(head),\#(Self.amounts(penalty: finalPenalty))}"#
        let scripts = faults.isEmpty ? "" : #","faults":[\#(faults.map { "\"\($0)\"" }.joined(separator: ","))]"#
        return
            #"{"orderNo":"\#(orderNo)","airlinePNR":"K7TQ2M","carrier":"U2","refundQuotation":\#(quotation),"refund":\#(refund),"refundOrders":[\#(entry)]\#(scripts)}"#
    }

    private static func refusal(_ status: Int) -> String { #"{"status":\#(status),"msg":"Refund exists"}"# }

    private static func amounts(penalty: Int) -> String {
        #""refundFareAmount":{"currency":"USD","originalFareAmount":120.50,"estimatedRefundAmount":\#(120 - penalty).50},"refundPostTicketingServiceAmounts":[{"postTicketingOrderNo":"P1","currency":"USD","originalPostTicketingServiceAmount":29.5,"estimatedRefundAmount":29.5}],"refundVouchers":null,"serviceFee":{"currency":"USD","transactionFee":2}"#
    }

    /// The webhook as a receiver logs it.
    var webhookLine: String {
        let parts =
            #""originalTotalFare":120.50,"originalTotalAncillaryAmount":29.50,"originalTotalAmount":150.00,"airlinePenaltyAmountForFare":\#(finalPenalty),"airlinePenaltyAmountForAncillaries":0,"airlinePenaltyAmount":\#(finalPenalty)"#
        return
            #"{"receivedAt":"2025-06-20T09:30:00Z","body":{"cid":"AGENCY01","type":"order.refundComplete","data":{"orderNo":"\#(orderNo)","refundStatus":2,"currency":"USD",\#(parts),"finalRefundAmount":\#(148 - finalPenalty).00,"transactionFee":2}}}"#
    }

    /// The options that name the order and one passenger of it.
    var passengerOptions: [String] {
        [
            "--order", orderNo, "--passenger", "ZHAO/YIER", "--segment", "20250613:U22437:LTN:CDG", "--reason", "1",
        ]
    }
}
