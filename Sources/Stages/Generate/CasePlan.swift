import Memory
import Refunds

/// The amounts of a refund, in one currency: paid, kept by the airline, and fee.
struct Breakdown {
    /// Place in `Market.currencies`.
    var currency: Int
    var fare: Amount
    var ancillaries: Amount
    var farePenalty: Amount
    var ancillaryPenalty: Amount
    var fee: Amount

    var original: Amount { fare + ancillaries }
    var penalty: Amount { farePenalty + ancillaryPenalty }
    /// Before the fee.
    var refundBeforeFee: Amount { original - penalty }
    /// After the fee.
    var refund: Amount { refundBeforeFee - fee }
}

/// Five letters, the day and a serial number: `WFDYK20250709000000000`.
struct OrderNumber {
    /// The five letters as one number below 26^5.
    var letters: Int
    var day: CalendarDate
    var serial: Int
}

/// How a case's record comes in.
enum RecordStyle { case csv, flatJSON, legacyCapture, currentCapture }

/// How the query about a case ends.
enum QueryOutcome {
    case answered
    /// The network or the other side fails, with this code.
    case failed(QueryFailure)
    /// Atlas answers, and an amount in the answer has more digits than its currency.
    case unusable
}

/// The failures that a journal can hold.
enum QueryFailure: CaseIterable { case timeout, connection, http500, http503, apiStatus2, circuitOpen, badBody }

/// Atlas's answer about a case.
struct AnswerPlan {
    var status: RefundStatus
    var breakdown: Breakdown
    var outcome = QueryOutcome.answered
    /// Whether the answer has an entry with the case's refund code.
    var isFound = true
    /// Place in `Market.currencies` of the fee, where it differs from the rest.
    var feeCurrency: Int?
    var isVoucher = false
    /// Place in `Market.cancelReasons`.
    var cancelReason: Int?
    /// Whether the entry gives the promised dates.
    var givesDates = true
    /// Whether a first attempt on another night failed, and the journal has it.
    var failedBefore = false
}

/// The webhooks about a case.
struct NoticePlan {
    /// nil where none comes.
    var status: RefundStatus?
    var breakdown: Breakdown
    /// Added to the refund that the breakdown makes: an amount that nothing explains.
    var unexplained = Amount.zero
    /// Added to the penalty's part for the fare, but not to the total.
    var farePenaltySurplus = Amount.zero
    /// An earlier terminal webhook with another penalty.
    var revisedFrom: Breakdown?
    /// How often the last one is delivered again.
    var redeliveries = 0
    /// Whether one of status 1 came before.
    var isProgressed = false
}

/// Records of the same key that follow a case's own.
enum RecordRepeat { case none, same, conflicting }

/// One refund case: the record, and all that is heard of it later.
struct CasePlan {
    var serial: Int
    var hasRefundCode = true
    var isKeyedByPNR = false
    var offer: (high: UInt64, low: UInt64)
    var reason: RefundReason
    var payment: PaymentMethod
    var quote: Breakdown
    var quoteType = RefundQuoteType.accurateQuote
    /// Added to the estimate in the record: a quotation that disagrees with itself.
    var estimateSurplus = Amount.zero
    var isRefundable = true
    var method = RefundMethod.cashBackToOriginalPayment
    var requestedAt: CalendarDate
    var confirmation: CalendarDate
    var refundDate: CalendarDate
    var passenger: Int
    var style = RecordStyle.csv
    var repeats = RecordRepeat.none
    var answer: AnswerPlan
    var notice: NoticePlan
}

/// One order with its refund cases.
struct OrderPlan {
    var number: OrderNumber
    /// Six characters of 32 as one number.
    var pnr: UInt32
    /// Place in `Market.carriers`.
    var carrier: Int
    var cases: [CasePlan]
    /// A refund that Atlas knows and no record asks for.
    var unrecorded: CasePlan?
    /// A webhook for an order that no record knows.
    var orphan: (number: OrderNumber, notice: NoticePlan)?
}
