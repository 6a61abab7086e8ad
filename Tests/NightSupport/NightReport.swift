import CSV
import Glibc
import JSON
import Memory
import Refunds

/// What of a published report is compared.
struct NightReport {
    /// The rows, each by column.
    let rows: [ReportedRow]
    /// By kind (`cases`, `orphanWebhooks`), then currency.
    let rollForward: [String: [String: ReportedRoll]]
    let csv: [UInt8]
    /// The rows of breaks.csv that are breaks still.
    let openBreaks: [ReportedRow]
    let rejects: [ReportedRow]

    init(folder: String) throws {
        csv = try Files.read("\(folder)/reconciliation.csv")
        rows = try Self.rows(csv)
        rejects = try Self.rows(try Files.read("\(folder)/rejects.csv"))
        openBreaks = try Self.rows(try Files.read("\(folder)/breaks.csv"))
            .filter { !["resolved", "unknown"].contains($0["breakStanding"]) }
        rollForward = try Self.rollForward(try Files.read("\(folder)/summary.json"))
    }

    private static func rows(_ bytes: [UInt8]) throws -> [ReportedRow] {
        var table = CSVTable(bytes.span)
        var rows: [ReportedRow] = []
        while let row = table.next() {
            if let fault = row.fault { throw NightFailure("reconciliation.csv, line \(row.line): \(fault)") }
            let values = table.header.map { ($0, row[$0]) }
            rows.append(ReportedRow(values: Dictionary(values) { first, _ in first }, columns: table.header))
        }
        return rows
    }

    private static func rollForward(_ bytes: [UInt8]) throws -> [String: [String: ReportedRoll]] {
        guard let summary = JSONTree(parsing: bytes.span) else { throw NightFailure("summary.json is no JSON") }
        var kinds: [String: [String: ReportedRoll]] = [:]
        for kind in summary["rollForward"]?.members ?? [] where kind.key != "restated" {
            for currency in kind.value.members {
                kinds[kind.key, default: [:]][currency.key] = ReportedRoll(currency.value)
            }
        }
        return kinds
    }
}

/// A row of reconciliation.csv.
struct ReportedRow {
    let values: [String: String]
    let columns: [String]

    /// Without the mark that keeps a spreadsheet from running it.
    subscript(column: String) -> String {
        let value = values[column] ?? ""
        return value.first == "'" ? String(value.dropFirst()) : value
    }

    /// What says where its records stand, when they were answered, and how it came from the nights before.
    private static let ownColumns: Set = [
        "source", "webhookSource", "querySource", "queriedAt", "breakId", "breakStanding", "breakAmounts", "breakSince",
        "breakNights", "carriedFrom", "answerAgeDays",
    ]

    /// All that must be as in one run.
    var comparable: String {
        columns.filter { !Self.ownColumns.contains($0) && self[$0] != "" }.map { "\($0)=\(self[$0])" }
            .joined(separator: " ")
    }

    var isCase: Bool { self["rowType"] == "case" }
    var isOrphan: Bool { self["rowType"] == "orphanWebhook" }

    /// Whether the next night takes it up: a case that has not ended, or an orphan.
    var isOutstanding: Bool { isOrphan || ["pending", "overdue", "unverified"].contains(self["outcome"]) }

    /// By what its order is found.
    var identities: [OrderIdentity] {
        (self["orderNo"].isEmpty ? [] : [.order(self["orderNo"])])
            + (self["airlinePNR"].isEmpty ? [] : [.locator(self["airlinePNR"], self["carrier"])])
    }
}

/// A count and an amount in cents, as the roll-forward has them.
struct OpenSum: Equatable, CustomStringConvertible {
    var count = 0
    var cents = 0
    var withoutAmount = 0

    static func + (left: OpenSum, right: OpenSum) -> OpenSum {
        OpenSum(
            count: left.count + right.count, cents: left.cents + right.cents,
            withoutAmount: left.withoutAmount + right.withoutAmount)
    }

    static func - (left: OpenSum, right: OpenSum) -> OpenSum {
        OpenSum(
            count: left.count - right.count, cents: left.cents - right.cents,
            withoutAmount: left.withoutAmount - right.withoutAmount)
    }

    var description: String { "\(count) of \(moneyText(cents)) and \(withoutAmount) without an amount" }
}

/// A line of the roll-forward.
struct ReportedRoll: Equatable {
    var opening = OpenSum()
    var new = OpenSum()
    var cleared = OpenSum()
    var closing = OpenSum()

    init() {}

    init(_ parts: JSONTree) {
        func sum(_ part: JSONTree?) -> OpenSum {
            OpenSum(
                count: part?["count"]?.int ?? .min, cents: part?["amount"]?.string.flatMap { centsOf($0) } ?? .min,
                withoutAmount: part?["withoutAmount"]?.int ?? .min)
        }
        opening = sum(parts["opening"])
        new = sum(parts["new"])
        cleared = sum(parts["cleared"])
        closing = sum(parts["closing"])
    }
}
