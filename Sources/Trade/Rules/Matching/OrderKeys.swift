import Memory
import Refunds

/// One record as it is sorted: a hash of its order number in the upper half; below it a bit for a webhook, and the index of
/// the record.
struct RecordKey {
    let bits: UInt64

    private static let webhookBit: UInt64 = 1 << 31

    init(bits: UInt64) { self.bits = bits }

    init(case index: Int, orderNo: Text) { bits = Self.hashBits(of: orderNo) | UInt64(index) }

    init(webhook index: Int, orderNo: Text) { bits = Self.hashBits(of: orderNo) | Self.webhookBit | UInt64(index) }

    /// The least key that a record of an order can have.
    static func hashBits(of orderNo: Text) -> UInt64 { UInt64(truncatingIfNeeded: orderNo.keyHash) << 32 }

    var orderHash: UInt64 { bits >> 32 }
    var isWebhook: Bool { bits & Self.webhookBit != 0 }
    var index: Int { Int(bits & (Self.webhookBit - 1)) }
}

/// Cases and webhooks sorted by a hash of their order number, so that those of an order are neighbours: cases before webhooks,
/// each in reading order.
package struct OrderKeys: Sendable {
    /// The bits of each `RecordKey`.
    private(set) var sorted: [UInt64] = []
    /// Cases that state no order number.
    private var unnamed: [Int] = []

    package init(cases: [RefundCase], webhooks: [Webhook]) {
        sorted.reserveCapacity(cases.count + webhooks.count)
        for (index, refundCase) in cases.enumerated() {
            if let orderNo = refundCase.orderNo {
                sorted.append(RecordKey(case: index, orderNo: orderNo).bits)
            } else {
                unnamed.append(index)
            }
        }
        for (index, webhook) in webhooks.enumerated() {
            sorted.append(RecordKey(webhook: index, orderNo: webhook.orderNo).bits)
        }
        sorted.sortByUpperHalf()
    }

    /// Adds the cases whose order numbers are known from the answers about them. Cases still without an order number are left
    /// out; no webhook can match them.
    mutating func addAnswered(_ population: Population) {
        let view = population.view
        var cases: [UInt64] = []
        for index in unnamed {
            if let orderNo = view.orderNo(ofCase: index) {
                cases.append(RecordKey(case: index, orderNo: orderNo).bits)
            }
        }
        if cases.isEmpty { return }
        // Cases come before webhooks, and each in reading order, whatever was added last.
        let lowerHalf = UInt64(UInt32.max)
        sorted = (sorted + cases).sorted { $0 & lowerHalf < $1 & lowerHalf }
        sorted.sortByUpperHalf()
    }
}
