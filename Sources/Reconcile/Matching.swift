import Core

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

    private let records: Population.View
    private var candidates: [Candidate]

    /// What each case of the group got, in the group's order of cases.
    static func match(_ group: OrderGroups.Group, _ records: Population.View) -> [MatchedWebhooks] {
        if group.notifications.isEmpty { return group.cases.map { _ in MatchedWebhooks() } }
        var matching = OrderMatching(group.cases, records)
        for index in group.notifications.sorted(by: matching.arrivesBefore) { matching.assign(index) }
        return matching.candidates.map { matching.settled($0.assignment.matched) }
    }

    /// The notifications of an order that has no case, as if it had one that takes them all.
    static func orphans(_ group: OrderGroups.Group, _ records: Population.View) -> MatchedWebhooks {
        let matching = OrderMatching([], records)
        var assignment = Assignment()
        for index in group.notifications.sorted(by: matching.arrivesBefore) { matching.add(index, to: &assignment) }
        return matching.settled(assignment.matched)
    }

    private init(_ cases: [Int32], _ records: Population.View) {
        self.records = records
        let isChoice = cases.count > 1
        candidates = cases.map { index in
            let refundCase = records.cases[Int(index)]
            return Candidate(
                index: index, currency: refundCase.currency, expected: refundCase.expected,
                // An only case is not chosen by it.
                queriedStatus: isChoice ? records.entry(Int(index))?.refundStatus : nil,
                refundCode: refundCase.refundCode)
        }
    }

    private func arrivesBefore(_ left: Int32, _ right: Int32) -> Bool {
        Notification.arrivesBefore(records.notifications[Int(left)], records.notifications[Int(right)])
    }

    private mutating func assign(_ index: Int32) {
        let notification = records.notifications[Int(index)]
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
        if assignment.contents.insert(records.notifications[Int(index)].content).inserted {
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
        let terminal = matched.assigned.filter { records.notifications[Int($0)].refundStatus.isTerminal }
        matched.effective = terminal.last ?? matched.assigned.last
        matched.isRevised = terminal.count > 1
        return matched
    }
}
