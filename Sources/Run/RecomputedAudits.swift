import CSV
import Core
import Ingest
import JSON

/// The sums of the audits, recomputed from the columns that they add to `reconciliation.csv`.
struct RecomputedAudits {
    /// By the path of their place in `summary.json`.
    private var counts: [String: Int] = [:]
    private var amounts: [String: Total] = [:]

    private static let audits: [(member: String, sides: [(name: String, column: String)], unknown: String)] = [
        (
            "ruleAudit", [("quoted", "quotedPenaltyVersusRule"), ("final", "finalPenaltyVersusRule")],
            "ruleUnknown"
        ),
        ("feeAudit", [("quoted", "quotedFeeVersusContract"), ("final", "chargedFeeVersusContract")], "feeUnknown"),
    ]

    /// Adds a case; `amount` reads a column of its row.
    mutating func add(_ row: CSVTable.Row, _ currency: Currency, _ amount: (String) -> Amount?) throws(Total.Overflow) {
        for audit in Self.audits {
            let unknown = row[audit.unknown]
            if !unknown.isEmpty { counts["\(audit.member).unknown.\(unknown)", default: 0] += 1 }
            for side in audit.sides {
                guard let difference = amount(side.column) else { continue }
                let path = "\(audit.member).byCurrency.\(currency).\(side.name)"
                counts["\(path).cases", default: 0] += 1
                if difference == .zero { continue }
                let direction = difference.isNegative ? "below" : "above"
                counts["\(path).\(direction)", default: 0] += 1
                try amounts["\(path).\(direction)Amount", default: Total()].add(difference)
            }
        }
    }

    /// Calls `compare` for each figure that the summary states or the rows have: its path, as it is stated, and as the rows
    /// make it.
    func compare(with summary: JSONValue, _ compare: (String, String?, String) -> Void) {
        var stated: Set<String> = []
        func figure(_ path: String, _ value: JSONValue, _ currency: Currency?) {
            stated.insert(path)
            if let currency, value.kind == .string {
                compare(path, value.string, (amounts[path] ?? Total()).formatted(currency))
            } else {
                compare(path, value.int.map(String.init), String(counts[path] ?? 0))
            }
        }
        for audit in summary.members where Self.audits.contains(where: { $0.member == audit.key }) {
            for reason in audit.value["unknown"]?.members ?? [] {
                figure("\(audit.key).unknown.\(reason.key)", reason.value, nil)
            }
            for currency in audit.value["byCurrency"]?.members ?? [] {
                for side in currency.value.members {
                    for member in side.value.members {
                        let path = "\(audit.key).byCurrency.\(currency.key).\(side.key).\(member.key)"
                        figure(path, member.value, Currency(currency.key))
                    }
                }
            }
        }
        for (path, count) in counts.sorted(by: { $0.key < $1.key }) where !stated.contains(path) {
            compare(path, nil, String(count))
        }
    }
}
