import Core
import TestSupport

/// Makes populations of few distinct values, so that ties, twins and collisions are common.
struct PopulationMaker {
    private var random: Seeded
    private var population: Population
    private let firstDay = CalendarDate(daysSinceEpoch: 20_463)
    /// All that comes, with the night on which it comes first.
    private var orders: [(night: Int, record: OrderRecord)] = []
    private var notifications: [(night: Int, record: NotificationRecord)] = []
    /// Each case that can be asked about, with the first night of its record and what Atlas will say of it.
    private var plans: [AnswerPlan] = []

    init(seed: UInt64) {
        random = Seeded(seed: seed)
        population = Population(seed: seed)
    }

    mutating func make() -> Population {
        var asOf = firstDay
        for _ in 0..<(2 + random.below(5)) {
            population.nights.append(PopulationNight(asOf: asOf))
            asOf = asOf.adding(days: random.once(in: 4) ? 3 : 1)
        }
        for number in 1...(1 + random.below(4)) { addOrder(number) }
        for _ in 0..<random.below(3) { addOrphan() }
        deal()
        for night in population.nights.indices { population.nights[night].answers = answers(on: night) }
        if random.once(in: 4) { population.requeryAfterDays = 1 + random.below(4) }
        addOperator()
        return population
    }

    private func day(_ offset: Int) -> String { firstDay.adding(days: offset).description }

    private mutating func anyNight() -> Int { random.below(population.nights.count) }

    private mutating func night(after night: Int) -> Int? {
        let left = population.nights.count - 1 - night
        return left > 0 ? night + 1 + random.below(left) : nil
    }

    // MARK: Orders

    private mutating func addOrder(_ number: Int) {
        let orderNo = "O\(number)"
        let locator: (airlinePNR: String, carrier: String)? =
            random.once(in: 3) ? ("PNR\(random.once(in: 6) ? 9 : number)", "XX") : nil
        let isKeyedByLocator = locator != nil && random.once(in: 2)
        let firstTerms = terms()
        var finals: [RefundTerms] = []
        for place in 1...(1 + random.pick([0, 0, 0, 1, 1, 2, 3])) {
            let terms = random.once(in: 2) ? firstTerms : terms()
            finals.append(terms)
            let code = random.once(in: 10) ? nil : "R\(random.once(in: 12) ? 1 + random.below(4) : place)"
            var record = record(terms)
            if !isKeyedByLocator || random.once(in: 6) { record["orderNo"] = orderNo }
            record["airlinePNR"] = locator?.airlinePNR
            record["carrier"] = locator?.carrier
            record["refundCode"] = code
            addDeliveries(record, terms, orderNo, isKeyedByLocator: isKeyedByLocator, place)
        }
        for _ in 0..<random.below(4) { addNotification(orderNo, random.pick(finals), finals) }
    }

    private mutating func addDeliveries(
        _ record: OrderRecord, _ terms: RefundTerms, _ orderNo: String, isKeyedByLocator: Bool, _ place: Int
    ) {
        var first = anyNight()
        if random.once(in: 2) { first = 0 }
        deliver(record, terms, first, orderNo)
        var record = record
        if record["refundCode"] == nil, random.once(in: 2) {
            guard let later = night(after: first) else { return }
            record["refundCode"] = "R\(place)"
            first = later
            deliver(record, terms, first, orderNo)
        } else if isKeyedByLocator, record["refundCode"] != nil, record["orderNo"] == nil, random.once(in: 2) {
            var named = record
            named["orderNo"] = orderNo
            if random.once(in: 3) { (named["airlinePNR"], named["carrier"]) = (nil, nil) }
            deliver(named, terms, anyNight(), orderNo)
        }
        while random.once(in: 3), let later = night(after: first) {
            deliver(restated(record), terms, later, orderNo)
            first = later
        }
    }

    private mutating func deliver(_ record: OrderRecord, _ terms: RefundTerms, _ night: Int, _ orderNo: String) {
        orders.append((night, record))
        guard let code = record["refundCode"] else { return }
        plans.append(
            AnswerPlan(
                record: record, refundCode: code, orderNo: record["orderNo"] ?? orderNo, terms: terms,
                firstNight: night))
    }

    private mutating func terms() -> RefundTerms {
        RefundTerms(original: random.pick([10_000, 10_000, 7_000]), penalty: random.pick([1_000, 1_000, 2_000, 0]))
    }

    private mutating func record(_ terms: RefundTerms) -> OrderRecord {
        var record = OrderRecord([
            "currency": random.once(in: 12) ? "EUR" : "USD", "requestedAt": day(-random.pick([1, 5, 9, 40])),
            "transactionFee": "2.00",
        ])
        if random.once(in: 14) {
            record["voucherRefundAmount"] = moneyText(terms.original)
            if random.once(in: 2) { record["expectedRefundDate"] = day(random.below(8) - 2) }
            return record
        }
        record["originalTotalFareAmount"] = moneyText(terms.original)
        switch random.below(8) {
        case 0: record["estimatedRefundAmount"] = moneyText(terms.original - terms.penalty)
        case 1:
            record["airlinePenaltyAmountForFare"] = moneyText(terms.penalty)
            record["airlinePenaltyAmountForAncillaries"] = "0.00"
        default: record["airlinePenaltyAmount"] = moneyText(terms.penalty)
        }
        if random.once(in: 4) { record["originalTotalAmount"] = moneyText(terms.original) }
        if random.once(in: 3) { record["expectedConfirmationDate"] = day(random.below(8) - 2) }
        if random.once(in: 2) { record["expectedRefundDate"] = day(random.below(8) - 2) }
        if random.once(in: 6) { record["paymentMethod"] = random.pick(["vcc", "deposit"]) }
        if random.once(in: 8) { record["isRefundable"] = random.pick(["true", "false"]) }
        if random.once(in: 12) { record["refundQuoteType"] = "CannotQuote" }
        if random.once(in: 8) { record["refundMethod"] = "CashBackToOriginalPayment" }
        return record
    }

    /// The record as it comes again: with fewer values, with more, with another one, or as it was.
    private mutating func restated(_ record: OrderRecord) -> OrderRecord {
        var record = record
        let optional = [
            "expectedConfirmationDate", "expectedRefundDate", "paymentMethod", "isRefundable", "refundMethod",
            "refundQuoteType", "originalTotalAmount",
        ]
        switch random.below(6) {
        case 0, 1:
            for name in optional where random.once(in: 2) { record[name] = nil }
        case 2 where record["voucherRefundAmount"] == nil:
            for (name, value) in [
                ("expectedRefundDate", day(random.below(8) - 2)), ("isRefundable", "false"), ("paymentMethod", "vcc"),
                ("refundMethod", "CashBackToOriginalPayment"),
            ] where record[name] == nil && random.once(in: 2) { record[name] = value }
        case 3 where record["originalTotalFareAmount"] != nil && random.once(in: 2):
            record["originalTotalFareAmount"] = "101.00"
        case 4: record["requestedAt"] = random.once(in: 3) ? day(-2) : record["requestedAt"]
        default: break
        }
        return record
    }

    // MARK: Notifications

    private mutating func addNotification(_ orderNo: String, _ terms: RefundTerms, _ all: [RefundTerms]) {
        var record = NotificationRecord(
            orderNo: orderNo, status: random.pick([2, 2, 2, 5, 4, 6, 0, 1, 3]), original: terms.original,
            penalty: terms.penalty, final: terms.refund + random.pick([0, 0, 0, -800, 100]))
        if all.count > 1, random.once(in: 8) {
            record.original = all.map(\.original).reduce(0, +)
            record.final = all.map(\.refund).reduce(0, +)
        }
        if random.once(in: 14) { record.currency = "EUR" }
        record.givesParts = random.once(in: 5)
        let night = anyNight()
        record.receivedAtSecond = receivedAt(on: night)
        notifications.append((night, record))
        var last = night
        while random.once(in: 2) {
            var again = record
            last = random.once(in: 3) ? last : self.night(after: last) ?? last
            again.receivedAtSecond = random.pick([record.receivedAtSecond, nil, receivedAt(on: last)])
            if random.once(in: 3) { again.final += random.pick([-800, 100, 800]) }
            if random.once(in: 6) { again.status = random.pick([2, 5, 4, 1]) }
            notifications.append((last, again))
        }
        // A sender that does not see that it is heard.
        if random.once(in: 16) {
            for _ in 0..<(4 + random.below(8)) {
                let night = anyNight()
                record.receivedAtSecond = receivedAt(on: night)
                notifications.append((night, record))
            }
        }
    }

    /// Mostly later the later the night; some come out of order.
    private mutating func receivedAt(on night: Int) -> Int? {
        random.once(in: 3) ? nil : (random.once(in: 5) ? 0 : night * 8) + random.below(8)
    }

    private mutating func addOrphan() {
        addNotification("X\(1 + random.below(2))", terms(), [])
    }

    // MARK: Dealing

    /// Gives each night what comes on it: the new lines only, or the whole log so far.
    private mutating func deal() {
        let (areOrdersWhole, areNotificationsWhole) = (random.once(in: 5), random.once(in: 3))
        for night in population.nights.indices {
            population.nights[night].orders = orders.enumerated()
                .filter { areOrdersWhole ? $0.element.night <= night : $0.element.night == night }
                .sorted { ($0.element.night, $0.offset) < ($1.element.night, $1.offset) }.map(\.element.record)
            population.nights[night].notifications = notifications.enumerated()
                .filter { areNotificationsWhole ? $0.element.night <= night : $0.element.night == night }
                .sorted { ($0.element.night, $0.offset) < ($1.element.night, $1.offset) }.map(\.element.record)
        }
    }

    private mutating func answers(on night: Int) -> [AnswerRecord] {
        plans.indices.filter { plans[$0].firstNight <= night }.compactMap { plans[$0].answer(&random) }
    }

    /// What an operator does: nights run again, nights forgotten.
    private mutating func addOperator() {
        var mostAgain = 0
        for night in population.nights.indices {
            mostAgain += 1
            population.nights[night].isInTwoFiles = random.once(in: 4)
            if random.once(in: 8) { population.nights[night].firstRunLacks = random.pick(InputKind.allCases) }
            if random.once(in: 8) { population.nights[night].nightsRunAgain = 1 + random.below(mostAgain) }
            if random.once(in: 8) {
                population.nights[night].forgetsBefore = true
                mostAgain = 1
            }
        }
    }
}

/// The amounts of a refund, in cents.
struct RefundTerms {
    var original: Int
    var penalty: Int
    /// After the fee.
    var refund: Int { original - penalty - 200 }
}
