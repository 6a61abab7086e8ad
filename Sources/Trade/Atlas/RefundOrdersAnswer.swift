import JSON
import Memory
import Refunds

/// Reads the body of `queryRefundOrders.do` into the values that RULES.md, "Evidence", needs.
///
/// Either the whole body can be relied on or none of it: one entry with an impossible amount makes it `bad-body`
/// (FORMATS.md, "Statuses: the query and its journal").
package struct RefundOrdersAnswer {
    /// The order that was asked about, where the question named one.
    private let askedOrderNo: Text?
    private let askedRefundCode: Text?
    private let decoder: FieldDecoder

    /// - Parameters:
    ///   - asked: the refund that was asked about.
    ///   - texts: where the entries' texts are kept; those of the question are used as they are.
    package init(asked: RefundIdentity, texts: TextArena? = nil) {
        askedOrderNo = asked.orderNo
        askedRefundCode = asked.refundCode
        decoder = FieldDecoder(grammar: .json, texts: texts)
    }

    /// The entries of a usable body, none where Atlas does not know the order; or the code of the failure,
    /// `api-status-<n>` or `bad-body`, the second with the fault of the body.
    package func outcome(of body: JSONView?) -> StatusAnswer.Outcome {
        guard let body, !body.isNull else { return unusable("there is no body") }
        guard body.kind == .object else { return unusable("the body is not a JSON object") }
        guard let status = AtlasStatus.code(of: body) else { return unusable(Self.withoutStatus(body)) }
        switch AtlasStatus(status) {
        case .notFound: return .ok([])
        case .passing, .credentialsRefused, .refundExists, .final: return .failed(Text("api-status-\(status)"))
        case .success:
            do throws(RecordFault) { return .ok(try entries(of: body)) } catch { return unusable(error.message) }
        }
    }

    private func unusable(_ reason: String) -> StatusAnswer.Outcome {
        .failed("bad-body", detail: Text(Self.shortened(reason)))
    }

    private static func withoutStatus(_ body: JSONView) -> String {
        guard let status = body["status"], !status.isNull else { return "status is missing" }
        let text = shortened(status.raw.string, limit: 40)
        return "status \(status.kind == .string ? "\"\(text)\"" : text) is not a JSON integer"
    }

    /// A reason quotes Atlas's answer, which may be long.
    private static func shortened(_ text: String, limit: Int = 300) -> String {
        text.count <= limit ? text : text.prefix(limit) + "…"
    }

    private func entries(of body: JSONView) throws(RecordFault) -> RefundOrderEntries {
        // Unlike a field of a record, an empty text is no absent list.
        guard let list = body["refundOrders"], !list.isNull else { return [] }
        guard list.kind == .array else { throw RecordFault(.badJSON, "refundOrders is not a list") }
        var elements = list.children
        guard let first = elements.next() else { return [] }
        let entry = try self.entry(first)
        guard let second = elements.next() else { return RefundOrderEntries(only: entry) }
        var entries = [entry, try self.entry(second)]
        while let element = elements.next() { entries.append(try self.entry(element)) }
        return RefundOrderEntries(entries)
    }

    private func entry(_ value: JSONView) throws(RecordFault) -> RefundOrderEntry {
        guard value.kind == .object else { throw RecordFault(.badJSON, "refundOrders holds what is not an object") }
        let orderNo = try decoder.text(value.field("orderNo"), "orderNo", like: askedOrderNo)
        if let askedOrderNo, let orderNo, orderNo != askedOrderNo {
            throw RecordFault(.badJSON, "an entry is about order \(orderNo), not about order \(askedOrderNo)")
        }
        // Members are asked for in the order in which Atlas gives them: each is found right after the one before.
        let refundCode = try needed(
            try decoder.text(value.field("refundCode"), "refundCode", like: askedRefundCode), "refundCode")
        let expectedConfirmationDate = try decoder.date(
            value.field("expectedConfirmationDate"), "expectedConfirmationDate")
        let expectedRefundDate = try decoder.date(value.field("expectedRefundDate"), "expectedRefundDate")
        let amounts = try RefundAmountParts(value, decoder).queriedAmounts()
        let refundStatus = try needed(
            try decoder.refundStatus(value.field("refundStatus"), "refundStatus"), "refundStatus")
        let cancelReason = try decoder.text(value.field("cancelReason"), "cancelReason")
        var isVoucher = false
        if let word = try decoder.bytes(value.field("refundMethod"), "refundMethod") {
            isVoucher = RefundMethod.words.value(of: word) == .voucher
        }
        var entry = RefundOrderEntry(
            orderNo: orderNo, refundCode: refundCode, refundStatus: refundStatus,
            isVoucher: isVoucher, amounts: amounts)
        entry.expectedConfirmationDate = expectedConfirmationDate
        entry.expectedRefundDate = expectedRefundDate
        entry.cancelReason = cancelReason
        return entry
    }
}
