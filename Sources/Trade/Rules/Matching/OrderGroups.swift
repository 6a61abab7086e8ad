import Memory
import Refunds

/// The cases and webhooks of one order, as indices into the population, each in reading order.
package struct OrderRecords: Sendable {
    package var cases: [Int32] = []
    package var webhooks: [Int32] = []

    package init() {}

    var count: Int { cases.count + webhooks.count }

    mutating func append(_ key: RecordKey) {
        if key.isWebhook { webhooks.append(Int32(key.index)) } else { cases.append(Int32(key.index)) }
    }

    mutating func removeAll() {
        cases.removeAll(keepingCapacity: true)
        webhooks.removeAll(keepingCapacity: true)
    }
}

/// The records of each order: everything that is decided about a refund is decided from the records of its order, so any
/// split by order gives the same rows.
///
/// Two things cross orders and are settled here: a case keyed by PNR and carrier takes its order number from the query's
/// answer, and an entry is looked for among the cases of its own order.
///
/// Records are brought together by sorting a hash of their order number beside their index: that goes through memory from one
/// end to the other, while looking up each record would wait for memory each time.
package struct OrderGroups: Sendable {
    let keys: [UInt64]
    package let population: Population

    /// - Parameter keys: of the population's cases and webhooks, where they are sorted already.
    package init(_ population: Population, _ keys: OrderKeys? = nil) {
        var keys = keys ?? OrderKeys(cases: population.cases, webhooks: population.webhooks)
        keys.addAnswered(population)
        self.keys = keys.sorted
        self.population = population
    }

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
            while end > start, end < keys.count, hash(end) == hash(end - 1) { end += 1 }
            return Part(keys: start..<end)
        }
    }

    private func hash(_ place: Int) -> UInt64 { RecordKey(bits: keys[place]).orderHash }

    /// What the records of a part say of each other: parts can be looked at in any order, and beside each other.
    package func matches(in part: Part) -> OrderMatches { OrderMatches(self, part) }

    /// Calls `body` for each order of a part, with the place of its first key.
    func forEachOrder(
        in part: Part,
        _ body: (_ firstKey: Int, _ orderNo: Text, _ records: OrderRecords, _ view: borrowing Population.View) -> Void
    ) {
        let (keys, view) = (self.keys.span, population.view)
        var records = OrderRecords()
        var start = part.keys.lowerBound
        while start < part.keys.upperBound {
            let hash = RecordKey(bits: keys[start]).orderHash
            var end = start + 1
            while end < part.keys.upperBound, RecordKey(bits: keys[end]).orderHash == hash { end += 1 }
            let orderNo = Self.read(&records, ofOrderAt: start, keys, view)
            body(start, orderNo, records, view)
            // Orders can share a hash, and hardly ever do.
            if records.count < end - start {
                var known = [orderNo]
                for place in start + 1..<end {
                    guard let other = view.orderNo(of: RecordKey(bits: keys[place])), !known.contains(other) else {
                        continue
                    }
                    known.append(other)
                    _ = Self.read(&records, ofOrderAt: place, keys, view)
                    body(place, other, records, view)
                }
            }
            start = end
        }
    }

    /// Reads the records of an order; gives its number.
    ///
    /// - Parameter firstKey: the place of the order's first key.
    static func read(
        _ records: inout OrderRecords, ofOrderAt firstKey: Int, _ keys: Span<UInt64>, _ view: borrowing Population.View
    ) -> Text {
        let first = RecordKey(bits: keys[firstKey])
        guard let orderNo = view.orderNo(of: first) else {
            preconditionFailure("a record without an order number among those of an order")
        }
        records.removeAll()
        records.append(first)
        var place = firstKey + 1
        while place < keys.count {
            let key = RecordKey(bits: keys[place])
            guard key.orderHash == first.orderHash else { break }
            if view.orderNo(of: key) == orderNo { records.append(key) }
            place += 1
        }
        return orderNo
    }

    // MARK: One order

    /// The keys of records whose order has the same hash as an order number.
    private func keys(like orderNo: Text) -> [RecordKey] {
        let hashBits = RecordKey.hashBits(of: orderNo)
        let start = keys.partitioningIndex { $0 >= hashBits }
        return keys[start...].prefix { $0 >> 32 == hashBits >> 32 }.map { RecordKey(bits: $0) }
    }

    /// The cases of an order, none if there is no such order.
    package func cases(of orderNo: Text) -> [Int32] {
        let view = population.view
        var cases: [Int32] = []
        for key in keys(like: orderNo) where !key.isWebhook && view.orderNo(of: key) == orderNo {
            cases.append(Int32(key.index))
        }
        return cases
    }

    /// Whether any case or webhook is of that order.
    package func hasOrder(_ orderNo: Text) -> Bool {
        let view = population.view
        for key in keys(like: orderNo) where view.orderNo(of: key) == orderNo { return true }
        return false
    }

    /// The cases whose order number nobody knows.
    package var unnamedCases: [Int] {
        let view = population.view
        var unnamed: [Int] = []
        for index in view.cases.indices where view.orderNo(ofCase: index) == nil { unnamed.append(index) }
        return unnamed
    }
}
