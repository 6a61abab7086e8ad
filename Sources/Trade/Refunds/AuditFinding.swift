import Memory

/// One audit of one case: what an amount should have been by another source, and how far the quoted and the final one are
/// from it (docs/RULES.md, "Audit of rules and fees"). Amounts are in the case's currency; no value is nil, never zero.
public struct AuditFinding: Sendable, Equatable {
    /// The right amount: the rule's penalty, or the contracted fee.
    public var due: Amount?
    /// quoted − due.
    public var quotedVersusDue: Amount?
    /// final − due.
    public var finalVersusDue: Amount?
    /// Why `quotedVersusDue` has no value; nil exactly where it has one.
    public var unknown: AuditUnknown?

    public init(
        due: Amount? = nil, quotedVersusDue: Amount? = nil, finalVersusDue: Amount? = nil, unknown: AuditUnknown? = nil
    ) {
        self.due = due
        self.quotedVersusDue = quotedVersusDue
        self.finalVersusDue = finalVersusDue
        self.unknown = unknown
    }
}

/// The audits of one case. A class, so that a row of a run that does not audit grows by one word only.
public final class RowAudits: Sendable, Equatable {
    /// The penalty against the refund rules; nil where that was not asked for.
    public let rule: AuditFinding?
    /// The fee against the schedule of contracted fees; nil where there is none.
    public let fee: AuditFinding?

    public init(rule: AuditFinding?, fee: AuditFinding?) {
        self.rule = rule
        self.fee = fee
    }

    public static func == (left: RowAudits, right: RowAudits) -> Bool {
        left.rule == right.rule && left.fee == right.fee
    }
}

/// Why an audit could not compare; the raw values are the words of the report, in the order in which it lists them.
public enum AuditUnknown: String, Error, Word {
    // Of the rules.
    /// The record carries no refund rules.
    case noRules
    /// The rules are not as Atlas describes them.
    case unreadableRules
    /// The record states no fare: a voucher refund.
    case noFare
    /// No rule is of the record's reason, airline and way of refund, or the request lies outside all their windows.
    case noRuleApplies
    /// The window of the request depends on a departure that the record does not have…
    case noDeparture
    /// … or that is not a date-time with offset.
    case unreadableDeparture
    /// The record has only the day of the request, and the windows are counted in minutes.
    case noRequestTime
    /// Several rules apply and do not come to the same penalty.
    case severalRules
    /// The rule contradicts itself, or can be read in two ways.
    case contradictoryRule
    /// The rule states no penalty, or not the base of its percentage, or not whether taxes come back.
    case incompleteRule
    /// The rule's amount is in another currency than the case.
    case otherCurrency
    /// The rule states an amount, and several tickets are refunded: Atlas does not say whether it is meant for each.
    case severalTickets
    /// The rule distinguishes fare and taxes, and the record does not.
    case noTax
    /// Ancillaries were paid, and the quoted penalty is not given by part.
    case noFarePenalty
    // Of the fees.
    /// No line of the schedule is for such a case.
    case noContractedFee
    /// A line that would take precedence depends on the carrier, which the record does not have.
    case noCarrier
    // Of both.
    /// It depends on the refund reason, which the record does not have.
    case noRefundReason
    /// Nothing was quoted.
    case notQuoted

    public static let words = WordTable<Self>()
}

/// Sums over the findings of one audit. Sums of parts merge into those of the whole, in any order.
public struct AuditSums: Sendable, Equatable {
    /// Of one currency.
    public struct OfCurrency: Sendable, Equatable {
        public var quoted = Compared()
        public var final = Compared()

        public init() {}
    }

    /// Cases whose amount could be compared with the right one.
    public struct Compared: Sendable, Equatable {
        public var cases = 0
        /// Cases with more than the right amount, and with less.
        public var above = 0
        public var below = 0
        /// The sums of the differences from the right amount: those above and those below, apart.
        public var aboveAmount = Total()
        public var belowAmount = Total()

        public init() {}
    }

    public var byCurrency: [Currency: OfCurrency] = [:]
    /// Cases that could not be compared, by reason.
    public var unknown: [AuditUnknown: Int] = [:]

    public init() {}
}
