import Files
import Memory
import Refunds
import Schema
import XLSX

/// A format of the report: its name for `--formats`, the files that it has, and what writes them. `summary.json`,
/// `rejects.csv`, `manifest.json` and `SHA256SUMS` are always written.
package enum ReportFormat: String, Sendable, CaseIterable {
    case csv, jsonl, xlsx, html

    /// `csv, jsonl, xlsx and html`
    package static var names: String {
        let names = allCases.map(\.rawValue)
        return names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
    }

    /// The files whose rows are written while the totals are added up.
    package func sinks(
        in folder: String, columns: ReportColumns, fileNames: [String]
    ) throws(WriteError) -> [any RowSink] {
        func file<Rows: TextRows & ~Copyable>(
            _ name: String, _ rows: Rows.Type, includes: (@Sendable (ResultRow) -> Bool)? = nil
        ) throws(WriteError) -> any RowSink {
            try TextSink(rows, name, in: folder, columns: columns, fileNames: fileNames, includes: includes)
        }
        return switch self {
        case .csv:
            [
                try file("reconciliation.csv", CSVRows.self),
                try file("exceptions.csv", CSVRows.self, includes: { $0.isBreak }),
            ]
        case .jsonl: [try file("reconciliation.jsonl", JSONRows.self)]
        case .xlsx, .html: []
        }
    }

    /// The files whose rows are written when the totals and the other files of the report are known.
    package func sinks(
        in folder: String, _ context: ReportContext, mostWorkbookRows: Int
    ) throws(WorkbookError) -> [any RowSink] {
        self == .xlsx ? [try WorkbookSink(in: folder, context, mostRows: mostWorkbookRows)] : []
    }

    /// The file that needs no rows, only the highlights gathered from them.
    package func page(_ context: ReportContext, _ highlights: Highlights) -> (name: String, content: [UInt8])? {
        self == .html ? ("report.html", HTMLReport(context, highlights).render()) : nil
    }
}
