import Atlas
import Memory
import Refunds
import Rules

/// Reads orders as `PieceWriter` and `PartWriter` wrote them. Anything else is malformed.
struct PieceReader: ~Escapable {
    var bytes: ByteReader
    /// The names of files, by number.
    let fileNames: [Text]
    var texts: [Text] = []
    var currency: Currency?

    @_lifetime(copy bytes)
    init(_ bytes: ByteReader, fileNames: [Text]) {
        self.bytes = bytes
        self.fileNames = fileNames
    }

    // MARK: Orders

    /// The order that begins at a place.
    mutating func order(at place: Int) throws(MalformedBytes) -> RememberedOrder {
        try bytes.move(to: place)
        var order = RememberedOrder(identity: try bytes.link())
        order.settledOn = try settledOn()
        order.breaks = try breaks(order.identity)
        begin(order.identity)
        while true {
            switch PieceTag(rawValue: try bytes.byte()) {
            case .end: return order
            case .record: order.records.append(try record())
            case .webhook: order.webhooks.append(try webhook())
            case .answer: order.answers.append(try answer())
            case .item: order.items.append(try item())
            case nil: throw MalformedBytes()
            }
        }
    }

    /// The breaks of the order that begins at a place.
    mutating func breaks(at place: Int) throws(MalformedBytes) -> [BreakRecord] {
        try bytes.move(to: place)
        let identity = try bytes.link()
        _ = try settledOn()
        return try breaks(identity)
    }

    private mutating func settledOn() throws(MalformedBytes) -> CalendarDate? {
        try bytes.byte() == 0 ? nil : try date()
    }

    private mutating func breaks(_ identity: OrderLink) throws(MalformedBytes) -> [BreakRecord] {
        let count = try bytes.count()
        if count == 0 { return [] }
        begin(identity)
        var breaks: [BreakRecord] = []
        for _ in 0..<count { breaks.append(try breakRecord()) }
        return breaks
    }

    private mutating func begin(_ identity: OrderLink) {
        texts.removeAll(keepingCapacity: true)
        currency = nil
        identity.forEachText { texts.append($0) }
    }

    // MARK: Pieces

    private mutating func record() throws(MalformedBytes) -> RememberedRecord {
        let given = PieceMask(bits: try bytes.varint())
        let choices = try bytes.varint()
        func choice<Value>(_ list: [Value], at place: UInt64) throws(MalformedBytes) -> Value? {
            try StoredNumbers.value(choices >> place & 3, in: list)
        }
        let orderNo = try optionalText()
        let airlinePNR = try optionalText()
        let carrier = try optionalText()
        let refundCode = try optionalText()
        let refundOfferID = try optionalText()
        var record = RefundCase(
            currency: try neededCurrency(), requestedAt: CalendarDate(daysSinceEpoch: 0),
            source: SourceLine(file: 0, line: 0))
        (record.orderNo, record.airlinePNR, record.carrier) = (orderNo, airlinePNR, carrier)
        (record.refundCode, record.refundOfferID) = (refundCode, refundOfferID)
        record.refundReason = try choice(StoredNumbers.reasons, at: 0)
        record.paymentMethod = try choice(StoredNumbers.paymentMethods, at: 2)
        record.refundQuoteType = try choice(StoredNumbers.quoteTypes, at: 4)
        record.isRefundable = try choice([false, true], at: 6)
        record.refundMethod = try choice(StoredNumbers.refundMethods, at: 8)
        record.originalTotalFareAmount = try amount(given[4])
        record.originalTotalAncillaryAmount = try amount(given[5])
        record.originalTotalAmount = try amount(given[6])
        record.airlinePenaltyAmountForFare = try amount(given[7])
        record.airlinePenaltyAmountForAncillaries = try amount(given[8])
        record.airlinePenaltyAmount = try amount(given[9])
        record.estimatedRefundAmount = try amount(given[10])
        record.voucherRefundAmount = try amount(given[11])
        record.transactionFee = try amount(given[12])
        record.requestedAt = try date()
        let requestedAt = Int64(record.requestedAt.daysSinceEpoch)
        record.expectedConfirmationDate = given[1] ? try date(after: requestedAt) : nil
        record.expectedRefundDate = given[2] ? try date(after: requestedAt) : nil
        record.auditTerms = given[3] ? try auditTerms() : nil
        return RememberedRecord(record: record, first: try firstPlace(), cameAgain: given[0])
    }

    private mutating func webhook() throws(MalformedBytes) -> RememberedWebhook {
        let given = PieceMask(bits: try bytes.varint())
        guard let status = RefundStatus(rawValue: given.number(at: 1)) else { throw MalformedBytes() }
        let orderNo = try neededText()
        let currency = try neededCurrency()
        var webhook = Webhook(
            orderNo: orderNo, refundStatus: status, currency: currency, originalTotalAmount: try neededAmount(),
            airlinePenaltyAmount: try neededAmount(), finalRefundAmount: try neededAmount(),
            transactionFee: try neededAmount(), source: SourceLine(file: 0, line: 0))
        webhook.originalTotalFare = try amount(given[8])
        webhook.originalTotalAncillaryAmount = try amount(given[9])
        webhook.airlinePenaltyAmountForFare = try amount(given[10])
        webhook.airlinePenaltyAmountForAncillaries = try amount(given[11])
        webhook.receivedAt = given[0] ? try instant() : nil
        return RememberedWebhook(webhook: webhook, first: try firstPlace())
    }

    private mutating func answer() throws(MalformedBytes) -> RememberedAnswer {
        let isVerifiedEnd = try bytes.byte() != 0
        let orderNo = try optionalText()
        let airlinePNR = try optionalText()
        let carrier = try optionalText()
        let key = RefundIdentity(
            orderNo: orderNo, airlinePNR: airlinePNR, carrier: carrier, refundCode: try optionalText()
        ).lookupKey
        let queriedAt = try optionalText()
        let receivedFor = try date()
        let count = try bytes.count()
        var entries: RefundOrderEntries = []
        if count == 1 {
            entries = RefundOrderEntries(only: try entry())
        } else if count > 1 {
            var list: [RefundOrderEntry] = []
            for _ in 0..<count { list.append(try entry()) }
            entries = RefundOrderEntries(list)
        }
        return RememberedAnswer(
            key: key, entries: entries, queriedAt: queriedAt, receivedFor: receivedFor, isVerifiedEnd: isVerifiedEnd)
    }

    private mutating func entry() throws(MalformedBytes) -> RefundOrderEntry {
        let given = PieceMask(bits: try bytes.varint())
        guard let status = RefundStatus(rawValue: given.number(at: 4)) else { throw MalformedBytes() }
        let orderNo = try optionalText()
        let refundCode = try neededText()
        let cancelReason = try optionalText()
        var amounts = QueriedAmounts()
        amounts.currency = try optionalCurrency()
        amounts.hasSeveralCurrencies = given[1]
        amounts.original = try amount(given[7])
        amounts.refundBeforeFee = try amount(given[8])
        amounts.farePenalty = try amount(given[9])
        amounts.ancillaryPenalty = try amount(given[10])
        amounts.fee = try amount(given[11])
        var entry = RefundOrderEntry(
            orderNo: orderNo, refundCode: refundCode, refundStatus: status, isVoucher: given[0], amounts: amounts)
        entry.expectedConfirmationDate = given[2] ? try date() : nil
        entry.expectedRefundDate = given[3] ? try date() : nil
        entry.cancelReason = cancelReason
        return entry
    }

    private mutating func item() throws(MalformedBytes) -> OpenItem {
        let id = try id()
        let key = try rowKey()
        let currency = try neededCurrency()
        // The expected refund follows from three amounts.
        let amount = try bytes.byte() == 0 ? nil : try neededAmount(limit: 4 * Amount.largest.minorUnits)
        return OpenItem(id: id, key: key, currency: currency, amount: amount, outcome: try outcome(), since: try date())
    }

    private mutating func breakRecord() throws(MalformedBytes) -> BreakRecord {
        let id = try id()
        let key = try rowKey()
        let currency = try optionalCurrency()
        let outcome = try outcome()
        guard let exceptions = ExceptionSet(joined: try bytes.countedBytes()) else { throw MalformedBytes() }
        let amounts = try bytes.text()
        let since = try date()
        guard let nights = Int32(exactly: try bytes.varint()) else { throw MalformedBytes() }
        let examined = try date()
        var formerIDs: [BreakID] = []
        for _ in 0..<(try bytes.count()) { formerIDs.append(try self.id()) }
        return BreakRecord(
            id: id, key: key, currency: currency, outcome: outcome, exceptions: exceptions, amounts: amounts,
            since: since, nights: Int(nights), examined: examined, formerIDs: formerIDs)
    }

    private mutating func rowKey() throws(MalformedBytes) -> RowKey {
        guard let rowType = try StoredNumbers.value(try bytes.varint(), in: StoredNumbers.rowTypes) else {
            throw MalformedBytes()
        }
        let orderNo = try optionalText()
        let airlinePNR = try optionalText()
        let carrier = try optionalText()
        return RowKey(
            rowType: rowType, orderNo: orderNo, airlinePNR: airlinePNR, carrier: carrier,
            refundCode: try optionalText())
    }

    private mutating func auditTerms() throws(MalformedBytes) -> AuditTerms {
        let given = PieceMask(bits: try bytes.varint())
        let json = given[0] ? try bytes.counted() : nil
        let text = given[1] ? try bytes.string() : nil
        let departureInstant = given[2] ? try instant() : nil
        let requestedAt = given[3] ? try instant() : nil
        let tax = try amount(given[4])
        var ticketCount: Int?
        if given[5] {
            guard let count = Int32(exactly: try bytes.varint()) else { throw MalformedBytes() }
            ticketCount = Int(count)
        }
        return AuditTerms(
            refundRules: json.map { RefundRules(text: $0) },
            departureAt: text.map { DepartureTime(text: $0, instant: departureInstant) }, requestedAt: requestedAt,
            originalTotalTaxAmount: tax, ticketCount: ticketCount)
    }
}
