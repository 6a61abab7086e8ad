import Memory
import Refunds

/// The name of a row of the report from night to night: the key of its record. Its hash is the id of the row's break.
package struct RowKey: Sendable, Hashable {
    package var rowType: RowType
    package var orderNo: Text?
    package var airlinePNR: Text?
    package var carrier: Text?
    package var refundCode: Text?

    /// - Parameter caseKey: of a case's row, the key of its record; the row itself may have its order number from Atlas.
    package init(_ row: ResultRow, caseKey: RefundIdentity?) {
        rowType = row.rowType
        orderNo = caseKey == nil ? row.orderNo : caseKey?.orderNo
        airlinePNR = caseKey?.airlinePNR
        carrier = caseKey?.carrier
        refundCode = caseKey == nil ? row.refundCode : caseKey?.refundCode
    }

    package init(rowType: RowType, orderNo: Text?, airlinePNR: Text?, carrier: Text?, refundCode: Text?) {
        self.rowType = rowType
        self.orderNo = orderNo
        self.airlinePNR = airlinePNR
        self.carrier = carrier
        self.refundCode = refundCode
    }
}

/// What stays open at the end of a night: a case that is pending, overdue or unverified, or the webhooks of an order that
/// has no case.
package struct OpenItem: Sendable, Equatable {
    /// The hash of its key.
    package var id: BreakID
    package var key: RowKey
    package var currency: Currency
    /// The expected refund; of an orphan, its final refund. nil where it is not known.
    package var amount: Amount?
    /// nil for an orphan.
    package var outcome: Outcome?
    /// The as-of date of the first report in which it was open.
    package var since: CalendarDate

    package init(
        id: BreakID, key: RowKey, currency: Currency, amount: Amount?, outcome: Outcome?, since: CalendarDate
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
package struct BreakRecord: Sendable, Equatable {
    /// The hash of its key.
    package var id: BreakID
    package var key: RowKey
    package var currency: Currency?
    package var outcome: Outcome?
    package var exceptions: ExceptionSet
    /// The decisive values of the row, as `BreakAmounts` writes them.
    package var amounts: Text
    /// The as-of date of the first report that had it.
    package var since: CalendarDate
    /// In how many nights it was open, this one included.
    package var nights: Int
    /// The as-of date of the last report in which its record was.
    package var examined: CalendarDate
    private var keptFormerIDs: Kept<[BreakID]>?

    package init(
        id: BreakID, key: RowKey, currency: Currency?, outcome: Outcome?, exceptions: ExceptionSet, amounts: Text,
        since: CalendarDate, nights: Int, examined: CalendarDate, formerIDs: [BreakID] = []
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
        self.formerIDs = formerIDs
    }

    /// The ids that it had before its case was restated under another key, the oldest first: what was decided about them
    /// is decided about it. Few have any.
    package var formerIDs: [BreakID] {
        get { keptFormerIDs?.value ?? [] }
        set { keptFormerIDs = newValue.isEmpty ? nil : Kept(newValue) }
    }

    /// Whether something is still to come: of a case its end, of an orphan its case.
    package var isOutstanding: Bool { key.rowType == .orphanWebhook || outcome?.isOutstanding == true }
}
