import Bytes
import CSV
import Core

/// One row of the Exceptions sheet that a person saved as CSV: the break's id and amounts, and what was decided.
public struct DispositionRow: Sendable, Equatable {
    public let line: Int32
    public let breakId: String
    public let breakAmounts: String
    public let disposition: String
    public let note: String
    public let preparer: String
    public let reviewer: String
    public let date: String

    /// Whether the person has written anything.
    fileprivate var isFilled: Bool { ![disposition, note, preparer, reviewer, date].allSatisfy(\.isEmpty) }

    fileprivate func says(theSameAs other: DispositionRow) -> Bool {
        [breakAmounts, disposition, note, preparer, reviewer, date]
            == [other.breakAmounts, other.disposition, other.note, other.preparer, other.reviewer, other.date]
    }
}

/// Reads what people decided about breaks (`--dispositions`): the Exceptions sheet saved as CSV. Other columns are ignored,
/// and so are rows in which nobody has written.
public enum DispositionsFile {
    private static let needed = ["breakId", "breakAmounts", "Disposition"]
    private static let used = needed + ["Note", "Preparer", "Reviewer", "Date"]

    /// The rows that a person has filled in. A row that cannot be read, that has no break, or that contradicts another about
    /// the same break makes the file unusable: no decision is lost or guessed.
    public static func read(_ input: InputBytes) throws(InputError) -> [DispositionRow] {
        guard input.text.isValidUTF8 else { throw .unusable(path: input.path, reason: "not UTF-8") }
        // A spreadsheet leaves out empty fields at the end of a row, and adds fields for what is beside the table.
        var table = CSVTable(input.text, allowsOtherCounts: true)
        let missing = needed.filter { !table.hasColumn($0) }
        if !missing.isEmpty {
            throw .unusable(
                path: input.path,
                reason: "the header lacks \(missing.joined(separator: ", ")): it is not the Exceptions sheet as CSV")
        }
        if let repeated = table.repeatedColumns.first(where: used.contains) {
            throw .unusable(
                path: input.path,
                reason: "the header has several columns \(repeated): keep one and rename or remove the others")
        }
        var rows: [DispositionRow] = []
        var byBreak: [String: DispositionRow] = [:]
        while let record = table.next() {
            if let fault = record.fault { throw .unusable(path: input.path, reason: "line \(record.line): \(fault)") }
            let row = DispositionRow(
                line: record.line, breakId: record["breakId"], breakAmounts: record["breakAmounts"],
                disposition: record["Disposition"], note: record["Note"], preparer: record["Preparer"],
                reviewer: record["Reviewer"], date: record["Date"])
            guard row.isFilled else { continue }
            if row.breakId.isEmpty {
                throw .unusable(path: input.path, reason: "line \(row.line): a disposition without a breakId")
            }
            if let other = byBreak[row.breakId] {
                if row.says(theSameAs: other) { continue }
                throw .unusable(
                    path: input.path, reason: "lines \(other.line) and \(row.line) disagree about \(row.breakId)")
            }
            byBreak[row.breakId] = row
            rows.append(row)
        }
        return rows
    }
}
