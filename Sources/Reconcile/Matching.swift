import Core

/// What the notifications of an order say about one of its cases (RULES.md, "Webhooks").
struct MatchedWebhooks: Sendable, Equatable {
    /// The case's notifications without duplicates, as indices into the population, in the order in which they count.
    var assigned: [Int32] = []
    /// The one that counts.
    var effective: Int32?
    /// How many notifications that said the same as another were dropped (DUPLICATE_WEBHOOK).
    var duplicates = 0
    /// Whether one was assigned although its total is not the case's and the order has several cases (AMBIGUOUS_MATCH).
    var isAmbiguous = false
    /// Whether two terminal ones differ (WEBHOOK_REVISED).
    var isRevised = false
}

/// What all cases got, or all orders without a case: a few bytes for each, and the lists of all behind each other.
struct MatchedList: Sendable {
    struct Entry: Sendable {
        /// Where the notifications begin in the list of all.
        fileprivate var start: Int32 = 0
        fileprivate(set) var assignedCount: Int32 = 0
        fileprivate(set) var duplicates: Int32 = 0
        fileprivate(set) var effective: Int32?
        fileprivate(set) var isAmbiguous = false
        fileprivate(set) var isRevised = false
    }

    private var entries: [Entry]
    private var assigned: [Int32] = []

    init(count: Int = 0) { entries = [Entry](repeating: Entry(), count: count) }

    subscript(index: Int) -> Entry { entries[index] }

    /// The notifications of an entry, in the order in which they count.
    func assigned(_ entry: Entry) -> ArraySlice<Int32> {
        assigned[Int(entry.start)..<Int(entry.start + entry.assignedCount)]
    }

    /// Sets what one got.
    mutating func set(_ index: Int, _ matched: MatchedWebhooks) {
        entries[index].start = Int32(assigned.count)
        entries[index].assignedCount = Int32(matched.assigned.count)
        entries[index].duplicates = Int32(matched.duplicates)
        entries[index].effective = matched.effective
        entries[index].isAmbiguous = matched.isAmbiguous
        entries[index].isRevised = matched.isRevised
        assigned += matched.assigned
    }

    /// Sets the one notification of an order with one case.
    mutating func set(_ index: Int, only notification: Int32) {
        entries[index].start = Int32(assigned.count)
        entries[index].assignedCount = 1
        entries[index].effective = notification
        assigned.append(notification)
    }

    mutating func append(_ matched: MatchedWebhooks) {
        entries.append(Entry())
        set(entries.count - 1, matched)
    }

    /// How many notifications were assigned, and how many dropped as duplicates.
    var counts: (assigned: Int, duplicates: Int) {
        (assigned.count, entries.reduce(0) { $0 + Int($1.duplicates) })
    }
}

/// Assigns the notifications of one order to its cases. Pure: an order's records in, what each case got out.
struct OrderMatching {
    /// A case as the matching sees it.
    private struct Candidate {
        let index: Int32
        let currency: Currency
        let expected: ExpectedSide
        let queriedStatus: RefundStatus?
        let refundCode: Text?
        var assignment = Assignment()
        var hasTerminal = false
    }

    /// The notifications that a case has so far, and what they say, so that a redelivery is found however many there are.
    private struct Assignment {
        var matched = MatchedWebhooks()
        var contents: Set<Notification.Content> = []
    }

    private let population: Population
    private var candidates: [Candidate]

    /// What each case of the group got, in the group's order of cases.
    static func match(_ group: OrderGroups.Group, _ population: Population) -> [MatchedWebhooks] {
        if group.notifications.isEmpty { return group.cases.map { _ in MatchedWebhooks() } }
        var matching = OrderMatching(group.cases, population)
        for index in group.notifications.sorted(by: matching.arrivesBefore) { matching.assign(index) }
        return matching.candidates.map { matching.settled($0.assignment.matched) }
    }

    /// The notifications of an order that has no case, as if it had one that takes them all.
    static func orphans(_ group: OrderGroups.Group, _ population: Population) -> MatchedWebhooks {
        let matching = OrderMatching([], population)
        var assignment = Assignment()
        for index in group.notifications.sorted(by: matching.arrivesBefore) { matching.add(index, to: &assignment) }
        return matching.settled(assignment.matched)
    }

    private init(_ cases: ArraySlice<Int32>, _ population: Population) {
        self.population = population
        candidates = cases.map { index in
            let refundCase = population.cases[Int(index)]
            return Candidate(
                index: index, currency: refundCase.currency, expected: refundCase.expected,
                queriedStatus: population.entry(Int(index))?.refundStatus, refundCode: refundCase.refundCode)
        }
    }

    private func arrivesBefore(_ left: Int32, _ right: Int32) -> Bool {
        Notification.arrivesBefore(population.notifications[Int(left)], population.notifications[Int(right)])
    }

    private mutating func assign(_ index: Int32) {
        let notification = population.notifications[Int(index)]
        var best = 0
        for place in candidates.indices.dropFirst()
        where isBetter(candidates[place], than: candidates[best], notification) {
            best = place
        }
        add(index, to: &candidates[best].assignment)
        candidates[best].hasTerminal = candidates[best].hasTerminal || notification.refundStatus.isTerminal
        if candidates.count > 1, totalDiffers(candidates[best], notification) {
            candidates[best].assignment.matched.isAmbiguous = true
        }
    }

    /// Adds a notification, unless the case has one that is equal in every value but receivedAt and cid.
    private func add(_ index: Int32, to assignment: inout Assignment) {
        if assignment.contents.insert(population.notifications[Int(index)].content).inserted {
            assignment.matched.assigned.append(index)
        } else {
            assignment.matched.duplicates += 1
        }
    }

    /// Whether a notification goes rather to one case than to another: the criteria of RULES.md in turn. Cases equal in
    /// all of them keep the order in which they were read.
    private func isBetter(_ left: Candidate, than right: Candidate, _ notification: Notification) -> Bool {
        let flags = (flags(left, notification), flags(right, notification))
        if flags.0 != flags.1 { return flags.0 < flags.1 }
        switch (distance(left, notification), distance(right, notification)) {
        case (nil, .some): return false
        case (.some, nil): return true
        case (let leftDistance?, let rightDistance?) where leftDistance != rightDistance:
            return leftDistance < rightDistance
        default: break
        }
        switch (left.refundCode, right.refundCode) {
        case (nil, .some): return true
        case (let leftCode?, let rightCode?) where leftCode != rightCode: return leftCode < rightCode
        default: return false
        }
    }

    /// Criteria 1 to 4, the first weighing most.
    private func flags(_ candidate: Candidate, _ notification: Notification) -> Int {
        let statusDiffers = candidate.queriedStatus.map { $0 != notification.refundStatus } ?? false
        let isTaken =
            candidate.hasTerminal
            || (!notification.refundStatus.isTerminal && !candidate.assignment.matched.assigned.isEmpty)
        return (candidate.currency != notification.currency ? 8 : 0) + (statusDiffers ? 4 : 0)
            + (totalDiffers(candidate, notification) ? 2 : 0) + (isTaken ? 1 : 0)
    }

    private func totalDiffers(_ candidate: Candidate, _ notification: Notification) -> Bool {
        candidate.currency != notification.currency || candidate.expected.original != notification.originalTotalAmount
    }

    /// Criterion 5: |finalRefundAmount − E.refund|.
    private func distance(_ candidate: Candidate, _ notification: Notification) -> Amount? {
        guard candidate.currency == notification.currency, let refund = candidate.expected.refund else { return nil }
        return (notification.finalRefundAmount - refund).magnitude
    }

    /// The effective webhook: of the terminal ones if there are any, else of all, the last. Two terminal ones that are not
    /// redeliveries of each other differ in something.
    private func settled(_ matched: MatchedWebhooks) -> MatchedWebhooks {
        var matched = matched
        let terminal = matched.assigned.filter { population.notifications[Int($0)].refundStatus.isTerminal }
        matched.effective = terminal.last ?? matched.assigned.last
        matched.isRevised = terminal.count > 1
        return matched
    }
}
