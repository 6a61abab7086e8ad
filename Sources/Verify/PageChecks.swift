import JSON

/// The figures of report.html against summary.json.
struct PageChecks {
    private let report: ReportFiles
    private let summary: JSONTree

    init(_ report: ReportFiles, _ summary: JSONTree) {
        self.report = report
        self.summary = summary
    }

    func check() {}
}
