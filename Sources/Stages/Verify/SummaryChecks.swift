/// Checks that the manifest and the summary agree where both state the same thing.
struct StatementChecks: ReportCheck {
    let report: ReportFiles
    let summary: StatedJSON

    func check() {
        guard let manifest = report.manifest else { return }
        findings.check("manifest.json and summary.json say the same") {
            for key in ["contract", "asOf", "toolVersion"] where manifest[key] != summary[key] {
                findings.differs("summary.json: \(key) is not the one in manifest.json")
            }
            for output in manifest["outputs"]?.elements ?? [] {
                for sums in output["sums"]?.members ?? [] {
                    for currency in sums.value.members
                    where summary["totals"]?[currency.key]?[sums.key] != currency.value {
                        findings.differs(
                            "summary.json: totals.\(currency.key).\(sums.key) is not the one in manifest.json")
                    }
                }
            }
        }
    }
}

/// Compares the counts, totals and verdict of summary.json with the sums of the rows.
struct SummaryChecks: ReportCheck {
    let report: ReportFiles
    private let summary: StatedJSON
    private let compare: FigureComparison

    init(report: ReportFiles, summary: StatedJSON, digits: CurrencyDigits) {
        self.report = report
        self.summary = summary
        compare = FigureComparison(findings: report.findings, digits: digits)
    }

    func check(_ figures: Figures?) {
        if let figures {
            findings.check("counts, totals, carriers and ages of summary.json are what the rows add up to") {
                if figures.hasOverflowed {
                    findings.differs("reconciliation.csv: its amounts add up to more than any report has")
                }
                compare.counts("cases", stated: summary["cases"], found: figures.outcomes)
                compare.counts("exceptions", stated: summary["exceptions"], found: figures.codes)
                compare.sums(
                    "totals", stated: summary["totals"], found: figures.totals, names: ReportLists.totals,
                    optional: figures.emptyFinals)
                checkCarriers(of: figures)
                checkAges(of: figures)
            }
        }
        findings.check("the verdict follows from the counts") { checkVerdict() }
    }

    private func checkCarriers(of figures: Figures) {
        // Carriers as CSV writes them. Two may come to the same text there; then they are added up.
        var stated: [String: [StatedJSON]] = [:]
        for carrier in summary["byCarrier"]?.members ?? [] {
            stated[Guarded.text(carrier.key), default: []].append(carrier.value)
        }
        for carrier in Set(stated.keys).union(figures.carriers.keys).sorted() {
            let values = stated[carrier] ?? []
            if values.count > 1 {
                findings.note("byCarrier: \(values.count) carriers are \(carrier) in CSV, so they were not held apart")
                continue
            }
            compare.sums(
                "byCarrier.\(carrier)", stated: values.first ?? .null, found: figures.carriers[carrier] ?? [:],
                names: ["cases", "expectedRefund", "finalRefund", "refundVariance"],
                optional: figures.emptyCarrierFinals[carrier] ?? [])
        }
    }

    private func checkAges(of figures: Figures) {
        let stated = summary["ageing"]
        for currency in Set(stated?.members.map(\.key) ?? []).union(figures.ages.keys).sorted() {
            let sums = (figures.ages[currency] ?? [:]).mapValues { bucket -> [String: Sum] in
                var cases = Sum()
                cases.add(Int128(bucket.cases))
                return ["cases": cases, "expectedRefund": bucket.refund]
            }
            let buckets = stated?[currency] ?? .null
            for bucket in Set(buckets.members.map(\.key)).union(sums.keys).sorted() {
                compare.amounts(
                    "ageing.\(currency).\(bucket)", stated: buckets[bucket], found: sums[bucket],
                    names: ["cases", "expectedRefund"],
                    currency: currency,
                    isOptional: false)
            }
        }
    }

    private func checkVerdict() {
        func count(_ group: String, _ name: String) -> Int { summary[group]?[name]?.count ?? 0 }
        let hasErrors = ReportLists.codes.contains { $0.severity == .error && count("exceptions", $0.name) > 0 }
        let result =
            hasErrors || count("cases", "variance") > 0 || count("cases", "unquoted") > 0
            ? "breaks"
            : ReportLists.outstanding.contains { count("cases", $0) > 0 } ? "outstanding" : "reconciled"
        let stated = summary["verdict"]?["result"]?.string ?? "absent"
        if stated != result {
            findings.differs("summary.json: verdict.result is \(stated), by its counts it is \(result)")
        }
        let controls = summary["controls"]
        func control(_ group: String, _ name: String) -> Int { controls?[group]?[name]?.count ?? 0 }
        let isRead = control("orders", "accepted") > 0 || control("orders", "duplicate") > 0
        let isMet = (summary["completeness"]?.leaves() ?? []).allSatisfy { $0.path.last != "met" || $0.text == "true" }
        let hasRejects =
            (report.manifest?["outputs"]?.elements.first { $0["name"]?.string == "rejects.csv" }?["rows"]?.count ?? 0)
            > 0 || control("orders", "rejected") + control("webhooks", "rejected") > 0
        let isComplete = isRead && isMet && !hasRejects && control("queries", "failed") == 0
        if summary["verdict"]?["complete"]?.bool != isComplete {
            findings.differs("summary.json: verdict.complete is not \(isComplete), which follows from its controls")
        }
    }
}

/// Holds stated figures against worked-out ones.
final class FigureComparison {
    private let findings: Findings
    private var digits: CurrencyDigits

    init(findings: Findings, digits: CurrencyDigits) {
        self.findings = findings
        self.digits = digits
    }

    func counts(_ title: String, stated: StatedJSON?, found counts: [String: Int]) {
        let names = Set(stated?.members.map(\.key) ?? []).union(counts.keys).sorted()
        for name in names where stated?[name]?.count != counts[name] ?? 0 {
            differs("\(title).\(name)", stated: stated?[name]?.scalar, found: String(counts[name] ?? 0))
        }
    }

    /// Figures by currency.
    ///
    /// - Parameter optional: currencies that may be listed with nothing but zeros although no row has an amount in them.
    func sums(_ title: String, stated: StatedJSON?, found sums: Figures.Sums, names: [String], optional: Set<String>) {
        for currency in Set(stated?.members.map(\.key) ?? []).union(sums.keys).sorted() {
            amounts(
                "\(title).\(currency)", stated: stated?[currency], found: sums[currency], names: names,
                currency: currency,
                isOptional: optional.contains(currency))
        }
    }

    /// The figures of one currency.
    func amounts(
        _ title: String, stated: StatedJSON?, found sums: [String: Sum]?, names: [String], currency: String,
        isOptional: Bool
    ) {
        if sums == nil, stated != nil, !isOptional {
            return findings.differs("summary.json: \(title) is there, and reconciliation.csv has no such row")
        }
        if stated == nil {
            if !isOptional || sums?.values.contains(where: { $0.minorUnits != 0 }) == true {
                findings.differs("summary.json: \(title) is absent, and reconciliation.csv has it")
            }
            return
        }
        for name in Set(names).union(stated?.members.map(\.key) ?? []).sorted() {
            guard names.contains(name) else {
                findings.differs("summary.json: \(title).\(name) is a figure that no report has")
                continue
            }
            amount("\(title).\(name)", stated: stated?[name], found: sums?[name] ?? Sum(), currency: currency)
        }
    }

    /// One figure: `cases` is a number, every other an amount in the currency's digits.
    func amount(_ title: String, stated: StatedJSON?, found sum: Sum, currency: String) {
        if title.hasSuffix(".cases"), case .number(let text)? = stated {
            if text != String(sum.minorUnits) { differs(title, stated: text, found: String(sum.minorUnits)) }
            return
        }
        let money = stated?.string.flatMap { Money($0) }
        if let money, money.minorUnits == sum.minorUnits, digits.allows(money.digits, of: currency) { return }
        differs(title, stated: stated?.scalar, found: Money.text(sum.minorUnits, digits: digits[currency] ?? 2))
    }

    private func differs(_ title: String, stated: String?, found: String) {
        findings.differs("summary.json: \(title) is \(stated ?? "absent"), the rows make it \(found)")
    }
}
