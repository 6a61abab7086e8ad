import Memory
import Refunds
import Rules

/// The breaks and open items of a report's rows, or of a part of them, for the nights to come. Parts merge in the report's order.
package struct NightRows: Sendable {
    /// The open items, and the places of their rows.
    package private(set) var items: [OpenItem] = []
    private var itemRows: [Int32] = []
    /// The breaks, and the items that a person closed, and the places of their rows.
    package private(set) var breaks: [ExaminedBreak] = []
    private var breakRows: [Int32] = []
    /// The items' sums, added up row by row.
    package private(set) var balance = OpenBalance()
    private var cases: [CaseMark] = []
    /// The places of rows with an item or a break that are no case's, by order number, and those without one.
    package private(set) var others: [Text: [Int]] = [:]
    private(set) var withoutOrderNo: [Int] = []
    /// Open items that a person has closed.
    package private(set) var closedByDecision: [OpenItem] = []

    package init() {}

    fileprivate mutating func add(_ row: ResultRow, item: OpenItem?, _ examined: ExaminedBreak?) {
        if row.rowType == .case {
            cases.append(CaseMark(isVerifiedEnd: row.isVerifiedEnd, isOpen: item != nil || examined != nil))
        }
        if let item {
            items.append(item)
            itemRows.append(Int32(row.ordinal))
            balance.add(item)
        }
        if let examined {
            breaks.append(examined)
            breakRows.append(Int32(row.ordinal))
        }
        if row.rowType != .case, item != nil || examined?.stays == true {
            if let orderNo = row.orderNo {
                others[orderNo, default: []].append(row.ordinal)
            } else {
                withoutOrderNo.append(row.ordinal)
            }
        }
    }

    fileprivate mutating func close(_ item: OpenItem) { closedByDecision.append(item) }

    package mutating func merge(_ next: NightRows) {
        items += next.items
        itemRows += next.itemRows
        breaks += next.breaks
        breakRows += next.breakRows
        balance.merge(next.balance)
        cases += next.cases
        others.merge(next.others) { $0 + $1 }
        withoutOrderNo += next.withoutOrderNo
        closedByDecision += next.closedByDecision
    }

    // MARK: By row

    package func item(ofRow row: Int) -> OpenItem? { Self.place(of: row, in: itemRows).map { items[$0] } }

    /// The break of a row, if it is followed on the nights to come.
    package func breakRecord(ofRow row: Int) -> BreakRecord? {
        guard let place = Self.place(of: row, in: breakRows), breaks[place].stays else { return nil }
        return breaks[place].record
    }

    /// Throws if two rows have one id: a decision about one would count for the other.
    ///
    /// - Parameter name: names a row by its place.
    package func checkIDs(_ name: (Int) -> String) throws(NightError) {
        func id(_ place: Int) -> BreakID {
            place < items.count ? items[place].id : breaks[place - items.count].record.id
        }
        func row(_ place: Int) -> Int { Int(place < items.count ? itemRows[place] : breakRows[place - items.count]) }
        let places = IdOrder(count: items.count + breaks.count, id: id).places
        for (one, other) in zip(places, places.dropFirst()) where id(Int(one)) == id(Int(other)) {
            // An item can be a break too.
            let (first, second) = (row(Int(one)), row(Int(other)))
            if first == second { continue }
            throw .failedCheck(
                "two rows have the break id \(id(Int(one))): \(name(min(first, second))), and \(name(max(first, second)))"
            )
        }
    }

    /// Whether Atlas itself says of a case that the refund has come to its end, and nothing contradicts it.
    package func isVerifiedEnd(_ index: Int) -> Bool { cases[index].isVerifiedEnd }

    /// Whether a case may have an item or a break.
    package func isOpen(_ index: Int) -> Bool { cases[index].isOpen }

    /// The checks of every case.
    private struct CaseMark {
        let isVerifiedEnd: Bool
        let isOpen: Bool
    }

    /// Where a row is in a list of rows in the report's order.
    private static func place(of row: Int, in rows: [Int32]) -> Int? {
        var (low, high) = (0, rows.count)
        while low < high {
            let middle = (low + high) / 2
            if rows[middle] < row { low = middle + 1 } else { high = middle }
        }
        return low < rows.count && rows[low] == row ? low : nil
    }
}

extension ResultRow {
    /// Whether Atlas itself says that the refund has come to its end, and nothing contradicts it.
    fileprivate var isVerifiedEnd: Bool {
        statusSource == .query && status?.isTerminal == true && !exceptions.contains(.statusConflict)
            && !exceptions.contains(.sourceAmountConflict)
    }

    /// The amount at stake while it is open: the expected refund; of an orphan its final refund.
    fileprivate var openAmount: Amount? { rowType == .case ? expected?.refund : final?.refund }
}

extension RowReader {
    /// Adds a row's break and open item.
    ///
    /// - Parameter row: with its mark.
    package func add(_ row: ResultRow, to rows: inout NightRows) {
        guard let mark = row.night, row.isOutstanding || row.isBreak else {
            return rows.add(row, item: nil, nil)
        }
        let key = night.key(row)
        var item: OpenItem?
        if row.isOutstanding, let currency = row.currency {
            item = OpenItem(
                id: mark.id, key: key, currency: currency, amount: row.openAmount, outcome: row.outcome,
                since: night.opened.items[mark.id]?.since ?? night.asOf)
        }
        if mark.standing == .closed, let closed = item {
            rows.close(closed)
            item = nil
        }
        var examined: ExaminedBreak?
        if let standing = mark.standing, standing != .resolved {
            let known = ledger.known(mark.id)
            let record = BreakRecord(
                id: mark.id, key: key, currency: row.currency, outcome: row.outcome, exceptions: row.exceptions,
                amounts: mark.amounts, since: ledger.since(known), nights: ledger.nights(known),
                examined: night.asOf, formerIDs: ledger.formerIDs(of: mark.id))
            examined = ExaminedBreak(record, standing)
        }
        rows.add(row, item: item, examined)
    }
}
