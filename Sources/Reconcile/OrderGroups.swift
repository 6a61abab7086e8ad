import Core

/// What one run reconciles: cases in reading order, the answer about each, and all notifications.
public struct Population: Sendable {
    public var cases: [RefundCase]
    /// The answer about each case; nil where it is not queryable or was not asked.
    public var answers: [StatusAnswer?]
    public var notifications: [Notification]

    public init(cases: [RefundCase], answers: [StatusAnswer?], notifications: [Notification]) {
        precondition(cases.count == answers.count, "an answer or none for each case")
        self.cases = cases
        self.answers = answers
        self.notifications = notifications
    }

    /// The entry about a case: that of its answer with its refund code, and its order number where it has one. Of entries
    /// with the same code the first counts.
    func entry(_ index: Int) -> RefundOrderEntry? {
        guard let code = cases[index].refundCode, let answer = answers[index] else { return nil }
        let orderNo = cases[index].orderNo
        return answer.entries.first { $0.refundCode == code && (orderNo == nil || $0.orderNo == orderNo) }
    }

    /// The case's order number; one keyed by PNR and carrier takes it from its entry.
    func orderNo(_ index: Int) -> Text? { cases[index].orderNo ?? entry(index)?.orderNo }
}

/// The records of each order: everything that is decided about a refund is decided from the records of its order, so any
/// split by order gives the same rows.
///
/// Two things cross orders and are settled here: a case keyed by PNR and carrier takes its order number from the query's
/// answer, and an entry is looked for among the cases of its own order.
struct OrderGroups {
    /// Cases and notifications of one order, as indices into the population; a case whose order number is unknown is alone.
    struct Group {
        var cases: [Int32] = []
        var notifications: [Int32] = []
    }

    private(set) var groups: [Group] = []
    private var orderNos: [Text] = []
    private var index: HashIndex

    init(_ population: Population) {
        index = HashIndex(capacity: population.cases.count)
        groups.reserveCapacity(population.cases.count)
        for position in population.cases.indices {
            if let orderNo = population.orderNo(position) {
                groups[group(of: orderNo)].cases.append(Int32(position))
            } else {
                // Never found by a notification: it has no order number to be found by.
                groups.append(Group(cases: [Int32(position)]))
                orderNos.append("")
            }
        }
        for (position, notification) in population.notifications.enumerated() {
            groups[group(of: notification.orderNo)].notifications.append(Int32(position))
        }
    }

    /// The cases of an order, none if there is no such order.
    func cases(of orderNo: Text) -> [Int32] { find(orderNo).map { groups[$0].cases } ?? [] }

    private func find(_ orderNo: Text) -> Int? {
        index.find(orderNo.hashValue) { orderNos[$0] == orderNo }
    }

    private mutating func group(of orderNo: Text) -> Int {
        if let found = find(orderNo) { return found }
        groups.append(Group())
        orderNos.append(orderNo)
        index.insert(groups.count - 1, orderNo.hashValue) { [orderNos] in orderNos[$0].hashValue }
        return groups.count - 1
    }
}
