import Memory
import Refunds
import TestSupport

/// Makes populations of few distinct values, so that ties, twins and collisions are common.
struct PopulationMaker {
    var random: Seeded
    var population: Population
    let firstDay = CalendarDate(daysSinceEpoch: 20_463)
    /// All that comes, with the night on which it comes first.
    var orders: [(night: Int, record: OrderRecord)] = []
    var webhooks: [(night: Int, record: WebhookRecord)] = []
    /// Each case that can be asked about, with the first night of its record and what Atlas will say of it.
    var plans: [AnswerPlan] = []

    /// What every name of the population begins with: what spreadsheets run, what JSON escapes, what is long.
    let names: String

    init(seed: UInt64) {
        random = Seeded(seed: seed)
        population = Population(seed: seed)
        names =
            random.once(in: 8)
            ? random.pick(["=", "-é", "\"\\", "a,b;", "\u{0}", String(repeating: "N", count: 3000)]) : ""
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
        population.auditsRules = random.once(in: 6)
        addOperator()
        return population
    }

    func day(_ offset: Int) -> String { firstDay.adding(days: offset).description }

    mutating func anyNight() -> Int { random.below(population.nights.count) }

    mutating func night(after night: Int) -> Int? {
        let left = population.nights.count - 1 - night
        return left > 0 ? night + 1 + random.below(left) : nil
    }

    // MARK: Dealing

    /// Gives each night what comes on it: the new lines only, or the whole log so far.
    private mutating func deal() {
        let (areOrdersWhole, areWebhooksWhole) = (random.once(in: 5), random.once(in: 3))
        for night in population.nights.indices {
            population.nights[night].orders = orders.enumerated()
                .filter { areOrdersWhole ? $0.element.night <= night : $0.element.night == night }
                .sorted { ($0.element.night, $0.offset) < ($1.element.night, $1.offset) }.map(\.element.record)
            population.nights[night].webhooks = webhooks.enumerated()
                .filter { areWebhooksWhole ? $0.element.night <= night : $0.element.night == night }
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
