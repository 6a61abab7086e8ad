import Memory
import Refunds

/// The orders that have a number, in the order in which their first record was read, cases before webhooks: the same
/// records always give the same list.
package struct OrderList: Sendable {
    private let groups: OrderGroups
    /// The index of the first record in the upper half, and the place of the order's first key.
    private let starts: [UInt64]

    /// The orders of a part of all records; several parts are looked at beside each other.
    package struct Part: Sendable {
        fileprivate let starts: [UInt64]

        package init(_ groups: OrderGroups, _ part: OrderGroups.Part) {
            let caseCount = groups.population.cases.count
            var starts: [UInt64] = []
            groups.forEachOrder(in: part) { firstKey, _, _, _ in
                let first = RecordKey(bits: groups.keys[firstKey])
                let index = first.index + (first.isWebhook ? caseCount : 0)
                starts.append(UInt64(index) << 32 | UInt64(firstKey))
            }
            self.starts = starts
        }
    }

    /// - Parameter parts: all of them.
    package init(_ groups: OrderGroups, _ parts: [Part]) {
        self.groups = groups
        var starts = parts.flatMap(\.starts)
        starts.sortByUpperHalf()
        self.starts = starts
    }

    /// Parts with a limited number of orders, which can be looked at beside each other.
    package func parts(orderCount: Int) -> [Range<Int>] {
        stride(from: 0, to: starts.count, by: orderCount).map { $0..<min($0 + orderCount, starts.count) }
    }

    /// Calls `body` for each order of a part.
    package func forEach(
        in part: Range<Int>,
        _ body: (_ orderNo: Text, _ records: OrderRecords, _ view: borrowing Population.View) -> Void
    ) {
        let (keys, view, starts) = (groups.keys.span, groups.population.view, self.starts.span)
        var records = OrderRecords()
        for position in part {
            let orderNo = OrderGroups.read(&records, ofOrderAt: Int(starts[position] & 0xFFFF_FFFF), keys, view)
            body(orderNo, records, view)
        }
    }
}
