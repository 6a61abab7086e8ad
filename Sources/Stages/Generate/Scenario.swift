/// What happens to a case; leads to the outcomes and exceptions of RULES.md.
enum Scenario: UInt8, CaseIterable {
    case matched, redelivered, missingWebhook, revised
    case pendingConfirmation, pendingRefund, overdueConfirmation, overdueRefund
    case rejected, withdrawn, unquoted
    case penaltyRaised, penaltyWaived, feeChanged, originalChanged, arithmeticMismatch, roundingDifference
    case settledInOtherCurrency, partsInSeveralCurrencies
    case statusConflict, rejectedButPaid, sourceAmountConflict
    case queryFailed, queryFailedUnheard, notFound, notFoundUnheard, notQueryable
    case notRefundable, illegalStatus, voucherIssued, quoteInconsistent, partsMismatch
    case unrecorded, orphan
    case keyedByPNR, twins, ambiguous, duplicateOrder, conflictingOrder
    case flatRecord, legacyCapture, currentCapture, voucherCapture, captureWithoutCode

    /// When the refund was asked for, seen from the as-of day.
    enum Timing { case settled, awaitingConfirmation, awaitingRefund, lateConfirmation, lateRefund }

    var timing: Timing {
        switch self {
        case .pendingConfirmation: .awaitingConfirmation
        case .pendingRefund, .statusConflict: .awaitingRefund
        case .overdueConfirmation: .lateConfirmation
        case .overdueRefund: .lateRefund
        default: .settled
        }
    }
}

extension Profile {
    /// Scenarios and their weights; the likeliest come first, since the list is searched from its start.
    var weights: [(Scenario, Int)] {
        switch self {
        case .clean: Self.ordinary
        case .partial: Self.ordinary + Self.divided
        case .sample: Self.ordinary.map { ($0.0, $0.0 == .matched ? 250 : $0.1) } + Self.divided + Self.captured
        }
    }

    private static let ordinary: [(Scenario, Int)] = [
        (.matched, 842), (.pendingConfirmation, 20), (.queryFailed, 18), (.redelivered, 15), (.pendingRefund, 12),
        (.missingWebhook, 12), (.unquoted, 10), (.rejected, 8), (.roundingDifference, 8), (.penaltyRaised, 7),
        (.overdueRefund, 6), (.withdrawn, 6), (.penaltyWaived, 5), (.overdueConfirmation, 4), (.feeChanged, 4),
        (.originalChanged, 4), (.arithmeticMismatch, 3), (.sourceAmountConflict, 3), (.voucherIssued, 3),
        (.notQueryable, 3), (.revised, 2), (.settledInOtherCurrency, 1), (.partsInSeveralCurrencies, 1),
        (.statusConflict, 1), (.rejectedButPaid, 1), (.notFound, 1), (.notFoundUnheard, 1), (.queryFailedUnheard, 1),
        (.notRefundable, 1), (.illegalStatus, 1), (.quoteInconsistent, 1), (.partsMismatch, 1), (.unrecorded, 1),
        (.orphan, 1),
    ]

    private static let divided: [(Scenario, Int)] = [
        (.twins, 60), (.keyedByPNR, 40), (.redelivered, 30), (.revised, 15), (.ambiguous, 4), (.duplicateOrder, 3),
        (.conflictingOrder, 1),
    ]

    private static let captured: [(Scenario, Int)] = [
        (.flatRecord, 40), (.currentCapture, 30), (.legacyCapture, 30), (.voucherCapture, 5), (.captureWithoutCode, 5),
    ]

    /// How many in a thousand orders have several cases although their scenario does not ask for it.
    var severalCasesPerMille: Int {
        switch self {
        case .clean: 0
        case .partial: 250
        case .sample: 60
        }
    }
}
