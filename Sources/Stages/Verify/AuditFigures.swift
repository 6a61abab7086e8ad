/// The sums of the audits, from the columns that they add to reconciliation.csv.
struct AuditFigures {
    /// By the path of their place in summary.json.
    private var counts: [String: Int] = [:]
    private var amounts: [String: Sum] = [:]

    private static let audits: [(member: String, sides: [(name: String, column: String)], unknown: String)] = [
        (
            "ruleAudit", [("quoted", "quotedPenaltyVersusRule"), ("final", "finalPenaltyVersusRule")],
            "ruleUnknown"
        ),
        ("feeAudit", [("quoted", "quotedFeeVersusContract"), ("final", "chargedFeeVersusContract")], "feeUnknown"),
    ]

    /// Adds a row.
    mutating func add(_ csv: CSVStream, row: ReportRow) {
        guard row.isCase, csv.header.count > ReportLists.columns.count else { return }
        for audit in Self.audits {
            guard let unknown = csv.places[audit.unknown] else { continue }
            if !csv.field(unknown).isEmpty { counts["\(audit.member).unknown.\(csv.text(unknown))", default: 0] += 1 }
            for side in audit.sides {
                guard let place = csv.places[side.column], let money = Money(csv.field(place)) else { continue }
                let path = "\(audit.member).byCurrency.\(row.currency).\(side.name)"
                counts["\(path).cases", default: 0] += 1
                if money.minorUnits == 0 { continue }
                let direction = money.minorUnits < 0 ? "below" : "above"
                counts["\(path).\(direction)", default: 0] += 1
                amounts["\(path).\(direction)Amount", default: Sum()].add(money.minorUnits)
            }
        }
    }

    /// Holds each figure that the summary states, and each that the rows have, against the other.
    func check(against summary: StatedJSON, findings: Findings) {
        let stated = Self.audits.compactMap { audit in summary[audit.member].map { (audit.member, $0) } }
        guard !stated.isEmpty || !counts.isEmpty else { return }
        findings.check("the sums of the audits are what the rows add up to") {
            var seen: Set<String> = []
            for (member, tree) in stated {
                for leaf in tree.leaves() {
                    let path = ([member] + leaf.path).joined(separator: ".")
                    seen.insert(path)
                    let holds =
                        path.hasSuffix("Amount")
                        ? Money(leaf.text)?.minorUnits == amounts[path]?.minorUnits ?? 0
                        : leaf.text == String(counts[path] ?? 0)
                    if !holds { findings.differs("summary.json: \(path) is \(leaf.text), the rows make it another") }
                }
            }
            for path in counts.keys.sorted() where !seen.contains(path) {
                findings.differs("summary.json: \(path) is absent, and the rows have it")
            }
        }
    }
}
