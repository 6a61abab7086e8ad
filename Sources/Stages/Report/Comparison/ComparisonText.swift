import CSV
import JSON
import Memory
import Refunds

extension ReportComparison {
    // MARK: For people

    /// The changes as tables, without a newline at the end.
    package func text(width: Int = 80) -> String {
        var blocks = Change.allCases.compactMap { change in block(change) }
        if !totals.isEmpty { blocks.append(totalLines(width)) }
        blocks.append([isEmpty ? "Nothing changed." : counts])
        return blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private var counts: String {
        Change.allCases.map { change in "\(grouped(String(entries.count { $0.change == change }))) \(change.rawValue)" }
            .joined(separator: ", ")
    }

    /// The rows of one kind of change; their last column is as long as it must be.
    private func block(_ change: Change) -> [String]? {
        let found = entries.filter { $0.change == change }
        if found.isEmpty { return nil }
        var table = TextTable([.words("Order"), .words("Refund"), .words("Cur"), .words("What")])
        for entry in found {
            guard let row = entry.after ?? entry.before else { continue }
            let name = row.orderNo.isEmpty ? "\(row.airlinePNR) \(row.carrier)" : row.orderNo
            table.add([
                Self.shown(name), Self.shown(row.refundCode), VisibleText.clean(row.currency), Self.what(entry),
            ])
        }
        let heading = change.rawValue.prefix(1).uppercased() + change.rawValue.dropFirst()
        return ["\(heading): \(grouped(String(found.count)))"] + table.lines(width: .max)
    }

    private static func shown(_ text: String) -> String {
        VisibleText.cut(VisibleText.clean(text, limit: 120), width: 32)
    }

    /// The changes of the row: its outcome, then each amount.
    private static func what(_ entry: Entry) -> String {
        guard let before = entry.before, let after = entry.after else {
            guard let row = entry.before ?? entry.after else { return "" }
            return lone(row)
        }
        var parts: [String] = []
        if before.outcome != after.outcome { parts.append("\(before.outcome) → \(after.outcome)") }
        for (name, path) in [
            ("order number", \ComparedRow.orderNo), ("refund code", \.refundCode), ("currency", \.currency),
        ]
        where before[keyPath: path] != after[keyPath: path] {
            parts.append("\(name) \(word(before[keyPath: path])) → \(word(after[keyPath: path]))")
        }
        // A new final side has a currency: that is not worth a message.
        if let earlier = before.finalCurrency, let later = after.finalCurrency, earlier != later,
            !earlier.isEmpty && !later.isEmpty || before.amounts == after.amounts
        {
            parts.append("final currency \(word(earlier)) → \(word(later))")
        }
        for (index, column) in ComparedRow.amountColumns.enumerated()
        where before.amounts[index] != after.amounts[index] {
            parts.append("\(column) \(amount(before.amounts[index])) → \(amount(after.amounts[index]))")
        }
        return VisibleText.clean(parts.joined(separator: "; "))
    }

    /// A row that only one report has.
    private static func lone(_ row: ComparedRow) -> String {
        let shown = ["expectedRefundAmount": "expected", "finalRefundAmount": "final"]
        var parts = [row.outcome.isEmpty ? row.rowType : row.outcome]
        for (index, column) in ComparedRow.amountColumns.enumerated() {
            guard let name = shown[column], !row.amounts[index].isEmpty else { continue }
            parts.append("\(name) \(amount(row.amounts[index]))")
        }
        return VisibleText.clean(parts.joined(separator: "; "))
    }

    private static func word(_ text: String) -> String { text.isEmpty ? "none" : text }

    private static func amount(_ text: String) -> String { text.isEmpty ? "none" : grouped(text) }

    private func totalLines(_ width: Int) -> [String] {
        var table = TextTable([
            .words("Total"), .figures("Before"), .figures("After"), .figures("Change"),
        ])
        let names = [
            "expectedRefund": "expected refund", "finalRefund": "final refund", "refundVariance": "refund variance",
        ]
        for total in totals {
            table.add([
                "\(total.currency) \(names[total.name] ?? total.name)", total.before.shown(total.currency),
                total.after.shown(total.currency),
                total.difference.map { $0 == Total() ? "=" : $0.shownChange(total.currency) } ?? "over 128 bits",
            ])
        }
        return table.lines(width: width)
    }

    // MARK: For programs

    /// `{"changes": [...], "totals": {currency: {total: {before, after, change}}}}`, amounts as strings.
    package func json() -> [UInt8] {
        let byCurrency = Dictionary(grouping: totals, by: \.currency).sorted { $0.key < $1.key }
        return JSONTree.object([
            .init("changes", .array(entries.map(Self.tree))),
            .init(
                "totals",
                .object(
                    byCurrency.map { currency, totals in
                        .init(currency.code, .object(totals.map { .init($0.name, Self.tree($0)) }))
                    })),
        ]).encoded(pretty: true) + [0x0A]
    }

    private static func tree(_ total: TotalChange) -> JSONTree {
        .object([
            .init("before", .string(total.before.formatted(total.currency))),
            .init("after", .string(total.after.formatted(total.currency))),
            .init("change", .text(total.difference?.formatted(total.currency))),
        ])
    }

    private static func tree(_ entry: Entry) -> JSONTree {
        let row = entry.after ?? entry.before
        func known(_ text: String?) -> JSONTree { .text(text?.isEmpty == false ? text : nil) }
        return .object([
            .init("change", .string(entry.change.rawValue)), .init("rowType", known(row?.rowType)),
            .init("orderNo", known(row?.orderNo)), .init("refundCode", known(row?.refundCode)),
            .init("airlinePNR", known(row?.airlinePNR)), .init("carrier", known(row?.carrier)),
            .init("before", entry.before.map(side) ?? .null), .init("after", entry.after.map(side) ?? .null),
        ])
    }

    private static func side(_ row: ComparedRow) -> JSONTree {
        func known(_ text: String) -> JSONTree { text.isEmpty ? .null : .string(text) }
        return .object(
            [.init("currency", known(row.currency)), .init("outcome", known(row.outcome))]
                + zip(ComparedRow.amountColumns, row.amounts).map { .init($0, known($1)) }
                + [.init("finalCurrency", known(row.finalCurrency ?? ""))])
    }

    /// One line a changed row, each amount before and after; RFC 4180, and formulas neutralised as in the report.
    package func csv() -> [UInt8] {
        let sided = ["currency", "outcome"] + ComparedRow.amountColumns + ["finalCurrency"]
        var out = ByteWriter()
        let header =
            ["change", "rowType", "orderNo", "refundCode", "airlinePNR", "carrier"]
            + sided.flatMap { ["\($0)Before", "\($0)After"] }
        out.append(header.joined(separator: ",") + "\r\n")
        for entry in entries {
            guard let row = entry.after ?? entry.before else { continue }
            out.append(entry.change.rawValue)
            for text in [row.rowType, row.orderNo, row.refundCode, row.airlinePNR, row.carrier] {
                out.append(UInt8(ascii: ","))
                out.append(csvField: text)
            }
            let (before, after) = (entry.before.map(Self.cells), entry.after.map(Self.cells))
            for index in sided.indices {
                for cells in [before, after] {
                    out.append(UInt8(ascii: ","))
                    Self.write(cells?[index] ?? "", to: &out)
                }
            }
            out.append(literal: "\r\n")
        }
        return out.bytes
    }

    /// An amount's minus makes no formula.
    private static func write(_ cell: String, to out: inout ByteWriter) {
        let isAmount = cell.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
        }
        if isAmount { out.append(cell) } else { out.append(csvField: cell) }
    }

    private static func cells(_ row: ComparedRow) -> [String] {
        [row.currency, row.outcome] + row.amounts + [row.finalCurrency ?? ""]
    }
}
