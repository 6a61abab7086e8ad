import Memory
import Refunds

/// What a night comes to, in two parts: whether all of it is known, and what the known part says (FORMATS.md,
/// "summary.json", `verdict`).
package struct Verdict: Sendable, Equatable {
    package enum Result: String, Sendable, CaseIterable {
        /// A row has an exception of severity error, or a case was paid other than quoted or without a quotation.
        case breaks
        /// Nothing is wrong, and refunds are outstanding.
        case outstanding
        case reconciled
    }

    /// At least one case was read tonight, no record was refused, no query failed, and the inputs were as expected.
    package let isComplete: Bool
    package let result: Result

    package init(_ context: ReportContext) {
        isComplete =
            context.controls.orders.hasCase && context.refusedRecords == 0 && context.controls.queries.failed == 0
            && context.additions.shortfalls.isEmpty
        let (cases, exceptions) = (context.summary.cases, context.summary.exceptions)
        if exceptions.contains(where: { $0.key.severity == .error && $0.value > 0 })
            || cases[.variance, default: 0] + cases[.unquoted, default: 0] > 0
        {
            result = .breaks
        } else {
            result = context.outstandingCases > 0 ? .outstanding : .reconciled
        }
    }
}

extension ReportContext {
    /// The journal's rejects count in no control, but they are in the list.
    var refusedRecords: Int { max(rejects.count, controls.orders.rejected + controls.webhooks.rejected) }

    var outstandingCases: Int {
        Outcome.allCases.filter(\.isOutstanding).reduce(0) { $0 + summary.cases[$1, default: 0] }
    }
}
