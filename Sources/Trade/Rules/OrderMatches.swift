import Memory
import Refunds

/// The matches of one part of the records: which webhooks and answers belong to which case.
package struct OrderMatches: Sendable {
    /// Orders of one case and one webhook.
    private(set) var pairs: [(case: Int32, webhook: Int32)] = []
    /// The webhooks of the cases of other orders.
    private(set) var others: [(case: Int32, matched: MatchedWebhooks)] = []
    /// Orders without a case.
    private(set) var orphans: [(orderNo: Text, matched: MatchedWebhooks)] = []

    init(_ groups: OrderGroups, _ part: OrderGroups.Part) {
        pairs.reserveCapacity(part.keys.count / 2)
        groups.population.withView { read($0, groups, part) }
    }

    private mutating func read(_ records: Population.View, _ groups: OrderGroups, _ part: OrderGroups.Part) {
        groups.forEach(in: part.keys, records) {
            pairs.append(($0, $1))
        } group: { group in
            if group.cases.isEmpty {
                let orderNo = records.webhooks[Int(group.webhooks[0])].orderNo
                orphans.append((orderNo, OrderMatching.orphans(group, records)))
            } else {
                others += zip(group.cases, OrderMatching.match(group, records)).map { (case: $0, matched: $1) }
            }
        }
    }
}
