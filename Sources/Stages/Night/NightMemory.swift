import Memory
import Refunds
import Rules
import Tasks

/// The memory of the orders that a run needs, from the nights before.
///
/// It reads the store, one order after another as they are asked for, so it stays with the task that made it.
package final class NightMemory {
    package let store: NightStore
    package let threads: Int
    package let opened: OpenedNight?
    /// nil on the first night.
    package var memory: OrderMemory?
    /// The places of the recalled orders.
    package var places = OrderPlaces()
    /// The links of the recalled orders: outstanding ones, and those that tonight's evidence touches.
    package var identities: [OrderLink] = []
    /// Their contents that were not handed out yet.
    private var records: [RememberedRecord] = []
    private var webhooks: [RememberedWebhook] = []
    private var answers: [RememberedAnswer] = []
    private var handedOut: CarriedRecords?
    package private(set) var opening = NightOpening()

    /// Recalls the outstanding orders.
    ///
    /// - Parameter rememberDays: how many days after it was settled an order is remembered.
    package init(_ store: NightStore, asOf: CalendarDate, rememberDays: Int, threads: Int) async throws {
        self.store = store
        self.threads = threads
        opened = try store.opening(before: asOf)
        if let opened {
            let path = store.path
            let stored = try opened.parts.map { (part) throws(StateError) in try store.storedIndex(of: part) }
            var indexes: [PartIndex] = []
            try await parallelMap(stored, width: threads) { stored in
                stored.isAsWritten
                    ? try PartIndex(stored.bytes, asOf: asOf, rememberDays: rememberDays, path: path) : nil
            } consume: { index in
                guard let index else { return try store.check(stored[indexes.count], isAsWritten: false) }
                indexes.append(index)
            }
            memory = try OrderMemory(opened, indexes, path: path)
        }
        try await recallOutstanding()
    }

    /// Recalls the orders that are outstanding, and the breaks of all orders.
    private func recallOutstanding() async throws {
        guard let memory, let opened else { return }
        // As many again may be touched; room that is not used takes no memory.
        records.reserveCapacity(2 * memory.outstanding.count)
        answers.reserveCapacity(2 * memory.outstanding.count)
        identities.reserveCapacity(2 * memory.outstanding.count)
        var (items, breaks): ([OpenItem], [BreakRecord]) = ([], [])
        items.reserveCapacity(memory.outstanding.count)
        breaks.reserveCapacity(memory.withBreaks.count)
        try await recall(memory.outstanding, memory) { order in
            items += order.items
            breaks += order.breaks
        }
        let known = places
        try await read(memory.readings(of: memory.withBreaks.filter { !known.contains($0) })) {
            (reading, content) throws(StateError) in
            try reading.breaks(in: content)
        } consume: { _, found in
            breaks += found
        }
        opening = NightOpening(
            asOf: opened.asOf, digest: opened.digest, items: items, balance: opened.figures.balance, breaks: breaks)
    }

    /// All that was recalled so far. The memory keeps no copy of its own.
    package func carried(_ files: CarriedFileNumbers) -> CarriedRecords {
        var (records, webhooks, answers): ([RememberedRecord], [RememberedWebhook], [RememberedAnswer])
        (records, webhooks, answers) = ([], [], [])
        swap(&records, &self.records)
        swap(&webhooks, &self.webhooks)
        swap(&answers, &self.answers)
        if let before = handedOut {
            records = before.records + records
            webhooks = before.webhooks + webhooks
            answers = before.answers + answers
        }
        let carried = CarriedRecords(
            records: consume records, webhooks: consume webhooks, answers: answers, files: files)
        handedOut = carried
        return carried
    }

    /// Frees the contents handed out and the index of orders: nothing more will be recalled.
    package func letGo() {
        handedOut = nil
        followed = []
        memory?.forgetLinks()
    }

    /// Whether something is remembered of the order that a record is about.
    package var mayBeRemembered: @Sendable (RefundCase) -> Bool {
        guard let memory else { return { _ in false } }
        return { record in
            if let orderNo = record.orderNo, memory.mayHave(.order(orderNo)) { return true }
            guard let airlinePNR = record.airlinePNR, let carrier = record.carrier else { return false }
            return memory.mayHave(.locator(airlinePNR: airlinePNR, carrier: carrier))
        }
    }

    /// Whether something is remembered of the order that an answer is about.
    package var mayBeAnswered: (@Sendable (RefundIdentity) -> Bool)? {
        guard let memory else { return nil }
        return { key in
            var links = OrderLinks()
            links.add(key)
            return links.list.contains { memory.mayHave($0) }
        }
    }

    /// Recalls the orders that records touch, and those that these lead to.
    package func recall(touchedBy cases: some Sequence<RefundCase>, _ webhooks: [Webhook]) async throws {
        guard let memory else { return }
        var links = OrderLinks()
        for refundCase in cases { links.add(refundCase) }
        var found = Candidates()
        add(links.list, to: &found, memory)
        let parts = stride(from: 0, to: webhooks.count, by: Self.webhooksAtATime).map {
            $0..<min($0 + Self.webhooksAtATime, webhooks.count)
        }
        try await parallelMap(parts, width: threads) { part in
            var found = OrderMemory.Found()
            for webhook in webhooks[part] { memory.find(.order(webhook.orderNo), into: &found) }
            return found
        } consume: {
            add($0, to: &found, memory)
        }
        try await recall(found, memory)
    }

    private static let webhooksAtATime = 65_536

    /// Recalls the orders of rows.
    package func recall(_ keys: [RowKey]) async throws {
        var links = OrderLinks()
        for key in keys { links.add(key) }
        _ = try await recall(links)
    }

    /// Recalls the orders that answers name; gives whether there are more than before.
    package func recall(
        namedBy answers: StatusAnswers, of cases: [RefundCase], and keys: [RefundIdentity]
    ) async throws -> Bool {
        var links = OrderLinks()
        for key in keys { links.add(key) }
        func add(_ place: Int) {
            if let answer = answers[place] {
                links.add(answer.entries, answerTo: cases[place].identity.lookupKey)
            }
        }
        for place in answers.mayNameOtherRefunds { add(place) }
        for place in cases.indices where cases[place].orderNo == nil { add(place) }
        return try await recall(links)
    }

    /// Recalls the orders that these find, and those that they lead to; gives whether there are more than before.
    private func recall(_ links: OrderLinks) async throws -> Bool {
        guard let memory else { return false }
        var found = Candidates()
        add(links.list, to: &found, memory)
        return try await recall(found, memory)
    }

    /// The night as it is being written; nil until `keep`.
    package internal(set) var draft: NightDraft?

    // MARK: Following links

    /// Orders that may have the link by which each was found.
    private typealias Candidates = [OrderPlace: [OrderLink]]

    /// Links of many orders that were followed: each is once.
    private var followed: Set<OrderLink> = []

    private func add(_ links: [OrderLink], to candidates: inout Candidates, _ memory: OrderMemory) {
        var found = OrderMemory.Found()
        for link in links { memory.find(link, into: &found) }
        add(found, to: &candidates, memory)
    }

    private func add(_ found: OrderMemory.Found, to candidates: inout Candidates, _ memory: OrderMemory) {
        for (place, link) in found.orders where !places.contains(place) { candidates[place, default: []].append(link) }
        for link in found.shared where followed.insert(link).inserted {
            for place in memory.places(of: link) where !places.contains(place) {
                candidates[place, default: []].append(link)
            }
        }
    }

    /// Recalls those that have the link, and those that these lead to; gives whether there are any.
    ///
    /// - Parameter body: is given each of them.
    @discardableResult
    private func recall(
        _ candidates: Candidates, _ memory: OrderMemory, _ body: (RememberedOrder) -> Void = { _ in }
    ) async throws -> Bool {
        var next = candidates
        var hasMore = false
        while !next.isEmpty {
            let wanted = next
            next = Candidates()
            let before = identities.count
            let led = try await recall(wanted.keys.filter { !places.contains($0) }, having: wanted, memory, body)
            for found in led { add(found, to: &next, memory) }
            hasMore = hasMore || identities.count > before
        }
        return hasMore
    }

    /// Recalls orders, and those that these lead to.
    ///
    /// - Parameter body: is given each of them.
    private func recall(
        _ wanted: [OrderPlace], _ memory: OrderMemory, _ body: (RememberedOrder) -> Void
    ) async throws {
        var next = Candidates()
        for found in try await recall(wanted, having: nil, memory, body) { add(found, to: &next, memory) }
        try await recall(next, memory, body)
    }

    /// Recalls orders; returns the links to further ones.
    ///
    /// - Parameters:
    ///   - wanted: none of them was recalled before.
    ///   - candidates: the links of which an order must have one; nil where all are wanted.
    private func recall(
        _ wanted: [OrderPlace], having candidates: Candidates?, _ memory: OrderMemory,
        _ body: (RememberedOrder) -> Void
    ) async throws -> [OrderMemory.Found] {
        var led: [OrderMemory.Found] = []
        try await read(memory.readings(of: wanted)) {
            (reading, content) throws(StateError) -> (orders: [(OrderPlace, RememberedOrder)], led: OrderMemory.Found)
            in
            var (orders, led) = ([(OrderPlace, RememberedOrder)](), OrderMemory.Found())
            for (place, order) in zip(reading.places, try reading.orders(in: content)) {
                let links = order.links
                // Links with the same hash are distinguished here.
                if let candidates, candidates[place]?.contains(where: links.contains) != true { continue }
                for link in links { memory.find(link, of: place, into: &led) }
                orders.append((place, order))
            }
            return (orders, led)
        } consume: { _, found in
            for (place, order) in found.orders {
                keep(order, at: place)
                body(order)
            }
            led.append(found.led)
        }
        return led
    }

    /// Reads parts of the store one after another, and decodes them on all tasks.
    package func read<Result: Sendable>(
        _ readings: [OrderMemory.Reading],
        _ decode: @escaping @Sendable (OrderMemory.Reading, [UInt8]) throws(StateError) -> Result,
        consume: (OrderMemory.Reading, Result) throws -> Void
    ) async throws {
        for start in stride(from: 0, to: readings.count, by: Self.partsAtATime) {
            let parts = try readings[start..<min(start + Self.partsAtATime, readings.count)].map {
                (reading) throws(StateError) in (reading, try store.storedContent(of: reading.part))
            }
            try await parallelMap(parts, width: threads) { (reading, content) in
                let isAsWritten = content.isAsWritten
                return (reading, content, isAsWritten ? try decode(reading, content.bytes) : nil)
            } consume: { (reading, content, result) in
                try store.check(content, isAsWritten: result != nil)
                if let result { try consume(reading, result) }
            }
        }
    }

    /// The number of parts held at a time.
    private static let partsAtATime = 8

    // MARK: Recalled orders

    private func keep(_ order: RememberedOrder, at place: OrderPlace) {
        places.insert(place)
        identities.append(order.identity)
        records += order.records
        webhooks += order.webhooks
        answers += order.answers
    }
}
