/// The counts and sums of the rows of a report.
struct Figures {
    /// Sums by currency of one kind, such as the totals.
    typealias Sums = [String: [String: Sum]]

    private(set) var rowTypes: [String: Int] = ["case": 0, "orphanWebhook": 0, "unrecordedRefund": 0]
    private(set) var outcomes = Dictionary(uniqueKeysWithValues: ReportLists.outcomes.map { ($0, 0) })
    private(set) var codes = Dictionary(uniqueKeysWithValues: ReportLists.codes.map { ($0.name, 0) })
    private(set) var totals: Sums = [:]
    /// By carrier; `cases` is among the sums.
    private(set) var carriers: [String: Sums] = [:]
    /// By currency, then bucket.
    private(set) var ages: [String: [String: (cases: Int, refund: Sum)]] = [:]
    private(set) var finalAmounts: Sums = [:]
    /// Currencies of final sides in which no amount has a value: whether they are listed is not decided by the rows.
    private(set) var emptyFinals: Set<String> = []
    private(set) var emptyCarrierFinals: [String: Set<String>] = [:]
    /// Webhooks that cases got, and orphans, duplicates not counted.
    private(set) var assignedCount = 0
    private(set) var orphanCount = 0
    /// Final refunds of the orphans; nil if some of their webhooks are not to be seen in the rows.
    private(set) var orphanAmounts: [String: Sum]? = [:]
    /// The items that stay open: by `cases` or `orphanWebhooks`, then currency.
    private(set) var open: [String: [String: OpenSum]] = ["cases": [:], "orphanWebhooks": [:]]
    private(set) var breakCount = 0

    struct OpenSum: Equatable {
        var count = 0
        var amount = Sum()
        var withoutAmount = 0

        mutating func add(_ value: Int128?) {
            count += 1
            if let value { amount.add(value) } else { withoutAmount += 1 }
        }
    }

    static let severities = Dictionary(uniqueKeysWithValues: ReportLists.codes.map { ($0.name, $0.severity) })

    /// Cases that rely on an answer of a night before.
    private(set) var carriedAnswerCount = 0

    static func isBreak(_ row: ReportRow) -> Bool { row.codes.contains { severities[$0, default: .info] != .info } }

    var hasOverflowed: Bool {
        totals.values.contains { $0.values.contains(where: \.hasOverflowed) }
            || carriers.values.contains { $0.values.contains { $0.values.contains(where: \.hasOverflowed) } }
    }

    mutating func add(_ row: ReportRow) {
        guard let type = row.type else { return }
        rowTypes[type.rawValue, default: 0] += 1
        for code in row.codes { codes[code, default: 0] += 1 }
        if Self.isBreak(row) { breakCount += 1 }
        switch type {
        case .case: addCase(row)
        case .orphanWebhook: addOrphan(row)
        case .unrecordedRefund: break
        }
    }

    private mutating func addOrphan(_ row: ReportRow) {
        orphanCount = orphanCount.addingReportingOverflow(row.webhookCount).partialValue
        if row.webhookCount == 1, row.hasFinal, let amount = row.final[3] {
            orphanAmounts?[row.currency, default: Sum()].add(amount)
        } else {
            orphanAmounts = nil
        }
        if !row.isClosed { open["orphanWebhooks"]?[row.currency, default: OpenSum()].add(row.final[3]) }
    }

    private mutating func addCase(_ row: ReportRow) {
        outcomes[row.outcome, default: 0] += 1
        assignedCount = assignedCount.addingReportingOverflow(row.webhookCount).partialValue
        addTotals(row)
        addCarrier(row)
        if row.querySource.hasPrefix("carried-answers.jsonl:") { carriedAnswerCount += 1 }
        let refund = row.expected[3]
        if !row.ageBucket.isEmpty {
            ages[row.currency, default: [:]][row.ageBucket, default: (0, Sum())].cases += 1
            if let refund { ages[row.currency]?[row.ageBucket]?.refund.add(refund) }
        }
        if row.isOutstanding, !row.isClosed {
            open["cases"]?[row.currency, default: OpenSum()].add(refund)
        }
    }

    private mutating func addTotals(_ row: ReportRow) {
        if totals[row.currency] == nil { totals[row.currency] = [:] }
        func add(_ amount: Int128?, to name: String, currency: String) {
            if let amount { totals[currency, default: [:]][name, default: Sum()].add(amount) }
        }
        for (index, name) in ReportLists.totals[0..<4].enumerated() {
            add(row.expected[index], to: name, currency: row.currency)
        }
        for (index, name) in ReportLists.totals[4..<8].enumerated() {
            add(row.final[index], to: name, currency: row.finalCurrency)
        }
        if row.hasFinal, !row.finalCurrency.isEmpty {
            emptyFinals.insert(row.finalCurrency)
            if let refund = row.final[3] {
                finalAmounts[row.finalCurrency, default: [:]][row.finalSource, default: Sum()].add(refund)
            }
        }
        if ReportLists.atRisk.contains(row.outcome) { add(row.expected[3], to: "atRisk", currency: row.currency) }
        if row.outcome == "pending" { add(row.expected[3], to: "open", currency: row.currency) }
        // Over the cases that have both sides.
        guard let refund = row.variances[3] else { return }
        for (index, name) in ReportLists.totals[8..<12].enumerated() {
            add(row.variances[index], to: name, currency: row.currency)
        }
        add(row.unexplained, to: "unexplainedVariance", currency: row.currency)
        add(refund, to: refund < 0 ? "refundShort" : "refundOver", currency: row.currency)
    }

    private mutating func addCarrier(_ row: ReportRow) {
        var sums = carriers[row.carrier] ?? [:]
        func add(_ amount: Int128?, to name: String, currency: String) {
            if let amount { sums[currency, default: [:]][name, default: Sum()].add(amount) }
        }
        add(1, to: "cases", currency: row.currency)
        add(row.expected[3], to: "expectedRefund", currency: row.currency)
        add(row.variances[3], to: "refundVariance", currency: row.currency)
        add(row.final[3], to: "finalRefund", currency: row.finalCurrency)
        carriers[row.carrier] = sums
        if row.hasFinal, !row.finalCurrency.isEmpty {
            emptyCarrierFinals[row.carrier, default: []].insert(row.finalCurrency)
        }
    }
}
