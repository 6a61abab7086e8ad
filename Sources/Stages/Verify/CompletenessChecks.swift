/// Compares the expected with the received inputs again, and the usual population with the reports before.
struct CompletenessChecks: ReportCheck {
    let report: ReportFiles
    let summary: StatedJSON
    let chain: Chain

    private var orders: StatedJSON? { summary["controls"]?["orders"] }

    func check() {
        checkUsualPopulation()
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
            let cases = Self.casesRead(in: summary) ?? 0
            check("orders", expected: expected["orders"], stated: stated["orders"], found: records) { $0 == records }
            check("minimumCases", expected: expected["minimumCases"], stated: stated["minimumCases"], found: cases) {
                cases >= $0
            }
            checkAmounts(expected: expected["amounts"], stated: stated["amounts"])
            checkUsual(percent: expected["minimumPercentOfUsual"]?.count, stated: stated["usual"], cases: cases)
        }
    }

    private func check(
        _ name: String, expected: StatedJSON?, stated: StatedJSON?, found: Int, isMet: (Int) -> Bool
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

    private func checkAmounts(expected: StatedJSON?, stated: StatedJSON?) {
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

    private func checkUsual(percent: Int?, stated: StatedJSON?, cases: Int) {
        guard let percent, 0...1_000_000 ~= percent else {
            if stated != nil { findings.differs("summary.json: completeness.usual is there, and nothing was expected") }
            return
        }
        let median = stated?["median"]?.count
        let isMet = median.map { cases >= ($0 * percent + 99) / 100 } ?? true
        if stated?["percent"]?.count != percent || stated?["found"]?.count != cases || stated?["met"]?.bool != isMet {
            findings.differs("summary.json: completeness.usual is not percent \(percent), found \(cases), met \(isMet)")
        }
        let populations = usual.map(\.cases)
        let found = populations.isEmpty ? nil : populations.sorted()[(populations.count - 1) / 2]
        if median != found || stated?["reports"]?.count != populations.count {
            findings.differs(
                "summary.json: completeness.usual is not the median of the \(populations.count) reports that manifest.json names"
            )
        }
    }

    /// The numbers of cases that the manifest says this night was compared with.
    private var usual: [(asOf: String, cases: Int)] {
        (report.manifest?["usualPopulation"]?.elements ?? []).compactMap { entry in
            guard let asOf = entry["asOf"]?.string, let cases = entry["cases"]?.count else { return nil }
            return (asOf, cases)
        }
    }

    /// The numbers of cases in usualPopulation against the reports before, as far as these are here.
    /// Of how many cases a record came that night, duplicates of remembered records included.
    private static func casesRead(in summary: StatedJSON) -> Int? {
        guard let accepted = summary["controls"]?["orders"]?["accepted"]?.count else { return nil }
        return accepted.addingReportingOverflow(summary["carriedForward"]?["casesReadAgain"]?.count ?? 0).partialValue
    }

    private func checkUsualPopulation() {
        guard !usual.isEmpty else { return }
        guard chain.output != nil else {
            return findings.notProved("the usual number of cases: the reports before are not here")
        }
        findings.check("usualPopulation of manifest.json has the numbers of cases of the reports before") {
            for (asOf, cases) in usual {
                guard let link = chain.last(of: asOf) else {
                    findings.differs(
                        "manifest.json: usualPopulation names a report of \(asOf), and there is none before this one")
                    continue
                }
                guard let summary = chain.summary(of: link) else {
                    findings.notProved(
                        "the number of cases of \(asOf) in usualPopulation: that report's files were deleted")
                    continue
                }
                if Self.casesRead(in: summary) != cases {
                    findings.differs(
                        "manifest.json: usualPopulation has \(cases) cases of \(asOf), \(link.folder) has another number"
                    )
                }
            }
        }
    }
}
