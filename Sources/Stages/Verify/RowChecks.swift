import Files
import JSON

/// Reads reconciliation.csv once, row by row, and compares it with the files that repeat its rows: exceptions.csv and
/// reconciliation.jsonl.
final class RowChecks: ReportCheck {
    let report: ReportFiles
    private let rules: RowRules
    private(set) var digits = CurrencyDigits()
    private(set) var figures = Figures()
    private(set) var audits = AuditFigures()
    private(set) var rowCount = 0
    private(set) var headerNames: [String] = []
    private(set) var breaks = RowBreaks()
    /// Whether the file was read to its end.
    private(set) var isComplete = false
    private var linesDiffer = 0
    private var exceptionsDiffer = 0

    init(report: ReportFiles) {
        self.report = report
        var tolerances: [String: Int128] = [:]
        for member in report.manifest?["parameters"]?["tolerances"]?.members ?? [] {
            guard let money = member.value.string.flatMap({ Money($0) }), money.minorUnits >= 0,
                digits.allows(money.digits, of: member.key)
            else {
                report.findings.check("tolerances") {
                    report.findings.differs("manifest.json: the tolerance of \(member.key) is not an amount")
                }
                continue
            }
            tolerances[member.key] = money.minorUnits
        }
        rules = RowRules(asOf: report.asOfText.flatMap { Day.number($0.utf8) }, tolerances: tolerances)
    }

    func check() {
        var exceptions: CSVStream?
        var lines: LineSource?
        findings.check("\(rowCount) rows: outcome, codes, variances and ages of each follow from its columns") {
            if rules.asOf == nil { findings.differs("manifest.json: asOf is not a date") }
            if report.has("exceptions.csv") {
                report.read("exceptions.csv") { file throws(FileError) in exceptions = try CSVStream(file) }
            }
            if report.has("reconciliation.jsonl") {
                report.read("reconciliation.jsonl") { file throws(FileError) in lines = LineSource(file) }
            }
            report.read("reconciliation.csv") { file throws(FileError) in
                try readRows(of: try CSVStream(file), exceptions: exceptions, lines: lines)
            }
        }
        if report.has("exceptions.csv") { sayExceptions(exceptions) }
        if report.has("reconciliation.jsonl") { sayLines(lines) }
    }

    private func readRows(of csv: CSVStream, exceptions: CSVStream?, lines: LineSource?) throws(FileError) {
        headerNames = csv.header
        guard csv.header.starts(with: ReportLists.columns) else {
            return findings.differs("reconciliation.csv: its columns are not those of contract 2")
        }
        if let exceptions, exceptions.header != csv.header { exceptionsDiffer += 1 }
        while true {
            switch try csv.next() {
            case .end:
                isComplete = true
                return
            case .malformed:
                rowCount += 1
                findings.differs("reconciliation.csv:\(csv.line): it is not a row of \(csv.header.count) fields")
            case .record:
                rowCount += 1
                var row = ReportRow(csv, digits: &digits)
                for fault in rules.faults(of: row) { findings.differs("reconciliation.csv:\(csv.line): \(fault)") }
                for fault in breaks.add(csv, row: &row) {
                    findings.differs("reconciliation.csv:\(csv.line): \(fault)")
                }
                figures.add(row)
                audits.add(csv, row: row)
                if Figures.isBreak(row), let exceptions { compare(csv, with: exceptions) }
                lines?.compare(csv, row: row, differences: &linesDiffer)
            }
        }
    }

    // MARK: Files that repeat the rows

    private func compare(_ csv: CSVStream, with exceptions: CSVStream) {
        let step = try? exceptions.next()
        if step != .record || exceptions.raw != csv.raw { exceptionsDiffer += 1 }
    }

    private func sayExceptions(_ exceptions: CSVStream?) {
        findings.check("exceptions.csv has the \(figures.breakCount) rows with an error or a warning") {
            guard let exceptions else { return findings.differs("exceptions.csv: it cannot be read") }
            if exceptionsDiffer > 0 || (try? exceptions.next()) != .end {
                findings.differs("exceptions.csv: not the rows of reconciliation.csv with an error or a warning")
            }
        }
    }

    private func sayLines(_ lines: LineSource?) {
        findings.check("reconciliation.jsonl says the same as reconciliation.csv, and its evidence fits") {
            guard let lines else { return findings.differs("reconciliation.jsonl: it cannot be read") }
            for words in lines.firstDifferences { findings.differs(words) }
            if linesDiffer > lines.firstDifferences.count {
                findings.differs("reconciliation.jsonl: \(linesDiffer) rows differ from reconciliation.csv in all")
            }
            if !lines.isAtEnd { findings.differs("reconciliation.jsonl: it has more rows than reconciliation.csv") }
        }
    }
}

/// The lines of reconciliation.jsonl, held against the rows of reconciliation.csv one by one.
final class LineSource {
    private let lines: LineStream
    private var reader = JSONReader()
    private var number = 0
    /// The first differences, at most ten.
    private(set) var firstDifferences: [String] = []

    init(_ file: RegularFile) { lines = LineStream(file) }

    var isAtEnd: Bool {
        do throws(FileError) { return try lines.next() == nil } catch { return false }
    }

    func compare(_ csv: CSVStream, row: ReportRow, differences: inout Int) {
        number += 1
        guard let words = difference(csv, row: row) else { return }
        differences += 1
        if firstDifferences.count < 10 { firstDifferences.append("reconciliation.jsonl:\(number): \(words)") }
    }

    /// The first difference between the next line and a row; nil if there is none.
    private func difference(_ csv: CSVStream, row: ReportRow) -> String? {
        guard let line = try? lines.next() else { return "there is no such row" }
        guard let object = JSONReading.tree(line, reader: &reader) else { return "it is not JSON in UTF-8" }
        for (index, name) in csv.header.enumerated() {
            guard let value = object[name] else { return "it has no \(name)" }
            if !Self.says(csv.field(index), value: value) {
                return "its \(name) is not the one in line \(csv.line) of reconciliation.csv"
            }
        }
        guard let evidence = object["evidence"] else { return "it has no evidence" }
        return Self.evidenceFault(evidence, row: row)
    }

    private static func says(_ field: ArraySlice<UInt8>, value: StatedJSON) -> Bool {
        switch value {
        case .null: field.isEmpty
        case .number(let digits): field.elementsEqual(digits.utf8)
        case .string(let text): Guarded.field(field, says: text.utf8)
        case .bool(let value): field.elementsEqual((value ? "true" : "false").utf8)
        case .array(let elements): field.elementsEqual(elements.map { $0.string ?? "?" }.joined(separator: ";").utf8)
        case .object: false
        }
    }

    /// The evidence has a line for each webhook, the places that the row names, and the reason of a failed query.
    private static func evidenceFault(_ evidence: StatedJSON, row: ReportRow) -> String? {
        let webhooks = (evidence["webhooks"]?.elements ?? []).map { Guarded.text($0.string ?? "") }
        if webhooks.count != row.webhookCount {
            return "its evidence has \(webhooks.count) webhooks, webhookCount is \(row.webhookCount)"
        }
        if !row.webhookSource.isEmpty, !webhooks.contains(row.webhookSource) {
            return "webhookSource is not in its evidence"
        }
        if Guarded.text(evidence["query"]?.string ?? "") != row.querySource {
            return "querySource is not the query of its evidence"
        }
        let hasError = evidence["queryError"].map { $0 != .null } ?? false
        if hasError != row.codes.contains("QUERY_FAILED") {
            return hasError
                ? "its query failed, and the row has no QUERY_FAILED"
                : "QUERY_FAILED, and its evidence has no queryError"
        }
        return nil
    }
}
