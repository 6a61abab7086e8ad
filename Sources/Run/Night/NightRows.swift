import Core
import JSON
import Report
import State

/// What the rows of a report, or of a part of it, mean for the nights to come. Parts merge in the report's order.
struct NightRows: Sendable {
    /// What is open, by the places of its rows.
    private(set) var items: [(row: Int, item: OpenItem)] = []
    /// The breaks, and the items that a person closed, by the places of their rows.
    private(set) var breaks: [(row: Int, examined: ExaminedBreak)] = []
    /// The items' sums, added up row by row.
    private(set) var balance = OpenBalance()
    private var cases: [CaseMark] = []
    /// The places of rows with an item or a break that are no case's, by order number, and those without one.
    private(set) var others: [Text: [Int]] = [:]
    private(set) var withoutOrderNo: [Int] = []
    /// Open items that a person has closed.
    private(set) var closedByDecision: [OpenItem] = []

    fileprivate mutating func add(_ row: ResultRow, item: OpenItem?, _ examined: ExaminedBreak?) throws(Total.Overflow)
    {
        if row.rowType == .case {
            cases.append(CaseMark(isVerifiedEnd: row.isVerifiedEnd, isOpen: item != nil || examined != nil))
        }
        if let item {
            items.append((row.ordinal, item))
            try balance.add(row.rowType, item.currency, item.amount)
        }
        if let examined { breaks.append((row.ordinal, examined)) }
        if row.rowType != .case, item != nil || examined?.stays == true {
            if let orderNo = row.orderNo {
                others[orderNo, default: []].append(row.ordinal)
            } else {
                withoutOrderNo.append(row.ordinal)
            }
        }
    }

    fileprivate mutating func close(_ item: OpenItem) { closedByDecision.append(item) }

    mutating func merge(_ next: NightRows) throws(Total.Overflow) {
        items += next.items
        breaks += next.breaks
        try balance.merge(next.balance)
        cases += next.cases
        others.merge(next.others) { $0 + $1 }
        withoutOrderNo += next.withoutOrderNo
        closedByDecision += next.closedByDecision
    }

    // MARK: By row

    func item(ofRow row: Int) -> OpenItem? { Self.place(of: row, in: items) { $0.row }.map { items[$0].item } }

    /// The break of a row, if it is followed on the nights to come.
    func breakRecord(ofRow row: Int) -> BreakRecord? {
        guard let place = Self.place(of: row, in: breaks, { $0.row }), breaks[place].examined.stays else { return nil }
        return breaks[place].examined.record
    }

    /// Throws if two rows have one id: what was decided about one would be decided about the other.
    ///
    /// - Parameter name: names a row by its place.
    func checkIds(_ name: (Int) -> String) throws(RunFailure) {
        var rows: [BreakId: Int] = Dictionary(minimumCapacity: items.count + breaks.count)
        func add(_ id: BreakId, _ row: Int) throws(RunFailure) {
            guard let first = rows.updateValue(row, forKey: id), first != row else { return }
            throw RunFailure(
                .internalCheck,
                "two rows have the break id \(id): \(name(min(first, row))), and \(name(max(first, row)))")
        }
        for (row, item) in items { try add(item.id, row) }
        for (row, examined) in breaks { try add(examined.record.id, row) }
    }

    /// Whether Atlas itself says of a case that the refund has come to its end, and nothing contradicts it.
    func isVerifiedEnd(_ index: Int) -> Bool { cases[index].isVerifiedEnd }

    /// Whether a case may have an item or a break.
    func isOpen(_ index: Int) -> Bool { cases[index].isOpen }

    /// What is asked of every case.
    private struct CaseMark {
        let isVerifiedEnd: Bool
        let isOpen: Bool
    }

    private static func place<Element>(of row: Int, in rows: [Element], _ place: (Element) -> Int) -> Int? {
        var (low, high) = (0, rows.count)
        while low < high {
            let middle = (low + high) / 2
            if place(rows[middle]) < row { low = middle + 1 } else { high = middle }
        }
        return low < rows.count && place(rows[low]) == row ? low : nil
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

extension ResultRow {
    /// The row as a message names it: `case, order ORD1, refund RC-1, orders.csv:2`.
    func named(_ fileNames: [String]) -> String {
        let parts: [String?] = [
            rowType.rawValue, orderNo.map { "order \($0)" }, airlinePNR.map { "PNR \($0)" },
            refundCode.map { "refund \($0)" }, source.text(fileNames),
        ]
        return VisibleText.escaped(parts.compactMap { $0 }.joined(separator: ", "))
    }
}

/// Reads the rows of a report for what the nights to come need of them.
struct NightReader: Sendable {
    let night: NightOpened
    /// The key of a case's record, by its row's place in the report.
    let caseKey: @Sendable (Int) -> CaseKey?
    let asOf: CalendarDate
    /// When each item became open, by id.
    private let openSince: [BreakId: CalendarDate]

    init(
        _ night: NightOpened, asOf: CalendarDate, caseKey: @escaping @Sendable (Int) -> CaseKey?
    ) {
        self.night = night
        self.asOf = asOf
        self.caseKey = caseKey
        openSince = Dictionary((night.opening?.items ?? []).map { ($0.id, $0.since) }) { min($0, $1) }
    }

    func key(_ row: ResultRow) -> RowKey { RowKey(row, caseKey: row.rowType == .case ? caseKey(row.ordinal) : nil) }

    /// - Parameter row: with its mark.
    func add(_ row: ResultRow, to rows: inout NightRows) throws(Total.Overflow) {
        guard let mark = row.night, row.isOutstanding || row.isException else {
            return try rows.add(row, item: nil, nil)
        }
        let key = key(row)
        var item: OpenItem?
        if row.isOutstanding, let currency = row.currency {
            item = OpenItem(
                id: mark.id, key: key, currency: currency, amount: row.openAmount, outcome: row.outcome,
                since: openSince[mark.id] ?? asOf)
        }
        if mark.standing == .closed, let closed = item {
            rows.close(closed)
            item = nil
        }
        var examined: ExaminedBreak?
        if let standing = mark.standing, standing != .resolved {
            let ledger = night.ledger
            let record = BreakRecord(
                id: mark.id, key: key, currency: row.currency, outcome: row.outcome,
                exceptions: row.exceptions, amounts: mark.amounts,
                since: ledger.since(mark.id), nights: ledger.nights(mark.id), examined: asOf,
                formerIds: ledger.formerIds(of: mark.id))
            examined = ExaminedBreak(record, standing)
        }
        try rows.add(row, item: item, examined)
    }
}
