import Memory
import Refunds

/// SplitMix64: the same seed, the same numbers, on every machine.
struct Seeded {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// True once in so many times.
    mutating func once(in times: Int) -> Bool { below(times) == 0 }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    mutating func shuffle<Element>(_ elements: [Element]) -> [Element] {
        var elements = elements
        for index in elements.indices.reversed() where index > 0 { elements.swapAt(index, below(index + 1)) }
        return elements
    }
}

/// Small populations of few distinct values, so that ties and collisions are common.
struct RandomPopulation {
    var random: Seeded
    /// Whether an answer about a case keyed by PNR may speak of several orders.
    var crossesOrders = true

    private static let orders: [Text] = ["O1", "O2", "O3"]
    private static let codes: [Text] = ["R1", "R10", "R2", "r"]
    private static let statuses: [RefundStatus] = [
        .refunded, .refunded, .refunded, .fulfillmentDone, .rejected, .withdrew, .airlineRefunding, .airlineProcessing,
        .atlasProcessing,
    ]
    private var number: Int32 = 0

    init(seed: UInt64) { random = Seeded(seed) }

    mutating func scenario() -> Scenario {
        var scenario = Scenario(cases: [], answers: [], webhooks: [], asOf: date("2026-02-01"))
        scenario.tolerances = Tolerances([usd: money(1)])
        var keys: Set<RefundIdentity> = []
        for _ in 0..<(1 + random.below(5)) {
            let built = refundCase()
            if keys.insert(built.identity.lookupKey).inserted { scenario.cases.append(built) }
        }
        scenario.answers = scenario.cases.map { answer(about: $0) }
        for _ in 0..<random.below(9) {
            let isAgain = random.once(in: 4) && !scenario.webhooks.isEmpty
            scenario.webhooks.append(
                isAgain ? again(random.pick(scenario.webhooks)) : webhook())
        }
        return scenario
    }

    private mutating func next() -> Int32 {
        number += 1
        return number
    }

    private mutating func maybe(_ value: Int64, in times: Int = 2) -> Amount? {
        random.once(in: times) ? money(value) : nil
    }

    private mutating func original() -> Int64 { random.pick([20, 20, 20, 21, 22]) }
    private mutating func penalty() -> Int64 { random.pick([0, 5, 5, 6, 7]) }
    private mutating func fee() -> Int64 { random.pick([2, 2, 3, 4]) }
    private mutating func anyCurrency() -> Currency { random.once(in: 6) ? jpy : usd }
    private mutating func day() -> CalendarDate? {
        random.pick([nil, date("2026-01-31"), date("2026-02-01"), date("2026-02-02")])
    }

    // MARK: Records

    private mutating func refundCase() -> RefundCase {
        var built = RefundCase(
            currency: anyCurrency(), requestedAt: date("2026-01-01").adding(days: random.below(130) - 95),
            source: SourceLine(file: 0, line: next()))
        if random.once(in: 5) {
            built.airlinePNR = random.pick(["P1", "P2"])
            built.carrier = "FR"
        } else {
            built.orderNo = random.pick(Self.orders)
        }
        built.refundCode = random.once(in: 8) ? nil : random.pick(Self.codes)
        built.paymentMethod = random.pick([nil, .deposit, .vcc])
        built.transactionFee = money(fee())
        amounts(&built)
        built.isRefundable = random.pick([nil, nil, true, false])
        built.refundMethod = random.pick([nil, nil, .cashBackToOriginalPayment, .voucher])
        built.expectedConfirmationDate = day()
        built.expectedRefundDate = day()
        built.hasConflict = random.once(in: 10)
        built.droppedDuplicates = random.once(in: 10) ? 1 : 0
        return built
    }

    private mutating func amounts(_ built: inout RefundCase) {
        if random.once(in: 10) {
            built.voucherRefundAmount = money(15)
            return
        }
        let (total, lost) = (original(), penalty())
        built.originalTotalFareAmount = money(total - 2)
        built.originalTotalAncillaryAmount = money(2)
        if random.once(in: 4) { built.originalTotalFareAmount = money(total) }
        if random.once(in: 4) { built.originalTotalAncillaryAmount = nil }
        built.originalTotalAmount = maybe(total)
        if random.once(in: 8) {
            built.refundQuoteType = .cannotQuote
            if random.once(in: 2) { built.transactionFee = nil }
            built.airlinePenaltyAmount = maybe(lost)
        } else {
            built.airlinePenaltyAmount = money(lost)
            if random.once(in: 3) { built.airlinePenaltyAmount = nil }
        }
        built.airlinePenaltyAmountForFare = maybe(lost, in: 3)
        built.airlinePenaltyAmountForAncillaries = maybe(random.pick([0, 0, 1]), in: 3)
        built.estimatedRefundAmount = maybe(total - lost)
        let parts = [built.airlinePenaltyAmountForFare, built.airlinePenaltyAmountForAncillaries]
        if built.airlinePenaltyAmount == nil, parts == [nil, nil], !built.isCannotQuote {
            built.estimatedRefundAmount = money(total - lost)
        }
    }

    private mutating func answer(about refundCase: RefundCase) -> StatusAnswer? {
        guard let code = refundCase.refundCode else { return nil }
        let place = SourceLine(file: 2, line: next())
        if random.once(in: 6) {
            return random.once(in: 3)
                ? nil : StatusAnswer(outcome: .failed("timeout"), queriedAt: nil, source: place)
        }
        let order = random.pick(Self.orders)
        var entries: [RefundOrderEntry] = []
        for _ in 0..<random.below(4) {
            var orderNo = refundCase.orderNo ?? (crossesOrders ? random.pick(Self.orders) : order)
            if refundCase.orderNo != nil, random.once(in: 10) { orderNo = "" }
            entries.append(
                entry(orderNo.isEmpty ? nil : orderNo, random.once(in: 2) ? code : random.pick(Self.codes)))
        }
        return StatusAnswer(outcome: .ok(RefundOrderEntries(entries)), queriedAt: Text("t\(place.line)"), source: place)
    }

    private mutating func entry(_ orderNo: Text?, _ code: Text) -> RefundOrderEntry {
        var amounts = QueriedAmounts()
        if random.once(in: 8) {
            amounts.hasSeveralCurrencies = random.once(in: 2)
        } else {
            amounts.currency = anyCurrency()
            amounts.fee = random.once(in: 10) ? nil : money(fee())
            if random.once(in: 8) {
                amounts.refundBeforeFee = maybe(15)
            } else {
                let (total, lost) = (original(), penalty())
                amounts.original = money(total)
                amounts.refundBeforeFee = money(total - lost)
                amounts.farePenalty = money(lost)
                amounts.ancillaryPenalty = .zero
            }
        }
        var built = RefundOrderEntry(
            orderNo: orderNo, refundCode: code, refundStatus: random.pick(Self.statuses),
            isVoucher: random.once(in: 8), amounts: amounts)
        built.expectedConfirmationDate = random.once(in: 2) ? nil : day()
        built.expectedRefundDate = random.once(in: 2) ? nil : day()
        built.cancelReason = random.pick([nil, "why"])
        return built
    }

    /// A redelivery, sometimes with one value revised.
    private mutating func again(_ earlier: Webhook) -> Webhook {
        var built = earlier
        built.source = SourceLine(file: Int32(1 + random.below(2)), line: next())
        built.receivedAt = random.pick([nil, earlier.receivedAt, Instant(secondsSinceEpoch: 2)])
        if random.once(in: 3) { built.finalRefundAmount = built.finalRefundAmount + money(1) }
        return built
    }

    private mutating func webhook() -> Webhook {
        let (total, lost, kept) = (original(), penalty(), fee())
        var built = Webhook(
            orderNo: random.once(in: 12) ? "O9" : random.pick(Self.orders), refundStatus: random.pick(Self.statuses),
            currency: anyCurrency(), originalTotalAmount: money(total), airlinePenaltyAmount: money(lost),
            finalRefundAmount: money(total - lost - kept + random.pick([0, 0, 0, 1, -2])),
            transactionFee: money(kept), source: SourceLine(file: Int32(1 + random.below(2)), line: next()))
        built.originalTotalFare = maybe(total, in: 4)
        built.originalTotalAncillaryAmount = maybe(0, in: 4)
        built.airlinePenaltyAmountForFare = maybe(lost, in: 4)
        built.airlinePenaltyAmountForAncillaries = maybe(random.pick([0, 0, 1]), in: 4)
        if random.once(in: 2) {
            built.receivedAt = Instant(
                secondsSinceEpoch: Int64(random.below(2)), nanoseconds: Int32(random.below(2)))
        }
        return built
    }
}
