import Memory
import Refunds

/// The index of one part. Several can be read beside each other.
package struct PartIndex: Sendable {
    /// As the part has it.
    fileprivate let bytes: [UInt8]
    fileprivate private(set) var offsets: [UInt32] = []
    /// 0 where an entry does not count.
    fileprivate private(set) var lengths: [UInt32] = []
    /// Flags of the entries that have one.
    fileprivate private(set) var flagged: [(entry: Int32, flags: UInt8)] = []
    /// A link in the upper half by its hash, in the lower by entry, and whether it is its identity.
    fileprivate private(set) var links: [UInt64] = []
    /// Where each entry has its identity.
    fileprivate private(set) var identities: [UInt32] = []

    /// - Parameters:
    ///   - bytes: as the part has them.
    ///   - asOf: tonight's.
    ///   - path: the store's, for errors.
    package init(
        _ bytes: [UInt8], asOf: CalendarDate, rememberDays: Int, path: String
    ) throws(StateError) {
        self.bytes = bytes
        do throws(MalformedBytes) {
            try bytes.read(keepingTextsIn: TextArena()) { (reader) throws(MalformedBytes) in
                try read(&reader, asOf, rememberDays)
            }
        } catch { throw .malformedPart(path) }
    }

    private mutating func read(
        _ reader: inout ByteReader, _ asOf: CalendarDate, _ rememberDays: Int
    ) throws(MalformedBytes) {
        let (entryCount, linkCount) = try reader.indexHead()
        // Neither is more than there are bytes.
        guard entryCount <= bytes.count, linkCount <= bytes.count else { throw MalformedBytes() }
        offsets.reserveCapacity(entryCount)
        lengths.reserveCapacity(entryCount)
        identities.reserveCapacity(entryCount)
        links.reserveCapacity(linkCount)
        // The version comes before the first.
        var offset = 1
        var linksLeft = linkCount
        for number in 0..<entryCount {
            let entry = try reader.indexEntry()
            linksLeft -= entry.linkCount
            guard linksLeft >= 0 else { throw MalformedBytes() }
            identities.append(UInt32(truncatingIfNeeded: reader.readCount))
            for link in 0..<entry.linkCount {
                let hash = UInt64(try reader.linkHash())
                links.append(hash << 32 | UInt64(number) << 1 | (link == 0 ? 1 : 0))
            }
            var length = 0
            var isLive = false
            if !entry.has(PartEntry.Flags.tombstone) {
                guard let stated = Int32(exactly: try reader.varint()), stated > 0 else { throw MalformedBytes() }
                length = Int(stated)
                isLive = true
                if entry.has(PartEntry.Flags.settled) {
                    guard let settledOn = CalendarDate(exactly: try reader.signed()) else { throw MalformedBytes() }
                    isLive = asOf.days(since: settledOn) <= rememberDays
                }
            }
            if isLive, entry.flags & (PartEntry.Flags.items | PartEntry.Flags.breaks) != 0 {
                flagged.append((Int32(number), entry.flags))
            }
            offsets.append(UInt32(truncatingIfNeeded: offset))
            lengths.append(isLive ? UInt32(length) : 0)
            offset += length
            guard offset <= UInt32.max else { throw MalformedBytes() }
        }
        guard reader.isAtEnd, linksLeft == 0 else { throw MalformedBytes() }
    }

    /// The bytes of an entry's identity.
    fileprivate func identity(of entry: Int) throws(MalformedBytes) -> [UInt8] {
        let start = Int(identities[entry])
        let end = try bytes.read(keepingTextsIn: TextArena()) { (reader) throws(MalformedBytes) in
            try reader.move(to: start)
            try reader.skipLink()
            return reader.readCount
        }
        return Array(bytes[start..<end])
    }
}

/// Puts the indexes of all parts together.
struct MemoryBuilder {
    private(set) var firstEntries: [Int32] = [0]
    private(set) var offsets: [UInt32] = []
    private(set) var lengths: [UInt32] = []
    private(set) var liveCount = 0
    private var flagged: [(entry: Int32, flags: UInt8)] = []
    private var links: [UInt64] = []
    /// By part, the parts that have an older version of an order which has its latest in it, or of one that is gone.
    private(set) var superseding: [Int: Set<Int>] = [:]

    /// - Parameter indexes: of the newest night's parts first.
    init(_ indexes: [PartIndex]) throws(MalformedBytes) {
        let entryCount = indexes.reduce(0) { $0 + $1.offsets.count }
        guard entryCount < Int32.max / 2 else { throw MalformedBytes() }
        offsets.reserveCapacity(entryCount)
        lengths.reserveCapacity(entryCount)
        links.reserveCapacity(indexes.reduce(0) { $0 + $1.links.count })
        for index in indexes {
            let first = offsets.count
            offsets += index.offsets
            lengths += index.lengths
            flagged += index.flagged.lazy.map { ($0.entry + Int32(first), $0.flags) }
            // The lowest bit stays, and the entries' numbers have room above it.
            links += index.links.lazy.map { $0 + UInt64(first) << 1 }
            firstEntries.append(Int32(offsets.count))
        }
        links.sortByUpperHalf()
        try dropSuperseded(indexes)
        links.removeAll { lengths[Int(UInt32(truncatingIfNeeded: $0) >> 1)] == 0 }
        liveCount = lengths.count { $0 > 0 }
    }

    /// An entry does not count where a newer one has the same identity. Equal ones have the same hash: they are neighbours, the
    /// newest first.
    private mutating func dropSuperseded(_ indexes: [PartIndex]) throws(MalformedBytes) {
        var start = 0
        while start < links.count {
            let hash = links[start] >> 32
            var end = start + 1
            while end < links.count, links[end] >> 32 == hash { end += 1 }
            if end - start > 1 { try dropSuperseded(start..<end, indexes) }
            start = end
        }
    }

    private mutating func dropSuperseded(_ sameHash: Range<Int>, _ indexes: [PartIndex]) throws(MalformedBytes) {
        var latest: [[UInt8]: Int] = [:]
        let identities = links[sameHash].filter { $0 & 1 == 1 }
        if identities.count < 2 { return }
        for link in identities {
            let entry = Int(UInt32(truncatingIfNeeded: link) >> 1)
            let part = part(of: entry)
            let identity = try indexes[part].identity(of: entry - Int(firstEntries[part]))
            if let newer = latest[identity] {
                lengths[entry] = 0
                if newer != part { superseding[newer, default: []].insert(part) }
            } else {
                latest[identity] = part
            }
        }
    }

    /// The number of the part that an entry is in.
    private func part(of entry: Int) -> Int {
        var (low, high) = (0, firstEntries.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if Int(firstEntries[middle]) <= entry { low = middle } else { high = middle }
        }
        return low
    }

    /// The entries that count and have a flag.
    func places(with flag: UInt8) -> [Int32] {
        flagged.filter { $0.flags & flag != 0 && lengths[Int($0.entry)] > 0 }.map(\.entry)
    }

    func linkIndex() -> LinkIndex { LinkIndex(sorted: links) }
}

/// Which entries have which links, by the hashes of these.
struct LinkIndex: Sendable {
    /// The hash in the upper half, the entry in the lower, in order.
    private let links: [UInt64]
    /// By the hash's first bits, where its links begin.
    private let starts: [UInt32]
    private let shift: UInt32
    /// A bit for each hash that there is, by the hash's last bits: most hashes that are not there are found out here.
    private let filter: [UInt64]

    /// - Parameter links: in order; the lowest bit says nothing here.
    init(sorted links: [UInt64]) {
        let bits = UInt32(max(1, Int.bitWidth - (links.count / 4).leadingZeroBitCount))
        let shift = 32 - min(bits, 24)
        var starts = [UInt32](repeating: 0, count: 1 << Int(32 - shift) + 1)
        for link in links { starts[Int(link >> UInt64(32 + shift)) + 1] += 1 }
        for place in 1..<starts.count { starts[place] += starts[place - 1] }
        self.links = links
        self.starts = starts
        self.shift = shift
        var words = 16
        while words * 64 < links.count * 8 { words *= 2 }
        var filter = [UInt64](repeating: 0, count: words)
        for link in links {
            let hash = Int(link >> 32)
            filter[hash >> 6 & (words - 1)] |= 1 << UInt64(hash & 63)
        }
        self.filter = filter
    }

    /// The hash of a link, calculated from its texts alone. It is not stored.
    @inline(__always)
    static func hash(_ link: OrderLink) -> UInt32 {
        switch link {
        case .order(let orderNo): hash(order: orderNo.keyHash)
        case .locator(let airlinePNR, let carrier): hash(airlinePNR: airlinePNR.keyHash, carrier: carrier.keyHash)
        case .unnamedRefund(let code): hash(unnamedRefund: code.keyHash)
        }
    }

    @inline(__always)
    static func hash(order: Int) -> UInt32 { mixed(1, order, 0) }

    @inline(__always)
    static func hash(airlinePNR: Int, carrier: Int) -> UInt32 { mixed(2, airlinePNR, carrier) }

    @inline(__always)
    static func hash(unnamedRefund: Int) -> UInt32 { mixed(3, unnamedRefund, 0) }

    @inline(__always)
    private static func mixed(_ kind: UInt64, _ first: Int, _ second: Int) -> UInt32 {
        let odd: UInt64 = 0x9E37_79B9_7F4A_7C15
        let state = ((UInt64(truncatingIfNeeded: first) ^ kind << 32) &* odd) ^ UInt64(truncatingIfNeeded: second)
        return UInt32(truncatingIfNeeded: (state ^ state >> 32) &* odd >> 32)
    }

    func mayHave(_ hash: UInt32) -> Bool { first(hash) != nil }

    /// The entries with a link of that hash.
    func entries(_ hash: UInt32) -> [OrderPlace] { places(hash).map { $0.map(order(at:)) } ?? [] }

    /// Where the entries with a link of that hash are; nil if there is none.
    @inline(__always)
    func places(_ hash: UInt32) -> Range<Int>? {
        guard let first = first(hash) else { return nil }
        var end = first + 1
        while end < links.count, links[end] >> 32 == UInt64(hash) { end += 1 }
        return first..<end
    }

    /// The order of the entry at a place.
    func order(at place: Int) -> OrderPlace {
        OrderPlace(entry: Int32(truncatingIfNeeded: UInt32(truncatingIfNeeded: links[place]) >> 1))
    }

    /// The place of the first link with that hash.
    @inline(__always)
    private func first(_ hash: UInt32) -> Int? {
        guard filter[Int(hash) >> 6 & (filter.count - 1)] >> UInt64(hash & 63) & 1 != 0 else { return nil }
        let slot = Int(hash >> shift)
        var (low, high) = (Int(starts[slot]), Int(starts[slot + 1]))
        let end = high
        // Seldom more than a few; where one link has very many, they are one run.
        while high - low > 8 {
            let middle = (low + high) / 2
            if links[middle] >> 32 < UInt64(hash) { low = middle + 1 } else { high = middle }
        }
        while low < end, links[low] >> 32 < UInt64(hash) { low += 1 }
        return low < end && links[low] >> 32 == UInt64(hash) ? low : nil
    }
}

extension ByteReader {
    /// Reads over a link and gives its hash.
    @inline(__always)
    fileprivate mutating func linkHash() throws(MalformedBytes) -> UInt32 {
        switch try byte() {
        case 0: LinkIndex.hash(order: try key().keyHash)
        case 1: LinkIndex.hash(airlinePNR: try key().keyHash, carrier: try key().keyHash)
        case 2: LinkIndex.hash(unnamedRefund: try key().keyHash)
        default: throw MalformedBytes()
        }
    }
}
