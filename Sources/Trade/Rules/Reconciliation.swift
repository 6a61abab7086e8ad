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
    private let assignments: Assignments
    /// Of the orders with webhooks and no case, by order number.
    private let orphans: [MatchedWebhooks]
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
        assignments = Assignments(caseCount: population.cases.count, matches)
        orphans = matches.flatMap(\.orphans).sorted { $0.orderNo < $1.orderNo }.map(\.matched)
        unrecorded = UnrecordedRefund.find(in: population, groups)
    }

    /// The number of rows: the cases in reading order, then orphan webhooks by order number, then unrecorded refunds
    /// by order number and refund code.
    package var rowCount: Int { population.cases.count + orphans.count + unrecorded.count }

    /// One row, by its place in the report.
    package func row(_ index: Int) -> ResultRow {
        let (caseCount, orphanCount) = (population.cases.count, orphans.count)
        if index < caseCount {
            return Judgement(evidence(ofCase: index), asOf: asOf, tolerances: tolerances).row(audits)
        }
        if index < caseCount + orphanCount { return orphanRow(orphans[index - caseCount]) }
        return ResultRow(unrecorded[index - caseCount - orphanCount])
    }

    private func evidence(ofCase index: Int) -> CaseEvidence {
        let view = population.view
        let (refundCase, answer, matched) = (view.cases[index], view.answers[index], assignments[index])
        return CaseEvidence(
            refundCase: refundCase, answer: answer, entry: answer?.entry(about: refundCase), matched: matched,
            webhookSources: sources(of: matched),
            effective: matched.effective.map { population.webhooks[Int($0)] })
    }

    private func orphanRow(_ matched: MatchedWebhooks) -> ResultRow {
        guard let effective = matched.effective else { preconditionFailure("an orphan row without a webhook") }
        return ResultRow(orphan: population.webhooks[Int(effective)], webhookSources: sources(of: matched))
    }

    private func sources(of matched: MatchedWebhooks) -> Few<SourceLine> {
        var sources = Few<SourceLine>()
        for index in matched.assigned { sources.append(population.webhooks[Int(index)].source) }
        return sources
    }

    // MARK: Webhooks

    /// Adds what the webhooks of a row add up to, by what became of them.
    package func addWebhooks(ofRow index: Int, _ row: ResultRow, to tally: inout SummaryTally) {
        switch row.rowType {
        case .case:
            let matched = assignments[index]
            let final = row.finalSource == .webhook ? matched.effective : nil
            for webhook in matched.assigned {
                tally.add(population.webhooks[Int(webhook)], webhook == final ? .final : .notFinal)
            }
        case .orphanWebhook:
            for webhook in orphans[index - population.cases.count].assigned {
                tally.add(population.webhooks[Int(webhook)], .orphan)
            }
        case .unrecordedRefund: break
        }
    }

    /// How many webhooks were assigned, orphans, and duplicates of either.
    package var webhookCounts: (assigned: Int, orphan: Int, duplicate: Int) {
        (assignments.assignedCount, orphans.reduce(0) { $0 + $1.assigned.count }, duplicates.count)
    }

    /// What the webhooks add up to that were dropped as duplicates, of cases and of orphans.
    package func duplicateAmounts() -> CurrencySums {
        var sums = CurrencySums()
        for index in duplicates {
            let webhook = population.webhooks[Int(index)]
            sums.add(webhook.finalRefundAmount, webhook.currency)
        }
        return sums
    }

    private var duplicates: [Int32] { assignments.duplicates + orphans.flatMap(\.duplicates) }
}
