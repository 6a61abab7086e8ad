/// The verdict and the figures of report.html against summary.json, the inputs that it names against the manifest.
struct PageChecks: ReportCheck {
    let report: ReportFiles
    let summary: StatedJSON
    private static let name = "report.html"

    func check() {
        guard report.has(Self.name) else { return }
        findings.check("the page shows the verdict, totals, outcomes and exceptions of summary.json") {
            guard let bytes = report.bytes(Self.name) else { return }
            let page = ShownPage(bytes)
            checkVerdict(page.verdict)
            let figures = ShownFigures(name: Self.name, summary: summary, findings: findings)
            figures.check(page.tables)
            figures.checkNothingIsMissing(in: ["totals", "cases", "exceptions"])
            for table in page.tables { checkHashes(in: table) }
        }
    }

    private func checkVerdict(_ verdict: String?) {
        guard let verdict else { return findings.differs("\(Self.name): it has no verdict") }
        let words = Set(verdict.split { !$0.isLetter }.map(String.init))
        let result = summary["verdict"]?["result"]?.string ?? ""
        if words.contains("INCOMPLETE") == (summary["verdict"]?["complete"]?.bool == true) {
            findings.differs("\(Self.name): its verdict and verdict.complete of summary.json contradict each other")
        }
        let shown =
            words.contains("BREAKS")
            ? "breaks"
            : words.contains("OPEN") || words.contains("OUTSTANDING")
                ? "outstanding" : words.contains("RECONCILED") ? "reconciled" : nil
        if let shown, shown != result {
            findings.differs("\(Self.name): its verdict says \(shown), summary.json says \(result)")
        }
        // An incomplete night whose known part is reconciled does not say so.
        if shown == nil, result != "reconciled" {
            findings.differs("\(Self.name): its verdict has no result, summary.json says \(result)")
        }
    }

    /// The hashes of inputs and outputs that the page names are those of the manifest.
    private func checkHashes(in table: ShownTable) {
        guard let place = table.place("sha-256", "sha256") else { return }
        let files = (report.manifest?["inputs"]?.elements ?? []) + (report.manifest?["outputs"]?.elements ?? [])
        let known = Set(files.compactMap { $0["sha256"]?.string })
        for (_, cells) in table.rows {
            let hash = table.cell(cells, at: place)
            if SHA256Text.isHash(hash), !known.contains(hash) {
                findings.differs("\(Self.name): it names the hash \(hash), which is not in manifest.json")
            }
        }
    }
}
