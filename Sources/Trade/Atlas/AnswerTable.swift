import JSON
import Memory
import Refunds

/// An answer of Atlas's as a person reads it, in 80 columns: its facts, one a line, then its amounts.
///
/// What Atlas does not say is shown as `–`, never as zero. Text from outside is cleaned by `VisibleText`.
package struct AnswerTable: Sendable {
    private var facts: [(label: String, value: String?)] = []
    private var amounts: [(label: String, value: String?)] = []
    private var notes: [String] = []

    /// - Parameter body: an answer of `refundQuotation.do` or `refund.do`, or an entry of one of `queryRefundOrders.do`.
    package init(_ body: JSONView) throws(RecordFault) {
        let offer = try RefundOffer(body)
        addIdentity(offer)
        addOffer(offer)
        let status = offer.refundStatus.flatMap { UInt8(exactly: $0) }.flatMap { RefundStatus(rawValue: $0) }
        let isPaid = status?.isPaid == true
        do throws(RecordFault) {
            let isQuoted = isPaid || offer.refundQuoteType != RefundQuoteType.cannotQuote.text
            addAmounts(try AnsweredAmounts(body), isPaid: isPaid, isQuoted: isQuoted)
        } catch {
            notes.append("The amounts are unusable: \(error.message) (\(error.code.rawValue)).")
        }
    }

    // MARK: Facts

    private mutating func addIdentity(_ offer: RefundOffer) {
        if let orderNo = offer.orderNo { facts.append(("order", orderNo.string)) }
        if let code = offer.refundCode { facts.append(("refund code", code.string)) }
        if let number = offer.refundStatus {
            let words = UInt8(exactly: number).flatMap { RefundStatus(rawValue: $0) }?.words
            facts.append(("status", words.map { "\(number), \($0)" } ?? "\(number)"))
        }
        if let reason = offer.cancelReason { facts.append(("cancel reason", reason.string)) }
        if let reason = offer.refundReason {
            let words = RefundReason(rawValue: reason.string)?.words
            facts.append(("asked for as", words.map { "\(reason), \($0)" } ?? reason.string))
        }
        for (index, ticket) in offer.refundTickets.enumerated() {
            let name = [ticket.lastName, ticket.firstName].compactMap { $0?.string }.joined(separator: "/")
            let parts = [name, ticket.ticketNo?.string ?? ""].filter { !$0.isEmpty }
            facts.append((index == 0 ? "passengers" : "", parts.joined(separator: "  ")))
        }
    }

    private mutating func addOffer(_ offer: RefundOffer) {
        facts.append(("offer", offer.refundOfferID?.string))
        facts.append(("quote type", offer.refundQuoteType?.string))
        facts.append(("refundable", offer.isRefundable.map { $0 ? "yes" : "no" }))
        facts.append(("method", offer.refundMethod?.string))
        facts.append(("confirmation expected by", offer.expectedConfirmationDate?.description))
        facts.append(("refund expected by", offer.expectedRefundDate?.description))
        for voucher in offer.refundVouchers {
            let parts = [voucher.voucherCode?.string, voucher.estimatedRefund].compactMap { $0 }
            facts.append(("voucher", parts.isEmpty ? nil : parts.joined(separator: "  ")))
        }
    }

    // MARK: Amounts

    private mutating func addAmounts(_ answered: AnsweredAmounts, isPaid: Bool, isQuoted: Bool) {
        if answered.hasSeveralCurrencies { notes.append("The amounts are in several currencies.") }
        if answered.isInconsistent { notes.append("The amounts disagree with each other (QUOTE_INCONSISTENT).") }
        func text(_ amount: Amount?) -> String? {
            guard let amount, let currency = answered.currency else { return nil }
            return "\(amount.formatted(currency)) \(currency.code)"
        }
        // Atlas states an amount that it cannot quote as 0 or as the whole: neither is a promise.
        func quoted(_ amount: Amount?) -> String? { isQuoted ? text(amount) : "not quoted" }
        amounts = [
            ("original", text(answered.amounts.original)),
            (isPaid ? "penalty" : "expected penalty", quoted(answered.amounts.penalty)),
            (isPaid ? "refund before the fee" : "estimated refund before the fee", quoted(answered.refundBeforeFee)),
            ("transaction fee", text(answered.amounts.fee)),
            (isPaid ? "refund after the fee" : "expected refund after the fee", quoted(answered.amounts.refund)),
        ]
    }

    // MARK: Text

    private static let columnCount = 80
    private static let labelWidth = 33

    /// The table, without a line end after its last line; no line is wider than 80 columns.
    package var text: String {
        var lines: [String] = []
        for (label, value) in facts { lines += Self.lines(label, VisibleText.clean(value ?? "–")) }
        if !amounts.isEmpty {
            let width = amounts.compactMap { $0.value?.count }.max() ?? 1
            lines.append("")
            for (label, value) in amounts {
                let value = value ?? "–"
                lines.append(Self.padded(label) + String(repeating: " ", count: max(0, width - value.count)) + value)
            }
        }
        if !notes.isEmpty { lines += [""] + notes.flatMap { Self.wrapped($0, width: Self.columnCount) } }
        return lines.joined(separator: "\n")
    }

    private static func lines(_ label: String, _ value: String) -> [String] {
        wrapped(value, width: columnCount - labelWidth).enumerated().map { index, part in
            padded(index == 0 ? label : "") + part
        }
    }

    private static func padded(_ label: String) -> String {
        label + String(repeating: " ", count: max(1, labelWidth - label.count))
    }

    /// The text in lines of bounded length, broken at spaces if there are any.
    private static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var rest = text[...]
        while rest.count > width {
            let limit = rest.index(rest.startIndex, offsetBy: width)
            let space = rest[...limit].lastIndex(of: " ")
            let end = space.flatMap { $0 > rest.startIndex ? $0 : nil } ?? limit
            lines.append(String(rest[..<end]))
            rest = rest[end...].drop { $0 == " " }
        }
        return lines + [String(rest)]
    }
}

extension RefundStatus {
    /// Atlas's words for it.
    package var words: String {
        switch self {
        case .atlasProcessing: "Atlas processing"
        case .airlineProcessing: "airline processing"
        case .refunded: "refunded"
        case .airlineRefunding: "airline refunding"
        case .rejected: "rejected"
        case .fulfillmentDone: "fulfilment done"
        case .withdrew: "withdrew"
        }
    }
}

extension RefundReason {
    /// Atlas's words for it.
    package var words: String {
        switch self {
        case .involuntary: "involuntary"
        case .voluntary: "voluntary"
        case .void: "void"
        }
    }
}
