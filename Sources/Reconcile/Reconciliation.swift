import Core

/// The reconciliation of a whole run: RULES.md from its first line to its last, as pure functions of the records.
///
/// Notifications are assigned when it is made; rows are judged when they are asked for, so that a run of any size never
/// holds all of them.
public struct Reconciliation: Sendable {
    public let population: Population
    private let asOf: CalendarDate
    private let tolerances: Tolerances
    private let audits: Audits
    /// By case.
    private let matched: MatchedList
    /// Orders with notifications and no case, by order number.
    let orphans: MatchedList
    let orphanCount: Int
    private let unrecorded: [UnrecordedRefund]

    public init(_ population: Population, asOf: CalendarDate, tolerances: Tolerances, audits: Audits = Audits()) {
        self.population = population
        self.asOf = asOf
        self.tolerances = tolerances
        self.audits = audits
        let groups = OrderGroups(population)
        var matched = MatchedList(count: population.cases.count)
        var orphans: [(orderNo: Text, matched: MatchedWebhooks)] = []
        for index in groups.indices {
            let group = groups[index]
            guard let first = group.notifications.first else { continue }
            if group.cases.isEmpty {
                let orderNo = population.notifications[Int(first)].orderNo
                orphans.append((orderNo, OrderMatching.orphans(group, population)))
            } else if group.cases.count == 1, group.notifications.count == 1 {
                for index in group.cases { matched.set(Int(index), only: first) }
            } else {
                for (index, result) in zip(group.cases, OrderMatching.match(group, population)) {
                    matched.set(Int(index), result)
                }
            }
        }
        self.matched = matched
        var sorted = MatchedList()
        for orphan in orphans.sorted(by: { $0.orderNo < $1.orderNo }) { sorted.append(orphan.matched) }
        self.orphans = sorted
        orphanCount = orphans.count
        unrecorded = UnrecordedRefund.find(in: population, groups)
    }

    /// How many rows there are: the cases in reading order, then orphan webhooks by order number, then unrecorded refunds
    /// by order number and refund code.
    public var rowCount: Int { population.cases.count + orphanCount + unrecorded.count }

    /// One row, by its place in the report.
    public func row(_ index: Int) -> ResultRow {
        let cases = population.cases.count
        if index < cases { return caseRow(index) }
        if index < cases + orphanCount { return orphanRow(orphans[index - cases]) }
        return unrecordedRow(unrecorded[index - cases - orphanCount])
    }

    /// Where the notifications went: assigned, orphan, and duplicates of either.
    public var notificationCounts: (assigned: Int, orphan: Int, duplicate: Int) {
        let (ofCases, ofOrphans) = (matched.counts, orphans.counts)
        return (ofCases.assigned, ofOrphans.assigned, ofCases.duplicates + ofOrphans.duplicates)
    }

    private func caseRow(_ index: Int) -> ResultRow {
        let matched = matched[index]
        // Taken once each: they are wide.
        let (refundCase, answer) = (population.cases[index], population.answers[index])
        let judgement = Judgement(
            refundCase: refundCase, answer: answer.map { AnswerHead($0) }, entry: Population.entry(answer, refundCase),
            matched: matched, effective: matched.effective.map { population.notifications[Int($0)] }, asOf: asOf,
            tolerances: tolerances)
        var row = judgement.row()
        row.webhookSources = places(self.matched.assigned(matched))
        row.audits = audits.findings(population.cases[index], row)
        return row
    }

    private func orphanRow(_ matched: MatchedList.Entry) -> ResultRow {
        let assigned = orphans.assigned(matched)
        let effective = population.notifications[Int(matched.effective ?? assigned[assigned.startIndex])]
        var row = ResultRow(.orphanWebhook, source: effective.source)
        row.orderNo = effective.orderNo
        row.currency = effective.currency
        row.status = effective.refundStatus
        row.statusSource = .webhook
        if effective.refundStatus.isPaid {
            row.finalSource = .webhook
            row.final = FinalSide(effective)
        }
        row.webhookCount = assigned.count
        row.webhookSources = places(assigned)
        row.exceptions.insert(.orphanWebhook)
        return row
    }

    private func unrecordedRow(_ refund: UnrecordedRefund) -> ResultRow {
        let entry = refund.entry
        var row = ResultRow(.unrecordedRefund, source: refund.source)
        row.orderNo = entry.orderNo
        row.refundCode = entry.refundCode
        row.currency = entry.amounts.currency
        row.status = entry.refundStatus
        row.statusSource = .query
        if entry.refundStatus.isPaid {
            row.finalSource = .query
            row.final = FinalSide(entry.amounts)
        }
        row.cancelReason = entry.cancelReason
        row.queriedAt = refund.queriedAt
        row.querySource = refund.source
        row.exceptions.insert(.unrecordedRefund)
        return row
    }

    private func places(_ notifications: ArraySlice<Int32>) -> Few<SourceLine> {
        var places = Few<SourceLine>()
        for index in notifications { places.append(population.notifications[Int(index)].source) }
        return places
    }
}

/// An entry of an answer for a refund code that no case of its order has.
struct UnrecordedRefund: Sendable {
    let entry: RefundOrderEntry
    let queriedAt: Text?
    let source: SourceLine

    private struct Key: Hashable {
        let orderNo: Text?
        let refundCode: Text
    }

    /// Each once, from the first answer that names it in the order of the cases; by order number and refund code.
    static func find(in population: Population, _ groups: OrderGroups) -> [UnrecordedRefund] {
        var found: [UnrecordedRefund] = []
        var known: Set<Key> = []
        for index in population.cases.indices {
            guard let answer = population.answers[index], answer.hasOthers(than: population.cases[index]) else {
                continue
            }
            let own = population.orderNo(index)
            for entry in answer.entries {
                let orderNo = entry.orderNo ?? own
                if entry.refundCode == population.cases[index].refundCode, orderNo == own { continue }
                guard !isRecorded(entry.refundCode, orderNo, groups, population),
                    known.insert(Key(orderNo: orderNo, refundCode: entry.refundCode)).inserted
                else { continue }
                found.append(UnrecordedRefund(entry: entry, queriedAt: answer.queriedAt, source: answer.source))
            }
        }
        return found.sorted {
            ($0.entry.orderNo ?? "", $0.entry.refundCode) < ($1.entry.orderNo ?? "", $1.entry.refundCode)
        }
    }

    /// Whether a case of that order is about that refund.
    private static func isRecorded(
        _ refundCode: Text, _ orderNo: Text?, _ groups: OrderGroups, _ population: Population
    ) -> Bool {
        guard let orderNo else { return false }
        return groups.cases(of: orderNo).contains { population.cases[Int($0)].refundCode == refundCode }
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
