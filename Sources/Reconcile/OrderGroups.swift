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
    func entry(_ index: Int) -> RefundOrderEntry? { Self.entry(answers[index], cases[index]) }

    static func entry(_ answer: StatusAnswer?, _ refundCase: RefundCase) -> RefundOrderEntry? {
        guard let code = refundCase.refundCode, case .ok(let entries)? = answer?.outcome else { return nil }
        let orderNo = refundCase.orderNo
        return entries.first { $0.refundCode == code && (orderNo == nil || $0.orderNo == orderNo) }
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
        let cases: ArraySlice<Int32>
        let notifications: ArraySlice<Int32>
    }

    /// The indices, group after group, and where each group's begin.
    private let cases: Members
    private let notifications: Members
    private let orderNos: [Text]
    private let index: HashIndex

    init(_ population: Population) {
        var naming = Naming(capacity: population.cases.count)
        let groupOfCase = population.cases.indices.map { naming.group(of: population.orderNo($0)) }
        let groupOfNotification = population.notifications.map { naming.group(of: $0.orderNo) }
        cases = Members(groupOfCase, groups: naming.orderNos.count)
        notifications = Members(groupOfNotification, groups: naming.orderNos.count)
        orderNos = naming.orderNos
        index = naming.index
    }

    var indices: Range<Int> { orderNos.indices }

    subscript(group: Int) -> Group { Group(cases: cases[group], notifications: notifications[group]) }

    /// The cases of an order, none if there is no such order.
    func cases(of orderNo: Text) -> ArraySlice<Int32> {
        index.find(orderNo.keyHash) { orderNos[$0] == orderNo }.map { cases[$0] } ?? []
    }

    /// Gives each order a number, in the order in which they are met.
    private struct Naming {
        private(set) var orderNos: [Text] = []
        private(set) var index: HashIndex

        init(capacity: Int) { index = HashIndex(capacity: capacity) }

        /// A case without an order number is never found by one: it gets a group of its own.
        mutating func group(of orderNo: Text?) -> Int32 {
            if let orderNo {
                let hash = orderNo.keyHash
                if let found = index.find(hash, { orderNos[$0] == orderNo }) { return Int32(found) }
                index.insert(orderNos.count, hash)
            }
            orderNos.append(orderNo ?? "")
            return Int32(orderNos.count - 1)
        }
    }

    /// Members of groups, sorted by group by counting; within a group they keep their order.
    private struct Members {
        private var starts: [Int32]
        private var members: [Int32]

        init(_ groupOfMember: [Int32], groups: Int) {
            starts = [Int32](repeating: 0, count: groups + 1)
            for group in groupOfMember { starts[Int(group) + 1] += 1 }
            for group in 0..<groups { starts[group + 1] += starts[group] }
            var next = starts
            members = [Int32](repeating: 0, count: groupOfMember.count)
            for (member, group) in groupOfMember.enumerated() {
                members[Int(next[Int(group)])] = Int32(member)
                next[Int(group)] += 1
            }
        }

        subscript(group: Int) -> ArraySlice<Int32> { members[Int(starts[group])..<Int(starts[group + 1])] }
    }
}
