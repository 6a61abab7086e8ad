import Memory
import Refunds

/// How many rows need somebody: those with an exception of severity error or warning, each counted once.
package struct RowsToLookAt: Sendable, Equatable {
    package var withErrors = 0
    /// Rows that have a warning and no error.
    package var withWarningsOnly = 0

    package init() {}

    package init(_ highlights: Highlights) {
        withErrors = highlights.breaks.offered
        withWarningsOnly = highlights.exceptions.offered - highlights.breaks.offered
    }

    var all: Int { withErrors + withWarningsOnly }
}

/// The verdict as a person reads it, in two parts: whether all of the night is known, and the result of the known part.
struct VerdictText {
    /// A word in capitals, and the reasons for it.
    struct Part: Equatable {
        let word: String
        let detail: String
        let tone: Tone
    }

    let parts: [Part]

    init(_ context: ReportContext) {
        let verdict = Verdict(context)
        let completeness = Self.completeness(verdict, context)
        // Of nothing there is nothing to say.
        let isEmpty = context.rowCount == 0 && !verdict.isComplete
        parts = [completeness] + (isEmpty ? [] : [Self.result(verdict, context)])
    }

    /// `INCOMPLETE: 20 records refused, 3 queries unanswered · BREAKS: …`
    var line: String { parts.map { Self.text($0) }.joined(separator: " · ") }

    static func text(_ part: Part) -> String { part.detail.isEmpty ? part.word : "\(part.word): \(part.detail)" }

    private static func completeness(_ verdict: Verdict, _ context: ReportContext) -> Part {
        var details = context.additions.shortfalls + context.additions.remarks
        if !context.controls.orders.hasCase { details.append("not one case was read") }
        if context.refusedRecords > 0 { details.append(counted(context.refusedRecords, "record") + " refused") }
        if context.queryFailures.count > 0 {
            details.append(UnansweredQueries(context.queryFailures, of: context.controls.queries.queryable).text)
        }
        let detail = details.joined(separator: ", ")
        return verdict.isComplete
            ? Part(word: "COMPLETE", detail: detail, tone: .good)
            : Part(word: "INCOMPLETE", detail: detail, tone: .unknown)
    }

    private static func result(_ verdict: Verdict, _ context: ReportContext) -> Part {
        let rows = context.rowsToLookAt
        let outstanding = context.outstandingCases
        var details: [String] = []
        if rows.withErrors > 0 { details.append(counted(rows.withErrors, "row") + " with errors") }
        if rows.withWarningsOnly > 0 {
            details.append(
                rows.withErrors > 0
                    ? "\(grouped(String(rows.withWarningsOnly))) with warnings only"
                    : counted(rows.withWarningsOnly, "row") + " to look at")
        }
        if outstanding > 0 { details.append(counted(outstanding, "refund") + " outstanding") }
        let detail = details.joined(separator: ", ")
        switch verdict.result {
        case .breaks: return Part(word: "BREAKS", detail: detail, tone: .bad)
        case .outstanding: return Part(word: "OUTSTANDING", detail: detail, tone: .wait)
        case .reconciled:
            // The result of an incomplete night is never green.
            return Part(word: "RECONCILED", detail: detail, tone: verdict.isComplete ? .good : .unknown)
        }
    }

    /// `1 record`, `2 records`.
    private static func counted(_ count: Int, _ one: String) -> String {
        "\(grouped(String(count))) \(count == 1 ? one : one + "s")"
    }
}
