/// What one input file holds, for the evidence of a report: how many records, and what they add up to.
public struct InputFigures: Sendable, Equatable {
    /// Records, refused ones included; blank lines are none.
    public var records = 0
    /// Of an order file, the original totals of the refunds that were read, dropped duplicates included; of a webhook log,
    /// the final refunds of its notifications; of a journal, nothing.
    public var sums = CurrencySums()

    public init() {}
}

/// Sums of amounts by currency, of which records have few: they are looked for one by one.
public struct CurrencySums: Sendable, Equatable {
    private var currencies: [Currency] = []
    private var totals: [Total] = []

    public init() {}

    /// Adds an amount; no value adds nothing.
    public mutating func add(_ amount: Amount?, _ currency: Currency) throws(Total.Overflow) {
        if let amount { try add(Total(minorUnits: Int128(amount.minorUnits)), currency) }
    }

    public mutating func add(_ other: CurrencySums) throws(Total.Overflow) {
        for (currency, total) in other.byCurrency { try add(total, currency) }
    }

    private mutating func add(_ total: Total, _ currency: Currency) throws(Total.Overflow) {
        guard let place = currencies.firstIndex(of: currency) else {
            currencies.append(currency)
            totals.append(total)
            return
        }
        try totals[place].add(total)
    }

    public var byCurrency: [Currency: Total] { Dictionary(uniqueKeysWithValues: zip(currencies, totals)) }
}
