import Core

/// Cases and notifications sorted by a hash of their order number, so that those of an order stand together: cases before
/// notifications, each in reading order.
public struct OrderKeys: Sendable {
    /// The hash in the upper half; below it a bit for a notification, and the index of the record.
    private(set) var sorted: [UInt64] = []
    /// Cases that state no order number.
    private var unnamed: [Int] = []

    private static let notificationBit: UInt64 = 1 << 31

    public init(cases: [RefundCase], notifications: [Notification]) {
        sorted.reserveCapacity(cases.count + notifications.count)
        for (index, refundCase) in cases.enumerated() {
            if let orderNo = refundCase.orderNo {
                sorted.append(Self.key(orderNo, index))
            } else {
                unnamed.append(index)
            }
        }
        for (index, notification) in notifications.enumerated() {
            sorted.append(Self.key(notification.orderNo, index) | Self.notificationBit)
        }
        sorted.sortByUpperHalf()
    }

    /// Adds the cases whose order numbers are known from the answers about them. One that has none even so is not among them: no
    /// notification is its.
    mutating func addAnswered(_ population: Population) {
        let more = population.withView { records in
            unnamed.compactMap { index in records.orderNo(index).map { Self.key($0, index) } }
        }
        if more.isEmpty { return }
        // Cases stand before notifications, whatever was added last.
        let (cases, notifications) = (sorted.filter { !Self.isNotification($0) }, sorted.filter(Self.isNotification))
        sorted = (cases + more).sorted { Self.index($0) < Self.index($1) } + notifications
        sorted.sortByUpperHalf()
    }

    private static func key(_ orderNo: Text, _ index: Int) -> UInt64 {
        UInt64(truncatingIfNeeded: orderNo.keyHash) << 32 | UInt64(index)
    }

    static func isNotification(_ key: UInt64) -> Bool { key & notificationBit != 0 }

    static func index(_ key: UInt64) -> Int32 { Int32(truncatingIfNeeded: key & (notificationBit - 1)) }
}
