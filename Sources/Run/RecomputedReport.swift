import Bytes
import Core
import Ingest
import JSON

/// Counts, totals and the bridge recomputed from the text of `reconciliation.csv` alone, by other means than those that made
/// `summary.json`: what a distrustful auditor would do in a spreadsheet.
struct RecomputedReport {
    private(set) var findings: [String] = []
    private(set) var rowCount = 0
    private var outcomes: [String: Int] = [:]
    private var exceptions: [String: Int] = [:]
    private var rowTypes: [String: Int] = [:]
    private var totals: [String: [String: Total]] = [:]
    private var audits = RecomputedAudits()

    private static let sums: [(total: String, column: String)] = [
        ("expectedOriginal", "expectedOriginalAmount"), ("expectedPenalty", "expectedPenaltyAmount"),
        ("expectedFee", "expectedTransactionFee"), ("expectedRefund", "expectedRefundAmount"),
    ]

    /// Sums over the cases that have both sides.
    private static let variances = [
        "originalVariance", "penaltyVariance", "feeVariance", "refundVariance", "unexplainedVariance",
    ]

    mutating func read(_ text: UnsafeBufferPointer<UInt8>) {
        var table = CSVTable(text)
        while let row = table.next() {
            rowCount += 1
            if let fault = row.fault {
                findings.append("reconciliation.csv:\(row.line): \(fault)")
                continue
            }
            rowTypes[row["rowType"], default: 0] += 1
            for code in row["exceptions"].split(separator: ";") { exceptions[String(code), default: 0] += 1 }
            guard row["rowType"] == "case" else { continue }
            outcomes[row["outcome"], default: 0] += 1
            addAmounts(row)
        }
    }

    private mutating func addAmounts(_ row: CSVTable.Row) {
        guard let currency = Currency(row["currency"]) else {
            findings.append("reconciliation.csv:\(row.line): no currency")
            return
        }
        func amount(_ column: String) -> Amount? {
            let text = row[column]
            if text.isEmpty { return nil }
            do throws(AmountFault) { return try Amount.parse(text, currency, mayBeNegative: true) } catch { return nil }
        }
        do throws(Total.Overflow) { try audits.add(row, currency, amount) } catch {
            findings.append("reconciliation.csv: an audit's sum in \(currency) overflows")
        }
        for (total, column) in Self.sums { if let value = amount(column) { add(value, total, currency) } }
        if let refund = amount("expectedRefundAmount") { addOpen(refund, row["outcome"], currency) }
        guard let refundVariance = amount("refundVariance") else { return }
        for column in Self.variances { if let value = amount(column) { add(value, column, currency) } }
        add(refundVariance, refundVariance.isNegative ? "refundShort" : "refundOver", currency)
        if let original = amount("originalVariance"), let penalty = amount("penaltyVariance"),
            let fee = amount("feeVariance"), let unexplained = amount("unexplainedVariance"),
            refundVariance != original - penalty - fee + unexplained
        {
            findings.append("reconciliation.csv:\(row.line): the bridge from expected to final does not hold")
        }
    }

    private mutating func addOpen(_ refund: Amount, _ outcome: String, _ currency: Currency) {
        switch outcome {
        case "rejected", "withdrawn", "overdue", "unverified": add(refund, "atRisk", currency)
        case "pending": add(refund, "open", currency)
        default: break
        }
    }

    private mutating func add(_ amount: Amount, _ total: String, _ currency: Currency) {
        do throws(Total.Overflow) {
            try totals[currency.code, default: [:]][total, default: Total()].add(amount)
        } catch { findings.append("reconciliation.csv: \(total) \(currency) overflows") }
    }

    /// Where `summary.json` says something else.
    func differences(from summary: JSONValue) -> [String] {
        var differences: [String] = []
        func compare(_ name: String, _ stated: String?, _ recomputed: String) {
            if stated != recomputed {
                differences.append(
                    "summary.json: \(name) is \(stated ?? "absent"), reconciliation.csv makes it \(recomputed)")
            }
        }
        for (group, counts) in [("cases", outcomes), ("exceptions", exceptions)] {
            for member in summary.members.first(where: { $0.key == group })?.value.members ?? [] {
                compare("\(group).\(member.key)", member.value.int.map(String.init), String(counts[member.key] ?? 0))
            }
        }
        for member in summary["controls"]?["rows"]?.members ?? [] {
            compare("controls.rows.\(member.key)", member.value.int.map(String.init), String(rowTypes[member.key] ?? 0))
        }
        for currency in summary["totals"]?.members ?? [] {
            for (total, sum) in totals[currency.key] ?? [:] {
                guard let known = Currency(currency.key) else { continue }
                let stated = currency.value.members.first { $0.key == total }?.value.string
                compare("totals.\(currency.key).\(total)", stated, sum.formatted(known))
            }
        }
        audits.compare(with: summary, compare)
        return differences
    }
}
