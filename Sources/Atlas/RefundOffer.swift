import Core

/// What `refundQuotation.do` or `refund.do` answered, of either generation, for a person to read.
///
/// Atlas's pages contradict each other, so every field may be absent but `status`; nothing unknown is made
/// zero. Amounts stay the digits that were received.
public struct RefundOffer: Sendable, Equatable {
    /// 0 for success, 2 for a system error; `msg` decides nothing.
    public var status: Int
    public var msg: Text?
    /// `refund.do` only: where the refund stands.
    public var refundStatus: Int?
    /// `refund.do` only: the code to query by.
    public var refundCode: Text?
    public var cancelReason: Text?
    public var refundReason: Text?
    public var orderNo: Text?
    public var refundOfferId: Text?
    public var displayCurrency: Text?
    public var isRefundable: Bool?
    /// 1 where the airline fulfils by itself.
    public var fastConfirmation: Int?
    public var expectedConfirmationDate: CalendarDate?
    public var expectedRefundDate: CalendarDate?
    public var refundQuoteType: AtlasTerm<RefundQuoteType>?
    public var refundMethod: AtlasTerm<RefundMethod>?
    /// The older generation's flat amounts; nil for a body of the current one.
    public var flat: FlatAmounts?
    public var refundTickets: [Ticket] = []
    public var refundFareAmount: Fare?
    /// An array or one object in Atlas's schemas; both are read.
    public var refundPostTicketingServiceAmounts: [PostTicketingService] = []
    /// nil where Atlas says null: no voucher refund.
    public var refundVouchers: [Voucher]?
    public var serviceFee: ServiceFee?
    public var refundRules: [Rule] = []

    /// Whether Atlas did what it was asked.
    public var isSuccess: Bool { status == 0 }

    /// The older generation's amounts, all in one currency, at the top of the body.
    public struct FlatAmounts: Sendable, Equatable {
        public var originalTotalFareAmount: StatedAmount?
        public var originalTotalAncillaryAmount: StatedAmount?
        public var originalTotalAmount: StatedAmount?
        public var airlinePenaltyAmountForFare: StatedAmount?
        public var airlinePenaltyAmountForAncillaries: StatedAmount?
        public var airlinePenaltyAmount: StatedAmount?
        /// Before the transaction fee.
        public var estimatedRefundAmount: StatedAmount?
        public var transactionFee: StatedAmount?
    }

    /// A ticket that the refund covers.
    public struct Ticket: Sendable, Equatable {
        public var lastName: Text?
        public var firstName: Text?
        public var ticketNo: Text?
    }

    /// The flight's part, null for a voucher refund.
    public struct Fare: Sendable, Equatable {
        public var originalFareAmount: StatedAmount?
        public var estimatedRefundAmount: StatedAmount?
        public var displayOriginalFareAmount: StatedAmount?
        public var displayEstimatedRefundAmount: StatedAmount?
    }

    /// One post-ticketing order's part, such as baggage bought later.
    public struct PostTicketingService: Sendable, Equatable {
        public var postTicketingOrderNo: Text?
        public var originalPostTicketingServiceAmount: StatedAmount?
        public var estimatedRefundAmount: StatedAmount?
        public var displayPostTicketingServiceAmount: StatedAmount?
        public var displayEstimatedRefundAmount: StatedAmount?
    }

    /// A voucher in the money's place.
    public struct Voucher: Sendable, Equatable {
        public var voucherId: Text?
        public var voucherCode: Text?
        public var eligiblePassengers: [Text] = []
        public var airline: Text?
        public var estimatedRefundAmount: StatedAmount?
        public var voucherStartDate: CalendarDate?
        public var voucherEndDate: CalendarDate?
        public var travelStartDate: CalendarDate?
        public var travelEndDate: CalendarDate?
        public var note: Text?
    }

    /// What Atlas takes.
    public struct ServiceFee: Sendable, Equatable {
        public var transactionFee: StatedAmount?
        public var displayTransactionFee: StatedAmount?
    }

    /// A refund rule of the fare.
    public struct Rule: Sendable, Equatable {
        public var airline: Text?
        public var ruleType: Text?
        public var passengerType: Text?
        public var penaltyAmount: StatedAmount?
        /// A percentage, as its digits.
        public var penaltyPercent: Text?
        public var penaltyPercentBase: Text?
        public var airlineFee: StatedAmount?
        public var taxRefundable: Bool?
        public var fareRefundable: Bool?
        /// `ALL`, or names of services; unknown ones are kept.
        public var refundableAncillaries: [Text] = []
        /// Minutes before departure; negative ones are after it.
        public var startMinute: Int?
        public var endMinute: Int?
        public var refundMethod: AtlasTerm<RefundMethod>?
    }
}

/// A member of one of Atlas's enumerations, or the text of one that its pages do not list.
public enum AtlasTerm<Known>: Sendable, Equatable
where Known: RawRepresentable & Sendable & Equatable, Known.RawValue == String {
    case known(Known)
    case unknown(Text)

    init(_ text: Text) { self = Known(rawValue: text.string).map { .known($0) } ?? .unknown(text) }

    /// The text that was received.
    public var text: Text {
        switch self {
        case .known(let term): Text(term.rawValue)
        case .unknown(let text): text
        }
    }
}

/// An amount as it was stated: its digits, and its currency where the body has one for it.
public struct StatedAmount: Sendable, Equatable, CustomStringConvertible {
    /// An exact decimal, digit for digit.
    public let digits: Text
    public let currency: Text?

    /// `0.00 USD`
    public var description: String { currency.map { "\(digits) \($0)" } ?? digits.string }

    /// The amount in minor units, by FORMATS.md's grammar; nil without a currency that ISO 4217 lists.
    public func amount() throws(AmountFault) -> (amount: Amount, currency: Currency)? {
        guard let currency = currency.flatMap({ Currency($0.string) }) else { return nil }
        let bytes = Array(digits.string.utf8)
        let result: Result<Amount, AmountFault> = bytes.withUnsafeBufferPointer { buffer in
            do throws(AmountFault) {
                return .success(try Amount.parse(buffer, currency, grammar: .json, mayBeNegative: true))
            } catch { return .failure(error) }
        }
        return (try result.get(), currency)
    }
}
