import JSON
import Memory
import Refunds

extension RefundOffer {
    /// Reads an answer of either generation. A `status` other than 0 is no fault here: the caller asks `isSuccess`.
    package init(decoding root: JSONValue) throws(RefundOfferFault) {
        guard root.kind == .object else { throw .notAnObject }
        let answer = try OfferReader(root, field: "answer")
        guard let status = try answer.int("status") else { throw .missing(field: "status") }
        self.init(status: status)
        try read(answer)
    }

    /// Reads an entry of `queryRefundOrders.do`, which has the members of an offer but for the answer's own status: an
    /// answer with entries is a success.
    package init(decodingEntry entry: JSONValue) throws(RefundOfferFault) {
        self.init(status: 0)
        try read(try OfferReader(entry, field: "refundOrders"))
    }

    private init(status: Int) { self.status = status }

    private mutating func read(_ answer: OfferReader) throws(RefundOfferFault) {
        try readHead(answer)
        flat = try FlatAmounts(answer)
        for ticket in try answer.objects("refundTickets") { refundTickets.append(try Ticket(ticket)) }
        refundFareAmount = try answer.object("refundFareAmount").map(Fare.init)
        for service in try answer.objects("refundPostTicketingServiceAmounts") {
            refundPostTicketingServiceAmounts.append(try PostTicketingService(service))
        }
        if answer.given("refundVouchers") != nil {
            var vouchers: [Voucher] = []
            for voucher in try answer.objects("refundVouchers") { vouchers.append(try Voucher(voucher)) }
            refundVouchers = vouchers
        }
        serviceFee = try answer.object("serviceFee").map(ServiceFee.init)
        for rule in try answer.objects("refundRules") { refundRules.append(try Rule(rule)) }
    }

    private mutating func readHead(_ answer: OfferReader) throws(RefundOfferFault) {
        msg = try answer.text("msg")
        refundStatus = try answer.int("refundStatus")
        refundCode = try answer.text("refundCode")
        cancelReason = try answer.text("cancelReason")
        refundReason = answer.given("refundReason")?.int.map { Text(String($0)) }
        if refundReason == nil { refundReason = try answer.text("refundReason") }
        orderNo = try answer.text("orderNo")
        refundOfferID = try answer.text("refundOfferId")
        displayCurrency = try answer.text("displayCurrency")
        isRefundable = try answer.bool("isRefundable")
        fastConfirmation = try answer.int("fastConfirmation")
        expectedConfirmationDate = try answer.date("expectedConfirmationDate")
        expectedRefundDate = try answer.date("expectedRefundDate")
        refundQuoteType = try answer.term("refundQuoteType")
        refundMethod = try answer.term("refundMethod")
    }
}

extension RefundOffer.FlatAmounts {
    /// nil where the body has none of the older generation's total amounts.
    fileprivate init?(_ answer: OfferReader) throws(RefundOfferFault) {
        guard answer.given("originalTotalAmount") != nil || answer.given("originalTotalFareAmount") != nil else {
            return nil
        }
        let currency = try answer.text("currency")
        originalTotalFareAmount = try answer.amount("originalTotalFareAmount", currency)
        originalTotalAncillaryAmount = try answer.amount("originalTotalAncillaryAmount", currency)
        originalTotalAmount = try answer.amount("originalTotalAmount", currency)
        airlinePenaltyAmountForFare = try answer.amount("airlinePenaltyAmountForFare", currency)
        airlinePenaltyAmountForAncillaries = try answer.amount("airlinePenaltyAmountForAncillaries", currency)
        airlinePenaltyAmount = try answer.amount("airlinePenaltyAmount", currency)
        estimatedRefundAmount = try answer.amount("estimatedRefundAmount", currency)
        transactionFee = try answer.amount("transactionFee", currency)
    }
}

extension RefundOffer.Ticket {
    fileprivate init(_ ticket: OfferReader) throws(RefundOfferFault) {
        lastName = try ticket.text("lastName")
        firstName = try ticket.text("firstName")
        ticketNo = try ticket.text("ticketNo")
    }
}

extension RefundOffer.Fare {
    fileprivate init(_ fare: OfferReader) throws(RefundOfferFault) {
        let currency = try fare.text("currency")
        originalFareAmount = try fare.amount("originalFareAmount", currency)
        estimatedRefundAmount = try fare.amount("estimatedRefundAmount", currency)
        // The display amounts are in the display currency, which stands elsewhere.
        displayOriginalFareAmount = try fare.amount("displayOriginalFareAmount", nil)
        displayEstimatedRefundAmount = try fare.amount("displayEstimatedRefundAmount", nil)
    }
}

extension RefundOffer.PostTicketingService {
    fileprivate init(_ service: OfferReader) throws(RefundOfferFault) {
        let currency = try service.text("currency")
        postTicketingOrderNo = try service.text("postTicketingOrderNo")
        originalPostTicketingServiceAmount = try service.amount("originalPostTicketingServiceAmount", currency)
        estimatedRefundAmount = try service.amount("estimatedRefundAmount", currency)
        displayPostTicketingServiceAmount = try service.amount("displayPostTicketingServiceAmount", nil)
        displayEstimatedRefundAmount = try service.amount("displayEstimatedRefundAmount", nil)
    }
}

extension RefundOffer.Voucher {
    fileprivate init(_ voucher: OfferReader) throws(RefundOfferFault) {
        voucherID = try voucher.text("voucherId")
        voucherCode = try voucher.text("voucherCode")
        for passenger in try voucher.objects("eligiblePassengers") {
            if let name = try passenger.text("name") { eligiblePassengers.append(name) }
        }
        airline = try voucher.text("airline")
        estimatedRefundAmount = try voucher.amount("estimatedRefundAmount", try voucher.text("currency"))
        voucherStartDate = try voucher.date("voucherStartDate")
        voucherEndDate = try voucher.date("voucherEndDate")
        travelStartDate = try voucher.date("travelStartDate")
        travelEndDate = try voucher.date("travelEndDate")
        note = try voucher.text("note")
    }
}

extension RefundOffer.ServiceFee {
    fileprivate init(_ fee: OfferReader) throws(RefundOfferFault) {
        transactionFee = try fee.amount("transactionFee", try fee.text("currency"))
        displayTransactionFee = try fee.amount("displayTransactionFee", nil)
    }
}

extension RefundOffer.Rule {
    fileprivate init(_ rule: OfferReader) throws(RefundOfferFault) {
        airline = try rule.text("airline")
        ruleType = try rule.text("ruleType")
        passengerType = try rule.text("passengerType")
        penaltyAmount = try rule.moneyText("penaltyAmount")
        penaltyPercent = try rule.digits("penaltyPercent")
        penaltyPercentBase = try rule.text("penaltyPercentBase")
        airlineFee = try rule.moneyText("airlineFee")
        taxRefundable = try rule.bool("taxRefundable")
        fareRefundable = try rule.bool("fareRefundable")
        refundableAncillaries = try rule.texts("refundableAncillaries")
        startMinute = try rule.int("startMinute")
        endMinute = try rule.int("endMinute")
        refundMethod = try rule.term("refundMethod")
    }
}
