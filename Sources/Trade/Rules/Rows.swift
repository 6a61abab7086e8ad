import Memory
import Refunds

/// The rows of a reconciliation, judged when they are asked for; they hold for as long as it does.
package struct Rows {
    let records: Population.View
    let matched: MatchedList.Reader
    let orphans: MatchedList.Reader
    let orphanCount: Int
    let unrecorded: [UnrecordedRefund]
    let asOf: CalendarDate
    let tolerances: Tolerances
    let audits: Audits

    /// One row, by its place in the report.
    package subscript(index: Int) -> ResultRow {
        var row = ResultRow(.case, source: SourceLine(file: 0, line: 0))
        judge(index, into: &row)
        return row
    }

    /// The same, written over another row: a row is wide, and those of a loop are not moved so.
    package func judge(_ index: Int, into row: inout ResultRow) {
        let cases = records.cases.count
        if index < cases {
            prefetchRow(index + Self.rowsAhead)
            judgeCase(index, into: &row)
        } else if index < cases + orphanCount {
            row = orphanRow(orphans[index - cases])
        } else {
            row = unrecordedRow(unrecorded[index - cases - orphanCount])
        }
    }

    /// How many rows ahead the records of a row are fetched.
    private static let rowsAhead = 8

    /// Fetches what a row that follows soon is made of; its case comes by itself, for cases are read in their order.
    @inline(__always)
    private func prefetchRow(_ index: Int) {
        guard index < records.cases.count else { return }
        records.answers.prefetchAnswer(index)
        if let effective = matched[index].effective { prefetch(records.webhooks.place(of: Int(effective))) }
    }

    private func judgeCase(_ index: Int, into row: inout ResultRow) {
        let matched = matched[index]
        let judgement = Judgement(
            refundCase: records.cases.place(of: index), answer: records.answers[index].map { AnswerHead($0) },
            entry: records.entry(index),
            matched: matched, effective: matched.effective.map { records.webhooks.place(of: Int($0)) }, asOf: asOf,
            tolerances: tolerances)
        judgement.write(to: &row)
        row.webhookSources = places(self.matched.assigned(matched))
        row.audits = audits.findings(records.cases[index], row)
    }

    /// Adds the sums of a row's webhooks, by where they count.
    package func addWebhooks(
        ofRow index: Int, _ row: ResultRow, to tally: inout SummaryTally
    ) {
        switch row.rowType {
        case .case:
            let matched = matched[index]
            let final = row.finalSource == .webhook ? matched.effective : nil
            for webhook in self.matched.assigned(matched) {
                tally.add(records.webhooks[Int(webhook)], webhook == final ? .final : .notFinal)
            }
        case .orphanWebhook:
            for webhook in orphans.assigned(orphans[index - records.cases.count]) {
                tally.add(records.webhooks[Int(webhook)], .orphan)
            }
        case .unrecordedRefund: break
        }
    }

    private func orphanRow(_ matched: MatchedList.Entry) -> ResultRow {
        let assigned = orphans.assigned(matched)
        let effective = records.webhooks[Int(matched.effective ?? assigned[assigned.startIndex])]
        var row = ResultRow(.orphanWebhook, source: effective.source)
        row.orderNo = effective.orderNo
        row.currency = effective.currency
        row.status = effective.refundStatus
        row.statusSource = .webhook
        if effective.refundStatus.isPaid {
            row.finalSource = .webhook
            row.final = Amounts(effective)
            row.finalCurrency = effective.currency
        }
        row.webhookCount = assigned.count
        row.effectiveWebhookSource = effective.source
        row.webhookSources = places(assigned)
        row.exceptions.insert(.orphanWebhook)
        return row
    }

    private func unrecordedRow(_ refund: UnrecordedRefund) -> ResultRow {
        let entry = refund.entry
        var row = ResultRow(.unrecordedRefund, source: refund.source)
        row.orderNo = refund.orderNo
        row.refundCode = entry.refundCode
        row.currency = entry.amounts.currency
        row.status = entry.refundStatus
        row.statusSource = .query
        if entry.refundStatus.isPaid {
            row.finalSource = .query
            row.final = Amounts(entry.amounts)
            row.finalCurrency = entry.amounts.currency
        }
        row.cancelReason = entry.cancelReason
        row.queriedAt = refund.queriedAt
        row.querySource = refund.source
        row.exceptions.insert(.unrecordedRefund)
        return row
    }

    private func places(_ webhooks: Slice<UnsafeBufferPointer<Int32>>) -> Few<SourceLine> {
        var places = Few<SourceLine>()
        for index in webhooks { places.append(records.webhooks[Int(index)].source) }
        return places
    }
}
