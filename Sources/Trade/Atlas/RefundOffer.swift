import Memory
import Refunds

/// What `refundQuotation.do` or `refund.do` answered, of either generation, for a person to read.
///
/// Atlas's pages contradict each other, so every field may be absent but `status`; nothing unknown is made
/// zero. Amounts stay the digits that were received.
package struct RefundOffer: Sendable, Equatable {
    /// 0 for success, 2 for a system error; `msg` decides nothing.
    package var status: Int
    package var msg: Text?
    /// `refund.do` only: where the refund stands.
    package var refundStatus: Int?
    /// `refund.do` only: the code to query by.
    package var refundCode: Text?
    package var cancelReason: Text?
    package var refundReason: Text?
    package var orderNo: Text?
    package var refundOfferID: Text?
    package var displayCurrency: Text?
    package var isRefundable: Bool?
    /// 1 where the airline fulfils by itself.
    package var fastConfirmation: Int?
    package var expectedConfirmationDate: CalendarDate?
    package var expectedRefundDate: CalendarDate?
    package var refundQuoteType: AtlasTerm<RefundQuoteType>?
    package var refundMethod: AtlasTerm<RefundMethod>?
    /// The older generation's flat amounts; nil for a body of the current one.
    package var flat: FlatAmounts?
    package var refundTickets: [Ticket] = []
    package var refundFareAmount: Fare?
    /// An array or one object in Atlas's schemas; both are read.
    package var refundPostTicketingServiceAmounts: [PostTicketingService] = []
    /// nil where Atlas says null: no voucher refund.
    package var refundVouchers: [Voucher]?
    package var serviceFee: ServiceFee?
    package var refundRules: [Rule] = []

    /// Whether Atlas did what it was asked.
    package var isSuccess: Bool { status == 0 }

    /// The older generation's amounts, all in one currency, at the top of the body.
    package struct FlatAmounts: Sendable, Equatable {
        package var originalTotalFareAmount: StatedAmount?
        package var originalTotalAncillaryAmount: StatedAmount?
        package var originalTotalAmount: StatedAmount?
        package var airlinePenaltyAmountForFare: StatedAmount?
        package var airlinePenaltyAmountForAncillaries: StatedAmount?
        package var airlinePenaltyAmount: StatedAmount?
        /// Before the transaction fee.
        package var estimatedRefundAmount: StatedAmount?
        package var transactionFee: StatedAmount?
    }

    /// A ticket that the refund covers.
    package struct Ticket: Sendable, Equatable {
        package var lastName: Text?
        package var firstName: Text?
        package var ticketNo: Text?
    }

    /// The flight's part, null for a voucher refund.
    package struct Fare: Sendable, Equatable {
        package var originalFareAmount: StatedAmount?
        package var estimatedRefundAmount: StatedAmount?
        package var displayOriginalFareAmount: StatedAmount?
        package var displayEstimatedRefundAmount: StatedAmount?
    }

    /// One post-ticketing order's part, such as baggage bought later.
    package struct PostTicketingService: Sendable, Equatable {
        package var postTicketingOrderNo: Text?
        package var originalPostTicketingServiceAmount: StatedAmount?
        package var estimatedRefundAmount: StatedAmount?
        package var displayPostTicketingServiceAmount: StatedAmount?
        package var displayEstimatedRefundAmount: StatedAmount?
    }

    /// A voucher in the money's place.
    package struct Voucher: Sendable, Equatable {
        package var voucherID: Text?
        package var voucherCode: Text?
        package var eligiblePassengers: [Text] = []
        package var airline: Text?
        package var estimatedRefundAmount: StatedAmount?
        package var voucherStartDate: CalendarDate?
        package var voucherEndDate: CalendarDate?
        package var travelStartDate: CalendarDate?
        package var travelEndDate: CalendarDate?
        package var note: Text?
    }

    /// What Atlas takes.
    package struct ServiceFee: Sendable, Equatable {
        package var transactionFee: StatedAmount?
        package var displayTransactionFee: StatedAmount?
    }

    /// A refund rule of the fare.
    package struct Rule: Sendable, Equatable {
        package var airline: Text?
        package var ruleType: Text?
        package var passengerType: Text?
        package var penaltyAmount: StatedAmount?
        /// A percentage, as its digits.
        package var penaltyPercent: Text?
        package var penaltyPercentBase: Text?
        package var airlineFee: StatedAmount?
        package var taxRefundable: Bool?
        package var fareRefundable: Bool?
        /// `ALL`, or names of services; unknown ones are kept.
        package var refundableAncillaries: [Text] = []
        /// Minutes before departure; negative ones are after it.
        package var startMinute: Int?
        package var endMinute: Int?
        package var refundMethod: AtlasTerm<RefundMethod>?
    }
}

/// A member of one of Atlas's enumerations, or the text of one that its pages do not list.
package enum AtlasTerm<Known>: Sendable, Equatable
where Known: RawRepresentable & Sendable & Equatable, Known.RawValue == String {
    case known(Known)
    case unknown(Text)

    init(_ text: Text) { self = Known(rawValue: text.string).map { .known($0) } ?? .unknown(text) }

    /// The text that was received.
    package var text: Text {
        switch self {
        case .known(let term): Text(term.rawValue)
        case .unknown(let text): text
        }
    }
}

/// An amount as it was stated: its digits, and its currency where the body has one for it.
package struct StatedAmount: Sendable, Equatable, CustomStringConvertible {
    /// An exact decimal, digit for digit.
    package let digits: Text
    package let currency: Text?

    /// `0.00 USD`
    package var description: String { currency.map { "\(digits) \($0)" } ?? digits.string }

    /// The amount in minor units, by FORMATS.md's grammar; nil without a currency that ISO 4217 lists.
    package func amount() throws(AmountFault) -> (amount: Amount, currency: Currency)? {
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
