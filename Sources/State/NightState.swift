import Core

/// What names a row of the report from night to night: the key of its record. Its hash is the id of the row's break.
public struct RowKey: Sendable, Hashable {
    public var rowType: RowType
    public var orderNo: Text?
    public var airlinePNR: Text?
    public var carrier: Text?
    public var refundCode: Text?

    /// - Parameter caseKey: of a case's row, the key of its record; the row itself may have its order number from Atlas.
    public init(_ row: ResultRow, caseKey: CaseKey?) {
        rowType = row.rowType
        orderNo = caseKey == nil ? row.orderNo : caseKey?.orderNo
        airlinePNR = caseKey?.airlinePNR
        carrier = caseKey?.carrier
        refundCode = caseKey == nil ? row.refundCode : caseKey?.refundCode
    }

    public init(rowType: RowType, orderNo: Text?, airlinePNR: Text?, carrier: Text?, refundCode: Text?) {
        self.rowType = rowType
        self.orderNo = orderNo
        self.airlinePNR = airlinePNR
        self.carrier = carrier
        self.refundCode = refundCode
    }
}

/// What stays open at the end of a night: a case that is pending, overdue or unverified, or the webhooks of an order that
/// has no case.
public struct OpenItem: Sendable, Equatable {
    /// The hash of its key.
    public var id: BreakId
    public var key: RowKey
    public var currency: Currency
    /// The expected refund; of an orphan, its final refund. nil where it is not known.
    public var amount: Amount?
    /// nil for an orphan.
    public var outcome: Outcome?
    /// The as-of date of the first report in which it was open.
    public var since: CalendarDate

    public init(
        id: BreakId, key: RowKey, currency: Currency, amount: Amount?, outcome: Outcome?, since: CalendarDate
    ) {
        self.id = id
        self.key = key
        self.currency = currency
        self.amount = amount
        self.outcome = outcome
        self.since = since
    }
}

/// A row with an exception of severity error or warning, followed from night to night until it has none.
public struct BreakRecord: Sendable, Equatable {
    /// The hash of its key.
    public var id: BreakId
    public var key: RowKey
    public var currency: Currency?
    public var outcome: Outcome?
    /// The codes, joined by `;`.
    public var exceptions: String
    /// What the row comes to, as `BreakAmounts` writes it.
    public var amounts: String
    /// The as-of date of the first report that had it.
    public var since: CalendarDate
    /// In how many nights it was open, this one included.
    public var nights: Int
    /// The as-of date of the last report in which its record was.
    public var examined: CalendarDate
    /// The ids that it had before its case was restated under another key, the oldest first: what was decided about them
    /// is decided about it.
    public var formerIds: [BreakId]

    public init(
        id: BreakId, key: RowKey, currency: Currency?, outcome: Outcome?, exceptions: String, amounts: String,
        since: CalendarDate, nights: Int, examined: CalendarDate, formerIds: [BreakId] = []
    ) {
        self.id = id
        self.key = key
        self.currency = currency
        self.outcome = outcome
        self.exceptions = exceptions
        self.amounts = amounts
        self.since = since
        self.nights = nights
        self.examined = examined
        self.formerIds = formerIds
    }

    /// Whether something is still to come: of a case its end, of an orphan its case.
    public var isOutstanding: Bool { key.rowType == .orphanWebhook || outcome?.isOutstanding == true }
}

/// An answer that a night received about a case whose refund has come to its end.
public struct KeptAnswer: Sendable, Equatable {
    /// The hash of the case's key.
    public var id: String
    /// The as-of date of the night that received it.
    public var receivedFor: CalendarDate
    /// The journal's line; empty where the answer is no longer to be used.
    public var line: [UInt8]

    public init(id: String, receivedFor: CalendarDate, line: [UInt8]) {
        self.id = id
        self.receivedFor = receivedFor
        self.line = line
    }
}

/// What a night hands to the next.
public struct NightClosing: Sendable, Equatable {
    public var asOf: CalendarDate
    /// Lines of `carried-orders.jsonl`, each without its line end.
    public var orders: [[UInt8]] = []
    /// Lines of `carried-webhooks.jsonl`.
    public var webhooks: [[UInt8]] = []
    public var answers: [KeptAnswer] = []
    public var items: [OpenItem] = []
    /// What the items come to, added up by the rows of the report.
    public var balance = OpenBalance()
    public var breaks: [BreakRecord] = []
    /// How many cases the night reconciled.
    public var cases = 0

    public init(asOf: CalendarDate) { self.asOf = asOf }
}

/// What a night begins with: what the last one before it closed with. Empty on the first night.
public struct NightOpening: Sendable, Equatable {
    /// The night that it comes from.
    public var asOf: CalendarDate?
    public var orders: [[UInt8]] = []
    public var webhooks: [[UInt8]] = []
    /// The last answer about each case that need not be asked again.
    public var answers: [KeptAnswer] = []
    public var items: [OpenItem] = []
    public var balance = OpenBalance()
    public var breaks: [BreakRecord] = []

    public init() {}
}
