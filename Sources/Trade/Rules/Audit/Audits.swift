import Memory
import Refunds

/// Which audits a run makes beside the contract's rules; none unless options ask for them.
package struct Audits: Sendable {
    /// Whether penalties are held against the refund rules of the records.
    package let rules: Bool
    /// The contracted fees against which fees are held; nil for none.
    package let feeSchedule: FeeSchedule?

    package init(rules: Bool = false, feeSchedule: FeeSchedule? = nil) {
        self.rules = rules
        self.feeSchedule = feeSchedule
    }

    /// The findings of the audits in a judged case; nil if there are no audits.
    func findings(_ refundCase: RefundCase, _ row: ResultRow) -> RowAudits? {
        guard rules || feeSchedule != nil else { return nil }
        let expected = row.expected ?? Amounts()
        return RowAudits(
            rule: rules ? RuleAudit(refundCase).finding(expected: expected, final: row.comparableFinal) : nil,
            fee: feeSchedule.map { Self.fee($0, refundCase, expected, row.comparableFinal) })
    }

    /// The quoted and the charged fee against the contracted one.
    private static func fee(
        _ schedule: FeeSchedule, _ refundCase: RefundCase, _ expected: Amounts, _ final: Amounts?
    ) -> AuditFinding {
        do throws(AuditUnknown) {
            let due = try schedule.fee(
                refundCase.currency, carrier: refundCase.carrier, refundReason: refundCase.refundReason,
                requestedAt: refundCase.requestedAt)
            return AuditFinding(
                due: due, quotedVersusDue: expected.fee.map { $0 - due }, finalVersusDue: final?.fee.map { $0 - due },
                unknown: expected.fee == nil ? .notQuoted : nil)
        } catch { return AuditFinding(unknown: error) }
    }
}
