import Files

/// The control totals of summary.json, by count and by amount: that they balance, and that they are those of the rows and of
/// the inputs as the manifest lists them.
struct ControlChecks: ReportCheck {
    let report: ReportFiles
    private let summary: StatedJSON
    private let compare: FigureComparison

    init(report: ReportFiles, summary: StatedJSON, digits: CurrencyDigits) {
        self.report = report
        self.summary = summary
        compare = FigureComparison(findings: report.findings, digits: digits)
    }

    private var controls: StatedJSON? { summary["controls"] }
    private var hasState: Bool { summary["carriedForward"] != nil }

    func check(_ figures: Figures?) {
        findings.check("control totals balance, by count and by amount") {
            checkCounts()
            checkAmounts()
        }
        findings.check("control totals are those of the inputs that manifest.json lists") { checkInputs() }
        guard let figures else { return }
        findings.check("control totals are those of the rows") {
            checkRowCounts(of: figures)
            checkRowAmounts(of: figures)
        }
    }

    // MARK: Balances

    private func number(_ group: String, _ name: String) -> Int {
        guard let count = controls?[group]?[name]?.count, count >= 0 else {
            findings.differs("summary.json: controls.\(group).\(name) is not a count")
            return 0
        }
        return count
    }

    private func equal(_ words: String, _ left: Int, and right: Int) {
        if left != right { findings.differs("summary.json: controls.\(words): \(left) and \(right)") }
    }

    private func checkCounts() {
        func sum(_ group: String, _ names: [String]) -> Int { names.reduce(0) { $0 + number(group, $1) } }
        let carried = summary["carriedForward"]
        equal(
            "orders do not balance", number("orders", "lines"),
            and: sum("orders", ["blank", "accepted", "duplicate", "rejected", "quotedOnly"]))
        equal(
            "webhooks do not balance", number("webhooks", "lines") + (carried?["webhooks"]?.count ?? 0),
            and: sum("webhooks", ["blank", "assigned", "duplicate", "orphan", "otherType", "rejected"]))
        equal("queries do not balance", number("queries", "cases"), and: sum("queries", ["queryable", "notQueryable"]))
        equal(
            "queries.queryable do not balance", number("queries", "queryable"), and: sum("queries", ["ok", "failed"]))
        equal(
            "rows.case is not orders.accepted and what was carried", number("rows", "case"),
            and: number("orders", "accepted") + (carried?["cases"]?.count ?? 0))
        equal("rows.case and queries.cases differ", number("rows", "case"), and: number("queries", "cases"))
    }

    private func checkAmounts() {
        balance("orderAmounts", into: ["duplicate", "cases"])
        balance("webhookAmounts", into: ["duplicate", "orphan", "final", "notFinal"])
        for currency in Set(
            (controls?["finalAmounts"]?.members ?? []).map(\.key)
                + (summary["totals"]?.members ?? []).map(\.key)
        ).sorted() {
            let parts = controls?["finalAmounts"]?[currency]
            let sum = ["webhook", "query"].reduce(Int128(0)) { $0 + (money(parts?[$1]) ?? 0) }
            let total = money(summary["totals"]?[currency]?["finalRefund"]) ?? 0
            if sum != total {
                findings.differs("summary.json: controls.finalAmounts.\(currency) do not add up to totals.finalRefund")
            }
        }
        for currency in controls?["orderAmounts"]?.members ?? [] {
            let total = money(summary["totals"]?[currency.key]?["expectedOriginal"]) ?? 0
            if money(currency.value["cases"]) != total {
                findings.differs(
                    "summary.json: controls.orderAmounts.\(currency.key).cases is not totals.expectedOriginal")
            }
        }
    }

    /// In minor units; nil, without a finding, if the value is not an amount that can be added up.
    private func money(_ value: StatedJSON?) -> Int128? {
        guard let money = value?.string.flatMap({ Money($0) }),
            money.minorUnits.magnitude < Money.rowLimit.magnitude << 20
        else { return nil }
        return money.minorUnits
    }

    private func balance(_ group: String, into parts: [String]) {
        guard let amounts = controls?[group] else {
            return findings.differs("summary.json: controls.\(group) is missing")
        }
        let columns = ["read"] + (hasState ? ["carried"] : []) + parts
        for currency in amounts.members {
            let names = currency.value.members.map(\.key)
            if Set(names) != Set(columns) {
                findings.differs(
                    "summary.json: controls.\(group).\(currency.key) does not have exactly \(columns.joined(separator: ", "))"
                )
                continue
            }
            let values = columns.map { money(currency.value[$0]) }
            guard !values.contains(nil) else {
                findings.differs("summary.json: controls.\(group).\(currency.key) has a value that is not an amount")
                continue
            }
            let came = zip(columns, values).reduce(Int128(0)) { parts.contains($1.0) ? $0 : $0 + ($1.1 ?? 0) }
            let went = zip(columns, values).reduce(Int128(0)) { parts.contains($1.0) ? $0 + ($1.1 ?? 0) : $0 }
            if came != went { findings.differs("summary.json: controls.\(group).\(currency.key) do not balance") }
        }
    }

    // MARK: Inputs

    /// Records and sums of the inputs, as the manifest lists them.
    private func checkInputs() {
        let inputs = report.manifest?["inputs"]?.elements ?? []
        for (role, group, sumName) in [
            ("orders", "orders", "originalTotalAmount"), ("webhooks", "webhooks", "finalRefundAmount"),
        ] {
            let files = inputs.filter { $0["role"]?.string == role }
            let records = files.reduce(0) { $0 + ($1["records"]?.count ?? 0) }
            if files.contains(where: { $0["records"]?.count == nil }) {
                findings.differs("manifest.json: an input of the role \(role) does not say how many records it has")
            }
            equal(
                "\(group): its records are not those of the inputs", number(group, "lines") - number(group, "blank"),
                and: records)
            checkInputSums(of: files, group: group == "orders" ? "orderAmounts" : "webhookAmounts", name: sumName)
        }
    }

    private func checkInputSums(of files: [StatedJSON], group: String, name sumName: String) {
        var sums: [String: Sum] = [:]
        for file in files {
            for currency in file["sums"]?[sumName]?.members ?? [] {
                guard let amount = money(currency.value) else {
                    findings.differs("manifest.json: an input's sum of \(sumName) in \(currency.key) is not an amount")
                    continue
                }
                sums[currency.key, default: Sum()].add(amount)
            }
        }
        for currency in Set((controls?[group]?.members ?? []).map(\.key)).union(sums.keys).sorted() {
            let sum = sums[currency] ?? Sum()
            if sum.hasOverflowed || money(controls?[group]?[currency]?["read"]) ?? 0 != sum.minorUnits {
                findings.differs(
                    "summary.json: controls.\(group).\(currency).read is not the sum of the inputs in manifest.json")
            }
        }
    }

    // MARK: Rows

    private func checkRowCounts(of figures: Figures) {
        compare.counts("controls.rows", stated: controls?["rows"], found: figures.rowTypes)
        let carried = summary["carriedForward"]
        let failedWithAnswer = carried?["answersOfFailedQueries"]?.count ?? 0
        let usedAgain = carried?["answersUsedAgain"]?.count ?? 0
        if carried != nil {
            equal(
                "carriedForward: its answers are not those of the rows",
                usedAgain.addingReportingOverflow(failedWithAnswer).partialValue, and: figures.carriedAnswerCount)
        }
        let failed = (figures.codes["QUERY_FAILED"] ?? 0).addingReportingOverflow(failedWithAnswer).partialValue
        let notQueryable = figures.codes["NOT_QUERYABLE"] ?? 0
        let cases = figures.rowTypes["case"] ?? 0
        compare.counts(
            "controls.queries", stated: controls?["queries"],
            found: [
                "cases": cases, "queryable": cases - notQueryable, "ok": cases - notQueryable - failed,
                "failed": failed, "notQueryable": notQueryable,
            ])
        equal("webhooks.assigned are not those of the rows", number("webhooks", "assigned"), and: figures.assignedCount)
        equal("webhooks.orphan are not those of the rows", number("webhooks", "orphan"), and: figures.orphanCount)
    }

    private func checkRowAmounts(of figures: Figures) {
        compare.sums(
            "controls.finalAmounts", stated: controls?["finalAmounts"], found: figures.finalAmounts,
            names: ["webhook", "query"],
            optional: figures.emptyFinals)
        let amounts = controls?["webhookAmounts"]
        let currencies = Set((amounts?.members ?? []).map(\.key))
        for currency in currencies.union(figures.finalAmounts.keys).sorted() {
            let final = figures.finalAmounts[currency]?["webhook"] ?? Sum()
            if amounts?[currency] != nil || final.minorUnits != 0 {
                compare.amount(
                    "controls.webhookAmounts.\(currency).final", stated: amounts?[currency]?["final"], found: final,
                    currency: currency)
            }
            guard let orphans = figures.orphanAmounts, amounts?[currency] != nil else { continue }
            compare.amount(
                "controls.webhookAmounts.\(currency).orphan", stated: amounts?[currency]?["orphan"],
                found: orphans[currency] ?? Sum(), currency: currency)
        }
        for (currency, sums) in figures.totals.sorted(by: { $0.key < $1.key }) {
            let original = sums["expectedOriginal"] ?? Sum()
            guard controls?["orderAmounts"]?[currency] != nil || original.minorUnits != 0 else { continue }
            compare.amount(
                "controls.orderAmounts.\(currency).cases", stated: controls?["orderAmounts"]?[currency]?["cases"],
                found: original,
                currency: currency)
        }
    }
}

/// rejects.csv against the controls.
struct RejectChecks: ReportCheck {
    let report: ReportFiles
    let summary: StatedJSON

    func check() {
        guard report.has("rejects.csv") else { return }
        var counts: [String: Int] = [:]
        var total = 0
        findings.check("\(total) rejects: as many in each input as the controls say") {
            report.read("rejects.csv") { file throws(FileError) in
                let table = try CSVStream(file)
                guard table.header.starts(with: ["file", "line", "code", "message", "raw"]) else {
                    return findings.differs("rejects.csv: its columns are not those of a report")
                }
                while case let step = try table.next(), step != .end {
                    guard step == .record else {
                        findings.differs("rejects.csv:\(table.line): it is not a row of \(table.header.count) fields")
                        continue
                    }
                    total += 1
                    counts[table.text(0), default: 0] += 1
                }
            }
            compare(counts)
            checkTotal(total)
        }
    }

    /// A refused record is one that manifest.json counts, and makes a night incomplete.
    private func checkTotal(_ total: Int) {
        let output = report.manifest?["outputs"]?.elements.first { $0["name"]?.string == "rejects.csv" }
        if output?["rows"]?.count != total {
            findings.differs("manifest.json: rows of rejects.csv are not \(total), as many as it has")
        }
        if total > 0, summary["verdict"]?["complete"]?.bool == true {
            findings.differs("summary.json: verdict.complete is true, but rejects.csv has \(total) refused records")
        }
    }

    private func compare(_ counts: [String: Int]) {
        var roles: [String: String] = [:]
        for input in report.manifest?["inputs"]?.elements ?? [] {
            if let name = input["name"]?.string, let role = input["role"]?.string { roles[Guarded.text(name)] = role }
        }
        var byRole: [String: Int] = [:]
        for (name, count) in counts {
            // A live run's journal is not an input.
            let role = roles[name] ?? (name == "status-journal.jsonl" ? "statusJournal" : nil)
            guard let role else {
                findings.differs("rejects.csv: \(name) is not an input in manifest.json")
                continue
            }
            byRole[role, default: 0] += count
        }
        for (role, group) in [("orders", "orders"), ("webhooks", "webhooks")] {
            let stated = summary["controls"]?[group]?["rejected"]?.count ?? -1
            let found = byRole[role] ?? 0
            if stated != found {
                findings.differs("summary.json: controls.\(group).rejected is \(stated), rejects.csv has \(found)")
            }
        }
    }
}
