import Memory
import Refunds

/// All that is known about one case.
struct CaseEvidence {
    let refundCase: RefundCase
    /// The answer that counts, or why there is none.
    let answer: StatusAnswer?
    /// The entry of the answer that is about the case.
    let entry: RefundOrderEntry?
    /// The webhooks that the case got, and their places in the inputs.
    let matched: MatchedWebhooks
    let webhookSources: Few<SourceLine>
    /// The webhook that counts.
    let effective: Webhook?
}

/// Judges one case: its row from its record, the answer about it and the webhooks that it got. Pure.
struct Judgement {
    private let evidence: CaseEvidence
    private let asOf: CalendarDate
    private let tolerances: Tolerances
    private let expected: Amounts

    init(_ evidence: CaseEvidence, asOf: CalendarDate, tolerances: Tolerances) {
        self.evidence = evidence
        self.asOf = asOf
        self.tolerances = tolerances
        expected = evidence.refundCase.expected
    }

    private var refundCase: RefundCase { evidence.refundCase }
    private var answer: StatusAnswer? { evidence.answer }
    private var entry: RefundOrderEntry? { evidence.entry }
    private var effective: Webhook? { evidence.effective }
    private var matched: MatchedWebhooks { evidence.matched }

    // MARK: Status, final, dates

    /// The query's status if the query gave one, else the effective webhook's.
    private var status: RefundStatus? { entry?.refundStatus ?? effective?.refundStatus }

    private var statusSource: EvidenceSource? {
        if entry != nil { return .query }
        return effective == nil ? nil : .webhook
    }

    /// Final exists only where the status is 2 or 5: from the effective webhook if its own status is, else from the query.
    ///
    /// A webhook that does not fit its case may cover several refunds of the order: the query's amounts are those of
    /// this refund alone, so they count where Atlas gives them.
    private var finalSource: EvidenceSource? {
        guard let status, status.isPaid else { return nil }
        guard effective?.refundStatus.isPaid == true else { return .query }
        return matched.isEffectiveMisfit && isPaidByQuery ? .query : .webhook
    }

    /// Whether the query says that the refund was paid, and how much.
    private var isPaidByQuery: Bool {
        guard let entry else { return false }
        return entry.refundStatus.isPaid && entry.amounts.refund != nil
    }

    private var final: Amounts? {
        switch finalSource {
        case .webhook: effective.map { Amounts($0) }
        case .query: entry.map { Amounts($0.amounts) }
        case nil: nil
        }
    }

    private var finalCurrency: Currency? {
        switch finalSource {
        case .webhook: effective?.currency
        case .query: entry?.amounts.currency
        case nil: nil
        }
    }

    private var expectedConfirmationDate: CalendarDate? {
        entry?.expectedConfirmationDate ?? refundCase.expectedConfirmationDate
    }

    private var expectedRefundDate: CalendarDate? { entry?.expectedRefundDate ?? refundCase.expectedRefundDate }

    private var isConfirmationOverdue: Bool {
        guard status == .atlasProcessing || status == .airlineProcessing else { return false }
        return expectedConfirmationDate.map { asOf > $0 } ?? false
    }

    private var isRefundOverdue: Bool {
        guard let status, !status.isTerminal else { return false }
        return expectedRefundDate.map { asOf > $0 } ?? false
    }

    // MARK: The row

    /// The whole row of the case.
    func row(_ audits: Audits) -> ResultRow {
        var row = ResultRow(.case, source: refundCase.source)
        row.identity = refundCase.identity
        row.orderNo = refundCase.orderNo ?? entry?.orderNo
        row.paymentMethod = paymentMethod
        row.currency = refundCase.currency
        row.status = status
        row.statusSource = statusSource
        row.finalSource = finalSource
        row.expected = expected
        row.final = final
        row.finalCurrency = finalCurrency
        if let final = row.comparableFinal { row.variances = final - expected }
        row.requestedAt = refundCase.requestedAt
        row.expectedConfirmationDate = expectedConfirmationDate
        row.expectedRefundDate = expectedRefundDate
        row.cancelReason = entry?.cancelReason
        row.webhookCount = matched.assigned.count
        row.webhookSources = evidence.webhookSources
        row.effectiveWebhookSource = effective?.source
        row.queriedAt = answer?.queriedAt
        row.querySource = answer?.source
        if case .failed(let code, let detail) = answer?.outcome {
            (row.queryError, row.queryErrorDetail) = (code, detail)
        }
        let outcome = outcome(row)
        row.outcome = outcome
        if outcome.isAged { row.ageDays = max(0, asOf.days(since: refundCase.requestedAt)) }
        row.exceptions = exceptions(row, outcome)
        row.audits = audits.findings(refundCase, row)
        return row
    }

    private var paymentMethod: PaymentMethod { refundCase.paymentMethod ?? .deposit }

    // MARK: Outcome

    /// RULES.md, "Outcome": the first that applies.
    private func outcome(_ row: ResultRow) -> Outcome {
        guard let status else { return .unverified }
        switch status {
        case .atlasProcessing, .airlineProcessing, .airlineRefunding:
            return isConfirmationOverdue || isRefundOverdue ? .overdue : .pending
        case .rejected: return .rejected
        case .withdrew: return .withdrawn
        case .refunded, .fulfillmentDone: return paidOutcome(row)
        }
    }

    private func paidOutcome(_ row: ResultRow) -> Outcome {
        if expected.refund == nil { return .unquoted }
        if isOtherCurrency(row.finalCurrency) || row.final?.refund == nil { return .variance }
        let variances = row.variances
        if isBeyondTolerance(variances.original) || isBeyondTolerance(variances.penalty)
            || isBeyondTolerance(variances.fee) || isBeyondTolerance(variances.refund) || isUnexplained(row)
        {
            return .variance
        }
        func isZero(_ variance: Amount?) -> Bool { (variance ?? .zero) == .zero }
        let isExact =
            isZero(variances.original) && isZero(variances.penalty) && isZero(variances.fee)
            && isZero(variances.refund) && isZero(row.unexplained)
        return isExact ? .matched : .withinTolerance
    }

    /// Whether the final side is in another currency than the expected one.
    private func isOtherCurrency(_ final: Currency?) -> Bool { final != nil && final != refundCase.currency }

    /// Judged by the case's currency, in which all variances are.
    private func isBeyondTolerance(_ variance: Amount?) -> Bool {
        guard let variance else { return false }
        return variance.magnitude > tolerances[refundCase.currency]
    }

    /// Judged in the final's currency.
    private func isUnexplained(_ row: ResultRow) -> Bool {
        guard let unexplained = row.unexplained, let currency = row.finalCurrency else { return false }
        return unexplained.magnitude > tolerances[currency]
    }

    // MARK: Exceptions

    private func exceptions(_ row: ResultRow, _ outcome: Outcome) -> ExceptionSet {
        var codes = ExceptionSet()
        insertAmountExceptions(row, into: &codes)
        insertEvidenceExceptions(into: &codes)
        insertStatusExceptions(row, outcome, into: &codes)
        codes.insert(.conflictingOrder, if: refundCase.hasConflict)
        codes.insert(.quoteInconsistent, if: refundCase.isQuoteInconsistent)
        codes.insert(.notQueryable, if: !refundCase.isQueryable)
        codes.insert(.duplicateOrder, if: refundCase.droppedDuplicates > 0)
        return codes
    }

    private func insertAmountExceptions(_ row: ResultRow, into codes: inout ExceptionSet) {
        let variances = row.variances
        if let refund = variances.refund, isBeyondTolerance(refund) {
            codes.insert(refund.isNegative ? .refundShort : .refundOver)
        }
        codes.insert(.penaltyVariance, if: isBeyondTolerance(variances.penalty))
        codes.insert(.feeVariance, if: isBeyondTolerance(variances.fee))
        codes.insert(.originalAmountVariance, if: isBeyondTolerance(variances.original))
        codes.insert(.finalArithmeticMismatch, if: isUnexplained(row))
        let isMixed = entry?.amounts.hasSeveralCurrencies == true
        codes.insert(
            .currencyMismatch, if: isOtherCurrency(row.finalCurrency) || (isMixed && row.finalSource == .query))
        codes.insert(.queryCurrenciesMixed, if: isMixed && row.finalSource != .query)
        codes.insert(.sourceAmountConflict, if: sourcesDisagree(row))
        codes.insert(
            .refundedNotRefundable,
            if: refundCase.isRefundable == false && (row.final?.refund ?? .zero) > .zero)
    }

    /// The webhook's refund and the query's, both in the case's currency, differ beyond tolerance.
    private func sourcesDisagree(_ row: ResultRow) -> Bool {
        guard row.finalSource == .webhook, let entry, entry.refundStatus.isPaid,
            row.finalCurrency == refundCase.currency, entry.amounts.currency == refundCase.currency,
            let final = row.final?.refund, let queried = entry.amounts.refund
        else { return false }
        return isBeyondTolerance(final - queried)
    }

    private func insertEvidenceExceptions(into codes: inout ExceptionSet) {
        if refundCase.isQueryable {
            codes.insert(.queryFailed, if: answer?.isOK != true)
            codes.insert(.notFoundAtAtlas, if: answer?.isOK == true && entry == nil)
        }
        if let entry {
            codes.insert(
                .statusConflict,
                if: effective.map { $0.refundStatus.isTerminal && $0.refundStatus != entry.refundStatus } ?? false)
            codes.insert(.missingWebhook, if: entry.refundStatus.isPaid && effective?.refundStatus.isTerminal != true)
            codes.insert(.voucherIssued, if: refundCase.refundMethod != .voucher && entry.isVoucher)
        }
        codes.insert(.webhookRevised, if: matched.isRevised)
        codes.insert(.ambiguousMatch, if: matched.isAmbiguous)
        codes.insert(.duplicateWebhook, if: !matched.duplicates.isEmpty)
        codes.insert(.partsMismatch, if: effective?.hasPartsMismatch == true)
    }

    private func insertStatusExceptions(_ row: ResultRow, _ outcome: Outcome, into codes: inout ExceptionSet) {
        if let status {
            codes.insert(
                .statusIllegalForPayment, if: !paymentMethod.allows(status))
        }
        switch outcome {
        case .unverified: codes.insert(.noEvidence)
        case .overdue:
            codes.insert(.overdueConfirmation, if: isConfirmationOverdue)
            codes.insert(.overdueRefund, if: isRefundOverdue)
        case .rejected: codes.insert(.rejected, if: expected.refund.map { $0 > .zero } ?? true)
        case .withdrawn: codes.insert(.withdrawn)
        case .unquoted: codes.insert(.unquoted)
        case .pending, .variance, .withinTolerance, .matched: break
        }
    }
}
