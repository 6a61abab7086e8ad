import Memory
import Refunds

/// Of an order with many cases, the few among which the best case for a webhook must be, so that the order's time does
/// not grow with cases × webhooks. Which of them is the best is for `MatchingCandidate` alone to say.
///
/// The cases are kept in groups by what RULES.md's criteria 1 to 3 compare. The groups are looked at from the best to the worst;
/// in the first that has a case, only the cases next to the webhook's refund can be the nearest.
struct NearestCandidates {
    /// The values that the cases of a group share; nil means any value.
    private struct Key: Hashable {
        var currency: Currency?
        var status: Status?
        var original: Amount?

        /// The query's status, which may be missing.
        struct Status: Hashable { var value: RefundStatus? }
    }

    /// Cases in the order of refund, code and reading, with those that are still free to take a webhook.
    private struct Group {
        /// The refunds by which distances are measured; none where currencies differ.
        var refunds: [Amount] = []
        /// The cases: those with a refund in its order, then those without.
        var cases: [Int] = []
        var empty = DenseIndexSet(bound: 0)
        var notEmpty = DenseIndexSet(bound: 0)
        var withoutTerminal = DenseIndexSet(bound: 0)
        var withTerminal = DenseIndexSet(bound: 0)
    }

    private var groups: [Group] = []
    private var numbers: [Key: Int] = [:]
    /// Where each case is: the number of the group, and its place there.
    private var places: [[(group: Int, place: Int)]]

    init(_ candidates: [MatchingCandidate]) {
        places = Array(repeating: [], count: candidates.count)
        for (index, candidate) in candidates.enumerated() {
            for key in Self.keys(candidate) { groups[number(of: key)].cases.append(index) }
        }
        for (key, number) in numbers { sort(number, byRefund: key.currency != nil, candidates) }
    }

    private static func keys(_ candidate: MatchingCandidate) -> [Key] {
        let status = Key.Status(value: candidate.queriedStatus)
        var keys = [
            Key(currency: candidate.currency, status: status), Key(currency: candidate.currency), Key(status: status),
            Key(),
        ]
        if let original = candidate.original {
            keys.append(Key(currency: candidate.currency, status: status, original: original))
            keys.append(Key(currency: candidate.currency, original: original))
        }
        return keys
    }

    private mutating func number(of key: Key) -> Int {
        if let known = numbers[key] { return known }
        numbers[key] = groups.count
        groups.append(Group())
        return groups.count - 1
    }

    private mutating func sort(_ number: Int, byRefund: Bool, _ candidates: [MatchingCandidate]) {
        func refund(_ index: Int) -> Amount? { byRefund ? candidates[index].refund : nil }
        let cases = groups[number].cases.sorted { left, right in
            switch (refund(left), refund(right)) {
            case (nil, .some): return false
            case (.some, nil): return true
            case (let leftRefund?, let rightRefund?) where leftRefund != rightRefund: return leftRefund < rightRefund
            default: break
            }
            switch (candidates[left].refundCode, candidates[right].refundCode) {
            case (nil, .some): return true
            case (.some, nil): return false
            case (let leftCode?, let rightCode?) where leftCode != rightCode: return leftCode < rightCode
            default: return left < right
            }
        }
        groups[number].cases = cases
        groups[number].refunds = cases.compactMap(refund)
        groups[number].empty = DenseIndexSet(bound: cases.count, isFull: true)
        groups[number].withoutTerminal = groups[number].empty
        groups[number].notEmpty = DenseIndexSet(bound: cases.count)
        groups[number].withTerminal = groups[number].notEmpty
        for (place, index) in cases.enumerated() { places[index].append((number, place)) }
    }

    /// Updates a case after it took a webhook.
    mutating func note(_ index: Int, _ candidate: MatchingCandidate) {
        for (group, place) in places[index] {
            groups[group].empty.remove(place)
            groups[group].notEmpty.insert(place)
            guard candidate.hasTerminal else { continue }
            groups[group].withoutTerminal.remove(place)
            groups[group].withTerminal.insert(place)
        }
    }

    /// The cases among which the best one for a webhook is, in reading order.
    func shortlist(for webhook: Webhook) -> [Int] {
        let (currency, original) = (webhook.currency, webhook.originalTotalAmount)
        let fitting = [Key.Status(value: nil), Key.Status(value: webhook.refundStatus)]
        let fromBestToWorst: [[Key]] = [
            fitting.map { Key(currency: currency, status: $0, original: original) },
            fitting.map { Key(currency: currency, status: $0) },
            [Key(currency: currency, original: original)], [Key(currency: currency)],
            fitting.map { Key(status: $0) }, [Key()],
        ]
        for keys in fromBestToWorst {
            for isTaken in [false, true] {
                let found = keys.flatMap { nearest(in: $0, webhook, isTaken: isTaken) }
                if !found.isEmpty { return found.sorted() }
            }
        }
        return []
    }

    /// The cases of a group that are nearest to the webhook's refund, from below and from above.
    private func nearest(in key: Key, _ webhook: Webhook, isTaken: Bool) -> [Int] {
        guard let number = numbers[key] else { return [] }
        let group = groups[number]
        let isTerminal = webhook.refundStatus.isTerminal
        let members =
            isTerminal
            ? (isTaken ? group.withTerminal : group.withoutTerminal) : (isTaken ? group.notEmpty : group.empty)
        let start = group.refunds.partitioningIndex { $0 >= webhook.finalRefundAmount }
        var found: [Int] = []
        // The first at or above the refund; where there is none, the first of those without a refund.
        if let above = members.first(from: start) { found.append(group.cases[above]) }
        // Below it, the first of those with the greatest refund.
        if let below = members.last(before: start) {
            let first = group.refunds.partitioningIndex { $0 >= group.refunds[below] }
            if let below = members.first(from: first) { found.append(group.cases[below]) }
        }
        return found
    }
}
