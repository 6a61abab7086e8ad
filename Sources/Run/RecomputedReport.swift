import CSV
import Bytes
import Core
import Ingest
import JSON

/// Counts, totals and the bridge recomputed from the text of `reconciliation.csv` alone, by other means than those that made
/// `summary.json`: what a distrustful auditor would do in a spreadsheet.
struct RecomputedReport {
    /// Rows that are wrong in themselves, each in one line.
    private(set) var findings: [String] = []
    private(set) var rowCount = 0
    private var figures = RecomputedFigures()
    private var audits = RecomputedAudits()

    /// So many faults of rows are told one by one.
    private static let findingLimit = 20

    /// How many records a CSV text holds, without its header.
    static func rowCount(of text: UnsafeBufferPointer<UInt8>) -> Int {
        var table = CSVTable(text)
        var count = 0
        while table.next() != nil { count += 1 }
        return count
    }

    /// Adds up the rows, and holds `exceptions.csv` against those that belong into it.
    mutating func read(_ text: UnsafeBufferPointer<UInt8>, exceptions: UnsafeBufferPointer<UInt8>?) {
        var table = CSVTable(text)
        var exceptionTable = exceptions.map { CSVTable($0) }
        var exceptionsDiffer = false
        var faults = 0
        while let row = table.next() {
            rowCount += 1
            var found = row.fault.map { [$0] } ?? []
            if row.fault == nil {
                let recomputed = RecomputedRow(row)
                found = recomputed.faults
                do throws(Total.Overflow) {
                    try figures.add(recomputed)
                    try addAudits(row)
                } catch { found.append("a total overflows") }
                if recomputed.isException, exceptionTable != nil,
                    exceptionTable?.next()?.hasSameFields(as: row) != true
                {
                    exceptionsDiffer = true
                }
            }
            for fault in found {
                faults += 1
                if faults <= Self.findingLimit { findings.append("reconciliation.csv:\(row.line): \(fault)") }
            }
        }
        if faults > Self.findingLimit { findings.append("reconciliation.csv: \(faults) such faults in all") }
        if exceptionsDiffer || exceptionTable?.next() != nil {
            findings.append("exceptions.csv: not the rows of reconciliation.csv with an error or a warning")
        }
    }

    /// Where `summary.json` says something else, or something that no row supports, or less than the rows say.
    func differences(from summary: JSONValue) -> [String] {
        var differences = figures.differences(from: summary)
        audits.compare(with: summary) { name, stated, recomputed in
            if stated == recomputed { return }
            differences.append(
                "summary.json: \(name) is \(stated ?? "absent"), reconciliation.csv makes it \(recomputed)")
        }
        return differences
    }

    private mutating func addAudits(_ row: CSVTable.Row) throws(Total.Overflow) {
        guard row["rowType"] == "case", let currency = Currency(row["currency"]) else { return }
        try audits.add(row, currency) { column in
            do throws(AmountFault) {
                return row[column].isEmpty ? nil : try Amount.parse(row[column], currency, mayBeNegative: true)
            } catch { return nil }
        }
    }
}
