import Memory
import Refunds

/// Thinks up orders, one after the other; each depends on the options and its own number only.
struct Planner {
    let options: GeneratorOptions
    let market: Market
    private let weights: [(Scenario, Int)]
    private let totalWeight: Int

    init(options: GeneratorOptions, market: Market) {
        self.options = options
        self.market = market
        weights = options.profile.weights
        totalWeight = weights.reduce(0) { $0 + $1.1 }
    }

    /// The order of that number, whose first case has that serial number; at most `limit` cases, and at least one.
    func order(_ index: Int, firstSerial: Int, limit: Int) -> OrderPlan {
        var random = SplitMix64(seed: options.seed, stream: UInt64(index))
        let scenario = limit > 1 ? scenario(index, &random) : lastScenario(index, &random)
        let payment = payment(for: scenario, &random)
        let currency = currency(for: scenario, index, &random)
        var first = ordinaryCase(firstSerial, scenario.timing, payment, currency, &random)
        let letters = random.below(26 * 26 * 26 * 26 * 26)
        var plan = OrderPlan(
            number: OrderNumber(letters: letters, day: first.requestedAt, serial: firstSerial),
            pnr: UInt32(truncatingIfNeeded: random.next()) & 0x3FFF_FFFF, carrier: random.below(market.carriers.count),
            cases: [])
        apply(scenario, to: &first, of: &plan, index, &random)
        plan.cases.append(first)
        addFurtherCases(to: &plan, scenario, index, limit, &random)
        for further in plan.cases where further.requestedAt < plan.number.day { plan.number.day = further.requestedAt }
        return plan
    }

    // MARK: Choices

    private func scenario(_ index: Int, _ random: inout SplitMix64) -> Scenario {
        if options.profile == .sample {
            // Each scenario once, spread over the first half, with random cases between them.
            let step = max(1, options.cases / (Scenario.allCases.count * 2))
            if index % step == 0, index / step < Scenario.allCases.count { return Scenario.allCases[index / step] }
        }
        return drawn(&random)
    }

    /// A scenario of one case, where there is room for no more.
    private func lastScenario(_ index: Int, _ random: inout SplitMix64) -> Scenario {
        let scenario = scenario(index, &random)
        return scenario == .twins || scenario == .ambiguous ? .matched : scenario
    }

    private func drawn(_ random: inout SplitMix64) -> Scenario {
        var rest = random.below(totalWeight)
        for (scenario, weight) in weights {
            rest -= weight
            if rest < 0 { return scenario }
        }
        return .matched
    }

    private func payment(for scenario: Scenario, _ random: inout SplitMix64) -> PaymentMethod {
        let isVCC = random.chance(perMille: 280)
        switch scenario {
        case .withdrawn: return .vcc
        case .pendingRefund, .statusConflict: return .deposit
        default: return isVCC ? .vcc : .deposit
        }
    }

    private func currency(for scenario: Scenario, _ index: Int, _ random: inout SplitMix64) -> Int {
        let drawn = market.currency(&random)
        if scenario == .settledInOtherCurrency { return market.usDollar }
        // Even a small sample shows every currency.
        return options.profile == .sample && index % 5 == 0 ? index / 5 % market.currencies.count : drawn
    }

    private func addFurtherCases(
        to plan: inout OrderPlan, _ scenario: Scenario, _ index: Int, _ limit: Int, _ random: inout SplitMix64
    ) {
        switch scenario {
        case .twins:
            var twin = plan.cases[0]
            twin.serial += 1
            twin.passenger += 1
            twin.offer = (random.next(), random.next())
            plan.cases.append(twin)
        case .ambiguous:
            addUnheardCase(to: &plan, &random)
        case .matched:
            guard limit > 1, random.chance(perMille: options.profile.severalCasesPerMille) else { return }
            for _ in 0..<min(limit - 1, 1 + random.below(3)) { addCase(to: &plan, index, &random) }
        default: return
        }
    }

    private func addCase(to plan: inout OrderPlan, _ index: Int, _ random: inout SplitMix64) {
        // In a sample an answer that cannot be used would spoil the other cases of the order too.
        let drawn = options.profile == .sample ? .matched : drawn(&random)
        let scenario = drawn == .twins || drawn == .ambiguous || drawn == .withdrawn ? .matched : drawn
        let first = plan.cases[0]
        var further = ordinaryCase(
            first.serial + plan.cases.count, scenario.timing, first.payment, first.quote.currency, &random)
        further.isKeyedByPNR = first.isKeyedByPNR
        apply(scenario, to: &further, of: &plan, index, &random)
        plan.cases.append(further)
    }

    /// One webhook reports both refunds as one sum, so that it fits neither.
    private func addUnheardCase(to plan: inout OrderPlan, _ random: inout SplitMix64) {
        let first = plan.cases[0]
        var second = ordinaryCase(first.serial + 1, .settled, first.payment, first.quote.currency, &random)
        second.notice.status = nil
        plan.cases[0].notice.breakdown = first.quote.adding(second.quote)
        plan.cases.append(second)
    }
}

extension Planner {
    // MARK: The ordinary case

    /// A case that goes as it should: settled as quoted, or still under way in time.
    func ordinaryCase(
        _ serial: Int, _ timing: Scenario.Timing, _ payment: PaymentMethod, _ currency: Int,
        _ random: inout SplitMix64
    ) -> CasePlan {
        let requestedAt = requestDay(serial, timing, &random)
        let reason: RefundReason = [.voluntary, .voluntary, .voluntary, .involuntary, .void][random.below(5)]
        let quote = quote(currency, reason, &random)
        let status: RefundStatus = payment == .deposit ? .refunded : .fulfillmentDone
        var answer = AnswerPlan(status: status, breakdown: quote)
        answer.givesDates = random.chance(perMille: 700)
        answer.failedBefore = random.chance(perMille: 4)
        var notice = NoticePlan(status: status, breakdown: quote)
        notice.isProgressed = random.chance(perMille: 40)
        return CasePlan(
            serial: serial, offer: (random.next(), random.next()), reason: reason, payment: payment, quote: quote,
            requestedAt: requestedAt, confirmation: requestedAt.adding(days: 10 + random.below(6)),
            refundDate: requestedAt.adding(days: 40 + random.below(21)), passenger: random.below(256),
            answer: answer, notice: notice)
    }

    /// Settled cases go through five months in the order of the file, as an export does; the open ones are as old as
    /// their timing needs, with 10…15 days promised for the confirmation and 40…60 for the refund.
    private func requestDay(_ serial: Int, _ timing: Scenario.Timing, _ random: inout SplitMix64) -> CalendarDate {
        let daysAgo =
            switch timing {
            case .settled: 145 - serial % max(1, options.cases) * 110 / max(1, options.cases) - random.below(10)
            case .awaitingConfirmation: random.number(0...9)
            case .awaitingRefund: random.number(17...35)
            case .lateConfirmation: random.number(17...39)
            case .lateRefund: random.number(65...120)
            }
        return options.asOf.adding(days: -daysAgo)
    }

    private func quote(_ currency: Int, _ reason: RefundReason, _ random: inout SplitMix64) -> Breakdown {
        let terms = market.currencies[currency]
        func rounded(_ units: Int) -> Int { units / terms.step * terms.step }
        // Two draws, so that cheap tickets are the common ones.
        let width = terms.fares.count
        let fare = rounded(terms.fares.lowerBound + random.below(width) * random.below(1000) / 1000)
        let ancillaries = random.chance(perMille: 400) ? rounded(fare * random.number(5...25) / 100) : 0
        // At most 70 % is kept, so that the refund is always more than the fee.
        let isPenalised = reason == .voluntary && random.chance(perMille: 700)
        let farePenalty = isPenalised ? rounded(fare * random.number(5...70) / 100) : 0
        let ancillaryPenalty = isPenalised && random.chance(perMille: 400) ? rounded(ancillaries * 2 / 3) : 0
        let fee = terms.fees[random.below(terms.fees.count)]
        return Breakdown(
            currency: currency, fare: Amount(fare), ancillaries: Amount(ancillaries), farePenalty: Amount(farePenalty),
            ancillaryPenalty: Amount(ancillaryPenalty), fee: Amount(fee))
    }
}

extension Amount {
    init(_ minorUnits: Int) { self.init(minorUnits: Int64(minorUnits)) }

    static prefix func - (amount: Amount) -> Amount { Amount(minorUnits: -amount.minorUnits) }
}

extension Breakdown {
    /// Both sums, with one fee.
    func adding(_ other: Breakdown) -> Breakdown {
        Breakdown(
            currency: currency, fare: fare + other.fare, ancillaries: ancillaries + other.ancillaries,
            farePenalty: farePenalty + other.farePenalty, ancillaryPenalty: ancillaryPenalty + other.ancillaryPenalty,
            fee: fee)
    }

    /// A percentage of the amounts, each part rounded down, in another currency with the same number of minor digits.
    func converted(to currency: Int, hundredths: Int64) -> Breakdown {
        func convert(_ amount: Amount) -> Amount { Amount(minorUnits: amount.minorUnits * hundredths / 100) }
        return Breakdown(
            currency: currency, fare: convert(fare), ancillaries: convert(ancillaries),
            farePenalty: convert(farePenalty), ancillaryPenalty: convert(ancillaryPenalty), fee: convert(fee))
    }
}
