import Files

/// The breaks and open items in the rows of reconciliation.csv.
struct RowBreaks {
    /// The break of a row.
    struct Break: Equatable {
        let standing: String
        let outcome: String
        let exceptions: String
        let amounts: String
    }

    /// By id, of the rows that are breaks, were breaks or were closed.
    private(set) var byID: [String: Break] = [:]
    /// The ids of open items that are none of these.
    private var openItems: Set<String> = []

    /// Adds a row; returns the faults of its columns.
    ///
    /// - Parameter row: gets its `isClosed`.
    mutating func add(_ csv: CSVStream, row: inout ReportRow) -> [String] {
        let id = csv.text("breakId")
        guard !id.isEmpty else { return [] }
        var faults: [String] = []
        let (standing, amounts) = (csv.text("breakStanding"), csv.text("breakAmounts"))
        let isRepeated: Bool
        if standing.isEmpty {
            isRepeated = byID[id] != nil || !openItems.insert(id).inserted
            if Figures.isBreak(row) { faults.append("it is a break without a breakStanding") }
            if !row.isOutstanding { faults.append("it has a breakId and is neither a break nor open") }
        } else {
            let found = Break(
                standing: standing, outcome: row.outcome, exceptions: csv.text(Column.exceptions.rawValue),
                amounts: amounts)
            isRepeated = openItems.contains(id) || byID.updateValue(found, forKey: id) != nil
        }
        if isRepeated { faults.append("its breakId is there twice") }
        if amounts != Self.amounts(csv, row: row) { faults.append("breakAmounts is not what its columns make it") }
        row.isClosed = standing == "closed"
        if let words = Self.standingFault(standing, decision: csv.text("disposition"), row: row) {
            faults.append(words)
        }
        return faults
    }

    /// Why a standing does not fit the decision and the row; nil if it does.
    private static func standingFault(_ standing: String, decision: String, row: ReportRow) -> String? {
        switch standing {
        case "closed":
            if !row.isOutstanding { return "it is closed and was not open" }
            return decision == "closed" ? nil : "it is closed, and nobody decided so"
        case "settled":
            return ["accepted", "written off"].contains(decision) ? nil : "it is settled, and nobody decided so"
        case "resolved": return Figures.isBreak(row) ? "it is resolved and a break" : nil
        default: return nil
        }
    }

    /// `variance REFUND_SHORT USD 47.32/5.00/2.00/40.32 final USD 47.32/0.00/2.00/37.32`: outcome, codes that make it a
    /// break, and original, penalty, fee and refund.
    private static func amounts(_ csv: CSVStream, row: ReportRow) -> String {
        func side(_ currency: String, columns: [Column]) -> String {
            let amounts = columns.map { csv.field($0.rawValue).isEmpty ? "-" : csv.text($0.rawValue) }
            return "\(currency) \(amounts.joined(separator: "/"))"
        }
        let codes = row.codes.filter { Figures.severities[$0, default: .info] != .info }.joined(separator: "+")
        let expected = row.isCase ? side(row.currency, columns: Column.expected) : ""
        let final = row.finalCurrency.isEmpty ? "" : "final " + side(row.finalCurrency, columns: Column.final)
        return [row.outcome, codes, expected, final].filter { !$0.isEmpty }.joined(separator: " ")
    }
}

/// Holds breaks.csv against the rows and the counts of summary.json.
struct BreakChecks: ReportCheck {
    let report: ReportFiles
    let summary: StatedJSON

    /// The counts of the lines of breaks.csv.
    private struct Counts {
        var standings: [String: Int] = [:]
        /// Settled ones whose refund has ended.
        var ended = 0

        /// Breaks that leave the ledger, and decisions about items that are not open.
        var notOpen: Int { ended + ["resolved", "closed", "unknown"].reduce(0) { $0 + (standings[$1] ?? 0) } }
        var open: Int { standings.values.reduce(0, +) - notOpen }
    }

    func check(_ rows: RowBreaks, hasRows: Bool) {
        guard let breaks = summary["breaks"] else {
            if report.has("breaks.csv") || !rows.byID.isEmpty {
                findings.check("breaks") {
                    findings.differs("summary.json: breaks is missing, and the report has breaks")
                }
            }
            return
        }
        findings.check("breaks.csv, the breaks of the rows and those of summary.json are the same") {
            var counts = Counts()
            var unseen = Set(rows.byID.keys)
            report.read("breaks.csv") { file throws(FileError) in
                let table = try CSVStream(file)
                let names = ["breakId", "breakStanding", "outcome", "exceptions", "breakAmounts", "rowType"]
                guard names.allSatisfy({ table.places[$0] != nil }) else {
                    return findings.differs("breaks.csv: its columns are not those of a report")
                }
                while case let step = try table.next(), step != .end {
                    guard step == .record else {
                        findings.differs("breaks.csv:\(table.line): it is not a row of \(table.header.count) fields")
                        continue
                    }
                    let cells = names.map { table.text($0) }
                    counts.standings[cells[1], default: 0] += 1
                    let isOutstanding =
                        cells[5] == "orphanWebhook" || ReportLists.outstanding.contains(cells[2])
                    if cells[1] == "settled", !isOutstanding { counts.ended += 1 }
                    unseen.remove(cells[0])
                    let found = RowBreaks.Break(
                        standing: cells[1], outcome: cells[2], exceptions: cells[3], amounts: cells[4])
                    if let words = fault(found, row: rows.byID[cells[0]], hasRows: hasRows) {
                        findings.differs("breaks.csv:\(table.line): \(words)")
                    }
                }
            }
            for id in unseen.sorted() { findings.differs("breaks.csv: it lacks the break \(id) of reconciliation.csv") }
            checkCounts(breaks, counts: counts)
        }
    }

    /// Why a line of breaks.csv does not fit its row.
    private func fault(_ found: RowBreaks.Break, row: RowBreaks.Break?, hasRows: Bool) -> String? {
        switch found.standing {
        case "unknown": return nil
        case "notExamined": return row == nil ? nil : "it is notExamined, and reconciliation.csv has its row"
        case "resolved":
            return row == nil || row?.standing == "resolved"
                ? nil : "it is resolved, and its row says \(row?.standing ?? "")"
        default:
            if !hasRows { return nil }
            guard let row else { return "reconciliation.csv has no row of this break" }
            return row == found ? nil : "its standing, outcome, exceptions or amounts are not those of its row"
        }
    }

    private func checkCounts(_ breaks: StatedJSON, counts: Counts) {
        func check(_ name: String, _ found: Int) {
            if breaks[name]?.count != found {
                findings.differs(
                    "summary.json: breaks.\(name) is \(breaks[name]?.scalar ?? "absent"), breaks.csv has \(found)")
            }
        }
        let others = ["opening", "ended", "closing", "unknownDispositions"]
        for member in breaks.members where !others.contains(member.key) {
            check(member.key, counts.standings[member.key] ?? 0)
        }
        check("ended", counts.ended)
        check("closing", counts.open)
        check("unknownDispositions", counts.standings["unknown"] ?? 0)
    }
}
