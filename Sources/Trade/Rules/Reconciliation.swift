import Memory
import Refunds

/// The reconciliation of a whole run: RULES.md from its first line to its last, as pure functions of the records.
///
/// Webhooks are assigned when it is made; rows are judged when they are asked for, so that a run of any size never
/// holds all of them.
package struct Reconciliation: Sendable {
    package let population: Population
    private let asOf: CalendarDate
    private let tolerances: Tolerances
    private let audits: Audits
    /// By case.
    private let matched: MatchedList
    /// Orders with webhooks and no case, by order number.
    let orphans: MatchedList
    let orphanCount: Int
    private let unrecorded: [UnrecordedRefund]

    package init(_ population: Population, asOf: CalendarDate, tolerances: Tolerances, audits: Audits = Audits()) {
        let groups = OrderGroups(population)
        let matches = groups.parts(1).map { groups.matches(in: $0) }
        self.init(groups, matches, asOf: asOf, tolerances: tolerances, audits: audits)
    }

    /// - Parameter matches: the matches of the parts of the groups, in the order of the parts.
    package init(
        _ groups: OrderGroups, _ matches: [OrderMatches], asOf: CalendarDate, tolerances: Tolerances,
        audits: Audits = Audits()
    ) {
        self.population = groups.population
        self.asOf = asOf
        self.tolerances = tolerances
        self.audits = audits
        var matched = MatchedList(count: population.cases.count)
        var orphans: [(orderNo: Text, matched: MatchedWebhooks)] = []
        for matches in matches {
            for (index, webhook) in matches.pairs { matched.set(Int(index), only: webhook) }
            for (index, result) in matches.others { matched.set(Int(index), result) }
            orphans += matches.orphans
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
    package var rowCount: Int { population.cases.count + orphanCount + unrecorded.count }

    /// One row, by its place in the report.
    package func row(_ index: Int) -> ResultRow { withRows { $0[index] } }

    /// Calls `body` with the rows: what goes through many of them reads them so.
    @inline(__always)
    package func withRows<Result, Failure: Error>(_ body: (Rows) throws(Failure) -> Result) throws(Failure) -> Result {
        try population.withView { (records) throws(Failure) in
            try matched.withReader { (matched) throws(Failure) in
                try orphans.withReader { (orphans) throws(Failure) in
                    try body(
                        Rows(
                            records: records, matched: matched, orphans: orphans, orphanCount: orphanCount,
                            unrecorded: unrecorded, asOf: asOf, tolerances: tolerances, audits: audits))
                }
            }
        }
    }

    /// Where the webhooks went: assigned, orphan, and duplicates of either.
    package var webhookCounts: (assigned: Int, orphan: Int, duplicate: Int) {
        let (ofCases, ofOrphans) = (matched.counts, orphans.counts)
        return (ofCases.assigned, ofOrphans.assigned, ofCases.duplicates + ofOrphans.duplicates)
    }

    /// The sums of the webhooks that were dropped as duplicates, of cases and of orphans.
    package func duplicateAmounts() -> CurrencySums {
        var sums = CurrencySums()
        for index in matched.duplicates + orphans.duplicates {
            let webhook = population.webhooks[Int(index)]
            sums.add(webhook.finalRefundAmount, webhook.currency)
        }
        return sums
    }
}
