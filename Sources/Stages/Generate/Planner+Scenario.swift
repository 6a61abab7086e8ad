import Memory
import Refunds

extension Planner {
    /// Changes an ordinary case into one of the scenario.
    func apply(
        _ scenario: Scenario, to plan: inout CasePlan, of order: inout OrderPlan, _ index: Int,
        _ random: inout SplitMix64
    ) {
        switch scenario {
        case .matched, .twins, .ambiguous: break
        case .redelivered: plan.notice.redeliveries = 1 + random.below(2)
        case .missingWebhook: plan.notice.status = plan.notice.isProgressed ? .airlineProcessing : nil
        case .revised: plan.notice.revisedFrom = withPenaltyRaised(plan.quote)
        case .pendingConfirmation: setOpen(&plan, index % 2 == 0 ? .atlasProcessing : .airlineProcessing)
        case .overdueConfirmation: setOpen(&plan, .airlineProcessing)
        case .pendingRefund: setOpen(&plan, .airlineRefunding)
        case .overdueRefund: setOpen(&plan, plan.payment == .deposit ? .airlineRefunding : .airlineProcessing)
        case .rejected, .withdrawn: setEnded(&plan, scenario == .rejected ? .rejected : .withdrew, &random)
        case .unquoted:
            plan.quoteType = .cannotQuote
            settle(&plan, withPenaltyRaised(plan.quote))
        case .queryFailed, .queryFailedUnheard, .notFound, .notFoundUnheard, .notQueryable, .captureWithoutCode:
            setUnanswered(&plan, scenario, &random)
        case .unrecorded: order.unrecorded = unrecordedCase(plan, index, &random)
        case .orphan: order.orphan = orphan(plan, index, &random)
        case .keyedByPNR: plan.isKeyedByPNR = true
        case .duplicateOrder: plan.repeats = .same
        case .conflictingOrder: plan.repeats = .conflicting
        case .flatRecord: plan.style = .flatJSON
        case .legacyCapture: plan.style = .legacyCapture
        case .currentCapture, .voucherCapture: setCapture(&plan, isVoucher: scenario == .voucherCapture)
        default: applyDifference(scenario, to: &plan, &random)
        }
    }

    // MARK: The course of a refund

    private func setOpen(_ plan: inout CasePlan, _ status: RefundStatus) {
        plan.answer.status = status
        plan.notice.status = status == .atlasProcessing ? nil : status
        plan.notice.isProgressed = false
    }

    private func setEnded(_ plan: inout CasePlan, _ status: RefundStatus, _ random: inout SplitMix64) {
        plan.answer.status = status
        plan.notice.status = status
        plan.answer.cancelReason =
            status == .withdrew ? market.cancelReasons.count - 1 : random.below(market.cancelReasons.count - 1)
    }

    private func setUnanswered(_ plan: inout CasePlan, _ scenario: Scenario, _ random: inout SplitMix64) {
        switch scenario {
        case .queryFailed, .queryFailedUnheard:
            // The sandbox only answers, so a failure that it is to show must lie in the answer.
            let failure = QueryFailure.allCases[random.below(QueryFailure.allCases.count)]
            plan.answer.outcome = options.profile == .sample ? .unusable : .failed(failure)
        case .notFound, .notFoundUnheard: plan.answer.isFound = false
        case .captureWithoutCode:
            plan.style = .legacyCapture
            plan.hasRefundCode = false
        default: plan.hasRefundCode = false
        }
        if scenario == .queryFailedUnheard || scenario == .notFoundUnheard { plan.notice.status = nil }
    }

    private func setCapture(_ plan: inout CasePlan, isVoucher: Bool) {
        plan.style = .currentCapture
        guard isVoucher else { return }
        plan.method = .voucher
        plan.answer.isVoucher = true
    }

    private func unrecordedCase(_ plan: CasePlan, _ index: Int, _ random: inout SplitMix64) -> CasePlan {
        ordinaryCase(options.cases + index, .settled, plan.payment, plan.quote.currency, &random)
    }

    private func orphan(_ plan: CasePlan, _ index: Int, _ random: inout SplitMix64) -> (OrderNumber, NoticePlan) {
        let unknown = ordinaryCase(options.cases + index, .settled, plan.payment, plan.quote.currency, &random)
        let letters = random.below(26 * 26 * 26 * 26 * 26)
        return (
            OrderNumber(letters: letters, day: unknown.requestedAt, serial: options.cases + index), unknown.notice
        )
    }

    // MARK: Differences from the quotation

    private func applyDifference(_ scenario: Scenario, to plan: inout CasePlan, _ random: inout SplitMix64) {
        switch scenario {
        case .penaltyRaised: settle(&plan, withPenaltyRaised(plan.quote))
        case .penaltyWaived: waivePenalty(&plan)
        case .feeChanged: settle(&plan, withOtherFee(plan.quote))
        case .originalChanged: settle(&plan, withLowerFare(plan.quote))
        case .arithmeticMismatch: plan.notice.unexplained = -usualFee(plan) - usualFee(plan)
        case .roundingDifference: settle(&plan, withRounding(plan.quote, &random))
        case .settledInOtherCurrency: settle(&plan, plan.quote.converted(to: market.euro, hundredths: 92))
        case .partsInSeveralCurrencies:
            plan.answer.feeCurrency = plan.quote.currency == market.usDollar ? market.euro : market.usDollar
        case .statusConflict: plan.answer.status = .airlineRefunding
        case .rejectedButPaid: plan.notice.status = .rejected
        case .sourceAmountConflict: plan.answer.breakdown = withPenaltyRaised(plan.quote)
        case .notRefundable: refundNotRefundable(&plan)
        case .illegalStatus:
            plan.answer.status = plan.payment == .deposit ? .fulfillmentDone : .refunded
            plan.notice.status = plan.answer.status
        case .voucherIssued: plan.answer.isVoucher = true
        case .quoteInconsistent: plan.estimateSurplus = -plan.quote.fee
        case .partsMismatch: plan.notice.farePenaltySurplus = usualFee(plan)
        default: break
        }
    }

    private func settle(_ plan: inout CasePlan, _ breakdown: Breakdown) {
        plan.answer.breakdown = breakdown
        plan.notice.breakdown = breakdown
    }

    private func usualFee(_ plan: CasePlan) -> Amount { Amount(market.currencies[plan.quote.currency].fees[0]) }

    /// A percentage of an amount, rounded to the currency's usual steps, at least one step.
    private func part(_ amount: Amount, hundredths: Int, _ currency: Int) -> Amount {
        let step = market.currencies[currency].step
        return Amount(max(1, Int(amount.minorUnits) * hundredths / 100 / step) * step)
    }

    private func withPenaltyRaised(_ breakdown: Breakdown) -> Breakdown {
        var raised = breakdown
        raised.farePenalty =
            raised.farePenalty + part(breakdown.fare - breakdown.farePenalty, hundredths: 30, breakdown.currency)
        return raised
    }

    private func waivePenalty(_ plan: inout CasePlan) {
        plan.quote.farePenalty = part(plan.quote.fare, hundredths: 40, plan.quote.currency)
        var waived = plan.quote
        waived.farePenalty = .zero
        waived.ancillaryPenalty = .zero
        settle(&plan, waived)
    }

    private func withOtherFee(_ breakdown: Breakdown) -> Breakdown {
        let fees = market.currencies[breakdown.currency].fees
        var other = breakdown
        other.fee = Amount(Int(breakdown.fee.minorUnits) == fees[0] ? fees[fees.count - 1] : fees[0])
        return other
    }

    private func withLowerFare(_ breakdown: Breakdown) -> Breakdown {
        var lower = breakdown
        lower.fare = lower.fare - part(breakdown.fare, hundredths: 6, breakdown.currency)
        return lower
    }

    private func withRounding(_ breakdown: Breakdown, _ random: inout SplitMix64) -> Breakdown {
        let terms = market.currencies[breakdown.currency]
        var rounded = breakdown
        rounded.farePenalty =
            rounded.farePenalty + Amount((1 + random.below(max(1, terms.rounding / terms.step))) * terms.step)
        return rounded
    }

    /// The quotation says that nothing comes back, and half of the fare does.
    private func refundNotRefundable(_ plan: inout CasePlan) {
        plan.isRefundable = false
        plan.quote.ancillaryPenalty = plan.quote.ancillaries
        plan.quote.farePenalty = plan.quote.fare - plan.quote.fee
        var paid = plan.quote
        paid.farePenalty = part(plan.quote.fare, hundredths: 50, plan.quote.currency)
        settle(&plan, paid)
    }
}
