import JSON
import Memory
import Refunds

/// The parts of a refund in Atlas's current nested shape (`refundFareAmount`, `refundPostTicketingServiceAmounts`,
/// `refundVouchers`, `serviceFee`), each with its own currency. The display… amounts are never read.
package struct RefundAmountParts: Sendable {
    /// The amount paid for one part, and its refund before the fee.
    package struct Part: Sendable, Equatable {
        package let currency: Currency
        package let original: Amount
        package let estimatedRefund: Amount
    }

    /// An amount and its currency.
    package struct Money: Sendable, Equatable {
        package let currency: Currency
        package let amount: Amount
    }

    /// nil for a voucher refund.
    package let fare: Part?
    /// Post-ticketing services; an array in one of Atlas's schemas and one object in the others.
    package let services: Few<Part>
    /// The amount of each voucher; read only if there is no fare.
    package let vouchers: Few<Money>
    package let fee: Money?

    /// Whether a body is in the current nested shape and not in the legacy flat one.
    package static func arePresent(in body: JSONView) -> Bool {
        body.given("refundFareAmount") != nil || body.given("serviceFee") != nil || body.given("refundVouchers") != nil
            || body.given("refundPostTicketingServiceAmounts") != nil
    }

    /// Reads the parts that count: a part without its currency or an amount is refused, as are amounts that break the rules.
    package init(_ body: JSONView, _ decoder: FieldDecoder) throws(RecordFault) {
        var services = Few<Part>()
        var vouchers = Few<Money>()
        if let value = try body.object("refundFareAmount") {
            fare = try Self.part(value, "originalFareAmount", "refundFareAmount", decoder)
            try body.forEachObject("refundPostTicketingServiceAmounts") { (value) throws(RecordFault) in
                services.append(
                    try Self.part(
                        value, "originalPostTicketingServiceAmount", "refundPostTicketingServiceAmounts", decoder))
            }
        } else {
            fare = nil
            try body.forEachObject("refundVouchers") { (value) throws(RecordFault) in
                vouchers.append(try Self.money(value, "estimatedRefundAmount", "refundVouchers", decoder))
            }
        }
        self.services = services
        self.vouchers = vouchers
        if let value = try body.object("serviceFee") {
            fee = try Self.money(value, "transactionFee", "serviceFee", decoder)
        } else {
            fee = nil
        }
    }

    /// The currency of the first part, and whether another part has another.
    private var currency: (first: Currency, isOnly: Bool)? {
        guard let first = fare?.currency ?? services.first?.currency ?? vouchers.first?.currency ?? fee?.currency else {
            return nil
        }
        let isOnly =
            services.allSatisfy { $0.currency == first } && vouchers.allSatisfy { $0.currency == first }
            && (fee == nil || fee?.currency == first)
        return (first, isOnly)
    }

    /// The currency of the parts that count, before anything else of them is judged; several are a fault.
    package static func currency(of body: JSONView, _ decoder: FieldDecoder) throws(RecordFault) -> Currency? {
        var currencies: Set<Currency> = []
        func add(_ part: JSONView) throws(RecordFault) {
            currencies.insert(try needed(try decoder.currency(part.field("currency"), "currency"), "currency"))
        }
        let fare = try body.object("refundFareAmount")
        let fee = try body.object("serviceFee")
        if let fare { try add(fare) }
        try body.forEachObject(fare != nil ? "refundPostTicketingServiceAmounts" : "refundVouchers", add)
        if let fee { try add(fee) }
        guard currencies.count <= 1 else { throw RecordFault(.badCurrency, "the parts are in several currencies") }
        return currencies.first
    }

    private static func part(
        _ value: JSONView, _ original: JSONKey, _ name: StaticString, _ decoder: FieldDecoder
    ) throws(RecordFault) -> Part {
        let currency = try needed(try decoder.currency(value.field("currency"), name), name)
        return Part(
            currency: currency,
            original: try needed(try decoder.amount(value.field(original), original.name, currency), original.name),
            estimatedRefund: try needed(
                try decoder.amount(value.field("estimatedRefundAmount"), "estimatedRefundAmount", currency),
                "estimatedRefundAmount"))
    }

    private static func money(
        _ value: JSONView, _ key: JSONKey, _ name: StaticString, _ decoder: FieldDecoder
    ) throws(RecordFault) -> Money {
        let currency = try needed(try decoder.currency(value.field("currency"), name), name)
        return Money(
            currency: currency, amount: try needed(try decoder.amount(value.field(key), key.name, currency), key.name))
    }
}

extension RefundAmountParts {
    /// The sums that RULES.md, "Evidence", takes from an entry of a query's answer.
    package func queriedAmounts() throws(RecordFault) -> QueriedAmounts {
        var amounts = QueriedAmounts()
        guard let (currency, isOnly) = currency else { return amounts }
        guard isOnly else {
            amounts.hasSeveralCurrencies = true
            return amounts
        }
        amounts.currency = currency
        amounts.fee = fee?.amount
        if let fare {
            let name: StaticString = "refundPostTicketingServiceAmounts"
            var (servicesPaid, servicesBack) = (Amount.zero, Amount.zero)
            for place in services.indices {
                servicesPaid = try Self.inRange(servicesPaid + services[place].original, currency, name)
            }
            for place in services.indices {
                servicesBack = try Self.inRange(servicesBack + services[place].estimatedRefund, currency, name)
            }
            amounts.original = try Self.inRange(fare.original + servicesPaid, currency, "refundFareAmount")
            amounts.refundBeforeFee = try Self.inRange(
                fare.estimatedRefund + servicesBack, currency, "refundFareAmount")
            amounts.farePenalty = fare.original - fare.estimatedRefund
            amounts.ancillaryPenalty = servicesPaid - servicesBack
        } else if !vouchers.isEmpty {
            amounts.refundBeforeFee = try Self.sum(vouchers.map(\.amount), currency, "refundVouchers")
        }
        return amounts
    }

    /// Sets the amounts of an order record that is the answer of a call: the fare paid and its penalty, the ancillaries paid
    /// and theirs, the fee; of a voucher refund, the vouchers' sum.
    package func fill(_ record: inout RefundCase) throws(RecordFault) {
        record.transactionFee = fee?.amount
        guard let fare else {
            guard !vouchers.isEmpty else {
                throw RecordFault(
                    .missingField, "neither refundFareAmount nor refundVouchers have a value", field: "refundFareAmount"
                )
            }
            record.voucherRefundAmount = try Self.sum(vouchers.map(\.amount), record.currency, "refundVouchers")
            return
        }
        let paid = try Self.sum(services.map(\.original), record.currency, "ancillaries")
        let back = try Self.sum(services.map(\.estimatedRefund), record.currency, "ancillaries")
        record.originalTotalFareAmount = fare.original
        record.originalTotalAncillaryAmount = paid
        try record.checkOriginal()
        record.airlinePenaltyAmountForFare = try Self.notNegative(fare.original - fare.estimatedRefund)
        record.airlinePenaltyAmountForAncillaries = try Self.notNegative(paid - back)
    }

    private static func notNegative(_ amount: Amount) throws(RecordFault) -> Amount {
        if amount.isNegative { throw RecordFault(.negativeAmount, "estimatedRefundAmount is over what was paid") }
        return amount
    }

    /// The sum of amounts, within the limits of a stated one.
    private static func sum(
        _ amounts: some Sequence<Amount>, _ currency: Currency, _ name: StaticString
    ) throws(RecordFault) -> Amount {
        var sum = Amount.zero
        for amount in amounts { sum = try inRange(sum + amount, currency, name) }
        return sum
    }

    /// A sum, if it is within the limits of a stated amount. Each amount is at most 10^18 and so is each sum, so the next
    /// step cannot overflow 64 bits.
    private static func inRange(
        _ sum: Amount, _ currency: Currency, _ name: StaticString
    ) throws(RecordFault) -> Amount {
        guard sum.isInRange(for: currency) else {
            throw RecordFault(
                .amountRange,
                "the sum of \(name) is out of range: at most 15 digits before the point and 10^18 minor units")
        }
        return sum
    }
}
