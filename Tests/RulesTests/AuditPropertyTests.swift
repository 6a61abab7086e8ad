import Memory
import Refunds
import Testing
@testable import Rules

/// What holds of the audit of rules whatever the rules are.
@Suite struct AuditPropertyTests {
    private static func draw(_ random: inout Seeded) -> RefundRule {
        func money() -> RefundRule.Money? {
            switch random.below(12) {
            case 0...3: nil
            case 4...6: .init(amount: .zero, currency: nil)
            case 7: .init(amount: Amount(minorUnits: Int64(random.below(200_00))), currency: eur)
            default: .init(amount: Amount(minorUnits: Int64(random.below(200_00))), currency: usd)
            }
        }
        func maybe() -> Bool? { [nil, true, true, true, true, false][random.below(6)] }
        let kinds: [RefundRule.Kind] = [.involuntary, .voluntary, .voluntary, .voluntary, .tax, .special, .void]
        var rule = RefundRule(kinds[random.below(kinds.count)])
        rule.penaltyAmount = money()
        if random.below(2) == 0 {
            let text = "\(random.below(100)).\(random.below(1000))"
            rule.penaltyPercent = Percentage(Array(text.utf8).span)
            rule.penaltyPercentBase = [nil, .fare, .fareAndTax, .fareAndTax][random.below(4)]
        }
        rule.airlineFee = money()
        rule.fareRefundable = maybe()
        rule.taxRefundable = maybe()
        let edges = [525_600, 2880, 60, 0, -525_600]
        let start = random.below(4)
        rule.startMinute = random.below(6) == 0 ? nil : edges[start]
        rule.endMinute = random.below(6) == 0 ? nil : edges[start + 1 + random.below(4 - start)]
        return rule
    }

    private static func drawCase(_ random: inout Seeded) -> RefundCase {
        let fare = Int64(random.below(300_00))
        let tax = [nil, Amount(minorUnits: Int64(random.below(Int(fare) + 1)))][random.below(2)]
        let departure = Instant(secondsSinceEpoch: 1_767_225_600)
        let requested = Instant(secondsSinceEpoch: departure.secondsSinceEpoch - Int64(random.below(6000) - 600) * 60)
        let rules = (0..<(1 + random.below(3))).map { _ in draw(&random) }
        let penalty = Int64(random.below(Int(fare) + 1))
        return refundCase(fare: fare, penalty: penalty) { built in
            built.refundReason = .voluntary
            built.auditTerms = AuditTerms(
                refundRules: RefundRules(json: [], rules: rules),
                departureAt: random.below(5) == 0 ? nil : DepartureTime(text: "", instant: departure),
                requestedAt: random.below(5) == 0 ? nil : requested, originalTotalTaxAmount: tax,
                ticketCount: [nil, 1, 1, 2][random.below(4)])
        }
    }

    private static func penalty(_ refundCase: RefundCase) -> RulePenalty? {
        do throws(AuditUnknown) { return try RuleAudit(refundCase).penalty() } catch { return nil }
    }

    private static func with(_ rules: [RefundRule], _ refundCase: RefundCase) -> RefundCase {
        var changed = refundCase
        let terms = refundCase.auditTerms
        changed.auditTerms = AuditTerms(
            refundRules: RefundRules(json: [], rules: rules), departureAt: terms?.departureAt,
            requestedAt: terms?.requestedAt, originalTotalTaxAmount: terms?.originalTotalTaxAmount,
            ticketCount: terms?.ticketCount)
        return changed
    }

    @Test func whateverTheRules() throws {
        var random = Seeded(20_260_102)
        var known = 0
        for number in 0..<20_000 {
            let refundCase = Self.drawCase(&random)
            let rules = try #require(refundCase.auditTerms?.refundRules?.rules)
            let penalty = Self.penalty(refundCase)
            // The order of the rules makes no difference, nor does one that is there twice, nor one of another reason.
            #expect(Self.penalty(Self.with(rules.reversed(), refundCase)) == penalty, "\(number)")
            #expect(Self.penalty(Self.with(rules + rules, refundCase)) == penalty, "\(number)")
            var other = Self.draw(&random)
            other.kind = [.involuntary, .tax, .special, .void][random.below(4)]
            #expect(Self.penalty(Self.with([other] + rules, refundCase)) == penalty, "\(number)")
            let finding = RuleAudit(refundCase).finding(expected: refundCase.expected, final: nil)
            #expect((finding.unknown == nil) == (finding.quotedVersusDue != nil), "\(number)")
            guard let penalty else { continue }
            known += 1
            // The airline keeps something between nothing and all.
            let fare = try #require(refundCase.originalTotalFareAmount)
            #expect(penalty.amount >= .zero, "\(number)")
            #expect(penalty.amount <= fare, "\(number)")
            // What is quoted is what the rule comes to and the difference, to less than a minor unit.
            let quoted = try #require(refundCase.airlinePenaltyAmount)
            let difference = penalty.difference(of: quoted)
            #expect((penalty.amount + difference - quoted).magnitude <= Amount(minorUnits: 1), "\(number)")
            #expect(penalty.difference(of: penalty.amount) == .zero, "\(number)")
        }
        #expect(known > 1000)
        #expect(known < 19_000)
    }

    /// A share is the nearest whole amount, and the two beside it enclose the exact one.
    @Test func shares() throws {
        var random = Seeded(20_260_103)
        for _ in 0..<20_000 {
            let text = "\(random.below(100)).\(random.below(1_000_000))"
            let read = Percentage(Array(text.utf8).span)
            let percentage = try #require(read)
            let amount = Int64(random.next() >> 5) % Amount.largest.minorUnits
            let share = percentage.share(of: Amount(minorUnits: amount))
            let exact = Int128(amount) * Int128(percentage.millionths)
            func scaled(_ amount: Amount) -> Int128 { Int128(amount.minorUnits) * 100_000_000 }
            #expect(scaled(share.down) <= exact)
            #expect(exact <= scaled(share.up))
            #expect(share.up.minorUnits - share.down.minorUnits <= 1)
            #expect((scaled(share.halfUp) - exact).magnitude <= 50_000_000)
            #expect(share.halfUp == share.down || share.halfUp == share.up)
        }
    }
}
