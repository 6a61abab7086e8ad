import CSV
import Files
import Memory
import Refunds

/// One row of the Exceptions sheet that a person saved as CSV: the break's id and amounts, and the decision.
package struct DispositionRow: Sendable, Equatable {
    /// The file's path and the line: `decided.csv, line 2`.
    package let place: String
    package let breakID: String
    package let breakAmounts: String
    package let disposition: String
    package let note: String
    package let preparer: String
    package let reviewer: String
    package let date: String

    /// Whether the person has written anything.
    fileprivate var isFilled: Bool { ![disposition, note, preparer, reviewer, date].allSatisfy(\.isEmpty) }

    fileprivate func says(theSameAs other: DispositionRow) -> Bool {
        [breakAmounts, disposition, note, preparer, reviewer, date]
            == [other.breakAmounts, other.disposition, other.note, other.preparer, other.reviewer, other.date]
    }

    /// Whether both are about one break: ids are read in lower and upper case, and one of 16 digits, as ids were before, is
    /// the beginning of one of 32.
    fileprivate func isAbout(theBreakOf other: DispositionRow) -> Bool {
        let (mine, theirs) = (breakID.lowercased(), other.breakID.lowercased())
        if mine.utf8.count == theirs.utf8.count { return mine == theirs }
        return key == other.key && min(mine.utf8.count, theirs.utf8.count) == 16
    }

    /// The same for all rows about one break.
    fileprivate var key: String {
        let id = breakID.lowercased()
        return id.utf8.count == 32 ? String(id.prefix(16)) : id
    }
}

/// Reads people's decisions about breaks (`--dispositions`): the Exceptions sheet saved as CSV. Other columns are ignored,
/// and so are rows in which nobody has written.
package enum DispositionsFile {
    private static let needed = ["breakId", "breakAmounts", "Disposition"]
    private static let used = needed + ["Note", "Preparer", "Reviewer", "Date"]

    /// The rows of all files that a person has filled in, each once. A row that cannot be read, that has no break, that closes
    /// a refund without a reason, or that contradicts another about the same break, in whichever file, makes its file
    /// unusable: no decision is lost or guessed.
    package static func read(_ inputs: [InputBytes]) throws(InputError) -> [DispositionRow] {
        var rows: [DispositionRow] = []
        var byBreak: [String: [DispositionRow]] = [:]
        for input in inputs {
            for row in try filledRows(of: input) {
                let same = (byBreak[row.key] ?? []).filter { $0.isAbout(theBreakOf: row) }
                if let other = same.first(where: { !$0.says(theSameAs: row) }) {
                    throw .unusable(
                        path: input.path,
                        reason:
                            "\(other.place) and \(row.place) contradict each other about \(row.breakID): remove one of them"
                    )
                }
                if same.contains(where: { $0.breakID.utf8.count == row.breakID.utf8.count }) { continue }
                byBreak[row.key, default: []].append(row)
                rows.append(row)
            }
        }
        return rows
    }

    private static func filledRows(of input: InputBytes) throws(InputError) -> [DispositionRow] {
        let text = input.textBytes
        guard text.span.isValidUTF8 else { throw .unusable(path: input.path, reason: "not UTF-8") }
        // A spreadsheet leaves out empty fields at the end of a row, and adds fields for cells beside the table.
        var table = CSVTable(text.span, allowsOtherCounts: true)
        try checkColumns(table, input.path)
        var rows: [DispositionRow] = []
        while let record = table.next() {
            if let fault = record.fault { throw .unusable(path: input.path, reason: "line \(record.line): \(fault)") }
            let row = DispositionRow(
                place: "\(input.path), line \(record.line)", breakID: record["breakId"],
                breakAmounts: record["breakAmounts"], disposition: record["Disposition"], note: record["Note"],
                preparer: record["Preparer"], reviewer: record["Reviewer"], date: record["Date"])
            guard row.isFilled else { continue }
            if row.breakID.isEmpty {
                throw .unusable(path: input.path, reason: "line \(record.line): a disposition without a breakId")
            }
            if row.disposition == "closed", row.note.allSatisfy(\.isWhitespace) {
                throw .unusable(
                    path: input.path,
                    reason: "line \(record.line): closed without a Note: write there why nothing will come")
            }
            rows.append(row)
        }
        return rows
    }

    private static func checkColumns(_ table: borrowing CSVTable, _ path: String) throws(InputError) {
        let columns = table.header
        let missing = needed.filter { !columns.contains($0) }
        if !missing.isEmpty {
            throw .unusable(
                path: path,
                reason: "the header lacks \(missing.joined(separator: ", ")): it is not the Exceptions sheet as CSV")
        }
        if let repeated = table.repeatedColumns.first(where: used.contains) {
            throw .unusable(
                path: path,
                reason: "the header has several columns \(repeated): keep one and rename or remove the others")
        }
    }
}
