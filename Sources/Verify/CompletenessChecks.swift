import JSON

/// What was stated of the inputs against what came, worked out again; the usual population from the reports before.
struct CompletenessChecks {
    private let report: ReportFiles
    private let summary: JSONTree
    private let chain: Chain
    private var findings: Findings { report.findings }

    init(_ report: ReportFiles, _ summary: JSONTree, _ chain: Chain) {
        self.report = report
        self.summary = summary
        self.chain = chain
    }

    /// So many days before the report's are looked at.
    private static let dayLimit = 7

    private var orders: JSONTree? { summary["controls"]?["orders"] }

    func check() {
        let expected = report.manifest?["parameters"]?["expectations"]
        let stated = summary["completeness"]
        guard expected != nil || stated != nil else { return }
        findings.check("completeness: what was stated of the inputs against what came") {
            guard let expected, let stated else {
                return findings.differs(
                    "summary.json: completeness \(stated == nil ? "is missing, and manifest.json has expectations" : "is there, and manifest.json has no expectations")"
                )
            }
            let records = (orders?["lines"]?.count ?? 0) - (orders?["blank"]?.count ?? 0)
            let cases = orders?["accepted"]?.count ?? 0
            check("orders", expected["orders"], stated["orders"], found: records) { $0 == records }
            check("minimumCases", expected["minimumCases"], stated["minimumCases"], found: cases) { cases >= $0 }
            checkAmounts(expected["amounts"], stated["amounts"])
            checkUsual(expected["minimumPercentOfUsual"]?.count, stated["usual"], cases)
        }
    }

    private func check(
        _ name: String, _ expected: JSONTree?, _ stated: JSONTree?, found: Int, isMet: (Int) -> Bool
    ) {
        guard let expected = expected?.count else {
            if stated != nil {
                findings.differs("summary.json: completeness.\(name) is there, and nothing was expected")
            }
            return
        }
        if stated?["expected"]?.count != expected || stated?["found"]?.count != found
            || stated?["met"]?.bool != isMet(expected)
        {
            findings.differs(
                "summary.json: completeness.\(name) is not expected \(expected), found \(found), met \(isMet(expected))"
            )
        }
    }

    private func checkAmounts(_ expected: JSONTree?, _ stated: JSONTree?) {
        for currency in Set((expected?.members ?? []).map(\.key) + (stated?.members ?? []).map(\.key)).sorted() {
            let due = expected?[currency]?.string.flatMap { Money($0) }
            let read = summary["controls"]?["orderAmounts"]?[currency]?["read"]?.string.flatMap { Money($0) }
            let member = stated?[currency]
            let found = member?["found"]?.string.flatMap { Money($0) }
            let isMet = due?.minorUnits == read?.minorUnits ?? 0
            if due == nil || member?["expected"]?.string.flatMap({ Money($0) }) != due
                || found?.minorUnits != read?.minorUnits ?? 0 || member?["met"]?.bool != isMet
            {
                findings.differs(
                    "summary.json: completeness.amounts.\(currency) does not follow from what was expected and read")
            }
        }
    }

    private func checkUsual(_ percent: Int?, _ stated: JSONTree?, _ cases: Int) {
        guard let percent, 0...1_000_000 ~= percent else {
            if stated != nil { findings.differs("summary.json: completeness.usual is there, and nothing was expected") }
            return
        }
        let median = stated?["median"]?.count
        let isMet = median.map { cases >= ($0 * percent + 99) / 100 } ?? true
        if stated?["percent"]?.count != percent || stated?["found"]?.count != cases || stated?["met"]?.bool != isMet {
            findings.differs("summary.json: completeness.usual is not percent \(percent), found \(cases), met \(isMet)")
        }
        checkMedian(median, stated?["reports"]?.count ?? 0)
    }

    /// The median of the last reports of the days before; what was deleted since cannot be held against it.
    private func checkMedian(_ stated: Int?, _ reports: Int) {
        guard let asOf = report.asOfText, chain.output != nil else {
            return findings.notProved("the usual number of cases: the reports before are not here")
        }
        let days = Set(chain.links.map(\.asOf)).filter { $0.utf8.lexicographicallyPrecedes(asOf.utf8) }.sorted(by: >)
        let links = days.lazy.compactMap { chain.last(of: $0) }.prefix(Self.dayLimit)
        let populations = links.map { chain.summary(of: $0)?["controls"]?["orders"]?["accepted"]?.count }
        let known = populations.compactMap { $0 }
        guard known.count == populations.count else {
            return findings.notProved("the usual number of cases: some of the reports before were deleted")
        }
        let median = known.isEmpty ? nil : known.sorted()[(known.count - 1) / 2]
        if stated != median || reports != known.count {
            findings.differs(
                "summary.json: completeness.usual says \(reports) reports and a median of \(stated.map(String.init) ?? "none"), the reports before make it \(known.count) and \(median.map(String.init) ?? "none")"
            )
        }
    }
}
