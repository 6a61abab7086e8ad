import Memory
import Refunds

/// Cases and webhooks sorted by a hash of their order number, so that those of an order stand together: cases before
/// webhooks, each in reading order.
package struct OrderKeys: Sendable {
    /// The hash in the upper half; below it a bit for a webhook, and the index of the record.
    private(set) var sorted: [UInt64] = []
    /// Cases that state no order number.
    private var unnamed: [Int] = []

    private static let webhookBit: UInt64 = 1 << 31

    package init(cases: [RefundCase], webhooks: [Webhook]) {
        sorted.reserveCapacity(cases.count + webhooks.count)
        for (index, refundCase) in cases.enumerated() {
            if let orderNo = refundCase.orderNo {
                sorted.append(Self.key(orderNo, index))
            } else {
                unnamed.append(index)
            }
        }
        for (index, webhook) in webhooks.enumerated() {
            sorted.append(Self.key(webhook.orderNo, index) | Self.webhookBit)
        }
        sorted.sortByUpperHalf()
    }

    /// Adds the cases whose order numbers are known from the answers about them. Cases still without an order number are left
    /// out; no webhook can match them.
    mutating func addAnswered(_ population: Population) {
        let more = population.withView { records in
            unnamed.compactMap { index in records.orderNo(index).map { Self.key($0, index) } }
        }
        if more.isEmpty { return }
        // Cases come before webhooks, no matter which were added last.
        let (cases, webhooks) = (sorted.filter { !Self.isWebhook($0) }, sorted.filter(Self.isWebhook))
        sorted = (cases + more).sorted { Self.index($0) < Self.index($1) } + webhooks
        sorted.sortByUpperHalf()
    }

    private static func key(_ orderNo: Text, _ index: Int) -> UInt64 {
        UInt64(truncatingIfNeeded: orderNo.keyHash) << 32 | UInt64(index)
    }

    static func isWebhook(_ key: UInt64) -> Bool { key & webhookBit != 0 }

    static func index(_ key: UInt64) -> Int32 { Int32(truncatingIfNeeded: key & (webhookBit - 1)) }
}
