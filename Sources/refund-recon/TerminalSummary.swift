import Core
import Run

/// What a person wants to know at the end of a run, in 80 columns.
struct TerminalSummary {
    let result: RunResult

    init(_ result: RunResult) { self.result = result }

    func text() -> String {
        var lines = ["\(verdict)  ·  \(result.controls.rows.case) cases  ·  report in \(result.folder)", ""]
        lines += outcomes + [""] + totals
        if result.isIncomplete {
            lines += [
                "",
                "Incomplete: \(result.rejectCount) records refused (rejects.csv), \(result.controls.queries.failed) queries failed.",
            ]
        }
        return lines.joined(separator: "\n")
    }

    /// incomplete > breaks > reconciled with open items > reconciled.
    private var verdict: String {
        if result.isIncomplete { return paint("INCOMPLETE", 33) }
        if result.hasErrors { return paint("BREAKS", 31) }
        let open = (result.summary.cases[.pending] ?? 0) + (result.summary.cases[.overdue] ?? 0)
        return paint(open > 0 ? "RECONCILED, WITH OPEN ITEMS" : "RECONCILED", 32)
    }

    private func paint(_ text: String, _ colour: Int) -> String {
        Terminal.hasColour ? "\u{1B}[1;\(colour)m\(text)\u{1B}[0m" : text
    }

    private var outcomes: [String] {
        let counts = Outcome.allCases.map { ($0.rawValue, result.summary.cases[$0] ?? 0) }.filter { $0.1 > 0 }
        return ["outcome            cases"] + counts.map { left($0.0, 16) + right(String($0.1), 8) }
    }

    private var totals: [String] {
        let header = "cur" + ["expected", "final", "short", "over", "at risk"].map { right($0, 15) }.joined()
        return [header]
            + result.summary.totals.sorted { $0.key < $1.key }.map { currency, sums in
                let columns = [sums.expectedRefund, sums.finalRefund, sums.refundShort, sums.refundOver, sums.atRisk]
                return currency.code + columns.map { right($0.formatted(currency), 15) }.joined()
            }
    }

    private func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.utf8.count))
    }

    private func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.utf8.count)) + text
    }
}
