import Memory
import Refunds

/// Records of a refund as they might have been read, every field of them given or not.
extension Seeded {
    package mutating func text() -> Text {
        Text(pick(["A1", "ö\u{301}", "x\"y\\z", "=1+1", "line\nbreak", "🛫", "\u{7F}", "\u{0}"]) + String(below(1000)))
    }

    package mutating func amount() -> Amount { Amount(minorUnits: Int64(below(once(in: 2) ? 1_000_000_000 : 200))) }

    package mutating func signedAmount() -> Amount {
        Amount(minorUnits: Int64(below(1_000_000_000)) - (once(in: 3) ? 999_999_999 : 0))
    }

    package mutating func currency() -> Currency {
        guard let currency = Currency(pick(["USD", "JPY", "KWD", "CLF"])) else { preconditionFailure("no currency") }
        return currency
    }

    package mutating func maybe<Value>(_ make: (inout Seeded) -> Value) -> Value? { once(in: 2) ? nil : make(&self) }

    /// Any day, those at the edges of the calendar included.
    package mutating func day() -> CalendarDate {
        if once(in: 20) { return CalendarDate(daysSinceEpoch: pick([-719_162, 2_932_896])) }
        return CalendarDate(daysSinceEpoch: Int32(20_000 + below(1000)))
    }

    package mutating func instant() -> Instant {
        if once(in: 20) {
            return Instant(secondsSinceEpoch: pick([-62_135_596_800, 253_402_300_799]), nanoseconds: 999_999_999)
        }
        return Instant(secondsSinceEpoch: Int64(below(2_000_000_000)), nanoseconds: Int32(below(1_000_000_000)))
    }

    /// A case as a record might have given it.
    package mutating func order(file: Int32 = 0, line: Int) -> RefundCase {
        var made = RefundCase(
            currency: currency(), requestedAt: day(), source: SourceLine(file: file, line: Int32(line)))
        made.orderNo = once(in: 4) ? nil : text()
        if made.orderNo == nil || once(in: 4) { (made.airlinePNR, made.carrier) = (text(), text()) }
        made.refundCode = maybe { $0.text() }
        made.refundOfferID = maybe { $0.text() }
        made.refundReason = maybe { $0.pick(RefundReason.allCases) }
        made.paymentMethod = maybe { $0.pick(PaymentMethod.allCases) }
        made.refundQuoteType = maybe { $0.pick(RefundQuoteType.allCases) }
        made.isRefundable = maybe { $0.once(in: 2) }
        made.refundMethod = maybe { $0.pick(RefundMethod.allCases) }
        made.expectedConfirmationDate = maybe { $0.day() }
        made.expectedRefundDate = maybe { $0.day() }
        made.transactionFee = amount()
        if once(in: 5) {
            made.voucherRefundAmount = amount()
            return made
        }
        made.originalTotalFareAmount = amount()
        made.originalTotalAncillaryAmount = maybe { $0.amount() }
        made.originalTotalAmount = maybe { $0.amount() }
        made.airlinePenaltyAmountForFare = maybe { $0.amount() }
        made.airlinePenaltyAmountForAncillaries = maybe { $0.amount() }
        made.airlinePenaltyAmount = amount()
        made.estimatedRefundAmount = maybe { $0.amount() }
        return made
    }

    package mutating func webhook(file: Int32 = 1, line: Int) -> Webhook {
        var made = Webhook(
            orderNo: text(), refundStatus: pick(RefundStatus.allCases), currency: currency(),
            originalTotalAmount: amount(), airlinePenaltyAmount: amount(), finalRefundAmount: signedAmount(),
            transactionFee: amount(), source: SourceLine(file: file, line: Int32(line)))
        made.originalTotalFare = maybe { $0.amount() }
        made.originalTotalAncillaryAmount = maybe { $0.amount() }
        made.airlinePenaltyAmountForFare = maybe { $0.amount() }
        made.airlinePenaltyAmountForAncillaries = maybe { $0.amount() }
        made.receivedAt = maybe { $0.instant() }
        return made
    }

    package mutating func entry() -> RefundOrderEntry {
        var amounts = QueriedAmounts()
        if once(in: 6) {
            amounts.hasSeveralCurrencies = once(in: 2)
        } else {
            amounts.currency = currency()
            amounts.original = maybe { $0.amount() }
            amounts.refundBeforeFee = maybe { $0.amount() }
            amounts.farePenalty = maybe { $0.signedAmount() }
            amounts.ancillaryPenalty = maybe { $0.signedAmount() }
            amounts.fee = maybe { $0.amount() }
        }
        var made = RefundOrderEntry(
            orderNo: maybe { $0.text() }, refundCode: text(), refundStatus: pick(RefundStatus.allCases),
            isVoucher: once(in: 4), amounts: amounts)
        made.expectedConfirmationDate = maybe { $0.day() }
        made.expectedRefundDate = maybe { $0.day() }
        made.cancelReason = maybe { $0.text() }
        return made
    }

    package mutating func firstPlace() -> FirstPlace {
        FirstPlace(
            asOf: day(), place: SourceLine(file: Int32(below(4)) - 1, line: Int32(below(1_000_000))),
            fileName: pick(["orders.csv", "a b,\"c\".csv", "day/webhooks.jsonl", "x:1"]))
    }

    package mutating func caseKey() -> RefundIdentity {
        let isNumbered = once(in: 2)
        return RefundIdentity(
            orderNo: isNumbered ? text() : nil, airlinePNR: isNumbered ? nil : text(),
            carrier: isNumbered ? nil : text(), refundCode: text())
    }

    package mutating func answer() -> RememberedAnswer {
        let count = pick([0, 1, 1, 1, 2, 5])
        let entries = (0..<count).map { _ in entry() }
        return RememberedAnswer(
            key: caseKey(), entries: RefundOrderEntries(entries),
            queriedAt: maybe { _ in "2026-01-02T03:04:05.678Z" }, receivedFor: day(), isVerifiedEnd: once(in: 2))
    }
}
