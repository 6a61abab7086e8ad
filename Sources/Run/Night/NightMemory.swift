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
    private var places = OrderPlaces()
    /// What the orders are called that were recalled: those that are outstanding, and those that tonight's evidence touches.
    private var identities: [OrderLink] = []
    /// What they hold and was not handed out yet.
    private var records: [RememberedRecord] = []
    private var notifications: [RememberedNotification] = []
    private var answers: [RememberedAnswer] = []
    private var handedOut: CarriedRecords?
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
        var (items, breaks): ([OpenItem], [BreakRecord]) = ([], [])
        _ = try recall(at: memory.outstanding) { order in
            items += order.items
            breaks += order.breaks
        }
        let known = places
        breaks += try memory.breaks(at: memory.withBreaks.filter { !known.contains($0) }) {
            (part) throws(StateError) in try store.content(of: part)
        }
        // By id, as the files of the report have them: one that is made again has nothing else to go by.
        let open = HandedOn(items: items, breaks: breaks)
        opening = NightOpening(
            asOf: opened.asOf, digest: opened.digest, items: open.items, balance: opened.figures.balance,
            breaks: open.breaks)
    }

    /// All that was recalled so far. The memory keeps no copy of its own.
    func carried(_ files: CarriedFileNumbers) -> CarriedRecords {
        let further = (records: records, notifications: notifications, answers: answers)
        (records, notifications, answers) = ([], [], [])
        let carried: CarriedRecords
        if let before = handedOut {
            carried = CarriedRecords(
                records: before.records + further.records, notifications: before.notifications + further.notifications,
                answers: before.answers + further.answers, files: files)
        } else {
            carried = CarriedRecords(
                records: further.records, notifications: further.notifications, answers: further.answers, files: files)
        }
        handedOut = carried
        return carried
    }

    /// Lets go of what was handed out: nothing more will be recalled.
    func letGo() { handedOut = nil }

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
        return { key in
            var links = OrderLinks()
            links.add(key)
            return links.list.contains { memory.mayHave($0) }
        }
    }

    /// Recalls the orders that records touch, and those that these lead to.
    func recall(touchedBy cases: some Sequence<RefundCase>, _ notifications: [Notification]) throws(StateError) {
        guard let memory else { return }
        var found = Candidates()
        var links = OrderLinks()
        for refundCase in cases { links.add(refundCase) }
        for link in links.list { add(link, to: &found, memory) }
        for notification in notifications { add(.order(notification.orderNo), to: &found, memory) }
        _ = try recall(found)
    }

    /// Recalls the orders of rows.
    func recall(_ keys: [RowKey]) throws(StateError) {
        var links = OrderLinks()
        for key in keys { links.add(key) }
        _ = try recall(links)
    }

    /// Recalls the orders that answers name; gives whether there are more than before.
    func recall(namedBy statuses: Statuses, _ cases: [RefundCase]) throws(StateError) -> Bool {
        var links = OrderLinks()
        for key in statuses.remembered { links.add(key) }
        func add(_ place: Int) {
            if let answer = statuses.answers[place] { links.add(answer.entries, answerTo: cases[place].key) }
        }
        for place in statuses.answers.mayNameOtherRefunds { add(place) }
        for place in cases.indices where cases[place].orderNo == nil { add(place) }
        return try recall(links)
    }

    /// Recalls the orders that these find, and those that they lead to; gives whether there are more than before.
    func recall(_ links: OrderLinks) throws(StateError) -> Bool {
        guard let memory else { return false }
        var found = Candidates()
        for link in links.list { add(link, to: &found, memory) }
        return try recall(found)
    }

    /// Orders that may have the link by which each was found.
    private typealias Candidates = [OrderPlace: [OrderLink]]

    /// Links of many orders that were followed: each is once, or it would take the square of these orders.
    private var followed: Set<OrderLink> = []
    private static let fewOrders = 8

    private func add(_ link: OrderLink, to found: inout Candidates, _ memory: OrderMemory) {
        let orders = memory.places(of: link)
        if orders.isEmpty || (orders.count > Self.fewOrders && !followed.insert(link).inserted) { return }
        for place in orders where !places.contains(place) { found[place, default: []].append(link) }
    }

    /// Recalls those that have the link, and those that these lead to; gives whether there are any.
    private func recall(_ candidates: Candidates) throws(StateError) -> Bool {
        try recall(at: candidates.keys, having: candidates)
    }

    /// Recalls orders, and those that these lead to; gives whether there are any.
    ///
    /// - Parameters:
    ///   - wanted: those that were recalled already are passed over.
    ///   - candidates: the links of which an order must have one; nil where all are wanted.
    ///   - body: is given each of them.
    private func recall(
        at wanted: some Collection<OrderPlace>, having candidates: Candidates? = nil,
        _ body: (RememberedOrder) -> Void = { _ in }
    ) throws(StateError) -> Bool {
        guard let memory else { return false }
        let wanted = wanted.filter { !places.contains($0) }.sorted()
        var next = Candidates()
        var hasMore = false
        for start in stride(from: 0, to: wanted.count, by: Self.ordersAtATime) {
            let some = wanted[start..<min(start + Self.ordersAtATime, wanted.count)]
            let found = try memory.orders(at: some) { (part) throws(StateError) in try store.content(of: part) }
            for (place, order) in zip(some, found) {
                let links = order.links
                // Links with the same hash are told apart here.
                if let candidates, candidates[place]?.contains(where: links.contains) != true { continue }
                keep(order, at: place)
                body(order)
                for link in links { add(link, to: &next, memory) }
                hasMore = true
            }
        }
        if !next.isEmpty { _ = try recall(at: next.keys, having: next, body) }
        return hasMore
    }

    /// So many are held at a time.
    private static let ordersAtATime = 16_384

    private func keep(_ order: RememberedOrder, at place: OrderPlace) {
        places.insert(place)
        identities.append(order.identity)
        records += order.records
        notifications += order.notifications
        answers += order.answers
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
            var gone = Set(identities)
            try await parallelMap(closed.parts(orderCount: Self.ordersAPart), width: threads) { part in
                var writer = PartWriter()
                let known = closed.write(part, to: &writer)
                return Encoded(parts: writer.finish(), known: known)
            } consume: { encoded in
                for part in encoded.parts { try draft.append(part) }
                gone.subtract(encoded.known)
            }
            var writer = PartWriter()
            gone.subtract(closed.writeUnnamed(to: &writer))
            // An order that is known by another identity now.
            for identity in identities where gone.contains(identity) && !closed.has(identity) {
                writer.addTombstone(identity)
            }
            try addSparseOrders(to: &writer, draft)
            for part in writer.finish() { try draft.append(part) }
            draft.handOn(memory?.partsStillLive(without: places) ?? [])
            self.draft = draft
            return draft.digest
        } catch let error as StateError { throw RunFailure(error) }
    }

    /// Adds the orders that still count in parts of which little does: written anew, they let these parts go.
    private func addSparseOrders(to writer: inout PartWriter, _ draft: NightDraft) throws(StateError) {
        guard let memory else { return }
        let sparse = memory.sparse(without: places)
        for place in sparse { places.insert(place) }
        for start in stride(from: 0, to: sparse.count, by: Self.ordersAtATime) {
            let some = sparse[start..<min(start + Self.ordersAtATime, sparse.count)]
            for var order in try memory.orders(
                at: some, content: { part throws(StateError) in try store.content(of: part) })
            {
                // Tonight they were open once more.
                for index in order.breaks.indices { order.breaks[index].nights += 1 }
                writer.add(order)
            }
            for part in writer.takeFullParts() { try draft.append(part) }
        }
    }

    private struct Encoded: Sendable {
        let parts: [NewPart]
        /// Orders in it of which something came on a night before.
        let known: [OrderLink]
    }

    /// So many orders make a part of a megabyte or two.
    private static let ordersAPart = 8192
}
