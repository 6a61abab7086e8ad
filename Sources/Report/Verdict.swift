import Core

/// What a night comes to, in two parts: whether all of it is known, and what the known part says (FORMATS.md,
/// "summary.json", `verdict`).
public struct Verdict: Sendable, Equatable {
    public enum Result: String, Sendable, CaseIterable {
        /// A row has an exception of severity error, or a case was paid other than quoted or without a quotation.
        case breaks
        /// Nothing is wrong, and refunds are outstanding.
        case outstanding
        case reconciled
    }

    /// At least one case was read tonight, no record was refused, no query failed, and what was expected came.
    public let isComplete: Bool
    public let result: Result

    public init(_ context: ReportContext) {
        let counts = Counts(context)
        isComplete =
            counts.hasCase && counts.refused == 0 && counts.failedQueries == 0
            && context.additions.shortfalls.isEmpty
        let cases = context.summary.cases
        if counts.errors > 0 || cases[.variance, default: 0] + cases[.unquoted, default: 0] > 0 {
            result = .breaks
        } else {
            result = counts.outstanding > 0 ? .outstanding : .reconciled
        }
    }

    var words: String {
        if !isComplete { return "INCOMPLETE" }
        return switch result {
        case .breaks: "BREAKS"
        case .outstanding: "RECONCILED, WITH OPEN ITEMS"
        case .reconciled: "RECONCILED"
        }
    }

    var color: Palette {
        if !isComplete { return .purple }
        return switch result {
        case .breaks: .red
        case .outstanding: .amber
        case .reconciled: .green
        }
    }

    /// What the verdict rests on, in a sentence.
    static func reasons(_ context: ReportContext) -> String {
        let counts = Counts(context)
        var parts = context.additions.shortfalls + context.additions.remarks
        if !counts.hasCase { parts.append("not one refund case was read") }
        if counts.refused > 0 { parts.append(counted(counts.refused, "record") + " refused") }
        if counts.failedQueries > 0 {
            parts.append(counted(counts.failedQueries, "status query", "status queries") + " failed")
        }
        parts.append(counts.errors == 0 ? "no exception of severity error" : counted(counts.errors, "error"))
        if counts.warnings > 0 { parts.append(counted(counts.warnings, "warning")) }
        parts.append(
            counts.outstanding == 0
                ? "no refund is outstanding" : counted(counts.outstanding, "refund") + " outstanding")
        let sentence = parts.joined(separator: "; ")
        return sentence.prefix(1).uppercased() + sentence.dropFirst() + "."
    }

    /// `1 record`, `2 records`.
    private static func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
        "\(count) \(count == 1 ? one : many ?? one + "s")"
    }

    private struct Counts {
        let hasCase: Bool
        let refused: Int
        let failedQueries: Int
        let errors: Int
        let warnings: Int
        let outstanding: Int

        init(_ context: ReportContext) {
            let controls = context.controls
            hasCase = controls.orders.hasCase
            // The journal's rejects count in no control, but they are in the list.
            refused = max(context.rejects.count, controls.orders.rejected + controls.webhooks.rejected)
            failedQueries = controls.queries.failed
            func exceptions(_ severity: Severity) -> Int {
                context.summary.exceptions.reduce(0) { $0 + ($1.key.severity == severity ? $1.value : 0) }
            }
            errors = exceptions(.error)
            warnings = exceptions(.warning)
            let cases = context.summary.cases
            outstanding = Outcome.allCases.filter(\.isOutstanding).reduce(0) { $0 + cases[$1, default: 0] }
        }
    }
}
