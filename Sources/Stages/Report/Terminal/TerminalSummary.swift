import Memory
import Refunds

/// What a person wants to know at the end of a run, for a terminal of 80 columns: the verdict, the outcomes, the totals by
/// currency, the largest breaks, and where the report lies.
package struct TerminalSummary: Sendable {
    private let context: ReportContext
    private let highlights: Highlights
    private let folder: String
    private let hasColor: Bool

    /// - Parameters:
    ///   - folder: where the report lies.
    ///   - hasColor: whether the text may carry colors, as escape sequences.
    package init(_ context: ReportContext, _ highlights: Highlights, folder: String, hasColor: Bool) {
        self.context = context
        self.highlights = highlights
        self.folder = folder
        self.hasColor = hasColor
    }

    /// The text, without a newline at its end.
    package func text(width: Int = 80) -> String {
        let blocks = [head(width), outcomes(width), totals(width)] + additions(width) + [breaks(width), place]
        return blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private func head(_ width: Int) -> [String] {
        ["Refunds as of \(context.asOf)"]
            + VerdictText(context).parts.flatMap { part in
                let lines = TextTable.wrapped(VerdictText.text(part), width: width)
                // The word is the first of the first line.
                return [paint(part.word, part.tone) + (lines.first?.dropFirst(part.word.count) ?? "")]
                    + lines.dropFirst()
            }
    }

    private func outcomes(_ width: Int) -> [String] {
        var table = TextTable([.words("Outcome"), .figures("Cases"), .words("Meaning")])
        for outcome in Outcome.allCases.reversed() {
            let count = context.summary.cases[outcome, default: 0]
            if count > 0 {
                table.add([outcome.rawValue, grouped(String(count)), outcome.entry.meaning])
            }
        }
        table.add(["all", grouped(String(context.caseCount)), ""])
        return table.lines(width: width)
    }

    private func totals(_ width: Int) -> [String] {
        if context.currencies.isEmpty { return [] }
        let columns: [(title: String, path: KeyPath<CurrencyTotals, Total>)] = [
            ("Expected", \.expected.refund), ("Final", \.final.refund), ("Variance", \.variance.refund),
            ("Short", \.short), ("Over", \.over), ("At risk", \.atRisk), ("In progress", \.inProgress),
        ]
        var table = TextTable([.words("Refund")] + columns.map { .figures($0.title) })
        for currency in context.currencies {
            let totals = context.totals(currency)
            table.add([currency.code] + columns.map { totals[keyPath: $0.path].shown(currency) })
        }
        return table.lines(width: width)
    }

    /// The tables that options add.
    private func additions(_ width: Int) -> [[String]] {
        context.additions.tables.filter { !$0.rows.isEmpty }
            .map { [$0.title] + $0.lines(width) }
    }

    private func breaks(_ width: Int) -> [String] {
        let rows = highlights.breaks.largestInTurn
        if rows.isEmpty { return [] }
        let all = highlights.breaks.offered
        let title = all > rows.count ? "Largest rows with errors, of \(grouped(String(all)))" : "Rows with errors"
        let names = rows.map { row in
            VisibleText.cut(VisibleText.clean((row.orderNo ?? row.airlinePNR ?? "").string, limit: 80), width: 24)
        }
        let nameWidth = names.map { VisibleText.width($0) }.max() ?? 0
        return [title]
            + zip(names, rows).map { name, row in
                let padding = String(repeating: " ", count: nameWidth - VisibleText.width(name) + 2)
                let sentence = VisibleText.clean(ExceptionWording.sentence(row), limit: 600)
                return VisibleText.cut("  " + name + padding + sentence, width: width)
            }
    }

    /// Never cut: a person copies it.
    private var place: [String] { ["Report in \(VisibleText.clean(folder))"] }

    private func paint(_ text: String, _ tone: Tone) -> String {
        let color =
            switch tone {
            case .good: 32
            case .wait: 33
            case .bad: 31
            case .unknown: 35
            case .neutral: 39
            }
        return hasColor ? "\u{1B}[1;\(color)m\(text)\u{1B}[0m" : text
    }
}
