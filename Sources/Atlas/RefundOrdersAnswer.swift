import Core
import JSON

/// Reads the body of `queryRefundOrders.do` into what RULES.md, "Evidence", needs.
///
/// Either the whole body can be relied on or none of it: one entry with an impossible amount makes it `bad-body`
/// (FORMATS.md, "Refund status: the query and its journal").
public struct RefundOrdersAnswer {
    /// The order that was asked about, where the question named one.
    private let askedOrderNo: Text?
    private let askedRefundCode: Text?
    private let decoder: FieldDecoder

    /// - Parameter texts: where the entries' texts are kept; those of the question are used as they are.
    public init(askedOrderNo: Text?, askedRefundCode: Text? = nil, texts: TextArena? = nil) {
        self.askedOrderNo = askedOrderNo
        self.askedRefundCode = askedRefundCode
        decoder = FieldDecoder(grammar: .json, texts: texts)
    }

    /// The entries of a usable body, or the code of the failure: `api-status-<n>`, `bad-body`.
    public func outcome(of body: JSONValue?) -> StatusAnswer.Outcome {
        guard let body, body.kind == .object, let status = Self.apiStatus(of: body) else { return .failed("bad-body") }
        guard status == 0 else { return .failed(Text("api-status-\(status)")) }
        do throws(RecordFault) { return .ok(try entries(of: body)) } catch { return .failed("bad-body") }
    }

    /// The body's own `status`, which is 0 for success whatever HTTP says; nil if it is no whole number.
    public static func apiStatus(of body: JSONValue) -> Int? {
        switch body.field("status") {
        case .number(let digits): digits.isText("0") ? 0 : Int(String(decoding: digits, as: UTF8.self))
        case .text(let text): Int(text.string)
        case .none, .bool, .other: nil
        }
    }

    private func entries(of body: JSONValue) throws(RecordFault) -> RefundOrderEntries {
        guard let list = body.given("refundOrders") else { return [] }
        guard list.kind == .array else { throw RecordFault(.badJSON, "refundOrders") }
        var elements = list.children
        guard let first = elements.next() else { return [] }
        let entry = try self.entry(first)
        guard let second = elements.next() else { return RefundOrderEntries(only: entry) }
        var entries = [entry, try self.entry(second)]
        while let element = elements.next() { entries.append(try self.entry(element)) }
        return RefundOrderEntries(entries)
    }

    private func entry(_ value: JSONValue) throws(RecordFault) -> RefundOrderEntry {
        guard value.kind == .object else { throw RecordFault(.badJSON, "refundOrders") }
        let orderNo = try decoder.text(value.field("orderNo"), "orderNo", like: askedOrderNo)
        if let askedOrderNo, let orderNo, orderNo != askedOrderNo { throw RecordFault(.badJSON, "orderNo") }
        // Members are asked for in the order in which Atlas gives them: each is found right behind the one before.
        let refundCode = try needed(
            try decoder.text(value.field("refundCode"), "refundCode", like: askedRefundCode), "refundCode")
        let expectedConfirmationDate = try decoder.date(
            value.field("expectedConfirmationDate"), "expectedConfirmationDate")
        let expectedRefundDate = try decoder.date(value.field("expectedRefundDate"), "expectedRefundDate")
        let amounts = try RefundAmountParts(value, decoder).queriedAmounts()
        let refundStatus = try needed(
            try decoder.refundStatus(value.field("refundStatus"), "refundStatus"), "refundStatus")
        let cancelReason = try decoder.text(value.field("cancelReason"), "cancelReason")
        let refundMethod = try decoder.bytes(value.field("refundMethod"), "refundMethod")
        var entry = RefundOrderEntry(
            orderNo: orderNo, refundCode: refundCode, refundStatus: refundStatus,
            isVoucher: refundMethod.flatMap { RefundMethod.words.value(of: $0) } == .voucher, amounts: amounts)
        entry.expectedConfirmationDate = expectedConfirmationDate
        entry.expectedRefundDate = expectedRefundDate
        entry.cancelReason = cancelReason
        return entry
    }
}
