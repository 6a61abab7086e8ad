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
    public var exceptions: ExceptionSet
    /// What the row comes to, as `BreakAmounts` writes it.
    public var amounts: Text
    /// The as-of date of the first report that had it.
    public var since: CalendarDate
    /// In how many nights it was open, this one included.
    public var nights: Int
    /// The as-of date of the last report in which its record was.
    public var examined: CalendarDate
    private var keptFormerIds: Kept<[BreakId]>?

    public init(
        id: BreakId, key: RowKey, currency: Currency?, outcome: Outcome?, exceptions: ExceptionSet, amounts: Text,
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

    /// The ids that it had before its case was restated under another key, the oldest first: what was decided about them
    /// is decided about it. Few have any.
    public var formerIds: [BreakId] {
        get { keptFormerIds?.value ?? [] }
        set { keptFormerIds = newValue.isEmpty ? nil : Kept(newValue) }
    }

    /// Whether something is still to come: of a case its end, of an orphan its case.
    public var isOutstanding: Bool { key.rowType == .orphanWebhook || outcome?.isOutstanding == true }
}
