import Memory
import Refunds
import Testing
@testable import Rules

/// docs/RULES.md, "Audit of rules and fees": what a rule comes to, and what is held against it.
///
/// Unless a test says otherwise: 100.00 USD fare, no ancillaries, a voluntary refund asked for 10 days before departure, and
/// one voluntary rule, always in force, fare and taxes refundable.
@Suite struct RuleAuditTests {
    static let departure = Instant(secondsSinceEpoch: 1_767_225_600)

    /// A request so many minutes before departure.
    static func requested(minutesBefore minutes: Int64, seconds: Int64 = 0) -> Instant {
        Instant(secondsSinceEpoch: departure.secondsSinceEpoch - minutes * 60 + seconds)
    }

    static func rule(_ kind: RefundRule.Kind = .voluntary, _ change: (inout RefundRule) -> Void = { _ in })
        -> RefundRule
    {
        var rule = RefundRule(kind)
        rule.fareRefundable = true
        rule.taxRefundable = true
        rule.startMinute = 525_600
        rule.endMinute = -525_600
        change(&rule)
        return rule
    }

    static func usd(_ minorUnits: Int64) -> RefundRule.Money { .init(amount: money(minorUnits), currency: usdCurrency) }

    static func percent(_ text: String) -> Percentage? { Percentage(Array(text.utf8).span) }

    /// What differs between tests beside the rules.
    struct Record {
        var departureAt: DepartureTime? = DepartureTime(text: "2026-01-01T00:00:00Z", instant: departure)
        var requestedAt: Instant? = requested(minutesBefore: 14_400)
        var tax: Int64?
        var tickets: Int?
        var change: @Sendable (inout RefundCase) -> Void = { _ in }
    }

    static func built(_ rules: [RefundRule]?, _ record: Record = Record()) -> RefundCase {
        refundCase(penalty: 10_00) { built in
            built.refundReason = .voluntary
            built.auditTerms = AuditTerms(
                refundRules: RefundRules(json: [], rules: rules), departureAt: record.departureAt,
                requestedAt: record.requestedAt, originalTotalTaxAmount: record.tax.map(money),
                ticketCount: record.tickets)
            record.change(&built)
        }
    }

    /// The penalty in minor units, or the reason why there is none.
    static func outcome(_ rules: [RefundRule]?, _ record: Record = Record()) -> String {
        do throws(AuditUnknown) { return "\(try RuleAudit(built(rules, record)).penalty().amount.minorUnits)" } catch {
            return error.rawValue
        }
    }

    // MARK: What one rule comes to

    struct OneRule: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable (inout RefundRule) -> Void
        var tax: Int64?
        var tickets: Int?
        let comesTo: String

        init(
            _ name: String, _ comesTo: String, tax: Int64? = nil, tickets: Int? = nil,
            _ change: @escaping @Sendable (inout RefundRule) -> Void
        ) {
            testDescription = name
            self.comesTo = comesTo
            self.tax = tax
            self.tickets = tickets
            self.change = change
        }
    }

    static let kinds = [
        OneRule("an amount", "2500") { $0.penaltyAmount = usd(25_00) },
        OneRule("an amount of zero", "0") { $0.penaltyAmount = usd(0) },
        OneRule("an amount in another currency", "otherCurrency") {
            $0.penaltyAmount = .init(amount: money(25_00), currency: eur)
        },
        OneRule("zero in another currency is zero", "0") { $0.penaltyAmount = .init(amount: .zero, currency: eur) },
        OneRule("an amount above the fare takes the fare", "10000") { $0.penaltyAmount = usd(100_01) },
        OneRule("an amount, one ticket", "2500", tickets: 1) { $0.penaltyAmount = usd(25_00) },
        OneRule("an amount, two tickets", "severalTickets", tickets: 2) { $0.penaltyAmount = usd(25_00) },
        OneRule("zero, two tickets", "0", tickets: 2) { $0.penaltyAmount = usd(0) },
        OneRule("per cent of fare and tax", "1250") {
            $0.penaltyPercent = percent("12.5")
            $0.penaltyPercentBase = .fareAndTax
        },
        OneRule("per cent, two tickets", "1250", tickets: 2) {
            $0.penaltyPercent = percent("12.5")
            $0.penaltyPercentBase = .fareAndTax
        },
        OneRule("per cent of the fare, taxes told", "1000", tax: 20_00) {
            $0.penaltyPercent = percent("12.5")
            $0.penaltyPercentBase = .fare
        },
        OneRule("per cent of the fare, taxes of nothing", "1250", tax: 0) {
            $0.penaltyPercent = percent("12.5")
            $0.penaltyPercentBase = .fare
        },
        OneRule("per cent of the fare, taxes not told", "noTax") {
            $0.penaltyPercent = percent("12.5")
            $0.penaltyPercentBase = .fare
        },
        OneRule("per cent of nothing said", "incompleteRule") { $0.penaltyPercent = percent("12.5") },
        OneRule("no per cent of nothing said", "0") { $0.penaltyPercent = percent("0") },
        OneRule("no per cent of the fare, taxes not told", "0") {
            $0.penaltyPercent = percent("0")
            $0.penaltyPercentBase = .fare
        },
        OneRule("a hundred per cent", "10000") {
            $0.penaltyPercent = percent("100")
            $0.penaltyPercentBase = .fareAndTax
        },
        OneRule("amount and per cent", "contradictoryRule") {
            $0.penaltyAmount = usd(25_00)
            $0.penaltyPercent = percent("10")
            $0.penaltyPercentBase = .fareAndTax
        },
        OneRule("amount and no per cent, as Atlas writes it", "2500") {
            $0.penaltyAmount = usd(25_00)
            $0.penaltyPercent = percent("0")
        },
        OneRule("amount of zero and per cent", "1000") {
            $0.penaltyAmount = usd(0)
            $0.penaltyPercent = percent("10")
            $0.penaltyPercentBase = .fareAndTax
        },
        OneRule("the airline's fee beside the amount", "3000") {
            $0.penaltyAmount = usd(25_00)
            $0.airlineFee = usd(5_00)
        },
        OneRule("the airline's fee beside the per cent", "1500") {
            $0.penaltyPercent = percent("10")
            $0.penaltyPercentBase = .fareAndTax
            $0.airlineFee = usd(5_00)
        },
        OneRule("the airline's fee in another currency", "otherCurrency") {
            $0.penaltyAmount = usd(25_00)
            $0.airlineFee = .init(amount: money(1), currency: eur)
        },
        OneRule("the airline's fee for two tickets", "severalTickets", tickets: 2) {
            $0.penaltyPercent = percent("10")
            $0.penaltyPercentBase = .fareAndTax
            $0.airlineFee = usd(5_00)
        },
        OneRule("a fee of zero without currency", "2500") {
            $0.penaltyAmount = usd(25_00)
            $0.airlineFee = .init(amount: .zero, currency: nil)
        },
        OneRule("the airline's fee alone", "incompleteRule") { $0.airlineFee = usd(5_00) },
        OneRule("nothing stated", "incompleteRule") { _ in },
        OneRule("not said whether refundable", "2500") {
            $0.penaltyAmount = usd(25_00)
            $0.fareRefundable = nil
            $0.taxRefundable = nil
        },
        OneRule("neither fare nor taxes, as in Atlas's sample", "10000") {
            $0.fareRefundable = false
            $0.taxRefundable = false
        },
        OneRule("the taxes only", "8000", tax: 20_00) { $0.fareRefundable = false },
        OneRule("the taxes only, less a fee", "8500", tax: 20_00) {
            $0.fareRefundable = false
            $0.airlineFee = usd(5_00)
        },
        OneRule("the taxes only, not told", "noTax") { $0.fareRefundable = false },
        OneRule("not the fare, of taxes nothing said", "incompleteRule") {
            $0.fareRefundable = false
            $0.taxRefundable = nil
        },
        OneRule("not refundable, with an amount", "contradictoryRule") {
            $0.fareRefundable = false
            $0.taxRefundable = false
            $0.penaltyAmount = usd(25_00)
        },
        OneRule("not refundable, with a per cent", "contradictoryRule") {
            $0.fareRefundable = false
            $0.taxRefundable = false
            $0.penaltyPercent = percent("10")
        },
        OneRule("not refundable, with zeros", "10000") {
            $0.fareRefundable = false
            $0.taxRefundable = false
            $0.penaltyAmount = usd(0)
            $0.penaltyPercent = percent("0")
        },
        OneRule("the fare, not the taxes", "4500", tax: 20_00) {
            $0.penaltyAmount = usd(25_00)
            $0.taxRefundable = false
        },
        OneRule("the fare, not the taxes, not told", "noTax") {
            $0.penaltyAmount = usd(25_00)
            $0.taxRefundable = false
        },
        OneRule("per cent of the fare, not the taxes", "2800", tax: 20_00) {
            $0.penaltyPercent = percent("10")
            $0.penaltyPercentBase = .fare
            $0.taxRefundable = false
        },
        OneRule("per cent of the taxes, and the taxes", "contradictoryRule", tax: 20_00) {
            $0.penaltyPercent = percent("10")
            $0.penaltyPercentBase = .fareAndTax
            $0.taxRefundable = false
        },
    ]

    @Test(arguments: kinds) func oneRule(kind: OneRule) {
        #expect(
            Self.outcome([Self.rule(.voluntary, kind.change)], Record(tax: kind.tax, tickets: kind.tickets))
                == kind.comesTo)
    }

    // MARK: Which rule

    @Test func nothingToAudit() {
        #expect(Self.outcome(nil) == "unreadableRules")
        #expect(Self.outcome([]) == "noRules")
        #expect(Self.outcome([], Record { $0.auditTerms = nil }) == "noRules")
        let rules = [Self.rule { $0.penaltyAmount = Self.usd(1) }]
        #expect(Self.outcome(rules, Record { $0.refundReason = nil }) == "noRefundReason")
        #expect(Self.outcome(rules, Record { $0.originalTotalFareAmount = nil }) == "noFare")
    }

    /// Reasons and kinds of rules share their numbers; rules of taxes (2) and special ones (3) are of no reason.
    @Test(arguments: [
        (RefundReason.involuntary, "1"), (.voluntary, "2"), (.void, "5"),
    ])
    func byReason(reason: RefundReason, comesTo: String) {
        let kinds: [RefundRule.Kind] = [.involuntary, .voluntary, .tax, .special, .void]
        let rules = kinds.enumerated().map { number, kind in
            Self.rule(kind) { $0.penaltyAmount = Self.usd(Int64(number) + 1) }
        }
        #expect(Self.outcome(rules, Record { $0.refundReason = reason }) == comesTo)
        let others = rules.filter { $0.kind.rawValue != reason.rawValue }
        #expect(Self.outcome(others, Record { $0.refundReason = reason }) == "noRuleApplies")
    }

    @Test func byAirlineAndWayOfRefund() {
        func rule(_ amount: Int64, _ airline: Text?, _ method: RefundMethod? = nil) -> RefundRule {
            Self.rule {
                $0.penaltyAmount = Self.usd(amount)
                $0.airline = airline
                $0.refundMethod = method
            }
        }
        let two = [rule(1, "U2"), rule(2, "FR")]
        #expect(Self.outcome(two, Record { $0.carrier = "FR" }) == "2")
        #expect(Self.outcome(two, Record { $0.carrier = "LJ" }) == "noRuleApplies")
        #expect(Self.outcome(two) == "severalRules")
        #expect(Self.outcome([rule(3, "U2"), rule(3, "FR")]) == "3")
        #expect(Self.outcome([rule(3, nil)], Record { $0.carrier = "FR" }) == "3")
        let ways = [rule(1, nil, .cashBackToOriginalPayment), rule(2, nil, .voucher)]
        #expect(Self.outcome(ways) == "1")
        #expect(Self.outcome(ways, Record { $0.refundMethod = .voucher }) == "2")
        #expect(Self.outcome([rule(1, nil, .voucher)]) == "noRuleApplies")
    }

    // MARK: Windows

    /// Atlas's own ladder: the closer to departure, the dearer.
    static let ladder = [(525_600, 2880, 10), (2880, 50, 20), (50, 0, 30), (0, -525_600, 40)].map {
        start, end, amount in
        rule {
            $0.startMinute = start
            $0.endMinute = end
            $0.penaltyAmount = usd(Int64(amount))
        }
    }

    @Test(arguments: [
        (14_400, 0, "10"), (2881, 0, "10"), (2880, -1, "10"), (2880, 1, "20"), (51, 0, "20"), (49, 0, "30"),
        (1, 0, "30"), (-1, 0, "40"), (525_600, 0, "10"), (525_600, -1, "noRuleApplies"), (-525_600, 0, "40"),
        (-525_600, 1, "noRuleApplies"),
        // On the edge itself both windows hold, and Atlas does not say which of the two counts.
        (2880, 0, "severalRules"), (50, 0, "severalRules"), (0, 0, "severalRules"),
    ])
    func inTheWindow(minutes: Int64, seconds: Int64, comesTo: String) {
        let record = Record(requestedAt: Self.requested(minutesBefore: minutes, seconds: seconds))
        #expect(Self.outcome(Self.ladder, record) == comesTo)
    }

    @Test func openWindows() {
        func rule(_ start: Int?, _ end: Int?) -> [RefundRule] {
            [
                Self.rule {
                    $0.startMinute = start
                    $0.endMinute = end
                    $0.penaltyAmount = Self.usd(7)
                }
            ]
        }
        let early = Record(requestedAt: Self.requested(minutesBefore: 1_000_000))
        #expect(Self.outcome(rule(nil, 0), early) == "7")
        #expect(Self.outcome(rule(525_600, nil), early) == "noRuleApplies")
        #expect(Self.outcome(rule(nil, nil), early) == "7")
        let none = Record(departureAt: nil)
        #expect(Self.outcome(rule(nil, nil), none) == "7")
        #expect(Self.outcome(rule(525_600, nil), none) == "7")
        #expect(Self.outcome(rule(525_599, nil), none) == "noDeparture")
        #expect(Self.outcome(rule(nil, -525_599), none) == "noDeparture")
    }

    @Test func anUnknownWindow() {
        let unreadable = DepartureTime(text: "2026-01-01", instant: nil)
        for (record, reason) in [
            (Record(departureAt: nil), "noDeparture"), (Record(departureAt: unreadable), "unreadableDeparture"),
            (Record(requestedAt: nil), "noRequestTime"),
        ] {
            #expect(Self.outcome(Self.ladder, record) == reason)
            // A rule that always holds is not in doubt…
            #expect(Self.outcome([Self.rule { $0.penaltyAmount = Self.usd(7) }], record) == "7")
            // … unless another one may hold beside it and comes to something else.
            let beside = Self.ladder[1]
            #expect(Self.outcome([beside, Self.rule { $0.penaltyAmount = Self.usd(7) }], record) == reason)
            #expect(Self.outcome([beside, Self.rule { $0.penaltyAmount = Self.usd(20) }], record) == "20")
            #expect(Self.outcome([beside], record) == reason)
        }
    }

    // MARK: Against the rule

    static func finding(_ rules: [RefundRule], _ record: Record, final: Amounts? = nil) -> AuditFinding {
        let built = built(rules, record)
        return RuleAudit(built).finding(expected: built.expected, final: final)
    }

    static func paid(_ penalty: Int64?, fare: Int64? = nil) -> Amounts {
        var side = Amounts()
        side.penalty = penalty.map(money)
        side.farePenalty = fare.map(money)
        return side
    }

    @Test func quotedAndFinal() {
        let rules = [Self.rule { $0.penaltyAmount = Self.usd(8_00) }]
        #expect(
            Self.finding(rules, Record(), final: Self.paid(7_00))
                == AuditFinding(due: money(8_00), quotedVersusDue: money(2_00), finalVersusDue: money(-1_00)))
        #expect(Self.finding(rules, Record(), final: nil).finalVersusDue == nil)
        #expect(Self.finding(rules, Record(), final: Self.paid(nil)).finalVersusDue == nil)
        #expect(Self.finding([], Record(), final: Self.paid(7_00)) == AuditFinding(unknown: .noRules))
        let unquoted = Record { $0.refundQuoteType = .cannotQuote }
        #expect(
            Self.finding(rules, unquoted, final: Self.paid(7_00))
                == AuditFinding(due: money(8_00), finalVersusDue: money(-1_00), unknown: .notQuoted))
    }

    @Test func aFinalInAnotherCurrencyIsNotCompared() {
        var row = ResultRow(.case, source: SourceLine(file: 0, line: 1))
        (row.currency, row.final, row.finalCurrency) = (RulesTests.usd, Self.paid(7_00), RulesTests.usd)
        #expect(
            Audits(rules: true).findings(Self.built([Self.rule { $0.penaltyAmount = Self.usd(8_00) }], Record()), row)?
                .rule?.finalVersusDue == money(-1_00))
        row.finalCurrency = eur
        #expect(
            Audits(rules: true).findings(Self.built([Self.rule { $0.penaltyAmount = Self.usd(8_00) }], Record()), row)?
                .rule?.finalVersusDue == nil)
    }

    /// The rules speak of the fare: where ancillaries were paid, only the fare's part of a penalty is held against them.
    @Test func theFaresPart() {
        let rules = [Self.rule { $0.penaltyAmount = Self.usd(8_00) }]
        let parts = Record {
            $0.originalTotalAncillaryAmount = money(20_00)
            $0.airlinePenaltyAmountForFare = money(9_00)
        }
        #expect(
            Self.finding(rules, parts, final: Self.paid(28_00, fare: 8_00))
                == AuditFinding(due: money(8_00), quotedVersusDue: money(1_00), finalVersusDue: .zero))
        #expect(Self.finding(rules, parts, final: Self.paid(28_00)).finalVersusDue == nil)
        let noParts = Record { $0.originalTotalAncillaryAmount = money(20_00) }
        #expect(Self.finding(rules, noParts) == AuditFinding(due: money(8_00), unknown: .noFarePenalty))
        // Without ancillaries the penalty counts, whatever its parts say.
        let bare = Record {
            $0.originalTotalAncillaryAmount = .zero
            $0.airlinePenaltyAmountForFare = money(9_00)
        }
        #expect(Self.finding(rules, bare, final: Self.paid(8_00, fare: 5_00)).quotedVersusDue == money(2_00))
        #expect(Self.finding(rules, bare, final: Self.paid(8_00, fare: 5_00)).finalVersusDue == .zero)
    }

    /// A tenth of 100.05 is 10.005: 10.00 and 10.01 are both right, and 10.01 is what is reported.
    @Test(arguments: [(9_99, -2), (10_00, 0), (10_01, 0), (10_02, 1)])
    func halfACent(quoted: Int64, differs: Int64) {
        let rules = [
            Self.rule {
                $0.penaltyPercent = Self.percent("10")
                $0.penaltyPercentBase = .fareAndTax
            }
        ]
        let record = Record {
            $0.originalTotalFareAmount = money(100_05)
            $0.airlinePenaltyAmount = money(quoted)
        }
        let finding = Self.finding(rules, record)
        #expect(finding.due == money(10_01))
        #expect(finding.quotedVersusDue == money(differs))
    }

    /// Three amounts of the largest size do not overflow.
    @Test func theLargest() {
        let largest = RefundRule.Money(amount: .largest, currency: usdCurrency)
        let rule = Self.rule {
            $0.penaltyAmount = largest
            $0.airlineFee = largest
            $0.taxRefundable = false
        }
        let record = Record(tax: Amount.largest.minorUnits) { $0.originalTotalFareAmount = .largest }
        #expect(Self.outcome([rule], record) == "\(Amount.largest.minorUnits)")
    }
}

private let usdCurrency = usd
