import Memory
import Refunds

/// Assigns the webhooks of one order to its cases. Pure: an order's records in, each case's webhooks out.
struct OrderMatching {
    private let records: Population.View
    private var candidates: [MatchingCandidate]
    /// Of an order with many cases, the few that a webhook can go to.
    private var nearest: NearestCandidates?

    /// An order with more cases than this is not gone through for every webhook.
    private static let mostComparedCases = 8

    /// The webhooks of each case, in the group's order of cases.
    static func match(_ group: OrderGroups.Group, _ records: Population.View) -> [MatchedWebhooks] {
        match(group, records, mostComparedCases: mostComparedCases)
    }

    /// - Parameter mostComparedCases: up to this number of cases each webhook is compared with all of them.
    static func match(
        _ group: OrderGroups.Group, _ records: Population.View, mostComparedCases: Int
    ) -> [MatchedWebhooks] {
        if group.webhooks.isEmpty { return group.cases.map { _ in MatchedWebhooks() } }
        var matching = OrderMatching(group.cases, records, mostComparedCases)
        for index in inOrder(group.webhooks, records) { matching.assign(index) }
        return matching.candidates.map { $0.settled(records, isChoice: matching.isChoice) }
    }

    /// The webhooks of an order that has no case, as if it had one that takes them all.
    static func orphans(_ group: OrderGroups.Group, _ records: Population.View) -> MatchedWebhooks {
        var taken = TakenWebhooks()
        for index in inOrder(group.webhooks, records) { taken.take(index, records.webhooks[Int(index)]) }
        return taken.settled(records)
    }

    private init(_ cases: [Int32], _ records: Population.View, _ mostComparedCases: Int) {
        self.records = records
        let isChoice = cases.count > 1
        candidates = cases.map { index in
            // An only case is not chosen by its status.
            let status = isChoice ? records.entry(Int(index))?.refundStatus : nil
            return MatchingCandidate(records.cases[Int(index)], queriedStatus: status)
        }
        if cases.count > mostComparedCases { nearest = NearestCandidates(candidates) }
    }

    private var isChoice: Bool { candidates.count > 1 }

    private static func inOrder(_ webhooks: [Int32], _ records: Population.View) -> [Int32] {
        webhooks.sorted {
            Webhook.arrivesBefore(records.webhooks[Int($0)], records.webhooks[Int($1)])
        }
    }

    private mutating func assign(_ index: Int32) {
        let webhook = records.webhooks[Int(index)]
        let shortlist = nearest?.shortlist(for: webhook) ?? Array(candidates.indices)
        let chosen = best(of: shortlist, webhook)
        candidates[chosen].take(index, webhook, isChoice: isChoice)
        nearest?.note(chosen, candidates[chosen])
    }

    /// The case among some, in reading order, to which a webhook goes.
    private func best(of some: [Int], _ webhook: Webhook) -> Int {
        var best: Int?
        for place in some {
            guard let known = best else {
                best = place
                continue
            }
            if candidates[place].isBetter(than: candidates[known], for: webhook) { best = place }
        }
        guard let best else { preconditionFailure("a webhook is matched among the cases of its order") }
        return best
    }
}

/// A case of an order as the matching sees it.
struct MatchingCandidate {
    let currency: Currency
    /// E.original
    let original: Amount?
    /// E.refund
    let refund: Amount?
    /// The status that the query gave.
    let queriedStatus: RefundStatus?
    let refundCode: Text?
    private(set) var taken = TakenWebhooks()
    private(set) var hasTerminal = false
    private(set) var isAmbiguous = false

    init(_ refundCase: RefundCase, queriedStatus: RefundStatus?) {
        let expected = refundCase.expected
        currency = refundCase.currency
        original = expected.original
        refund = expected.refund
        self.queriedStatus = queriedStatus
        refundCode = refundCase.refundCode
    }

    var isEmpty: Bool { taken.matched.assigned.isEmpty }

    mutating func take(_ index: Int32, _ webhook: Webhook, isChoice: Bool) {
        taken.take(index, webhook)
        hasTerminal = hasTerminal || webhook.refundStatus.isTerminal
        isAmbiguous = isAmbiguous || (isChoice && totalDiffers(webhook))
    }

    /// Whether a webhook goes rather to this case than to another: the criteria of RULES.md in turn. Cases equal in all
    /// of them keep the order in which they were read.
    func isBetter(than other: MatchingCandidate, for webhook: Webhook) -> Bool {
        let flags = (flags(webhook), other.flags(webhook))
        if flags.0 != flags.1 { return flags.0 < flags.1 }
        switch (distance(webhook), other.distance(webhook)) {
        case (nil, .some): return false
        case (.some, nil): return true
        case (let own?, let others?) where own != others: return own < others
        default: break
        }
        switch (refundCode, other.refundCode) {
        case (nil, .some): return true
        case (let own?, let others?) where own != others: return own < others
        default: return false
        }
    }

    /// Criteria 1 to 4, the first weighing most.
    private func flags(_ webhook: Webhook) -> Int {
        let statusDiffers = queriedStatus.map { $0 != webhook.refundStatus } ?? false
        let isTaken = hasTerminal || (!webhook.refundStatus.isTerminal && !isEmpty)
        return (currency != webhook.currency ? 8 : 0) + (statusDiffers ? 4 : 0)
            + (totalDiffers(webhook) ? 2 : 0) + (isTaken ? 1 : 0)
    }

    private func totalDiffers(_ webhook: Webhook) -> Bool {
        currency != webhook.currency || original != webhook.originalTotalAmount
    }

    /// Criterion 5: |finalRefundAmount − E.refund|.
    private func distance(_ webhook: Webhook) -> Amount? {
        guard currency == webhook.currency, let refund else { return nil }
        return (webhook.finalRefundAmount - refund).magnitude
    }

    func settled(_ records: Population.View, isChoice: Bool) -> MatchedWebhooks {
        var matched = taken.settled(records)
        matched.isAmbiguous = isAmbiguous
        if isChoice, let effective = matched.effective {
            matched.isEffectiveMisfit = totalDiffers(records.webhooks[Int(effective)])
        }
        return matched
    }
}

/// The webhooks that a case has so far, and their content, so that a redelivery is found however many there are.
struct TakenWebhooks {
    private(set) var matched = MatchedWebhooks()
    private var contents: Set<Webhook.Content> = []

    /// Adds a webhook, unless there is one that is equal in every value but receivedAt and cid.
    mutating func take(_ index: Int32, _ webhook: Webhook) {
        if contents.insert(webhook.content).inserted {
            matched.assigned.append(index)
        } else {
            matched.duplicates.append(index)
        }
    }

    /// The effective webhook: of the terminal ones if there are any, else of all, the last. Two terminal ones that are not
    /// redeliveries of each other differ in something.
    func settled(_ records: Population.View) -> MatchedWebhooks {
        var matched = matched
        let terminal = matched.assigned.filter { records.webhooks[Int($0)].refundStatus.isTerminal }
        matched.effective = terminal.last ?? matched.assigned.last
        matched.isRevised = terminal.count > 1
        return matched
    }
}
