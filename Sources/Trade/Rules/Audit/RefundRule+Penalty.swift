import Memory
import Refunds

/// What an airline may keep of a fare by a rule. A percentage need not come to whole minor units: the one below and the one
/// above are then as good, for Atlas does not say how it rounds.
struct RulePenalty: Equatable {
    /// Rounded half up.
    let amount: Amount
    private let down: Amount
    private let up: Amount

    /// A charge less the rule's penalty; zero where it is less than one minor unit from the exact one.
    func difference(of charged: Amount) -> Amount { charged == down || charged == up ? .zero : charged - amount }
}

extension RulePenalty {
    /// A whole amount.
    init(_ amount: Amount) { self.init(amount: amount, down: amount, up: amount) }

    /// With another amount added, and never more than the amount paid: an airline keeps that and asks for no more.
    func adding(_ amount: Amount, upTo paid: Amount) -> RulePenalty {
        func sum(_ part: Amount) -> Amount { min(part + amount, paid) }
        return RulePenalty(amount: sum(self.amount), down: sum(down), up: sum(up))
    }

    init(_ share: (down: Amount, up: Amount, halfUp: Amount)) {
        self.init(amount: share.halfUp, down: share.down, up: share.up)
    }
}

extension RefundRule {
    /// The fare of one case, to which a rule is applied.
    struct Fare {
        let currency: Currency
        /// Taxes included.
        let paid: Amount
        let tax: Amount?
        let ticketCount: Int?

        /// The fare without its taxes.
        func base() throws(AuditUnknown) -> Amount { paid - (try knownTax()) }

        func knownTax() throws(AuditUnknown) -> Amount {
            guard let tax else { throw .noTax }
            return tax
        }
    }

    /// The amount that the airline keeps of the fare by this rule (docs/RULES.md, "What a rule comes to").
    ///
    /// Each of the four amounts that are added is at most 10^18 minor units, so nothing overflows.
    func penalty(of fare: Fare) throws(AuditUnknown) -> RulePenalty {
        if fareRefundable == false { return try penaltyOfNonRefundable(fare) }
        let stated = try statedPenalty(fare)
        let airlineFee = try fixed(airlineFee, fare) ?? .zero
        guard taxRefundable == false else { return stated.adding(airlineFee, upTo: fare.paid) }
        // A share of the taxes, and the taxes as well: one of the two is meant, and nobody knows which.
        if penaltyPercentBase == .fareAndTax, isPercentage { throw .contradictoryRule }
        return stated.adding(airlineFee + (try fare.knownTax()), upTo: fare.paid)
    }

    /// The fare is kept; the taxes too, unless they come back.
    private func penaltyOfNonRefundable(_ fare: Fare) throws(AuditUnknown) -> RulePenalty {
        if isPercentage || (penaltyAmount?.amount ?? .zero) != .zero { throw .contradictoryRule }
        switch taxRefundable {
        case true: return RulePenalty(try fare.base()).adding(try fixed(airlineFee, fare) ?? .zero, upTo: fare.paid)
        case false: return RulePenalty(fare.paid)
        case nil: throw .incompleteRule
        }
    }

    private var isPercentage: Bool { (penaltyPercent?.millionths ?? 0) != 0 }

    /// The amount or the percentage. Rules state both, one of them zero; which counts if neither is, Atlas does not say.
    private func statedPenalty(_ fare: Fare) throws(AuditUnknown) -> RulePenalty {
        let amount = try fixed(penaltyAmount, fare)
        guard let penaltyPercent, isPercentage else {
            guard amount != nil || penaltyPercent != nil else { throw .incompleteRule }
            return RulePenalty(amount ?? .zero)
        }
        if let amount, amount != .zero { throw .contradictoryRule }
        switch penaltyPercentBase {
        case .fare: return RulePenalty(penaltyPercent.share(of: try fare.base()))
        case .fareAndTax: return RulePenalty(penaltyPercent.share(of: fare.paid))
        case nil: throw .incompleteRule
        }
    }

    /// An amount that does not depend on the fare. Zero is zero in every currency and for any number of tickets.
    private func fixed(_ money: Money?, _ fare: Fare) throws(AuditUnknown) -> Amount? {
        guard let money, money.amount != .zero else { return money?.amount }
        guard money.currency == fare.currency else { throw .otherCurrency }
        guard fare.ticketCount ?? 1 <= 1 else { throw .severalTickets }
        return money.amount
    }
}
