import Bytes
import Core
import JSON

extension ReportVerification {
    /// The figures of summary.json: that they are those of the manifest, balance, and follow from reconciliation.csv.
    mutating func checkTotals(_ manifest: JSONValue?) {
        guard let summaryFile = file("summary.json")?.content else { return }
        let document = JSONDocument()
        guard summaryFile.text.isValidUTF8, document.parse(summaryFile.text) == nil else {
            findings.append("summary.json: no JSON")
            return
        }
        let summary = document.root
        if let manifest { checkStatements(manifest, summary) }
        checkControls(summary)
        let names = folderNames(folder)
        guard names.contains("reconciliation.csv"), let rows = file("reconciliation.csv")?.content else { return }
        var recomputed = RecomputedReport()
        recomputed.read(rows.text, exceptions: file("exceptions.csv")?.content.text)
        findings += recomputed.findings
        findings += recomputed.differences(from: summary)
        checked.append("\(recomputed.rowCount) rows: counts, totals and the bridge of each against summary.json")
    }

    /// What the manifest says again of what the summary says.
    private mutating func checkStatements(_ manifest: JSONValue, _ summary: JSONValue) {
        for key: JSONKey in ["contract", "asOf", "toolVersion"] {
            let (said, again) = (manifest[key].map { JSONTree($0) }, summary[key].map { JSONTree($0) })
            if said != again { findings.append("summary.json: \(key.name) is not the one in manifest.json") }
        }
        for output in manifest["outputs"]?.elements ?? [] {
            for sums in output["sums"]?.members ?? [] {
                for (currency, stated) in sums.value.members {
                    let totals = summary["totals"]?.members.first { $0.key == currency }?.value.members ?? []
                    if totals.first(where: { $0.key == sums.key })?.value.string != stated.string {
                        findings.append("summary.json: totals.\(currency).\(sums.key) is not the one in manifest.json")
                    }
                }
            }
        }
    }

    private mutating func checkControls(_ summary: JSONValue) {
        func number(_ group: JSONKey, _ key: JSONKey) -> Int { summary["controls"]?[group]?[key]?.int ?? -1 }
        func check(_ name: String, _ left: Int, _ right: Int) {
            if left != right { findings.append("summary.json: controls.\(name) do not balance: \(left) and \(right)") }
        }
        /// Of figures that anybody may have written: wrapping, not trapping.
        func sum(_ group: JSONKey, _ keys: [JSONKey]) -> Int { keys.reduce(0) { $0 &+ number(group, $1) } }
        // What nights before handed on, where a state is kept.
        let carried = summary["carriedForward"]
        check(
            "orders", number("orders", "lines"),
            sum("orders", ["blank", "accepted", "duplicate", "rejected", "quotedOnly"]))
        check(
            "webhooks", number("webhooks", "lines") &+ (carried?["webhooks"]?.int ?? 0),
            sum("webhooks", ["blank", "assigned", "duplicate", "orphan", "otherType", "rejected"]))
        check("queries", number("queries", "cases"), sum("queries", ["ok", "failed", "notQueryable"]))
        check("rows", number("rows", "case"), number("orders", "accepted") &+ (carried?["cases"]?.int ?? 0))
        checked.append("control totals")
    }
}
