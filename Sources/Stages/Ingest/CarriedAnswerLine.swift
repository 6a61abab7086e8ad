import JSON
import Memory
import Refunds

/// A remembered answer as a line of `carried-answers.jsonl`: the key of the record that it is about, and what the rules read
/// of each refund in it, amounts added up as they add them.
extension RememberedAnswer {
    /// Appends the line without its line end.
    package func appendLine(to line: inout [UInt8]) {
        line.append(UInt8(ascii: "{"))
        line.append("orderNo", key.orderNo)
        line.append("refundCode", key.refundCode)
        line.append("airlinePNR", key.airlinePNR)
        line.append("carrier", key.carrier)
        line.append("queriedAt", queriedAt)
        line.append("receivedFor", receivedFor)
        line.append("isVerifiedEnd", isVerifiedEnd)
        line.append(key: "entries")
        line.append(UInt8(ascii: "["))
        for (place, entry) in entries.enumerated() {
            if place > 0 { line.append(UInt8(ascii: ",")) }
            entry.append(to: &line)
        }
        line.append(literal: "]}")
    }

    init(_ members: CarriedMembers) throws(RecordFault) {
        let key = RefundIdentity(
            orderNo: try members.text("orderNo"), airlinePNR: try members.text("airlinePNR"),
            carrier: try members.text("carrier"), refundCode: try members.text("refundCode")
        ).lookupKey
        let queriedAt = try members.text("queriedAt")
        let receivedFor = try needed(try members.date("receivedFor"), "receivedFor")
        let isVerifiedEnd = try needed(try members.boolean("isVerifiedEnd"), "isVerifiedEnd")
        guard let list = members.object["entries"], list.kind == .array else {
            throw RecordFault(.badJSON, "entries is not a list", field: "entries")
        }
        var entries: [RefundOrderEntry] = []
        var elements = list.children
        while let element = elements.next() {
            entries.append(try RefundOrderEntry(CarriedMembers(object: element, decode: members.decode)))
        }
        self.init(
            key: key, entries: RefundOrderEntries(entries), queriedAt: queriedAt, receivedFor: receivedFor,
            isVerifiedEnd: isVerifiedEnd)
    }
}

extension RefundOrderEntry {
    fileprivate func append(to line: inout [UInt8]) {
        line.append(UInt8(ascii: "{"))
        line.append("orderNo", orderNo)
        line.append("refundCode", refundCode)
        line.append("refundStatus", number: Int(refundStatus.rawValue))
        line.append("expectedConfirmationDate", expectedConfirmationDate)
        line.append("expectedRefundDate", expectedRefundDate)
        line.append("cancelReason", cancelReason)
        if isVoucher { line.append("isVoucher", true) }
        if amounts.hasSeveralCurrencies { line.append("hasSeveralCurrencies", true) }
        if let currency = amounts.currency {
            line.append("currency", currency.text)
            line.append("original", amounts.original, currency)
            line.append("gross", amounts.refundBeforeFee, currency)
            line.append("farePenalty", amounts.farePenalty, currency)
            line.append("ancillaryPenalty", amounts.ancillaryPenalty, currency)
            line.append("fee", amounts.fee, currency)
        }
        line.append(UInt8(ascii: "}"))
    }

    fileprivate init(_ members: CarriedMembers) throws(RecordFault) {
        let orderNo = try members.text("orderNo")
        let refundCode = try needed(try members.text("refundCode"), "refundCode")
        let refundStatus = try members.refundStatus("refundStatus")
        let expectedConfirmationDate = try members.date("expectedConfirmationDate")
        let expectedRefundDate = try members.date("expectedRefundDate")
        let cancelReason = try members.text("cancelReason")
        let isVoucher = try members.boolean("isVoucher") ?? false
        var amounts = QueriedAmounts()
        amounts.hasSeveralCurrencies = try members.boolean("hasSeveralCurrencies") ?? false
        if let currency = try members.currency("currency") {
            amounts.currency = currency
            amounts.original = try members.amount("original", currency)
            amounts.refundBeforeFee = try members.amount("gross", currency)
            amounts.farePenalty = try members.amount("farePenalty", currency)
            amounts.ancillaryPenalty = try members.amount("ancillaryPenalty", currency)
            amounts.fee = try members.amount("fee", currency)
        }
        self.init(
            orderNo: orderNo, refundCode: refundCode, refundStatus: refundStatus, isVoucher: isVoucher, amounts: amounts
        )
        self.expectedConfirmationDate = expectedConfirmationDate
        self.expectedRefundDate = expectedRefundDate
        self.cancelReason = cancelReason
    }
}
