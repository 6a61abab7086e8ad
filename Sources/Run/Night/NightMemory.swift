import Bytes
import Core
import Ingest
import Query
import Reconcile
import State

/// What the nights before left of the orders that a run needs.
///
/// It reads the store, one order after another as they are asked for, so it stays with the task that made it.
final class NightMemory {
    private let store: NightStore
    private let opened: OpenedNight?
    /// nil on the first night.
    private let memory: OrderMemory?
    /// Where the orders stand that were recalled.
    private var places: Set<OrderPlace> = []
    /// The orders that were recalled: what is outstanding, and what tonight's evidence touches.
    private(set) var orders: [RememberedOrder] = []
    private(set) var opening: NightOpening

    /// Recalls what is outstanding.
    ///
    /// - Parameter rememberDays: for so many days after it was settled an order is remembered.
    init(_ store: NightStore, asOf: CalendarDate, rememberDays: Int) throws(StateError) {
        self.store = store
        opened = try store.opening(before: asOf)
        guard let opened else {
            (memory, opening) = (nil, NightOpening())
            return
        }
        let memory = try OrderMemory(opened, path: store.path, asOf: asOf, rememberDays: rememberDays) {
            (part) throws(StateError) in try store.index(of: part)
        }
        self.memory = memory
        opening = NightOpening()
        _ = try recall(at: Set(memory.outstanding))
        let content = { (part: StoredPart) throws(StateError) in try store.content(of: part) }
        opening = NightOpening(
            asOf: opened.asOf, digest: opened.digest, items: orders.flatMap(\.items), balance: opened.figures.balance,
            breaks: orders.flatMap(\.breaks)
                + (try memory.breaks(at: memory.withBreaks.filter { !places.contains($0) }, content: content)))
    }

    /// Whether something is remembered of the order that a record is about.
    var mayBeRemembered: @Sendable (RefundCase) -> Bool {
        guard let memory else { return { _ in false } }
        return { record in
            if let orderNo = record.orderNo, memory.mayHave(.order(orderNo)) { return true }
            guard let airlinePNR = record.airlinePNR, let carrier = record.carrier else { return false }
            return memory.mayHave(.locator(airlinePNR: airlinePNR, carrier: carrier))
        }
    }

    /// Whether something is remembered of the order that an answer is about.
    var mayBeAnswered: (@Sendable (CaseKey) -> Bool)? {
        guard let memory else { return nil }
        return { key in key.link.map { memory.mayHave($0) } ?? false }
    }

    /// Recalls the orders that records touch, and those that these lead to.
    func recall(touchedBy cases: some Sequence<RefundCase>, _ notifications: [Notification]) throws(StateError) {
        guard let memory else { return }
        var links: Set<OrderLink> = []
        for refundCase in cases { links.formUnion(refundCase.links) }
        for notification in notifications where memory.mayHave(.order(notification.orderNo)) {
            links.insert(.order(notification.orderNo))
        }
        _ = try recall(links)
    }

    /// Recalls the orders of rows.
    func recall(_ keys: [RowKey]) throws(StateError) {
        var links: Set<OrderLink> = []
        for key in keys {
            if let orderNo = key.orderNo {
                links.insert(.order(orderNo))
            } else if let airlinePNR = key.airlinePNR, let carrier = key.carrier {
                links.insert(.locator(airlinePNR: airlinePNR, carrier: carrier))
            } else if let refundCode = key.refundCode {
                links.insert(.unnamedRefund(refundCode))
            }
        }
        _ = try recall(links)
    }

    /// Recalls the orders that answers name; gives whether there are more than before.
    func recall(namedBy statuses: Statuses, _ cases: [RefundCase]) throws(StateError) -> Bool {
        var links = Set(statuses.remembered.compactMap(\.link))
        for place in statuses.answers.mayNameOtherRefunds {
            if let answer = statuses.answers[place] {
                links.formUnion(answer.entries.links(askedAbout: cases[place].key))
            }
        }
        for (place, refundCase) in cases.enumerated() where refundCase.orderNo == nil {
            if let answer = statuses.answers[place] {
                links.formUnion(answer.entries.links(askedAbout: refundCase.key))
            }
        }
        return try recall(links)
    }

    /// Recalls the orders that these find, and those that they lead to; gives whether there are more than before.
    func recall(_ links: Set<OrderLink>) throws(StateError) -> Bool {
        guard let memory else { return false }
        return try recall(at: Set(links.flatMap { memory.places(of: $0) }))
    }

    /// Recalls orders, and those that these lead to; gives whether there are more than before.
    private func recall(at wanted: Set<OrderPlace>) throws(StateError) -> Bool {
        guard let memory else { return false }
        var next = wanted.subtracting(places)
        let hasMore = !next.isEmpty
        while !next.isEmpty {
            places.formUnion(next)
            let found = try memory.orders(at: next) { (part) throws(StateError) in try store.content(of: part) }
            orders += found
            var links: Set<OrderLink> = []
            for order in found { links.formUnion(order.links) }
            next = Set(links.flatMap { memory.places(of: $0) }).subtracting(places)
        }
        return hasMore
    }

    // MARK: What the night leaves

    /// The night as it is being written; nil until `keep`.
    private(set) var draft: NightDraft?

    /// Writes what the nights to come need of the orders that the night examined; gives the SHA-256 of all that the night
    /// hands on.
    func keep(_ closed: ClosedOrders, _ figures: NightFigures, asOf: CalendarDate, threads: Int) async throws -> String
    {
        do {
            let draft = try store.draft(asOf, openedFrom: opened)
            draft.figures = figures
            var gone = Set(orders.map(\.identity))
            let recalled = gone
            try await parallelMap(closed.parts(orderCount: Self.ordersAPart), width: threads) { part in
                var writer = PartWriter()
                var written: [OrderLink] = []
                closed.forEachOrder(in: part) { order in
                    writer.add(order)
                    if recalled.contains(order.identity) { written.append(order.identity) }
                }
                let (index, content) = writer.finish()
                return Encoded(part: NewPart(index: index, content: content), recalled: written)
            } consume: { encoded in
                try draft.append(encoded.part)
                gone.subtract(encoded.recalled)
            }
            var writer = PartWriter()
            for order in closed.unnamedOrders() {
                writer.add(order)
                gone.remove(order.identity)
            }
            // An order that is known by another identity now.
            for order in orders where gone.contains(order.identity) { writer.addTombstone(order.identity) }
            for order in try sparseOrders() { writer.add(order) }
            let (index, content) = writer.finish()
            try draft.append(NewPart(index: index, content: content))
            draft.handOn(memory?.partsStillLive(without: places) ?? [])
            self.draft = draft
            return draft.digest
        } catch let error as StateError { throw RunFailure(error) }
    }

    /// The orders that still count in parts of which little does: written anew, they let these parts go.
    private func sparseOrders() throws(StateError) -> [RememberedOrder] {
        guard let memory else { return [] }
        let sparse = memory.sparse(without: places)
        places.formUnion(sparse)
        return try memory.orders(at: sparse) { (part) throws(StateError) in try store.content(of: part) }.map { order in
            var order = order
            // Tonight they were open once more.
            for index in order.breaks.indices { order.breaks[index].nights += 1 }
            return order
        }
    }

    private struct Encoded: Sendable {
        let part: NewPart
        /// Orders in it that were recalled.
        let recalled: [OrderLink]
    }

    /// So many orders make a part of about a megabyte.
    private static let ordersAPart = 8192
}
