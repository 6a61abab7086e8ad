import Memory
import Refunds

/// Open items, counted and added up by kind and currency.
package struct OpenBalance: Sendable, Equatable {
    /// Cases or orphan webhooks of one currency; an orphan always has one, and so has a case.
    package struct Key: Sendable, Hashable, Comparable {
        package let rowType: RowType
        package let currency: Currency

        package init(rowType: RowType, currency: Currency) {
            self.rowType = rowType
            self.currency = currency
        }

        package static func < (left: Key, right: Key) -> Bool {
            left.rowType == right.rowType
                ? left.currency < right.currency : left.rowType == .case && right.rowType != .case
        }
    }

    package struct Sum: Sendable, Equatable {
        package var count = 0
        /// Of the items whose amount is known.
        package var amount = Total()
        /// Items whose amount is not known; they are in the count.
        package var withoutAmount = 0

        package init() {}

        package init(count: Int, amount: Total, withoutAmount: Int) {
            self.count = count
            self.amount = amount
            self.withoutAmount = withoutAmount
        }

        mutating func add(_ amount: Amount?) {
            count += 1
            if let amount { self.amount += amount } else { withoutAmount += 1 }
        }
    }

    package private(set) var sums: [Key: Sum] = [:]

    package init() {}

    package init(_ sums: [Key: Sum]) { self.sums = sums }

    package subscript(key: Key) -> Sum { sums[key] ?? Sum() }

    package mutating func add(_ item: OpenItem) {
        sums[Key(rowType: item.key.rowType, currency: item.currency), default: Sum()].add(item.amount)
    }

    /// Adds another part's sums.
    package mutating func merge(_ other: OpenBalance) {
        for (key, added) in other.sums {
            var sum = self[key]
            sum.count += added.count
            sum.amount += added.amount
            sum.withoutAmount += added.withoutAmount
            sums[key] = sum
        }
    }

    package init(_ items: some Sequence<OpenItem>) {
        for item in items { add(item) }
    }
}

/// opening + new − cleared = closing, by count and by amount, in each currency.
package struct RollForward: Sendable, Equatable {
    package let opening: OpenBalance
    package let new: OpenBalance
    package let cleared: OpenBalance
    package let closing: OpenBalance
    /// Items that are still open with another amount or currency; they are in both `cleared` and `new`.
    package let restated: Int

    /// - Parameters:
    ///   - opening: the items with which the last night closed.
    ///   - openingBalance: their sums by that night.
    ///   - closing: the items that are open tonight.
    ///   - closingBalance: the sums of the rows of tonight's report.
    package init(
        opening: [OpenItem], openingBalance: OpenBalance, closing: [OpenItem], closingBalance: OpenBalance
    ) {
        var (new, cleared) = (OpenBalance(), OpenBalance())
        var restated = 0
        // Two that were open can prove to be one: then several have one id.
        IdOrder.forEachID(opening.idOrder, opening, closing.idOrder, closing) { before, after in
            var isKept = false
            for place in before {
                let (item, now) = (opening[Int(place)], after.first.map { closing[Int($0)] })
                if !isKept, let now, now.currency == item.currency, now.amount == item.amount {
                    isKept = true
                } else {
                    cleared.add(item)
                }
            }
            if isKept { return }
            for place in after { new.add(closing[Int(place)]) }
            if !before.isEmpty { restated += after.count }
        }
        self.opening = openingBalance
        self.new = new
        self.cleared = cleared
        self.closing = closingBalance
        self.restated = restated
    }

    /// Every kind and currency in it, in order.
    package var keys: [OpenBalance.Key] {
        Set([opening, new, cleared, closing].flatMap { $0.sums.keys }).sorted()
    }

    /// The imbalances, in words; empty if everything balances.
    package var imbalances: [String] {
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
