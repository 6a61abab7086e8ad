import Memory
import Refunds

/// A webhook of an order, with its index in the population.
struct Delivery {
    let index: Int32
    let webhook: Webhook
}

/// Assigns the webhooks of one order to its cases. Pure: an order's records in, each case's webhooks out.
struct OrderMatching {
    private var candidates: [MatchingCandidate]
    /// Of an order with many cases, the few that a webhook can go to.
    private var nearest: NearestCandidates?

    /// An order with more cases than this is not gone through for every webhook.
    private static let mostComparedCases = 8

    /// The webhooks of each case, in the order of the cases.
    ///
    /// - Parameter mostComparedCases: up to this number of cases each webhook is compared with all of them.
    static func match(
        _ cases: [MatchingCandidate], with webhooks: [Delivery], mostComparedCases: Int = Self.mostComparedCases
    ) -> [MatchedWebhooks] {
        var matching = OrderMatching(cases, mostComparedCases)
        for delivery in inOrder(webhooks) { matching.assign(delivery) }
        return matching.candidates.map { $0.matched(isChoice: matching.isChoice) }
    }

    /// The webhooks of an order that has no case, as if it had one that takes them all.
    static func orphans(_ webhooks: [Delivery]) -> MatchedWebhooks {
        var taken = TakenWebhooks()
        for delivery in inOrder(webhooks) { taken.take(delivery) }
        return taken.matched
    }

    private init(_ candidates: [MatchingCandidate], _ mostComparedCases: Int) {
        self.candidates = candidates
        if candidates.count > mostComparedCases { nearest = NearestCandidates(candidates) }
    }

    private var isChoice: Bool { candidates.count > 1 }

    private static func inOrder(_ webhooks: [Delivery]) -> [Delivery] {
        webhooks.sorted { Webhook.arrivesBefore($0.webhook, $1.webhook) }
    }

    private mutating func assign(_ delivery: Delivery) {
        let shortlist = nearest?.shortlist(for: delivery.webhook) ?? Array(candidates.indices)
        let chosen = best(of: shortlist, for: delivery.webhook)
        candidates[chosen].take(delivery, isChoice: isChoice)
        nearest?.note(chosen, candidates[chosen])
    }

    /// The case among some, in reading order, to which a webhook goes.
    private func best(of some: [Int], for webhook: Webhook) -> Int {
        guard var best = some.first else { preconditionFailure("a webhook is matched among the cases of its order") }
        for place in some.dropFirst() where candidates[place].isBetter(than: candidates[best], for: webhook) {
            best = place
        }
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
    private var taken = TakenWebhooks()
    private var isAmbiguous = false

    init(_ refundCase: RefundCase, queriedStatus: RefundStatus?) {
        let expected = refundCase.expected
        currency = refundCase.currency
        original = expected.original
        refund = expected.refund
        self.queriedStatus = queriedStatus
        refundCode = refundCase.refundCode
    }

    var hasTerminal: Bool { taken.hasTerminal }

    mutating func take(_ delivery: Delivery, isChoice: Bool) {
        taken.take(delivery)
        isAmbiguous = isAmbiguous || (isChoice && totalDiffers(delivery.webhook))
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
        let isTaken = hasTerminal || (!webhook.refundStatus.isTerminal && !taken.isEmpty)
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

    /// What the case got.
    ///
    /// - Parameter isChoice: whether the order has several cases.
    func matched(isChoice: Bool) -> MatchedWebhooks {
        var matched = taken.matched
        matched.isAmbiguous = isAmbiguous
        if isChoice, let effective = taken.effective { matched.isEffectiveMisfit = totalDiffers(effective.webhook) }
        return matched
    }
}

/// The webhooks that a case has so far, and their contents, so that a redelivery is found quickly however many there are.
struct TakenWebhooks {
    private var matchedSoFar = MatchedWebhooks()
    private var contents: Set<Webhook.Content> = []
    private var last: Delivery?
    private var lastTerminal: Delivery?
    private var terminalCount = 0

    var isEmpty: Bool { last == nil }
    var hasTerminal: Bool { terminalCount > 0 }

    /// Adds a webhook, unless there is one that is equal in every value but receivedAt and cid.
    mutating func take(_ delivery: Delivery) {
        guard contents.insert(delivery.webhook.content).inserted else {
            return matchedSoFar.duplicates.append(delivery.index)
        }
        matchedSoFar.assigned.append(delivery.index)
        last = delivery
        if delivery.webhook.refundStatus.isTerminal {
            lastTerminal = delivery
            terminalCount += 1
        }
    }

    /// The effective webhook: of the terminal ones if there are any, else of all, the last.
    var effective: Delivery? { lastTerminal ?? last }

    /// What the case got. Two terminal webhooks that are not redeliveries of each other differ in something.
    var matched: MatchedWebhooks {
        var matched = matchedSoFar
        matched.effective = effective?.index
        matched.isRevised = terminalCount > 1
        return matched
    }
}
