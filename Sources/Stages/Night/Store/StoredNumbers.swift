import Memory
import Refunds

/// The numbers by which the store keeps values that are words elsewhere: their places in these lists. A list may grow at
/// its end; what is in it stays where it is, for stores that were written before.
enum StoredNumbers {
    static let rowTypes: [RowType] = [.case, .orphanWebhook, .unrecordedRefund]
    static let outcomes = Outcome.allCases.sorted { $0.entry.number < $1.entry.number }
    static let reasons: [RefundReason] = [.involuntary, .voluntary, .void]
    static let paymentMethods: [PaymentMethod] = [.deposit, .vcc]
    static let quoteTypes: [RefundQuoteType] = [.accurateQuote, .cannotQuote]
    static let refundMethods: [RefundMethod] = [.cashBackToOriginalPayment, .voucher]

    /// The number of a value from 1 on; 0 for none.
    @inline(__always)
    static func number<Value: Equatable>(of value: Value?, in list: [Value]) -> UInt64 {
        guard let value else { return 0 }
        guard let place = list.firstIndex(of: value) else { preconditionFailure("\(value) has no number in the store") }
        return UInt64(place + 1)
    }

    /// The value with a number; nil for 0.
    @inline(__always)
    static func value<Value>(_ number: UInt64, in list: [Value]) throws(MalformedBytes) -> Value? {
        if number == 0 { return nil }
        guard number <= UInt64(list.count) else { throw MalformedBytes() }
        return list[Int(number - 1)]
    }
}

/// The first byte of each piece of an order.
enum PieceTag: UInt8 {
    case end = 0
    case record, webhook, answer, item
}

/// The format of a part's content. A store with another one belongs to another program.
enum PartFormat {
    static let version: UInt8 = 1
    /// How many texts of a section are numbered; later ones are written each time.
    static let textCount = 60
}
