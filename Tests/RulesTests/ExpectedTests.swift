import Memory
import Refunds
import Testing

/// RULES.md, "Expected" and "Variances", with the defaults of FORMATS.md, "Orders".
@Suite struct ExpectedTests {
    private func expected(_ change: (inout RefundCase) -> Void) -> Amounts {
        refundCase(line: 1, change).expected
    }

    @Test func refundIsAfterPenaltyAndFee() {
        let side = expected { $0.estimatedRefundAmount = money(1) }
        #expect(side.original == money(100_00))
        #expect(side.penalty == money(10_00))
        #expect(side.fee == money(2_00))
        #expect(side.refund == money(88_00))
        #expect(side.farePenalty == nil)
        #expect(side.ancillaryPenalty == nil)
    }

    @Test func originalDefaultsToFareAndAncillaries() {
        #expect(expected { $0.originalTotalAncillaryAmount = money(5_00) }.original == money(105_00))
        let stated = expected {
            $0.originalTotalAncillaryAmount = money(5_00)
            $0.originalTotalAmount = money(200_00)
        }
        #expect(stated.original == money(200_00))
        #expect(stated.refund == money(188_00))
    }

    @Test func penaltyDefaults() {
        func penalty(_ total: Int64?, _ fare: Int64?, _ ancillaries: Int64?, _ estimate: Int64?) -> Amount? {
            expected {
                $0.airlinePenaltyAmount = total.map(money)
                $0.airlinePenaltyAmountForFare = fare.map(money)
                $0.airlinePenaltyAmountForAncillaries = ancillaries.map(money)
                $0.estimatedRefundAmount = estimate.map(money)
            }.penalty
        }
        #expect(penalty(1_00, 5_00, 6_00, 70_00) == money(1_00))
        #expect(penalty(nil, 5_00, 6_00, 70_00) == money(11_00))
        #expect(penalty(nil, 5_00, nil, 70_00) == money(5_00), "an absent part counts 0")
        #expect(penalty(nil, nil, 6_00, 70_00) == money(6_00))
        #expect(penalty(nil, nil, nil, 70_00) == money(30_00))
        #expect(penalty(nil, nil, nil, nil) == nil)
    }

    @Test func cannotQuoteHasNoPenaltyAndNoRefund() {
        let side = expected {
            $0.refundQuoteType = .cannotQuote
            $0.airlinePenaltyAmountForFare = money(4_00)
            $0.estimatedRefundAmount = money(90_00)
        }
        #expect(side.original == money(100_00))
        #expect(side.fee == money(2_00))
        #expect(side.penalty == nil)
        #expect(side.refund == nil)
        #expect(side.farePenalty == nil)
        let bare = expected {
            $0.refundQuoteType = .cannotQuote
            $0.transactionFee = nil
        }
        #expect(bare.fee == nil)
        #expect(bare.refund == nil)
        #expect(bare.original == money(100_00))
    }

    @Test func vouchers() {
        let voucher = refundCase(fare: nil, penalty: nil) { $0.voucherRefundAmount = money(60_00) }
        let side = voucher.expected
        #expect(side.refund == money(58_00))
        #expect(side.fee == money(2_00))
        #expect(side.original == nil)
        #expect(side.penalty == nil)
        let row = Scenario.one(voucher, nil, webhook(refund: 58_01)).row
        #expect(row.variances.refund == money(1))
        #expect(row.variances.fee == .zero)
        #expect(row.variances.original == nil)
        #expect(row.variances.penalty == nil)
    }

    /// A negative amount keeps its direction: final − expected.
    @Test func variancesAreFinalMinusExpected() {
        let quoted = refundCase {
            $0.airlinePenaltyAmountForFare = money(7_00)
            $0.airlinePenaltyAmountForAncillaries = money(3_00)
        }
        let told = webhook(original: 101_00, penalty: 8_00, fee: 2_50, refund: 80_00) {
            $0.airlinePenaltyAmountForFare = money(8_00)
            $0.airlinePenaltyAmountForAncillaries = money(0)
        }
        let row = Scenario.one(quoted, nil, told).row
        #expect(row.variances.original == money(1_00))
        #expect(row.variances.penalty == money(-2_00))
        #expect(row.variances.farePenalty == money(1_00))
        #expect(row.variances.ancillaryPenalty == money(-3_00))
        #expect(row.variances.fee == money(50))
        #expect(row.variances.refund == money(-8_00))
        #expect(row.unexplained == money(-10_50))
    }

    @Test func partsDecideNothing() {
        let quoted = refundCase {
            $0.airlinePenaltyAmountForFare = money(7_00)
            $0.airlinePenaltyAmountForAncillaries = money(3_00)
        }
        let row = Scenario.one(
            quoted, answer(entry()),
            webhook(line: 1) {
                $0.airlinePenaltyAmountForFare = money(3_00)
                $0.airlinePenaltyAmountForAncillaries = money(7_00)
            }
        ).row
        #expect(row.variances.farePenalty == money(-4_00))
        #expect(row.variances.ancillaryPenalty == money(4_00))
        #expect(row.outcome == .matched)
        #expect(row.codes == [])
    }

    @Test func partsNeedBothSides() {
        let quoted = refundCase { $0.airlinePenaltyAmountForFare = money(10_00) }
        #expect(Scenario.one(quoted, nil, webhook()).row.variances.farePenalty == nil)
        let asked = Scenario.one(quoted, answer(entry())).row
        #expect(asked.variances.farePenalty == .zero)
        #expect(asked.variances.ancillaryPenalty == nil)
        #expect(Scenario.one(refundCase(), answer(entry())).row.variances.farePenalty == nil)
    }

    @Test func currenciesAreNeverMixed() {
        let row = Scenario.one(refundCase(), nil, webhook(in: eur)).row
        #expect(row.variances == Amounts())
        #expect(row.final?.refund == money(88_00))
        #expect(row.finalCurrency == eur)
        #expect(row.currency == usd)
        #expect(row.unexplained == .zero)
    }

    // MARK: The worked examples of RULES.md, from Atlas's own samples

    @Test func firstWorkedExample() {
        let quoted = refundCase(fare: 45_26, penalty: 0, fee: 2_00) { $0.estimatedRefundAmount = money(45_26) }
        #expect(quoted.expected.refund == money(43_26))
        #expect(!quoted.isQuoteInconsistent)
    }

    @Test func secondWorkedExample() {
        let sample = webhook(original: 47_32, penalty: 0, fee: 2_00, refund: 37_32) {
            $0.airlinePenaltyAmountForFare = money(5_00)
            $0.airlinePenaltyAmountForAncillaries = money(0)
        }
        let row = Scenario.one(
            refundCase(fare: 47_32, penalty: 5_00), answer(entry(original: 47_32, refundBeforeFee: 39_32)), sample
        ).row
        #expect(row.expected?.refund == money(40_32))
        #expect(row.unexplained == money(-8_00))
        #expect(row.variances.refund == money(-3_00))
        #expect(row.variances.original == .zero)
        #expect(row.variances.penalty == money(-5_00))
        #expect(row.variances.fee == .zero)
        #expect(row.codes == [.refundShort, .penaltyVariance, .finalArithmeticMismatch, .partsMismatch])
        #expect(row.outcome == .variance)
    }

    @Test func thirdWorkedExample() throws {
        let scenario = Scenario.one(
            refundCase(fare: 165_48, penalty: 0, fee: 2_00),
            answer(
                entry(.rejected, original: 165_48, refundBeforeFee: 165_48, fee: 3_00) {
                    $0.cancelReason = "not allowed"
                }))
        #expect(scenario.row.outcome == .rejected)
        #expect(scenario.row.expected?.refund == money(163_48))
        #expect(scenario.row.cancelReason == "not allowed")
        #expect(scenario.row.final == nil)
        #expect(try scenario.summary().totals[usd]?.atRisk == Total(minorUnits: 163_48))
    }
}
