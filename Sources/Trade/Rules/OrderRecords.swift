import Memory
import Refunds

/// The cases and webhooks of one order, as indices into the population, each in reading order.
package struct OrderRecords: Sendable {
    package var cases: [Int32] = []
    package var webhooks: [Int32] = []

    package init() {}
}

/// The orders that have a number, in the order in which their first record was read, cases before webhooks: the same
/// records always give the same list.
package struct OrderList: Sendable {
    private let groups: OrderGroups
    /// The index of the first record in the upper half, and where the order's first key stands.
    private let starts: [UInt64]

    /// The orders of a part of all records; several parts are looked at beside each other.
    package struct Part: Sendable {
        fileprivate let starts: [UInt64]

        package init(_ groups: OrderGroups, _ part: OrderGroups.Part) {
            let webhooksAfter = UInt64(groups.population.cases.count)
            var starts: [UInt64] = []
            starts.reserveCapacity(part.keys.count)
            func add(_ place: Int, _ key: UInt64) {
                let index = UInt64(OrderKeys.index(key)) + (OrderKeys.isWebhook(key) ? webhooksAfter : 0)
                starts.append(index << 32 | UInt64(place))
            }
            groups.withKeys { keys, view in
                var start = part.keys.lowerBound
                while start < part.keys.upperBound {
                    OrderGroups.prefetchAhead(keys, start, view)
                    let hash = keys[start] >> 32
                    add(start, keys[start])
                    var end = start + 1
                    // Mostly all records of a hash are one order's.
                    var others: [Text] = []
                    let orderNo = OrderGroups.orderNo(keys[start], view)
                    while end < part.keys.upperBound, keys[end] >> 32 == hash {
                        if let other = OrderGroups.orderNo(keys[end], view), other != orderNo,
                            !others.contains(other)
                        {
                            others.append(other)
                            add(end, keys[end])
                        }
                        end += 1
                    }
                    start = end
                }
            }
            self.starts = starts
        }
    }

    /// - Parameter parts: all of them.
    package init(_ groups: OrderGroups, _ parts: [Part]) {
        self.groups = groups
        var starts: [UInt64] = []
        starts.reserveCapacity(parts.reduce(0) { $0 + $1.starts.count })
        for part in parts { starts += part.starts }
        starts.sortByUpperHalf()
        self.starts = starts
    }

    /// Parts with a bounded number of orders, which can be worked on in parallel.
    package func parts(orderCount: Int) -> [Range<Int>] {
        stride(from: 0, to: starts.count, by: orderCount).map { $0..<min($0 + orderCount, starts.count) }
    }

    /// Calls `body` for each order of a part.
    package func forEach<Failure: Error>(
        in part: Range<Int>,
        _ body: (_ orderNo: Text, _ records: OrderRecords, _ view: Population.View) throws(Failure) -> Void

    ) throws(Failure) {
        try groups.withKeys { (keys, view) throws(Failure) in
            var records = OrderRecords()
            for position in part {
                prefetchAhead(position, part, keys, view)
                let first = Int(starts[position] & 0xFFFF_FFFF)
                guard let orderNo = OrderGroups.orderNo(keys[first], view) else {
                    preconditionFailure("a record without an order number among those of an order")
                }
                let hash = keys[first] >> 32
                records.cases.removeAll(keepingCapacity: true)
                records.webhooks.removeAll(keepingCapacity: true)
                var place = first
                while place < keys.count, keys[place] >> 32 == hash {
                    let key = keys[place]
                    place += 1
                    guard OrderGroups.orderNo(key, view) == orderNo else { continue }
                    if OrderKeys.isWebhook(key) {
                        records.webhooks.append(OrderKeys.index(key))
                    } else {
                        records.cases.append(OrderKeys.index(key))
                    }
                }
                try body(orderNo, records, view)
            }
        }
    }
}

extension OrderList {
    /// Fetches what will be read soon: first where the order's first record is, then, once that is there, the record.
    @inline(__always)
    private func prefetchAhead(
        _ position: Int, _ part: Range<Int>, _ keys: UnsafeBufferPointer<UInt64>, _ view: Population.View
    ) {
        guard position + 16 < part.upperBound else { return }
        prefetch(keys.place(of: Int(starts[position + 16] & 0xFFFF_FFFF)))
        let place = Int(starts[position + 8] & 0xFFFF_FFFF)
        for key in keys[place..<min(place + 2, keys.count)] {
            let index = Int(OrderKeys.index(key))
            if OrderKeys.isWebhook(key) {
                prefetch(view.webhooks.place(of: index))
            } else {
                prefetch(view.cases.place(of: index))
                view.answers.prefetchAnswer(index)
            }
        }
    }
}

extension OrderGroups {
    func withKeys<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt64>, Population.View) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try population.withView { (view) throws(Failure) in
            try keys.withUnsafeBufferPointer { (keys) throws(Failure) in try body(keys, view) }
        }
    }

    /// Whether any case or webhook is of that order.
    package func hasOrder(_ orderNo: Text) -> Bool {
        let hash = UInt64(truncatingIfNeeded: orderNo.keyHash)
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] >> 32 < hash { low = middle + 1 } else { high = middle }
        }
        return population.withView { view in
            keys[low...].prefix { $0 >> 32 == hash }.contains { Self.orderNo($0, view) == orderNo }
        }
    }

    /// The cases whose order number nobody knows.
    package var unnamedCases: [Int] {
        population.withView { view in
            view.cases.indices.filter { view.cases[$0].orderNo == nil && view.orderNo($0) == nil }
        }
    }
}
