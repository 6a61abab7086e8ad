import Memory

/// One of Atlas's `refundRules`: the amount an airline keeps when a fare is refunded for one reason, within one window of time.
/// No value is nil, never zero (docs/RULES.md, "Audit of rules and fees").
public struct RefundRule: Sendable, Equatable {
    /// The subject of the rule; the raw values are Atlas's numbers. The first two and the last are also refund reasons.
    public enum Kind: String, Sendable, CaseIterable {
        case involuntary = "0"
        case voluntary = "1"
        case tax = "2"
        case special = "3"
        case void = "4"
    }

    /// The base of a percentage.
    public enum PercentBase: String, Sendable, Word {
        /// The fare without its taxes.
        case fare
        case fareAndTax = "fare+tax"

        public static let words = WordTable<Self>()
    }

    /// Money as a rule states it: `0.00 USD`.
    public struct Money: Sendable, Equatable {
        public let amount: Amount
        /// nil only where the amount is zero, which is the same in every currency.
        public let currency: Currency?

        public init(amount: Amount, currency: Currency?) {
            self.amount = amount
            self.currency = currency
        }

        /// Reads an amount, white space and a currency; of a zero the currency may be left out. nil for anything else, and
        /// if it is negative or breaks the rules of amounts.
        public init?(_ bytes: Span<UInt8>) {
            do throws(AmountFault) {
                guard let space = bytes.lastIndex(of: UInt8(ascii: " ")) else {
                    guard let zero = Decimal(bytes, grammar: .csv), try zero.minorUnits(digits: 0) == 0 else {
                        return nil
                    }
                    self.init(amount: .zero, currency: nil)
                    return
                }
                guard let currency = Currency(code: bytes.extracting((space + 1)...)) else { return nil }
                let number = bytes.extracting(..<space).trimmed
                self.init(amount: try Amount.parse(number, currency, grammar: .csv), currency: currency)
            } catch { return nil }
        }
    }

    public var kind: Kind
    /// The airline that the rule is of; nil for any.
    public var airline: Text?
    public var penaltyAmount: Money?
    public var penaltyPercent: Percentage?
    public var penaltyPercentBase: PercentBase?
    /// The airline's fee, in addition to the penalty.
    public var airlineFee: Money?
    public var fareRefundable: Bool?
    public var taxRefundable: Bool?
    /// The window in minutes before departure, negative after it: the rule holds from `startMinute` on…
    public var startMinute: Int?
    /// … until `endMinute`, both included. nil is no limit.
    public var endMinute: Int?
    /// How the money comes back under this rule; nil for either way.
    public var refundMethod: RefundMethod?

    public init(_ kind: Kind) { self.kind = kind }
}

/// A percentage from 0 to 100, exact to the millionth of a per cent.
public struct Percentage: Sendable, Equatable {
    /// 12.5 per cent is 12,500,000.
    public let millionths: Int64

    /// Reads a number as JSON or a text states it; nil if it is none, has more than six digits behind the point, or is
    /// beyond 0 to 100.
    public init?(_ bytes: Span<UInt8>) {
        guard let decimal = Decimal(bytes, grammar: .json) else { return nil }
        do throws(AmountFault) { millionths = try decimal.minorUnits(digits: 6) } catch { return nil }
        guard (0...100_000_000).contains(millionths) else { return nil }
    }

    /// The share of an amount that is not negative, rounded down and up to whole minor units and, between the two, half up.
    public func share(of amount: Amount) -> (down: Amount, up: Amount, halfUp: Amount) {
        let whole = Int128(100_000_000)
        let (down, rest) = (Int128(amount.minorUnits) * Int128(millionths)).quotientAndRemainder(dividingBy: whole)
        func rounded(_ isUp: Bool) -> Amount { Amount(minorUnits: Int64(isUp ? down + 1 : down)) }
        return (rounded(false), rounded(rest > 0), rounded(rest * 2 >= whole))
    }
}
