import Memory
import Refunds

/// The records of each order: everything that is decided about a refund is decided from the records of its order, so any
/// split by order gives the same rows.
///
/// Two things cross orders and are settled here: a case keyed by PNR and carrier takes its order number from the query's
/// answer, and an entry is looked for among the cases of its own order.
///
/// Records are brought together by sorting a hash of their order number beside their place: that goes through memory from one
/// end to the other, where looking each record up would wait for memory each time.
package struct OrderGroups: Sendable {
    /// Cases and webhooks of one order, as indices into the population, each in reading order.
    struct Group {
        var cases: [Int32] = []
        var webhooks: [Int32] = []
    }

    let keys: [UInt64]
    package let population: Population

    /// - Parameter keys: of the population's cases and webhooks, where they are sorted already.
    package init(_ population: Population, _ keys: OrderKeys? = nil) {
        var keys = keys ?? OrderKeys(cases: population.cases, webhooks: population.webhooks)
        keys.addAnswered(population)
        self.keys = keys.sorted
        self.population = population
    }

    // MARK: Going through them

    /// Some of the orders.
    package struct Part: Sendable {
        /// The places of the keys of their records.
        let keys: Range<Int>
    }

    /// Parts of about the same size, which together are all orders.
    package func parts(_ count: Int) -> [Part] {
        var end = 0
        return (1...count).map { part in
            let start = end
            end = max(start, keys.count * part / count)
            // No order is cut in two.
            while end > start, end < keys.count, keys[end] >> 32 == keys[end - 1] >> 32 { end += 1 }
            return Part(keys: start..<end)
        }
    }

    /// The matches of a part's records: parts can be worked on in any order, and in parallel.
    package func matches(in part: Part) -> OrderMatches { OrderMatches(self, part) }

    /// Calls `pair` for each order of one case and one webhook, and `group` for each other order that has
    /// webhooks.
    func forEach(
        in orders: Range<Int>, _ records: Population.View, pair: (_ case: Int32, _ webhook: Int32) -> Void,
        group: (Group) -> Void
    ) {
        keys.withUnsafeBufferPointer { Self.forEach($0, in: orders, records, pair: pair, group: group) }
    }

    private static func forEach(
        _ keys: UnsafeBufferPointer<UInt64>, in orders: Range<Int>, _ records: Population.View,
        pair: (Int32, Int32) -> Void, group: (Group) -> Void
    ) {
        var start = orders.lowerBound
        while start < orders.upperBound {
            prefetchAhead(keys, start, records)
            let hash = keys[start] >> 32
            var end = start + 1
            while end < orders.upperBound, keys[end] >> 32 == hash { end += 1 }
            let (first, last) = (keys[start], keys[end - 1])
            if end == start + 2, !OrderKeys.isWebhook(first), OrderKeys.isWebhook(last),
                orderNo(first, records) == orderNo(last, records)
            {
                pair(OrderKeys.index(first), OrderKeys.index(last))
            } else if OrderKeys.isWebhook(last) {
                for found in groups(keys[start..<end], records) where !found.webhooks.isEmpty { group(found) }
            }
            start = end
        }
    }

    /// Fetches the order numbers that will be compared soon: first the records, then, once these are there, the bytes.
    @inline(__always)
    static func prefetchAhead(_ keys: UnsafeBufferPointer<UInt64>, _ start: Int, _ records: Population.View) {
        guard start + 32 < keys.count, let cases = records.cases.baseAddress,
            let webhooks = records.webhooks.baseAddress
        else { return }
        for key in keys[start + 30...start + 31] {
            if OrderKeys.isWebhook(key) {
                prefetch(webhooks + Int(OrderKeys.index(key)))
            } else {
                prefetch(cases + Int(OrderKeys.index(key)))
            }
        }
        for key in keys[start + 14...start + 15] { orderNo(key, records)?.prefetchBytes() }
    }

    /// The orders among records of one hash: mostly one.
    private static func groups(_ keys: Slice<UnsafeBufferPointer<UInt64>>, _ records: Population.View) -> [Group] {
        var groups: [(orderNo: Text?, group: Group)] = []
        for key in keys {
            let orderNo = orderNo(key, records)
            let place = groups.firstIndex { $0.orderNo == orderNo } ?? groups.count
            if place == groups.count { groups.append((orderNo, Group())) }
            if OrderKeys.isWebhook(key) {
                groups[place].group.webhooks.append(OrderKeys.index(key))
            } else {
                groups[place].group.cases.append(OrderKeys.index(key))
            }
        }
        return groups.map(\.group)
    }

    /// The cases of an order, none if there is no such order.
    package func cases(of orderNo: Text) -> [Int32] {
        let hash = UInt64(truncatingIfNeeded: orderNo.keyHash)
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] >> 32 < hash { low = middle + 1 } else { high = middle }
        }
        let same = keys[low...].prefix { $0 >> 32 == hash && !OrderKeys.isWebhook($0) }
        return population.withView { records in
            same.filter { Self.orderNo($0, records) == orderNo }.map { OrderKeys.index($0) }
        }
    }

    @inline(__always)
    static func orderNo(_ key: UInt64, _ records: Population.View) -> Text? {
        let index = Int(OrderKeys.index(key))
        return OrderKeys.isWebhook(key) ? records.webhooks[index].orderNo : records.orderNo(index)
    }
}
