/// Holds the figures that tables show to people against summary.json.
final class ShownFigures {
    private let summary: StatedJSON
    private let findings: Findings
    /// Where the tables are, such as `report.html`.
    private let name: String
    /// The figures seen so far, by path in summary.json, to find the ones that no table shows.
    private var seen: Set<String> = []

    init(name: String, summary: StatedJSON, findings: Findings) {
        self.name = name
        self.summary = summary
        self.findings = findings
    }

    private static let totals = [
        "expectedrefund": "expectedRefund", "finalrefund": "finalRefund", "netvariance": "refundVariance",
        "refundvariance": "refundVariance", "short": "refundShort", "refundshort": "refundShort", "over": "refundOver",
        "refundover": "refundOver", "atrisk": "atRisk", "open": "open", "inprogress": "open",
    ]

    func check(_ tables: [ShownTable]) {
        for table in tables {
            if table.place("stated") != nil, table.titles.first == "control" {
                checkControls(in: table)
            } else if table.place("age", "days") != nil, table.place("cases") != nil {
                checkAges(in: table)
            } else if table.titles.first == "currency", table.place("expectedrefund") != nil,
                table.place("finalrefund") != nil
            {
                checkTotals(in: table)
            } else if table.titles.first == "outcome", let place = table.place("cases") {
                for row in table.rows { checkOutcome(row.cells, place: place) }
            } else if let place = table.place("rows"), ["code", "exception"].contains(table.titles.first) {
                for row in table.rows { checkCode(row.cells, place: place) }
            }
        }
    }

    /// Reports the figures of summary.json that no table shows.
    ///
    /// - Parameter groups: `totals`, `cases` and `exceptions`, as far as they must be shown.
    func checkNothingIsMissing(in groups: [String]) {
        for group in groups {
            for member in summary[group]?.members ?? [] where !seen.contains("\(group).\(member.key)") {
                let isEmpty = member.value.leaves().allSatisfy { $0.text.allSatisfy { "-0.".contains($0) } }
                if !isEmpty { findings.differs("\(name): it does not show \(group).\(member.key) of summary.json") }
            }
        }
    }

    // MARK: Tables

    private func checkTotals(in table: ShownTable) {
        for (_, cells) in table.rows {
            let currency = cells.first ?? ""
            guard let stated = summary["totals"]?[currency] else {
                // A row below the currencies, such as a sum.
                if currency.utf8.count == 3, currency == currency.uppercased() {
                    findings.differs("\(name): it shows totals in \(currency), which summary.json does not have")
                }
                continue
            }
            seen.insert("totals.\(currency)")
            for (place, title) in table.titles.enumerated() {
                guard let total = Self.totals[title] else { continue }
                compare(
                    "totals.\(currency).\(total)", shown: table.cell(cells, at: place), stated: stated[total]?.string)
            }
        }
    }

    private func checkOutcome(_ cells: [String], place: Int) {
        let label = ShownTable.plain(cells.first ?? "")
        let outcome = label == "inprogress" ? "pending" : ReportLists.outcomes.first { $0.lowercased() == label }
        guard let outcome, place < cells.count else { return }
        seen.insert("cases.\(outcome)")
        compare("cases.\(outcome)", shown: cells[place], stated: summary["cases"]?[outcome]?.scalar)
    }

    private func checkCode(_ cells: [String], place: Int) {
        let words = Set(cells.flatMap { $0.split { !$0.isLetter && $0 != "_" }.map(String.init) })
        guard place < cells.count, let code = ReportLists.codes.first(where: { words.contains($0.name) })?.name else {
            return
        }
        seen.insert("exceptions.\(code)")
        compare("exceptions.\(code)", shown: cells[place], stated: summary["exceptions"]?[code]?.scalar)
    }

    private func checkAges(in table: ShownTable) {
        for (group, cells) in table.rows {
            let currency = table.place("currency").map { table.cell(cells, at: $0) } ?? group
            let bucket = table.cell(cells, at: table.place("age", "days"))
            guard currency.utf8.count == 3, ReportLists.ageBuckets.contains(bucket) else { continue }
            let stated = summary["ageing"]?[currency]?[bucket]
            compare(
                "ageing.\(currency).\(bucket).cases", shown: table.cell(cells, at: table.place("cases")),
                stated: stated?["cases"]?.scalar)
            if let place = table.place("expectedrefund") {
                compare(
                    "ageing.\(currency).\(bucket).expectedRefund", shown: table.cell(cells, at: place),
                    stated: stated?["expectedRefund"]?.scalar)
            }
        }
    }

    /// The sheet Controls: counts by the last word of their label, totals by their name and currency.
    private func checkControls(in table: ShownTable) {
        let currencyPlace = table.place("currency")
        for (_, cells) in table.rows {
            let label = cells.first ?? ""
            let last = label.split(separator: " ").last.map(String.init) ?? ""
            let currency = table.cell(cells, at: currencyPlace)
            var figure: (path: String, stated: String?)?
            if ReportLists.totals.contains(label), !currency.isEmpty {
                figure = ("totals.\(currency).\(label)", summary["totals"]?[currency]?[label]?.string)
                seen.insert("totals.\(currency)")
            } else if label.hasPrefix("Cases with outcome ") {
                figure = ("cases.\(last)", summary["cases"]?[last]?.scalar)
                seen.insert("cases.\(last)")
            } else if label.hasPrefix("Rows with exception ") {
                figure = ("exceptions.\(last)", summary["exceptions"]?[last]?.scalar)
                seen.insert("exceptions.\(last)")
            } else if label.hasPrefix("Rows of type ") {
                figure = ("controls.rows.\(last)", summary["controls"]?["rows"]?[last]?.scalar)
            }
            guard let figure else { continue }
            compare(figure.path, shown: table.cell(cells, at: table.place("stated")), stated: figure.stated)
        }
    }

    // MARK: Figures

    /// A figure as it is shown, with separators and perhaps a plus, against the one that is stated.
    private func compare(_ path: String, shown: String, stated: String?) {
        let figures = shown.replacing("\u{2212}", with: "-").filter { "-.0123456789".contains($0) }
        if let stated,
            DecimalText.isEqual(figures, to: stated) || DecimalText.isEqual(DecimalText.rounded(figures), to: stated)
        {
            return
        }
        findings.differs("\(name): it shows \(path) as \(shown.prefix(40)), summary.json says \(stated ?? "nothing")")
    }
}

/// Decimal numbers by their text.
enum DecimalText {
    /// Whether two texts name the same number; false if one is not a decimal number.
    static func isEqual(_ left: String, to right: String) -> Bool {
        guard let left = parts(left), let right = parts(right) else { return false }
        return left == right
    }

    /// A number as a spreadsheet shows it: of more than 15 digits, which only a binary fraction has, the first 15, rounded.
    static func rounded(_ text: String) -> String {
        let point = text.firstIndex(of: ".") ?? text.endIndex
        let fraction = text[point...].dropFirst()
        let figures = text.filter { $0 != "." && $0 != "-" }.drop { $0 == "0" }
        let surplus = figures.count - 15
        guard surplus >= 1, surplus <= fraction.count, figures.count <= 34,
            let units = Int128(String(figures))
        else { return text }
        let power = (0..<surplus).reduce(Int128(1)) { value, _ in value * 10 }
        let kept = (units + power / 2) / power
        return (text.hasPrefix("-") ? "-" : "") + Money.text(kept, digits: fraction.count - surplus)
    }

    /// Sign, whole digits and fraction without zeros that say nothing.
    private static func parts(_ text: String) -> [String]? {
        let isNegative = text.hasPrefix("-")
        let pieces = (isNegative ? text.dropFirst() : text[...]).split(separator: ".", omittingEmptySubsequences: false)
        guard 1...2 ~= pieces.count, !pieces[0].isEmpty,
            pieces.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
        else { return nil }
        let whole = String(pieces[0].drop { $0 == "0" })
        let fraction = pieces.count == 2 ? String(pieces[1].reversed().drop { $0 == "0" }.reversed()) : ""
        return [isNegative && !(whole + fraction).isEmpty ? "-" : "", whole, fraction]
    }
}
