import Core

/// What the run comes to, in a word; the first that applies.
public enum Verdict: Sendable, CaseIterable {
    /// Records were refused, queries failed, or not all came in that should: what is not known cannot be called reconciled.
    case incomplete
    /// There are exceptions of severity error.
    case breaks
    /// Nothing is wrong, and refunds are still to come.
    case reconciledWithOpenItems
    case reconciled

    public init(_ context: ReportContext) {
        let counts = Counts(context)
        if counts.refused > 0 || counts.failedQueries > 0 || !context.additions.shortfalls.isEmpty {
            self = .incomplete
        } else if counts.errors > 0 {
            self = .breaks
        } else {
            self = counts.open > 0 ? .reconciledWithOpenItems : .reconciled
        }
    }

    var words: String {
        switch self {
        case .incomplete: "INCOMPLETE"
        case .breaks: "BREAKS"
        case .reconciledWithOpenItems: "RECONCILED, WITH OPEN ITEMS"
        case .reconciled: "RECONCILED"
        }
    }

    var color: Palette {
        switch self {
        case .incomplete: .purple
        case .breaks: .red
        case .reconciledWithOpenItems: .amber
        case .reconciled: .green
        }
    }

    /// What the verdict rests on, in a sentence.
    static func reasons(_ context: ReportContext) -> String {
        let counts = Counts(context)
        var parts = context.additions.shortfalls + context.additions.remarks
        if context.controls.orders.accepted == 0 { parts.append("no refund case was read") }
        if counts.refused > 0 { parts.append(counted(counts.refused, "record") + " refused") }
        if counts.failedQueries > 0 {
            parts.append(counted(counts.failedQueries, "status query", "status queries") + " failed")
        }
        parts.append(counts.errors == 0 ? "no exception of severity error" : counted(counts.errors, "error"))
        if counts.warnings > 0 { parts.append(counted(counts.warnings, "warning")) }
        parts.append(counts.open == 0 ? "no refund is open" : counted(counts.open, "refund") + " open")
        let sentence = parts.joined(separator: "; ")
        return sentence.prefix(1).uppercased() + sentence.dropFirst() + "."
    }

    /// `1 record`, `2 records`.
    private static func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
        "\(count) \(count == 1 ? one : many ?? one + "s")"
    }

    private struct Counts {
        let refused: Int
        let failedQueries: Int
        let errors: Int
        let warnings: Int
        let open: Int

        init(_ context: ReportContext) {
            let controls = context.controls
            // The journal's rejects count in no control, but they are in the list.
            refused = max(context.rejects.count, controls.orders.rejected + controls.webhooks.rejected)
            failedQueries = controls.queries.failed
            func exceptions(_ severity: Severity) -> Int {
                context.summary.exceptions.reduce(0) { $0 + ($1.key.severity == severity ? $1.value : 0) }
            }
            errors = exceptions(.error)
            warnings = exceptions(.warning)
            open = context.summary.cases[.pending, default: 0] + context.summary.cases[.overdue, default: 0]
        }
    }
}
