import Core
import JSON
import Report
import State

/// What the rows of a report, or of a part of it, mean for the nights to come. Parts merge in the report's order.
struct NightRows: Sendable {
    /// What is open, by the places of its rows.
    private(set) var items: [(row: Int, item: OpenItem)] = []
    private(set) var breaks: [(row: Int, record: BreakRecord)] = []
    /// The items' sums, added up row by row.
    private(set) var balance = OpenBalance()
    /// By case, whether Atlas itself says that the refund has come to its end, and nothing contradicts it.
    private var verifiedEnds: [Bool] = []
    /// The places of rows with an item or a break that are no case's, by order number, and those without one.
    private(set) var others: [Text: [Int]] = [:]
    private(set) var withoutOrderNo: [Int] = []
    /// Open items that a person has closed.
    private(set) var closedByDecision: [OpenItem] = []

    fileprivate mutating func add(_ row: ResultRow, item: OpenItem?, _ record: BreakRecord?) throws(Total.Overflow) {
        if row.rowType == .case { verifiedEnds.append(row.isVerifiedEnd) }
        if let item {
            items.append((row.ordinal, item))
            try balance.add(row.rowType, item.currency, item.amount)
        }
        if let record { breaks.append((row.ordinal, record)) }
        if row.rowType != .case, item != nil || record != nil {
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
        verifiedEnds += next.verifiedEnds
        others.merge(next.others) { $0 + $1 }
        withoutOrderNo += next.withoutOrderNo
        closedByDecision += next.closedByDecision
    }

    // MARK: By row

    func item(ofRow row: Int) -> OpenItem? { Self.place(of: row, in: items) { $0.row }.map { items[$0].item } }

    func breakRecord(ofRow row: Int) -> BreakRecord? {
        Self.place(of: row, in: breaks) { $0.row }.map { breaks[$0].record }
    }

    func isVerifiedEnd(_ index: Int) -> Bool { verifiedEnds[index] }

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

    /// Whether something is still to come: of a case its end, of an orphan its case.
    fileprivate var isOpenItem: Bool { outcome?.isOutstanding == true || rowType == .orphanWebhook }
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
        _ night: NightOpened, asOf: CalendarDate, renamed: RenamedIds,
        caseKey: @escaping @Sendable (Int) -> CaseKey?
    ) {
        self.night = night
        self.asOf = asOf
        self.caseKey = caseKey
        let items = renamed.items(night.opening?.items ?? [])
        openSince = Dictionary(items.map { ($0.id, $0.since) }) { min($0, $1) }
    }

    func key(_ row: ResultRow) -> RowKey { RowKey(row, caseKey: row.rowType == .case ? caseKey(row.ordinal) : nil) }

    func add(_ row: ResultRow, to rows: inout NightRows) throws(Total.Overflow) {
        guard row.isOpenItem || row.isException else { return try rows.add(row, item: nil, nil) }
        let key = key(row)
        let id = key.id
        var item: OpenItem?
        if row.isOpenItem, let currency = row.currency {
            let open = OpenItem(
                id: id, key: key, currency: currency, amount: row.openAmount, outcome: row.outcome,
                since: openSince[id] ?? asOf)
            item = open
        }
        var record: BreakRecord?
        if row.isException {
            record = BreakRecord(
                id: id, key: key, currency: row.currency, outcome: row.outcome,
                exceptions: row.exceptions.map(\.rawValue).joined(separator: ";"), amounts: BreakAmounts.text(row),
                since: night.ledger.since(id), nights: night.ledger.nights(id), examined: asOf)
        }
        try rows.add(row, item: item, record)
    }
}
