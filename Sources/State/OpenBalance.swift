import Core

/// Open items, counted and added up by kind and currency.
public struct OpenBalance: Sendable, Equatable {
    /// Cases or orphan webhooks of one currency; an orphan always has one, and so has a case.
    public struct Key: Sendable, Hashable, Comparable {
        public let rowType: RowType
        public let currency: Currency

        public init(rowType: RowType, currency: Currency) {
            self.rowType = rowType
            self.currency = currency
        }

        public static func < (left: Key, right: Key) -> Bool {
            left.rowType == right.rowType
                ? left.currency < right.currency : left.rowType == .case && right.rowType != .case
        }
    }

    public struct Sum: Sendable, Equatable {
        public var count = 0
        /// Of the items whose amount is known.
        public var amount = Total()
        /// Items whose amount is not known; they are in the count.
        public var withoutAmount = 0

        public init() {}

        public init(count: Int, amount: Total, withoutAmount: Int) {
            self.count = count
            self.amount = amount
            self.withoutAmount = withoutAmount
        }
    }

    public private(set) var sums: [Key: Sum] = [:]

    public init() {}

    public init(_ sums: [Key: Sum]) { self.sums = sums }

    public subscript(key: Key) -> Sum { sums[key] ?? Sum() }

    public mutating func add(_ rowType: RowType, _ currency: Currency, _ amount: Amount?) throws(Total.Overflow) {
        var sum = self[Key(rowType: rowType, currency: currency)]
        sum.count += 1
        if let amount { try sum.amount.add(amount) } else { sum.withoutAmount += 1 }
        sums[Key(rowType: rowType, currency: currency)] = sum
    }

    /// Adds another part's sums.
    public mutating func merge(_ other: OpenBalance) throws(Total.Overflow) {
        for (key, added) in other.sums {
            var sum = self[key]
            sum.count += added.count
            try sum.amount.add(added.amount)
            sum.withoutAmount += added.withoutAmount
            sums[key] = sum
        }
    }

    public init(_ items: some Sequence<OpenItem>) throws(Total.Overflow) {
        for item in items { try add(item.key.rowType, item.currency, item.amount) }
    }
}

/// opening + new − cleared = closing, by count and by amount, in each currency.
public struct RollForward: Sendable, Equatable {
    public let opening: OpenBalance
    public let new: OpenBalance
    public let cleared: OpenBalance
    public let closing: OpenBalance
    /// Items that were open and are, but for another amount or currency; they stand in both `cleared` and `new`.
    public let restated: Int

    /// - Parameters:
    ///   - opening: the items with which the last night closed.
    ///   - openingBalance: what that night said they come to.
    ///   - closing: the items that are open tonight.
    ///   - closingBalance: what the rows of tonight's report come to.
    public init(
        opening: [OpenItem], openingBalance: OpenBalance, closing: [OpenItem], closingBalance: OpenBalance
    ) throws(Total.Overflow) {
        let after = Dictionary(closing.map { ($0.id, $0) }) { first, _ in first }
        // Two that were open can prove to be one.
        var kept: Set<BreakId> = []
        let gone = opening.filter { item in
            guard let now = after[item.id], now.currency == item.currency, now.amount == item.amount else {
                return true
            }
            return !kept.insert(item.id).inserted
        }
        let appeared = closing.filter { !kept.contains($0.id) }
        let before = Set(opening.lazy.map(\.id))
        self.opening = openingBalance
        new = try OpenBalance(appeared)
        cleared = try OpenBalance(gone)
        self.closing = closingBalance
        restated = appeared.count { before.contains($0.id) }
    }

    /// Every kind and currency in it, in order.
    public var keys: [OpenBalance.Key] {
        Set([opening, new, cleared, closing].flatMap { $0.sums.keys }).sorted()
    }

    /// What does not balance, in words; empty if everything does.
    public var imbalances: [String] {
        keys.filter { key in
            let (opening, new, cleared, closing) = (opening[key], new[key], cleared[key], closing[key])
            return opening.count + new.count - cleared.count != closing.count
                || opening.withoutAmount + new.withoutAmount - cleared.withoutAmount != closing.withoutAmount
                || opening.amount.minorUnits + new.amount.minorUnits
                    != closing.amount.minorUnits + cleared.amount.minorUnits
        }
        .map { "\($0.rowType) \($0.currency): opening + new − cleared ≠ closing" }
    }
}
