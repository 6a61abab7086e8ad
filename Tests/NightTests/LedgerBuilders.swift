import Memory
import Refunds
import Rules
import Night

func ledger(_ before: [BreakRecord]?, _ dispositions: [Disposition] = []) -> BreakLedger {
    BreakLedger(before: before, dispositions: dispositions, asOf: date("2026-01-05"))
}

func close(
    _ ledger: BreakLedger, _ tonight: [BreakRecord] = [], openItems: [String] = [], examined: Set<String> = []
) throws -> ClosedLedger {
    let examined = Set(examined.map { id($0) })
    return try ledger.close(
        tonight.map { ledger.examined($0) }, openItems: openItems.map { id($0) },
        isExamined: { examined.contains($0.id) })
}

/// What became of the breaks of a night: label and standing, as breaks.csv lists them.
func listed(_ closed: ClosedLedger) -> [String] {
    func line(_ record: BreakRecord, _ standing: BreakStanding) -> String {
        let label = record.key.orderNo?.string ?? ""
        return "\(label) \(standing.rawValue)"
    }
    return closed.tonight.map { line($0.record, $0.standing) } + closed.notExamined.map { line($0, .notExamined) }
        + closed.resolved.map { line($0, .resolved) }
}
