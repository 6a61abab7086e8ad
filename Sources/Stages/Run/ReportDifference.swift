import CSV
import Files
import Ingest
import JSON
import Memory
import Refunds
import Report

/// Reads two published reports so that they can be compared (`diff`): the rows from `reconciliation.csv`, the totals
/// from `summary.json`.
package enum ReportDifference {
    /// The differences between the reports in two folders. Throws if one cannot be read.
    package static func compare(before: String, after: String) throws(RunError) -> ReportComparison {
        ReportComparison(before: try read(before), after: try read(after))
    }

    private static func read(_ folder: String) throws(RunError) -> ComparedReport {
        var report = ComparedReport()
        let rows = try open("\(folder)/reconciliation.csv")
        let text = rows.textBytes
        var table = CSVTable(text.span)
        let columns = Set(table.header)
        if let missing = ComparedRow.neededColumns.first(where: { !columns.contains($0) }) {
            throw RunError(.unusableInput, "\(rows.path): no column \(missing), so no table of a report")
        }
        while let row = table.next() {
            if let fault = row.fault { throw RunError(.unusableInput, "\(rows.path):\(row.line): \(fault)") }
            report.add(ComparedRow { columns.contains($0) ? row[$0] : nil })
        }
        report.totals = try totals(try open("\(folder)/summary.json"))
        return report
    }

    private static func open(_ path: String) throws(RunError) -> InputBytes {
        do throws(InputError) { return try InputBytes(path: path) } catch { throw RunError(error) }
    }

    private static func totals(_ summary: InputBytes) throws(RunError) -> [Currency: ComparedTotals] {
        let text = summary.textBytes
        guard text.span.isValidUTF8, let found = JSONTree(parsing: text.span)?["totals"] else {
            throw RunError(.unusableInput, "\(summary.path): no summary of a report")
        }
        var totals: [Currency: ComparedTotals] = [:]
        for member in found.members {
            let (code, sums) = (member.key, member.value)
            guard let currency = Currency(code) else {
                throw RunError(.unusableInput, "\(summary.path): \(code) is no currency")
            }
            func total(_ key: JSONKey) throws(RunError) -> Total {
                guard let total = Total(written: sums[key]?.string ?? "", currency) else {
                    throw RunError(.unusableInput, "\(summary.path): no total \(key.name) in \(currency)")
                }
                return total
            }
            totals[currency] = ComparedTotals(
                expectedRefund: try total("expectedRefund"), finalRefund: try total("finalRefund"),
                refundVariance: try total("refundVariance"))
        }
        return totals
    }
}
