import Memory
import Refunds
import Rules

/// Where a remembered order is.
package struct OrderPlace: Sendable, Hashable, Comparable {
    /// The number of its entry.
    let entry: Int32

    package static func < (left: OrderPlace, right: OrderPlace) -> Bool { left.entry < right.entry }
}

/// Some of the orders of a memory, of which there may be millions.
package struct OrderPlaces: Sendable {
    /// By the number of an entry, whether it is one of them.
    private var marks: [Bool] = []

    package init(_ places: some Sequence<OrderPlace> = []) {
        for place in places { insert(place) }
    }

    package func contains(_ place: OrderPlace) -> Bool {
        Int(place.entry) < marks.count && marks[Int(place.entry)]
    }

    package mutating func insert(_ place: OrderPlace) {
        let entry = Int(place.entry)
        if entry >= marks.count { marks += repeatElement(false, count: max(entry + 1, marks.count * 2) - marks.count) }
        marks[entry] = true
    }

    /// The numbers of their entries, in order.
    fileprivate var entries: some Sequence<Int> { marks.indices.lazy.filter { [marks] in marks[$0] } }
}

/// All that is remembered on a night, found by its links. It holds where each order is; what it says is read from the parts.
///
/// Of an order that several nights have written, the last one's counts; one that was settled too long ago is as if it were
/// not there.
package struct OrderMemory: Sendable {
    private let parts: [StoredPart]
    /// By part, the number of its first entry; and of all entries.
    private let firstEntries: [Int32]
    /// Where each entry's order is in its part's content.
    private let offsets: [UInt32]
    /// How long it is; 0 where it does not count.
    private let lengths: [UInt32]
    private var links: LinkIndex
    private let superseding: [Int: Set<Int>]
    /// How many nights there were up to the one that handed this on.
    private let nightOrdinal: Int
    private let path: String

    /// How many orders are remembered.
    package let count: Int
    /// The orders with something open.
    package let outstanding: [OrderPlace]
    /// The orders with a break.
    package let withBreaks: [OrderPlace]

    /// Reads the indexes of all parts.
    ///
    /// - Parameters:
    ///   - path: the store's, for errors.
    ///   - asOf: tonight's.
    ///   - index: reads a part's index.
    package init(
        _ night: OpenedNight, path: String, asOf: CalendarDate, rememberDays: Int,
        index: (StoredPart) throws(StateError) -> [UInt8]
    ) throws(StateError) {
        var indexes: [PartIndex] = []
        for part in night.parts {
            indexes.append(try PartIndex(try index(part), asOf: asOf, rememberDays: rememberDays, path: path))
        }
        try self.init(night, indexes, path: path)
    }

    /// - Parameters:
    ///   - indexes: of all parts of the night, in their order.
    ///   - path: the store's, for errors.
    package init(_ night: OpenedNight, _ indexes: [PartIndex], path: String) throws(StateError) {
        let builder: MemoryBuilder
        do throws(MalformedBytes) { builder = try MemoryBuilder(indexes) } catch { throw .malformedPart(path) }
        parts = night.parts
        nightOrdinal = night.ordinal
        self.path = path
        firstEntries = builder.firstEntries
        offsets = builder.offsets
        lengths = builder.lengths
        outstanding = builder.places(with: PartEntry.Flags.items).map { OrderPlace(entry: $0) }
        withBreaks = builder.places(with: PartEntry.Flags.breaks).map { OrderPlace(entry: $0) }
        count = builder.liveCount
        superseding = builder.superseding
        links = builder.linkIndex()
    }

    /// Every order.
    package var all: [OrderPlace] {
        lengths.indices.filter { lengths[$0] > 0 }.map { OrderPlace(entry: Int32($0)) }
    }

    // MARK: Finding

    /// Whether an order may have the link; false is certain.
    package func mayHave(_ link: OrderLink) -> Bool { links.mayHave(LinkIndex.hash(link)) }

    /// The orders that may have the link. Seldom one of them has not: the links of the order itself decide.
    package func places(of link: OrderLink) -> [OrderPlace] { links.entries(LinkIndex.hash(link)) }

    /// Orders that links lead to.
    package struct Found: Sendable {
        /// Each with the link that it may have.
        package fileprivate(set) var orders: [(place: OrderPlace, link: OrderLink)] = []
        /// Links of many orders. One at which each of these orders is looked up takes the square of them: it is to be followed once.
        package fileprivate(set) var shared: [OrderLink] = []

        package init() {}
    }

    /// A link of more orders than these is shared.
    private static let fewOrders = 8

    /// Adds the orders that may have the link.
    ///
    /// - Parameter own: an order that is known to have it.
    package func find(_ link: OrderLink, of own: OrderPlace? = nil, into found: inout Found) {
        guard let entries = links.places(LinkIndex.hash(link)) else { return }
        if entries.count > Self.fewOrders { return found.shared.append(link) }
        for entry in entries {
            let place = links.order(at: entry)
            if place != own { found.orders.append((place, link)) }
        }
    }

    /// Lets go of the links: no order is looked up any more.
    package mutating func forgetLinks() { links = LinkIndex(sorted: []) }

    // MARK: Reading

    /// Orders of one part that are to be read. Those of several parts can be read beside each other.
    package struct Reading: Sendable {
        package let part: StoredPart
        /// The orders, in order.
        package let places: [OrderPlace]
        fileprivate let offsets: [Int]
        /// How many nights there were since the part was written.
        fileprivate let nightsSince: Int
        fileprivate let path: String

        /// The memory of the orders, in their order. A break's nights are those up to the night that handed it on.
        ///
        /// - Parameter content: the part's.
        package func orders(in content: [UInt8]) throws(StateError) -> [RememberedOrder] {
            var orders: [RememberedOrder] = []
            orders.reserveCapacity(places.count)
            try read(content) { (reader, offset) throws(MalformedBytes) in
                var order = try reader.order(at: offset)
                for index in order.breaks.indices { order.breaks[index].nights += nightsSince }
                orders.append(order)
            }
            return orders
        }

        /// Their breaks.
        package func breaks(in content: [UInt8]) throws(StateError) -> [BreakRecord] {
            var breaks: [BreakRecord] = []
            try read(content) { (reader, offset) throws(MalformedBytes) in
                for var record in try reader.breaks(at: offset) {
                    record.nights += nightsSince
                    breaks.append(record)
                }
            }
            return breaks
        }

        private func read(
            _ content: [UInt8], _ body: (inout PieceReader, _ offset: Int) throws(MalformedBytes) -> Void
        ) throws(StateError) {
            do throws(MalformedBytes) {
                try content.read(keepingTextsIn: TextArena()) { (reader) throws(MalformedBytes) in
                    let names = try reader.contentFileNames(byteCount: content.count)
                    var pieces = PieceReader(reader, fileNames: names)
                    for offset in offsets { try body(&pieces, offset) }
                }
            } catch { throw .malformedPart(path) }
        }
    }

    /// Some orders, by the parts that hold them, in the order of their places.
    package func readings(of places: some Collection<OrderPlace>) -> [Reading] {
        let sorted = places.sorted()
        var readings: [Reading] = []
        var next = 0
        while next < sorted.count {
            let part = part(of: sorted[next].entry)
            let end = sorted[next...].firstIndex { $0.entry >= firstEntries[part + 1] } ?? sorted.count
            let some = Array(sorted[next..<end])
            readings.append(
                Reading(
                    part: parts[part], places: some, offsets: some.map { Int(offsets[Int($0.entry)]) },
                    nightsSince: nightOrdinal - parts[part].nightOrdinal, path: path))
            next = end
        }
        return readings
    }

    /// The memory of some orders, in the order of their places.
    ///
    /// - Parameter content: reads a part's content; each is read once.
    package func orders(
        at places: some Collection<OrderPlace>, content: (StoredPart) throws(StateError) -> [UInt8]
    ) throws(StateError) -> [RememberedOrder] {
        var orders: [RememberedOrder] = []
        orders.reserveCapacity(places.count)
        for reading in readings(of: places) { orders += try reading.orders(in: try content(reading.part)) }
        return orders
    }

    /// The number of the part that an entry is in.
    private func part(of entry: Int32) -> Int {
        var (low, high) = (0, parts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if firstEntries[middle] <= entry { low = middle } else { high = middle }
        }
        return low
    }

    // MARK: Handing on

    /// The parts that are still needed once some orders are written anew: those with an order that counts, and those without
    /// which an older version of an order would count again in one of these.
    package func partsStillLive(without superseded: OrderPlaces) -> [StoredPart] {
        var isNeeded = liveByteCounts(without: superseded).map { $0 > 0 }
        // The oldest first: a part supersedes only older ones.
        for part in parts.indices.reversed() where !isNeeded[part] {
            isNeeded[part] = superseding[part]?.contains { isNeeded[$0] } ?? false
        }
        return zip(parts, isNeeded).filter(\.1).map(\.0)
    }

    /// The orders that still count in parts of which less than a quarter does: written anew, they let these parts go. What is
    /// read of them goes into tonight's part: their breaks have been open one night more.
    package func sparse(without superseded: OrderPlaces) -> [OrderPlace] {
        var places: [OrderPlace] = []
        for (part, live) in liveByteCounts(without: superseded).enumerated()
        where live > 0 && live < parts[part].contentByteCount / 4 {
            for entry in firstEntries[part]..<firstEntries[part + 1] where lengths[Int(entry)] > 0 {
                let place = OrderPlace(entry: entry)
                if !superseded.contains(place) { places.append(place) }
            }
        }
        return places
    }

    private func liveByteCounts(without superseded: OrderPlaces) -> [Int] {
        var counts = parts.indices.map { part in
            (firstEntries[part]..<firstEntries[part + 1]).reduce(0) { $0 + Int(lengths[Int($1)]) }
        }
        var part = 0
        for entry in superseded.entries {
            while entry >= firstEntries[part + 1] { part += 1 }
            counts[part] -= Int(lengths[entry])
        }
        return counts
    }
}

extension StateError {
    static func malformedPart(_ path: String) -> StateError {
        .unusable(
            path: path,
            reason: "what is remembered in it is not as this program writes it: put its backup in its place")
    }
}
