import Memory
import Refunds
import Rules
import Testing

/// What must hold of every population; a failure names the seed that makes it again.
@Suite struct PropertyTests {
    private static let seeds = (UInt64(1_000_000)..<1_001_000)

    private func forEachPopulation(
        crossesOrders: Bool = true, _ body: (Scenario, UInt64, inout Seeded) throws -> Void
    ) rethrows {
        for seed in Self.seeds {
            var population = RandomPopulation(seed: seed)
            population.crossesOrders = crossesOrders
            let scenario = population.scenario()
            try body(scenario, seed, &population.random)
        }
    }

    @Test func bridge() {
        var bridged = 0
        forEachPopulation { scenario, seed, _ in
            for row in scenario.rows {
                guard let refund = row.variances.refund, let original = row.variances.original,
                    let penalty = row.variances.penalty, let fee = row.variances.fee,
                    let unexplained = row.unexplained
                else { continue }
                bridged += 1
                #expect(refund == original - penalty - fee + unexplained, "seed \(seed)")
            }
        }
        #expect(bridged > 100)
    }

    @Test func everyWebhookGoesSomewhereAndEveryCaseHasOneRow() throws {
        try forEachPopulation { scenario, seed, _ in
            let counts = scenario.reconciliation.webhookCounts
            #expect(counts.assigned + counts.orphan + counts.duplicate == scenario.webhooks.count, "seed \(seed)")
            let rows = scenario.rows
            let cases = rows.filter { $0.rowType == .case }
            #expect(cases.map(\.source) == scenario.cases.map(\.source), "seed \(seed)")
            #expect(cases.allSatisfy { $0.outcome != nil }, "seed \(seed)")
            #expect(cases.reduce(0) { $0 + $1.webhookCount } == counts.assigned, "seed \(seed)")
            let summary = try scenario.summary()
            #expect(summary.cases.values.reduce(0, +) == cases.count, "seed \(seed)")
            let places = rows.flatMap(\.webhookSources)
            #expect(Set(places).count == places.count, "seed \(seed): a webhook counts once")
        }
    }

    /// Tasks share the orders among themselves.
    @Test func anyPartsGiveTheSameRows() {
        forEachPopulation { scenario, seed, random in
            let groups = OrderGroups(scenario.population)
            let parts = groups.parts(random.below(9) + 1)
            let reconciliation = Reconciliation(
                groups, parts.map { groups.matches(in: $0) }, asOf: scenario.asOf, tolerances: scenario.tolerances)
            let rows = (0..<reconciliation.rowCount).map { reconciliation.row($0) }
            #expect(rows == scenario.rows, "seed \(seed), \(parts.count) parts")
        }
    }

    @Test func rowsAreSorted() {
        forEachPopulation { scenario, seed, _ in
            let rows = scenario.rows
            let types = rows.map { RowType.allCases.firstIndex(of: $0.rowType) ?? -1 }
            #expect(types == types.sorted(), "seed \(seed)")
            let orphans = rows.filter { $0.rowType == .orphanWebhook }.map { $0.orderNo ?? "" }
            #expect(orphans == orphans.sorted(), "seed \(seed)")
            #expect(Set(orphans).count == orphans.count, "seed \(seed)")
            let unrecorded = rows.filter { $0.rowType == .unrecordedRefund }
                .map { ($0.orderNo ?? "", $0.refundCode ?? "") }
            #expect(zip(unrecorded, unrecorded.dropFirst()).allSatisfy { !($1 < $0) }, "seed \(seed)")
        }
    }

    /// The order of webhooks in memory says nothing: they are ordered by what they carry.
    @Test func webhooksMayComeInAnyOrder() {
        forEachPopulation { scenario, seed, random in
            var shuffled = scenario
            shuffled.webhooks = random.shuffle(scenario.webhooks)
            #expect(shuffled.rows == scenario.rows, "seed \(seed)")
        }
    }

    /// The records of each order: its cases with their answers, and its webhooks.
    private func split(_ scenario: Scenario) -> [Scenario] {
        var empty = scenario
        empty.cases = []
        empty.answers = []
        empty.webhooks = []
        var parts: [(orderNo: Text?, scenario: Scenario)] = []
        func part(_ orderNo: Text?) -> Int {
            if let found = parts.firstIndex(where: { $0.orderNo == orderNo }) { return found }
            parts.append((orderNo, empty))
            return parts.count - 1
        }
        for (refundCase, answer) in zip(scenario.cases, scenario.answers) {
            let own = refundCase.orderNo ?? answer?.entries.first { $0.refundCode == refundCase.refundCode }?.orderNo
            // The entries of an answer are of one order here: a case that is not among them still belongs to it.
            let place = part(own ?? answer?.entries.first?.orderNo)
            parts[place].scenario.cases.append(refundCase)
            parts[place].scenario.answers.append(answer)
        }
        for webhook in scenario.webhooks {
            parts[part(webhook.orderNo)].scenario.webhooks.append(webhook)
        }
        return parts.map(\.scenario)
    }

    @Test func totalsMergeFromAnySplitByOrder() throws {
        try forEachPopulation(crossesOrders: false) { scenario, seed, random in
            let whole = try scenario.summary()
            var merged = Summary()
            for part in random.shuffle(split(scenario)) { merged.merge(try part.summary()) }
            #expect(merged == whole, "seed \(seed)")
        }
    }

    @Test func ordersMayComeInAnyOrder() throws {
        try forEachPopulation(crossesOrders: false) { scenario, seed, random in
            var reordered = scenario
            reordered.cases = []
            reordered.answers = []
            for part in random.shuffle(split(scenario)) {
                reordered.cases += part.cases
                reordered.answers += part.answers
            }
            let (summary, original) = (try reordered.summary(), try scenario.summary())
            #expect(summary == original, "seed \(seed)")
            let sorted = { (rows: [ResultRow]) in
                rows.filter { $0.rowType == .case }.sorted { $0.source < $1.source }
            }
            #expect(sorted(reordered.rows) == sorted(scenario.rows), "seed \(seed)")
        }
    }

    /// FORMATS.md, "summary.json", sum by sum from the rows.
    @Test func totalsAreSumsOverTheCaseRows() throws {
        try forEachPopulation { scenario, seed, _ in
            let rows = scenario.rows.filter { $0.rowType == .case }
            let summary = try scenario.summary()
            for currency in [usd, jpy] {
                let own = rows.filter { $0.currency == currency }
                let paid = rows.filter { $0.finalCurrency == currency }
                let both = own.filter {
                    $0.finalCurrency == currency && $0.expected?.refund != nil && $0.final?.refund != nil
                }
                func sum(_ rows: [ResultRow], _ amount: (ResultRow) -> Amount?) -> Int128 {
                    rows.compactMap { amount($0)?.minorUnits }.reduce(0) { $0 + Int128($1) }
                }
                func expected(_ outcomes: Set<Outcome>) -> Int128 {
                    sum(own.filter { $0.outcome.map { outcomes.contains($0) } ?? false }) { $0.expected?.refund }
                }
                let sums: [Int128] = [
                    sum(own) { $0.expected?.original }, sum(own) { $0.expected?.penalty },
                    sum(own) { $0.expected?.fee }, sum(own) { $0.expected?.refund },
                    sum(paid) { $0.final?.original }, sum(paid) { $0.final?.penalty },
                    sum(paid) { $0.final?.fee }, sum(paid) { $0.final?.refund },
                    sum(both) { $0.variances.original }, sum(both) { $0.variances.penalty },
                    sum(both) { $0.variances.fee }, sum(both) { $0.variances.refund }, sum(both) { $0.unexplained },
                    sum(both) { $0.variances.refund.flatMap { $0.isNegative ? $0 : nil } },
                    sum(both) { $0.variances.refund.flatMap { $0.isNegative ? nil : $0 } },
                    expected([.rejected, .withdrawn, .overdue, .unverified]), expected([.pending]),
                ]
                let ours = summary.totals[currency] ?? CurrencyTotals()
                #expect(CurrencyTotals.columns.map { ours[keyPath: $0.path].minorUnits } == sums, "seed \(seed)")
            }
        }
    }

    @Test func mergingIsAssociativeAndHasAZero() throws {
        var summaries: [Summary] = []
        for seed in 0..<30 {
            var population = RandomPopulation(seed: UInt64(seed))
            summaries.append(try population.scenario().summary())
        }
        var left = Summary()
        for summary in summaries { left.merge(summary) }
        var right = Summary()
        for summary in summaries.reversed() {
            var next = summary
            next.merge(right)
            right = next
        }
        #expect(left == right)
        var withZero = left
        withZero.merge(Summary())
        #expect(withZero == left)
    }
}
