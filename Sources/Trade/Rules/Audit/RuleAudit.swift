import Memory
import Refunds

/// Audits the penalty of one case against the refund rules of its record (docs/RULES.md, "Audit of rules and fees"). Pure.
struct RuleAudit {
    private let refundCase: RefundCase
    private let terms: AuditTerms?

    init(_ refundCase: RefundCase) {
        self.refundCase = refundCase
        terms = refundCase.auditTerms
    }

    /// The rule's penalty, and the quoted and the final penalty of the fare against it.
    func finding(expected: Amounts, final: Amounts?) -> AuditFinding {
        let due: RulePenalty
        do throws(AuditUnknown) { due = try penalty() } catch { return AuditFinding(unknown: error) }
        var finding = AuditFinding(due: due.amount)
        if let quoted = farePenalty(expected.penalty, expected.farePenalty) {
            finding.quotedVersusDue = due.difference(of: quoted)
        } else {
            finding.unknown = expected.penalty == nil ? .notQuoted : .noFarePenalty
        }
        if let final,
            let charged = farePenalty(final.penalty, final.farePenalty)
        {
            finding.finalVersusDue = due.difference(of: charged)
        }
        return finding
    }

    /// The part of a penalty that is for the fare, which the rules are about: all of it if no ancillaries were paid.
    private func farePenalty(_ total: Amount?, _ fare: Amount?) -> Amount? {
        (refundCase.originalTotalAncillaryAmount ?? .zero) == .zero ? total : fare
    }

    /// The penalty by the rule.
    func penalty() throws(AuditUnknown) -> RulePenalty {
        let (rules, paid) = (try rulesOfCase(), refundCase.originalTotalFareAmount)
        guard let paid else { throw .noFare }
        let inWindow = rules.map { (rule: $0, holds: holds($0)) }
        // A rule with an unknown window may or may not hold; the penalty is known only if both give the same.
        let possible = inWindow.filter { $0.holds != false }
        if possible.isEmpty { throw .noRuleApplies }
        let isSure = possible.allSatisfy { $0.holds == true }
        if !possible.contains(where: { $0.holds == true }) { throw windowGap }
        let fare = RefundRule.Fare(
            currency: refundCase.currency, paid: paid, tax: terms?.originalTotalTaxAmount,
            ticketCount: terms?.ticketCount)
        let first = try possible[0].rule.penalty(of: fare)
        for other in possible.dropFirst() where try other.rule.penalty(of: fare) != first {
            throw isSure ? .severalRules : windowGap
        }
        return first
    }

    /// The rules of the case's reason, airline and way of refund.
    private func rulesOfCase() throws(AuditUnknown) -> [RefundRule] {
        guard let listed = terms?.refundRules else { throw .noRules }
        guard let rules = listed.rules else { throw .unreadableRules }
        if rules.isEmpty { throw .noRules }
        guard let reason = refundCase.refundReason else { throw .noRefundReason }
        let method = refundCase.refundMethod ?? .cashBackToOriginalPayment
        return rules.filter { rule in
            rule.kind.rawValue == reason.rawValue && (rule.refundMethod ?? method) == method
                && (rule.airline == nil || refundCase.carrier == nil || rule.airline == refundCase.carrier)
        }
    }

    // MARK: Windows

    /// Whether the request lies in a rule's window; nil if that is not known.
    private func holds(_ rule: RefundRule) -> Bool? {
        guard let departureAt = terms?.departureAt?.instant, let requestedAt = terms?.requestedAt else {
            // Atlas writes a year before and after where a rule always holds.
            let always = (rule.startMinute ?? Self.yearMinutes) >= Self.yearMinutes
            return always && (rule.endMinute ?? -Self.yearMinutes) <= -Self.yearMinutes ? true : nil
        }
        if let start = rule.startMinute, requestedAt < departureAt.adding(minutes: -start) { return false }
        if let end = rule.endMinute, requestedAt > departureAt.adding(minutes: -end) { return false }
        return true
    }

    private static let yearMinutes = 525_600

    /// Why it is not known which windows the request lies in.
    private var windowGap: AuditUnknown {
        guard let departureAt = terms?.departureAt else { return .noDeparture }
        return departureAt.instant == nil ? .unreadableDeparture : .noRequestTime
    }
}

extension Instant {
    fileprivate func adding(minutes: Int) -> Instant {
        Instant(secondsSinceEpoch: secondsSinceEpoch + Int64(minutes) * 60, nanoseconds: nanoseconds)
    }
}
