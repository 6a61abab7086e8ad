/// Applies RULES.md to a row again, from the row's own columns, the as-of date and the tolerances.
struct RowRules {
    /// In days.
    let asOf: Int?
    /// In minor units, by currency; 0 in every other.
    let tolerances: [String: Int128]

    /// The faults of the row, each in a few words.
    func faults(of row: ReportRow) -> [String] {
        if !row.faults.isEmpty { return row.faults }
        var faults = sourceFaults(of: row)
        if row.isCase {
            faults += amountFaults(of: row) + outcomeFaults(of: row) + ageFaults(of: row)
        } else {
            faults += otherFaults(of: row)
        }
        return faults + CodeRules(rules: self, row: row).faults()
    }

    // MARK: Where a row's values come from

    private func sourceFaults(of row: ReportRow) -> [String] {
        var faults: [String] = []
        func check(_ holds: Bool, else words: String) { if !holds { faults.append(words) } }
        check(["", "query", "webhook"].contains(row.statusSource), else: "statusSource is \(row.statusSource)")
        check(["", "query", "webhook"].contains(row.finalSource), else: "finalSource is \(row.finalSource)")
        check(
            (row.status == nil) == row.statusSource.isEmpty, else: "refundStatus and statusSource: only one has a value"
        )
        check(
            row.hasFinal == (row.status == 2 || row.status == 5),
            else: row.hasFinal
                ? "there is a final side, and the status is not 2 or 5"
                : "the status is 2 or 5, and there is no final side")
        check(row.hasFinal || row.finalCurrency.isEmpty, else: "there is a finalCurrency and no final side")
        check(
            row.hasFinal || row.final.allSatisfy { $0 == nil } && row.unexplained == nil,
            else: "there are final amounts and no final side")
        check(
            (row.webhookCount > 0) == !row.webhookSource.isEmpty,
            else:
                "webhookCount is \(row.webhookCount), and webhookSource is \(row.webhookSource.isEmpty ? "empty" : row.webhookSource)"
        )
        let usesQuery = row.statusSource == "query" || row.finalSource == "query" || !row.queriedAt.isEmpty
        check(!usesQuery || !row.querySource.isEmpty, else: "the query gives values, and querySource is empty")
        let usesWebhook = row.statusSource == "webhook" || row.finalSource == "webhook"
        check(!usesWebhook || !row.webhookSource.isEmpty, else: "a webhook gives values, and webhookSource is empty")
        check(!row.source.isEmpty, else: "source is empty")
        return faults
    }

    // MARK: Amounts of a case

    /// original − penalty − fee, if all are there.
    private func explained(_ side: [Int128?]) -> Int128? {
        guard let original = side[0], let penalty = side[1], let fee = side[2] else { return nil }
        return original - penalty - fee
    }

    private func amountFaults(of row: ReportRow) -> [String] {
        var faults: [String] = []
        if row.currency.isEmpty { faults.append("a case has no currency") }
        if let refund = explained(row.expected), row.expected[3] != refund {
            faults.append("expectedRefundAmount is not original − penalty − fee")
        }
        let isComparable = row.hasFinal && row.finalCurrency == row.currency
        for (index, column) in Column.variances.enumerated() {
            let difference =
                isComparable
                ? row.final[index].flatMap { final in row.expected[index].map { final - $0 } } : nil
            if row.variances[index] != difference { faults.append("\(column.name) is not final − expected") }
        }
        for (index, column) in Column.partVariances.enumerated() where row.partVariances[index] != nil && !isComparable
        {
            faults.append("\(column.name) has a value, and there is nothing to compare")
        }
        let unexplained = row.final[3].flatMap { refund in explained(row.final).map { refund - $0 } }
        if row.unexplained != unexplained {
            faults.append("unexplainedVariance is not finalRefund − (finalOriginal − finalPenalty − finalFee)")
        }
        return faults
    }

    /// Whether an amount in minor units is beyond the currency's tolerance.
    func isBeyond(_ amount: Int128?, in currency: String) -> Bool {
        guard let amount else { return false }
        return amount.magnitude > (tolerances[currency] ?? 0).magnitude
    }

    /// Whether a promised date is past, for the statuses that it is for.
    func isPast(_ date: Int?, of row: ReportRow, statuses: [Int]) -> Bool {
        guard let asOf, let date, let status = row.status else { return false }
        return statuses.contains(status) && asOf > date
    }

    /// The outcomes, in the order in which summary.json counts them.
    static let outcomes = [
        "unverified", "overdue", "pending", "rejected", "withdrawn", "unquoted", "variance", "withinTolerance",
        "matched",
    ]

    /// RULES.md, "Outcome".
    private func outcome(of row: ReportRow) -> String {
        guard let status = row.status else { return "unverified" }
        switch status {
        case 0, 1, 3:
            return isPast(row.dates[1], of: row, statuses: [0, 1])
                || isPast(row.dates[2], of: row, statuses: [0, 1, 3]) ? "overdue" : "pending"
        case 4: return "rejected"
        case 6: return "withdrawn"
        default: break
        }
        if row.expected[3] == nil { return "unquoted" }
        if row.finalCurrency != row.currency || row.final[3] == nil { return "variance" }
        let compared = row.variances.map { ($0, row.currency) } + [(row.unexplained, row.finalCurrency)]
        if compared.contains(where: { isBeyond($0.0, in: $0.1) }) { return "variance" }
        return compared.contains { ($0.0 ?? 0) != 0 } ? "withinTolerance" : "matched"
    }

    private func outcomeFaults(of row: ReportRow) -> [String] {
        let outcome = outcome(of: row)
        var faults = row.outcome == outcome ? [] : ["outcome is \(row.outcome), by its columns it is \(outcome)"]
        if !["deposit", "vcc"].contains(row.paymentMethod) { faults.append("paymentMethod is \(row.paymentMethod)") }
        return faults
    }

    private func ageFaults(of row: ReportRow) -> [String] {
        guard let requested = row.dates[0] else { return ["a case has no requestedAt"] }
        guard let asOf else { return [] }
        guard row.outcome == "pending" || row.outcome == "overdue" else {
            return row.ageDays.isEmpty && row.ageBucket.isEmpty
                ? [] : ["there is an age, and the case is not pending or overdue"]
        }
        let days = max(0, asOf - requested)
        let bucket =
            switch days {
            case ...7: "0-7"
            case ...30: "8-30"
            case ...60: "31-60"
            case ...90: "61-90"
            default: "90+"
            }
        return row.ageDays == String(days) && row.ageBucket == bucket
            ? [] : ["ageDays and ageBucket are \(row.ageDays) and \(row.ageBucket), by its dates \(days) and \(bucket)"]
    }

    // MARK: Rows without a case

    private func otherFaults(of row: ReportRow) -> [String] {
        var faults: [String] = []
        let isOrphan = row.type == .orphanWebhook
        let source = isOrphan ? "webhook" : "query"
        if !row.outcome.isEmpty { faults.append("it has an outcome and is not a case") }
        if (row.expected + row.variances + row.partVariances + [row.unexplained]).contains(where: { $0 != nil }) {
            faults.append("it has expected amounts or variances and is not a case")
        }
        if !row.ageDays.isEmpty || !row.ageBucket.isEmpty || row.dates.contains(where: { $0 != nil }) {
            faults.append("it has dates and is not a case")
        }
        if row.statusSource != source { faults.append("statusSource is \(row.statusSource)") }
        if row.hasFinal, row.finalSource != source { faults.append("finalSource is \(row.finalSource)") }
        if row.hasFinal, row.finalCurrency != row.currency { faults.append("finalCurrency is not its currency") }
        if row.source != (isOrphan ? row.webhookSource : row.querySource) {
            faults.append("source is not its \(isOrphan ? "webhookSource" : "querySource")")
        }
        if isOrphan, row.currency.isEmpty { faults.append("an orphan webhook has no currency") }
        if isOrphan != (row.webhookCount > 0) { faults.append("webhookCount is \(row.webhookCount)") }
        return faults
    }
}
