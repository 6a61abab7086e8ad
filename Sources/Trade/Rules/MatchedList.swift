import Memory
import Refunds

/// The webhooks of an order that belong to one of its cases (RULES.md, "Webhooks").
struct MatchedWebhooks: Sendable, Equatable {
    /// The case's webhooks without duplicates, as indices into the population, in the order in which they count.
    var assigned: [Int32] = []
    /// The one that counts.
    var effective: Int32?
    /// The webhooks that said the same as another and were dropped (DUPLICATE_WEBHOOK).
    var duplicates: [Int32] = []
    /// Whether one was assigned although its total is not the case's and the order has several cases (AMBIGUOUS_MATCH).
    var isAmbiguous = false
    /// Whether two terminal ones differ (WEBHOOK_REVISED).
    var isRevised = false
    /// Whether the order has several cases and the effective one's currency or total is not the case's.
    var isEffectiveMisfit = false
}

/// The webhooks assigned to each case, or to each order without a case. Four bytes for each; those with several have an entry.
struct MatchedList: Sendable {
    struct Entry: Sendable {
        /// Where the webhooks begin in the list of all; for one alone, the place of the entry itself.
        fileprivate var start: Int32 = 0
        fileprivate(set) var assignedCount: Int32 = 0
        fileprivate(set) var duplicates: Int32 = 0
        fileprivate(set) var effective: Int32?
        fileprivate(set) var isAmbiguous = false
        fileprivate(set) var isRevised = false
        fileprivate(set) var isEffectiveMisfit = false
        fileprivate var isAlone = false
    }

    /// For each: the index of its only webhook; −1 for none; −2 and less for entry number −2 − value.
    private var places: [Int32]
    private static let none: Int32 = -1
    /// Of those that got several, or got one in more than one way.
    private var others: [Entry] = []
    private var assigned: [Int32] = []
    /// The webhooks that were dropped as duplicates, in any order.
    private(set) var duplicates: [Int32] = []
    private var aloneCount = 0

    init(count: Int = 0) { places = [Int32](repeating: Self.none, count: count) }

    subscript(index: Int) -> Entry { withReader { $0[index] } }

    /// Reads the list for as long as it stays where it is.
    struct Reader {
        fileprivate let places: UnsafeBufferPointer<Int32>
        fileprivate let others: UnsafeBufferPointer<Entry>
        fileprivate let assigned: UnsafeBufferPointer<Int32>

        @inline(__always)
        subscript(index: Int) -> Entry {
            let place = places[index]
            if place < MatchedList.none { return others[Int(MatchedList.none - 1 - place)] }
            var entry = Entry()
            if place != MatchedList.none {
                (entry.start, entry.assignedCount, entry.isAlone) = (Int32(index), 1, true)
                entry.effective = place
            }
            return entry
        }

        /// The webhooks of an entry, in the order in which they count.
        func assigned(_ entry: Entry) -> Slice<UnsafeBufferPointer<Int32>> {
            (entry.isAlone ? places : assigned)[Int(entry.start)..<Int(entry.start + entry.assignedCount)]
        }
    }

    @inline(__always)
    func withReader<Result, Failure: Error>(
        _ body: (Reader) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try places.withUnsafeBufferPointer { (places) throws(Failure) in
            try others.withUnsafeBufferPointer { (others) throws(Failure) in
                try assigned.withUnsafeBufferPointer { (assigned) throws(Failure) in
                    try body(Reader(places: places, others: others, assigned: assigned))
                }
            }
        }
    }

    /// Sets the webhooks of one.
    mutating func set(_ index: Int, _ matched: MatchedWebhooks) {
        var entry = Entry()
        entry.start = Int32(assigned.count)
        entry.assignedCount = Int32(matched.assigned.count)
        entry.duplicates = Int32(matched.duplicates.count)
        entry.effective = matched.effective
        entry.isAmbiguous = matched.isAmbiguous
        entry.isRevised = matched.isRevised
        entry.isEffectiveMisfit = matched.isEffectiveMisfit
        duplicates += matched.duplicates
        assigned += matched.assigned
        places[index] = Self.none - 1 - Int32(others.count)
        others.append(entry)
    }

    /// Sets the one webhook of an order with one case.
    mutating func set(_ index: Int, only webhook: Int32) {
        places[index] = webhook
        aloneCount += 1
    }

    mutating func append(_ matched: MatchedWebhooks) {
        places.append(Self.none)
        set(places.count - 1, matched)
    }

    /// How many webhooks were assigned, and how many dropped as duplicates.
    var counts: (assigned: Int, duplicates: Int) { (aloneCount + assigned.count, duplicates.count) }
}
