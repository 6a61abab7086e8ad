import Memory

/// The contents of one input file, for the evidence of a report: the number of records, and their sums.
public struct InputFigures: Sendable, Equatable {
    /// Records, refused ones included; blank lines are none.
    public var records = 0
    /// Of an order file, the original totals of the refunds that were read, dropped duplicates included; of a webhook log,
    /// the final refunds of its webhooks; of a journal, nothing.
    public var sums = CurrencySums()

    public init() {}
}

/// Sums of amounts by currency, of which records have few: they are looked for one by one.
public struct CurrencySums: Sendable, Equatable {
    private struct Sum: Equatable {
        let currency: Currency
        var total = Total()
        /// How many amounts were added; a currency of none is not listed.
        var count = 0
    }

    private var sums: [Sum] = []

    public init() {}

    /// Adds an amount; no value adds nothing, and its currency is listed all the same.
    public mutating func add(_ amount: Amount?, _ currency: Currency) {
        add(Total(amount ?? .zero), currency, count: 1)
    }

    /// Takes an amount out again that was added before.
    public mutating func remove(_ amount: Amount?, _ currency: Currency) {
        add(-Total(amount ?? .zero), currency, count: -1)
    }

    public mutating func add(_ other: CurrencySums) {
        for sum in other.sums { add(sum.total, sum.currency, count: sum.count) }
    }

    private mutating func add(_ total: Total, _ currency: Currency, count: Int) {
        let index = sums.firstIndex { $0.currency == currency } ?? sums.count
        if index == sums.count { sums.append(Sum(currency: currency)) }
        sums[index].total += total
        sums[index].count += count
    }

    public var byCurrency: [Currency: Total] {
        Dictionary(uniqueKeysWithValues: sums.filter { $0.count > 0 }.map { ($0.currency, $0.total) })
    }
}
