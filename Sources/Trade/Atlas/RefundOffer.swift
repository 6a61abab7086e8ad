import JSON
import Memory
import Refunds

/// One refund as Atlas describes it, for a person: the answer of `refundQuotation.do` or `refund.do`, of either generation,
/// or an entry of the answer of `queryRefundOrders.do`. Its amounts are `AnsweredAmounts`.
///
/// Atlas's pages contradict each other, so every member may be absent.
package struct RefundOffer: Sendable, Equatable {
    /// The status of the refund: one of `RefundStatus`, or a number that Atlas's pages do not list.
    package var refundStatus: Int?
    /// The code to query by.
    package var refundCode: Text?
    package var cancelReason: Text?
    package var refundReason: Text?
    package var orderNo: Text?
    package var refundOfferID: Text?
    package var isRefundable: Bool?
    package var expectedConfirmationDate: CalendarDate?
    package var expectedRefundDate: CalendarDate?
    /// Words of `RefundQuoteType` and `RefundMethod`, or words that Atlas's pages do not list.
    package var refundQuoteType: Text?
    package var refundMethod: Text?
    package var refundTickets: [Ticket] = []
    package var refundVouchers: [Voucher] = []

    /// A ticket that the refund covers.
    package struct Ticket: Sendable, Equatable {
        package var lastName: Text?
        package var firstName: Text?
        package var ticketNo: Text?
    }

    /// A voucher that replaces the money.
    package struct Voucher: Sendable, Equatable {
        package var voucherCode: Text?
        /// The amount and its currency, as stated: `12.5 EUR`.
        package var estimatedRefund: String?
    }

    /// Reads the members that a person is shown; a member of the wrong kind is a fault.
    package init(_ body: JSONView) throws(RecordFault) {
        guard body.kind == .object else { throw RecordFault(notAnObject: body, in: "the answer") }
        let decode = FieldDecoder(grammar: .json)
        func text(_ key: JSONKey) throws(RecordFault) -> Text? { try decode.text(body.field(key), key.name) }
        refundStatus = try Self.wholeNumber(body, "refundStatus")
        refundCode = try text("refundCode")
        cancelReason = try text("cancelReason")
        refundReason =
            if let number = body["refundReason"]?.int { Text("\(number)") } else { try text("refundReason") }
        orderNo = try text("orderNo")
        refundOfferID = try text("refundOfferId")
        isRefundable = try decode.boolean(body.field("isRefundable"), "isRefundable")
        expectedConfirmationDate = try decode.date(body.field("expectedConfirmationDate"), "expectedConfirmationDate")
        expectedRefundDate = try decode.date(body.field("expectedRefundDate"), "expectedRefundDate")
        refundQuoteType = try text("refundQuoteType")
        refundMethod = try text("refundMethod")
        try body.forEachObject("refundTickets") { (value) throws(RecordFault) in
            refundTickets.append(
                Ticket(
                    lastName: try decode.text(value.field("lastName"), "lastName"),
                    firstName: try decode.text(value.field("firstName"), "firstName"),
                    ticketNo: try decode.text(value.field("ticketNo"), "ticketNo")))
        }
        try body.forEachObject("refundVouchers") { (value) throws(RecordFault) in
            let currency = try decode.text(value.field("currency"), "currency")
            let amount = value.given("estimatedRefundAmount")?.characters
            let stated = amount.map { [$0, currency?.string].compactMap { $0 }.joined(separator: " ") }
            let code = try decode.text(value.field("voucherCode"), "voucherCode")
            refundVouchers.append(Voucher(voucherCode: code, estimatedRefund: stated))
        }
    }

    /// A whole number; Atlas writes some of them as texts.
    private static func wholeNumber(_ body: JSONView, _ key: JSONKey) throws(RecordFault) -> Int? {
        guard let value = body.given(key) else { return nil }
        if let number = value.int { return number }
        guard case .text(let text) = value.field, let number = Int(text.string) else {
            throw RecordFault(.badStatus, key.name, value.field, "is not a whole number")
        }
        return number
    }
}
