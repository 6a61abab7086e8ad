import Memory
import Refunds

/// What one part of the records says of each other.
package struct OrderMatches: Sendable {
    /// Orders of one case and one webhook.
    private(set) var pairs: [(case: Int32, webhook: Int32)] = []
    /// What the cases of other orders with webhooks got.
    private(set) var others: [(case: Int32, matched: MatchedWebhooks)] = []
    /// Orders without a case.
    private(set) var orphans: [(orderNo: Text, matched: MatchedWebhooks)] = []

    init(_ groups: OrderGroups, _ part: OrderGroups.Part) {
        groups.forEachOrder(in: part) { _, orderNo, records, view in
            if records.webhooks.isEmpty { return }
            if records.cases.count == 1, records.webhooks.count == 1 {
                return pairs.append((records.cases[0], records.webhooks[0]))
            }
            var webhooks: [Delivery] = []
            for index in records.webhooks {
                webhooks.append(Delivery(index: index, webhook: view.webhooks[Int(index)]))
            }
            if records.cases.isEmpty { return orphans.append((orderNo, OrderMatching.orphans(webhooks))) }
            var candidates: [MatchingCandidate] = []
            for index in records.cases {
                let status = view.entry(ofCase: Int(index))?.refundStatus
                candidates.append(MatchingCandidate(view.cases[Int(index)], queriedStatus: status))
            }
            let matched = OrderMatching.match(candidates, with: webhooks)
            for (index, matched) in zip(records.cases, matched) { others.append((index, matched)) }
        }
    }
}
