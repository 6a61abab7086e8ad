import Core

/// What one part of the records says of each other.
public struct OrderMatches: Sendable {
    /// Orders of one case and one notification.
    private(set) var pairs: [(case: Int32, notification: Int32)] = []
    /// What the cases of other orders got.
    private(set) var others: [(case: Int32, matched: MatchedWebhooks)] = []
    /// Orders without a case.
    private(set) var orphans: [(orderNo: Text, matched: MatchedWebhooks)] = []
    /// Cases whose answer has an entry that is not their own.
    private(set) var casesWithOtherEntries: [Int] = []

    init(_ groups: OrderGroups, _ part: OrderGroups.Part) {
        pairs.reserveCapacity(part.orders.count / 2)
        groups.population.withView { read($0, groups, part) }
    }

    private mutating func read(_ records: Population.View, _ groups: OrderGroups, _ part: OrderGroups.Part) {
        groups.forEach(in: part.orders, records) {
            pairs.append(($0, $1))
        } group: { group in
            if group.cases.isEmpty {
                let orderNo = records.notifications[Int(group.notifications[0])].orderNo
                orphans.append((orderNo, OrderMatching.orphans(group, records)))
            } else {
                others += zip(group.cases, OrderMatching.match(group, records)).map { (case: $0, matched: $1) }
            }
        }
        casesWithOtherEntries = part.cases.filter { index in
            records.answers[index].map { $0.hasOthers(than: records.cases[index]) } ?? false
        }
    }
}

extension StatusAnswer {
    /// Whether there is an entry that is not the case's own; the answer about most cases is that one entry.
    fileprivate func hasOthers(than refundCase: RefundCase) -> Bool {
        guard case .ok(let entries) = outcome else { return false }
        guard entries.count == 1 else { return !entries.isEmpty }
        return entries[0].refundCode != refundCase.refundCode
            || (refundCase.orderNo != nil && entries[0].orderNo != refundCase.orderNo)
    }
}
