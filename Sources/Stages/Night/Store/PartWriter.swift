import Memory
import Refunds
import Rules

/// Writes orders into parts: their content, and the index by which they are found. A part that is full is finished and the next
/// one begun, for the store takes none of any length.
///
/// An order can be given whole or piece by piece: `begin`, its pieces in the order in which they came, `end`.
package struct PartWriter: ~Copyable, Sendable {
    /// The parts that are full.
    private var parts: [NewPart] = []
    /// Orders with something open are in parts of their own: the next night reads all of these, of the others few.
    private var open = PartBytes()
    private var others = PartBytes()
    /// Of all parts.
    private var fileNames = FileNameTable()

    // The order that was begun.
    private var identity: OrderLink = .order("")
    private var pieces = PieceWriter()
    private var breaks = PieceWriter()
    private var breakCount = 0
    private var hasItems = false
    private var links = OrderLinks(.order(""))

    package init() {}

    package mutating func add(_ order: RememberedOrder) {
        begin(order.identity)
        for record in order.records { add(record.record, first: record.first, cameAgain: record.cameAgain) }
        for webhook in order.webhooks { add(webhook.webhook, first: webhook.first) }
        for answer in order.answers {
            add(
                answerTo: answer.key, answer.entries, queriedAt: answer.queriedAt, receivedFor: answer.receivedFor,
                isVerifiedEnd: answer.isVerifiedEnd)
        }
        for item in order.items { add(item) }
        for record in order.breaks { add(record) }
        end(settledOn: order.settledOn)
    }

    /// Says that there is no order with that identity any more.
    package mutating func addTombstone(_ identity: OrderLink) {
        others.addEntry(PartEntry.Flags.tombstone, [identity])
        others.finishIfFull(fileNames, into: &parts)
    }

    // MARK: Piece by piece

    package mutating func begin(_ identity: OrderLink) {
        self.identity = identity
        pieces.begin(identity)
        breaks.begin(identity)
        breakCount = 0
        hasItems = false
        links.begin(identity)
    }

    package mutating func add(_ record: RefundCase, first: FirstPlace, cameAgain: Bool) {
        links.add(record)
        pieces.add(record, first, fileNumber: fileNames.number(of: first.fileName), cameAgain: cameAgain)
    }

    package mutating func add(_ webhook: Webhook, first: FirstPlace) {
        links.add(webhook)
        pieces.add(webhook, first, fileNumber: fileNames.number(of: first.fileName))
    }

    /// - Parameter key: of the record that the answer is about.
    package mutating func add(
        answerTo key: RefundIdentity, _ entries: RefundOrderEntries, queriedAt: Text?, receivedFor: CalendarDate,
        isVerifiedEnd: Bool
    ) {
        links.add(entries, answerTo: key)
        pieces.add(
            answerTo: key, entries, queriedAt: queriedAt, receivedFor: receivedFor, isVerifiedEnd: isVerifiedEnd)
    }

    package mutating func add(_ item: OpenItem) {
        links.add(item.key)
        hasItems = true
        pieces.add(item)
    }

    package mutating func add(_ record: BreakRecord) {
        links.add(record.key)
        breakCount += 1
        breaks.add(record)
    }

    package mutating func end(settledOn: CalendarDate?) {
        pieces.end()
        let flags =
            (hasItems ? PartEntry.Flags.items : 0) | (breakCount > 0 ? PartEntry.Flags.breaks : 0)
            | (settledOn == nil ? 0 : PartEntry.Flags.settled)
        if hasItems || breakCount > 0 {
            open.add(identity, settledOn, breakCount, breaks.bytes, pieces.bytes, flags, links.list)
            open.finishIfFull(fileNames, into: &parts)
        } else {
            others.add(identity, settledOn, breakCount, breaks.bytes, pieces.bytes, flags, links.list)
            others.finishIfFull(fileNames, into: &parts)
        }
    }

    // MARK: Parts

    /// The parts that are full so far; they are not given again.
    package mutating func takeFullParts() -> [NewPart] {
        defer { parts = [] }
        return parts
    }

    /// All parts that were not taken; none if nothing was added.
    package consuming func finish() -> [NewPart] {
        open.finish(fileNames, into: &parts)
        others.finish(fileNames, into: &parts)
        return parts
    }
}

/// A part that is being written.
private struct PartBytes: ~Copyable, Sendable {
    /// A part is full at this number of bytes; one longer order makes it longer.
    private static let fullByteCount = 4 << 20

    private var content = ByteWriter(capacity: 1 << 18)
    /// The index without its head.
    private var entries = ByteWriter(capacity: 1 << 16)
    private var entryCount = 0
    private var linkCount = 0

    init() { content.append(PartFormat.version) }

    /// Adds an order: its links and when it was settled, its breaks, and its other pieces.
    mutating func add(
        _ identity: OrderLink, _ settledOn: CalendarDate?, _ breakCount: Int, _ breaks: borrowing ByteWriter,
        _ pieces: borrowing ByteWriter, _ flags: UInt8, _ links: [OrderLink]
    ) {
        let start = content.count
        content.append(identity)
        content.append(settledOn == nil ? 0 : 1)
        if let settledOn { content.append(signed: Int64(settledOn.daysSinceEpoch)) }
        content.append(varint: UInt64(breakCount))
        content.append(breaks)
        content.append(pieces)
        addEntry(flags, links)
        entries.append(varint: UInt64(content.count - start))
        if let settledOn { entries.append(signed: Int64(settledOn.daysSinceEpoch)) }
    }

    mutating func addEntry(_ flags: UInt8, _ links: [OrderLink]) {
        entries.append(flags)
        entries.append(varint: UInt64(links.count))
        for link in links { entries.append(link) }
        entryCount += 1
        linkCount += links.count
    }

    mutating func finishIfFull(_ fileNames: FileNameTable, into parts: inout [NewPart]) {
        if content.count + entries.count >= Self.fullByteCount { finish(fileNames, into: &parts) }
    }

    mutating func finish(_ fileNames: FileNameTable, into parts: inout [NewPart]) {
        if entryCount == 0 { return }
        let namesStart = content.count
        content.append(varint: UInt64(fileNames.names.count))
        for name in fileNames.names { content.append(counted: name) }
        content.append(fixed64: UInt64(namesStart))
        var index = ByteWriter(capacity: entries.count + 24)
        index.append(PartFormat.version)
        index.append(varint: UInt64(entryCount))
        index.append(varint: UInt64(linkCount))
        index.append(entries)
        parts.append(NewPart(index: index.bytes, content: content.bytes))
        content.removeAll()
        content.append(PartFormat.version)
        entries.removeAll()
        (entryCount, linkCount) = (0, 0)
    }
}

/// The names of the files that a part's records come from, each once.
private struct FileNameTable: Sendable {
    private(set) var names: [Text] = []
    private var numbers: [Text: Int] = [:]
    /// The numbers of the names that were asked for last: most records of a part come from few files.
    private var latest: [Int] = []
    private static let latestCount = 4

    mutating func number(of name: Text) -> Int {
        for number in latest where names[number] == name { return number }
        let number = numbers[name] ?? names.count
        if number == names.count {
            numbers[name] = number
            names.append(name)
        }
        latest.insert(number, at: 0)
        if latest.count > Self.latestCount { latest.removeLast() }
        return number
    }
}

/// An order in a part's index.
struct PartEntry {
    enum Flags {
        static let tombstone: UInt8 = 1
        static let items: UInt8 = 2
        static let breaks: UInt8 = 4
        static let settled: UInt8 = 8
        static let all: UInt8 = 15
    }

    let flags: UInt8
    /// How many links follow, its identity first.
    let linkCount: Int

    func has(_ flag: UInt8) -> Bool { flags & flag != 0 }
}

extension ByteReader {
    /// The head of an index: how many entries and links it has.
    mutating func indexHead() throws(MalformedBytes) -> (entryCount: Int, linkCount: Int) {
        guard try byte() == PartFormat.version else { throw MalformedBytes() }
        return (try count(), try count())
    }

    /// The beginning of an entry, which its links follow.
    mutating func indexEntry() throws(MalformedBytes) -> PartEntry {
        let flags = try byte()
        let linkCount = try count()
        guard flags & ~PartEntry.Flags.all == 0, linkCount > 0 else { throw MalformedBytes() }
        return PartEntry(flags: flags, linkCount: linkCount)
    }

    /// Reads over a link.
    mutating func skipLink() throws(MalformedBytes) {
        for _ in 0..<(try byte() == 1 ? 2 : 1) {
            let byteCount = try count()
            try move(to: readCount + byteCount)
        }
    }

    /// The names of the files that a content's records come from.
    mutating func contentFileNames(byteCount: Int) throws(MalformedBytes) -> [Text] {
        guard try byte() == PartFormat.version else { throw MalformedBytes() }
        try move(to: byteCount - 8)
        guard let start = Int(exactly: try fixed64()) else { throw MalformedBytes() }
        try move(to: start)
        var names: [Text] = []
        for _ in 0..<(try count()) { names.append(try text()) }
        return names
    }
}
