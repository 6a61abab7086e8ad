import Memory
import Refunds
import Rules

/// Writes the pieces of one order, one after another. A text that the order had before is written as its number, so that
/// order numbers and refund codes are there once.
struct PieceWriter: ~Copyable, Sendable {
    private(set) var bytes = ByteWriter()
    private var texts: [Text] = []
    /// The last one that was written.
    private var currency: Currency?

    /// Begins with an order, whose identity is known to the reader.
    mutating func begin(_ identity: OrderLink) {
        bytes.removeAll()
        texts.removeAll(keepingCapacity: true)
        currency = nil
        identity.forEachText { texts.append($0) }
    }

    // MARK: Pieces

    /// - Parameter fileNumber: the number of the file's name in the part.
    mutating func add(_ record: RefundCase, _ first: FirstPlace, fileNumber: Int, cameAgain: Bool) {
        bytes.append(PieceTag.record.rawValue)
        let amounts: InlineArray<9, Amount?> = [
            record.originalTotalFareAmount, record.originalTotalAncillaryAmount, record.originalTotalAmount,
            record.airlinePenaltyAmountForFare, record.airlinePenaltyAmountForAncillaries, record.airlinePenaltyAmount,
            record.estimatedRefundAmount, record.voucherRefundAmount, record.transactionFee,
        ]
        let terms = record.auditTerms
        let given = PieceMask(cameAgain, record.expectedConfirmationDate != nil, record.expectedRefundDate != nil)
            .with(terms != nil, at: 3)
        bytes.append(varint: given.adding(amounts, from: 4).bits)
        bytes.append(varint: Self.choices(record))
        add(record.orderNo)
        add(record.airlinePNR)
        add(record.carrier)
        add(record.refundCode)
        add(record.refundOfferID)
        add(record.currency)
        add(amounts)
        add(record.requestedAt)
        add(record.expectedConfirmationDate, after: record.requestedAt)
        add(record.expectedRefundDate, after: record.requestedAt)
        if let terms { add(terms) }
        add(first, fileNumber)
    }

    /// The fields of a record that have few values, in two bits each.
    private static func choices(_ record: RefundCase) -> UInt64 {
        let isRefundable: UInt64 = record.isRefundable.map { $0 ? 2 : 1 } ?? 0
        return StoredNumbers.number(of: record.refundReason, in: StoredNumbers.reasons)
            | StoredNumbers.number(of: record.paymentMethod, in: StoredNumbers.paymentMethods) << 2
            | StoredNumbers.number(of: record.refundQuoteType, in: StoredNumbers.quoteTypes) << 4
            | isRefundable << 6 | StoredNumbers.number(of: record.refundMethod, in: StoredNumbers.refundMethods) << 8
    }

    mutating func add(_ webhook: Webhook, _ first: FirstPlace, fileNumber: Int) {
        bytes.append(PieceTag.webhook.rawValue)
        let amounts: InlineArray<8, Amount?> = [
            webhook.originalTotalAmount, webhook.airlinePenaltyAmount, webhook.finalRefundAmount,
            webhook.transactionFee, webhook.originalTotalFare, webhook.originalTotalAncillaryAmount,
            webhook.airlinePenaltyAmountForFare, webhook.airlinePenaltyAmountForAncillaries,
        ]
        let given = PieceMask(webhook.receivedAt != nil).with(number: webhook.refundStatus.rawValue, at: 1)
        bytes.append(varint: given.adding(amounts, from: 4).bits)
        add(webhook.orderNo)
        add(webhook.currency)
        add(amounts)
        if let instant = webhook.receivedAt { add(instant) }
        add(first, fileNumber)
    }

    mutating func add(
        answerTo key: RefundIdentity, _ entries: RefundOrderEntries, queriedAt: Text?, receivedFor: CalendarDate,
        isVerifiedEnd: Bool
    ) {
        bytes.append(PieceTag.answer.rawValue)
        bytes.append(isVerifiedEnd ? 1 : 0)
        add(key.orderNo)
        add(key.airlinePNR)
        add(key.carrier)
        add(key.refundCode)
        add(queriedAt)
        add(receivedFor)
        bytes.append(varint: UInt64(entries.count))
        for entry in entries { add(entry) }
    }

    private mutating func add(_ entry: RefundOrderEntry) {
        let sums = entry.amounts
        let amounts: InlineArray<5, Amount?> = [
            sums.original, sums.refundBeforeFee, sums.farePenalty, sums.ancillaryPenalty, sums.fee,
        ]
        let given = PieceMask(entry.isVoucher, sums.hasSeveralCurrencies, entry.expectedConfirmationDate != nil)
            .with(entry.expectedRefundDate != nil, at: 3).with(number: entry.refundStatus.rawValue, at: 4)
        bytes.append(varint: given.adding(amounts, from: 7).bits)
        add(entry.orderNo)
        add(entry.refundCode)
        add(entry.cancelReason)
        add(sums.currency)
        add(amounts)
        if let date = entry.expectedConfirmationDate { add(date) }
        if let date = entry.expectedRefundDate { add(date) }
    }

    mutating func add(_ item: OpenItem) {
        bytes.append(PieceTag.item.rawValue)
        add(item.id)
        add(item.key)
        add(item.currency)
        bytes.append(item.amount == nil ? 0 : 1)
        if let amount = item.amount { bytes.append(signed: amount.minorUnits) }
        bytes.append(varint: StoredNumbers.number(of: item.outcome, in: StoredNumbers.outcomes))
        add(item.since)
    }

    /// Breaks are a section of their own, without tags.
    mutating func add(_ record: BreakRecord) {
        add(record.id)
        add(record.key)
        add(record.currency)
        bytes.append(varint: StoredNumbers.number(of: record.outcome, in: StoredNumbers.outcomes))
        bytes.append(counted: record.exceptions)
        bytes.append(counted: record.amounts)
        add(record.since)
        bytes.append(varint: UInt64(record.nights))
        add(record.examined)
        bytes.append(varint: UInt64(record.formerIDs.count))
        for id in record.formerIDs { add(id) }
    }

    mutating func end() { bytes.append(PieceTag.end.rawValue) }

    // MARK: Values

    private mutating func add(_ text: Text?) {
        guard let text else { return bytes.append(0) }
        if let number = texts.firstIndex(of: text) { return bytes.append(varint: UInt64(number + 2)) }
        if texts.count < PartFormat.textCount { texts.append(text) }
        bytes.append(1)
        bytes.append(counted: text)
    }

    private mutating func add(_ currency: Currency?) {
        guard let currency else { return bytes.append(0) }
        if currency == self.currency { return bytes.append(2) }
        self.currency = currency
        bytes.append(1)
        bytes.append(currency.text)
    }

    @inline(__always)
    private mutating func add<let count: Int>(_ amounts: InlineArray<count, Amount?>) {
        for place in amounts.indices {
            if let amount = amounts[place] { bytes.append(signed: amount.minorUnits) }
        }
    }

    private mutating func add(_ date: CalendarDate) { bytes.append(signed: Int64(date.daysSinceEpoch)) }

    private mutating func add(_ date: CalendarDate?, after other: CalendarDate) {
        if let date { bytes.append(signed: Int64(date.days(since: other))) }
    }

    private mutating func add(_ instant: Instant) {
        bytes.append(signed: instant.secondsSinceEpoch)
        bytes.append(varint: UInt64(instant.nanoseconds))
    }

    private mutating func add(_ first: FirstPlace, _ fileNumber: Int) {
        add(first.asOf)
        bytes.append(signed: Int64(first.place.file))
        bytes.append(signed: Int64(first.place.line))
        bytes.append(varint: UInt64(fileNumber))
    }

    private mutating func add(_ id: BreakID) {
        bytes.append(fixed64: id.high)
        bytes.append(fixed64: id.low)
    }

    private mutating func add(_ key: RowKey) {
        bytes.append(varint: StoredNumbers.number(of: key.rowType, in: StoredNumbers.rowTypes))
        add(key.orderNo)
        add(key.airlinePNR)
        add(key.carrier)
        add(key.refundCode)
    }

    /// Of the rules only their text: they are read anew.
    private mutating func add(_ terms: AuditTerms) {
        let departure = terms.departureAt
        bytes.append(
            varint: PieceMask(terms.refundRules != nil, departure != nil, departure?.instant != nil)
                .with(terms.requestedAt != nil, at: 3).with(terms.originalTotalTaxAmount != nil, at: 4)
                .with(terms.ticketCount != nil, at: 5).bits)
        if let rules = terms.refundRules { bytes.append(counted: rules.json) }
        if let departure { bytes.append(counted: departure.text.utf8) }
        if let instant = departure?.instant { add(instant) }
        if let instant = terms.requestedAt { add(instant) }
        if let tax = terms.originalTotalTaxAmount { bytes.append(signed: tax.minorUnits) }
        if let count = terms.ticketCount { bytes.append(varint: UInt64(count)) }
    }
}

/// Which of a piece's values are given, a bit each.
struct PieceMask {
    private(set) var bits: UInt64

    init(bits: UInt64) { self.bits = bits }

    init(_ first: Bool, _ second: Bool = false, _ third: Bool = false) {
        bits = (first ? 1 : 0) | (second ? 2 : 0) | (third ? 4 : 0)
    }

    @inline(__always)
    func with(_ isGiven: Bool, at place: UInt64) -> PieceMask { PieceMask(bits: bits | (isGiven ? 1 << place : 0)) }

    @inline(__always)
    func with(number: UInt8, at place: UInt64) -> PieceMask { PieceMask(bits: bits | UInt64(number) << place) }

    @inline(__always)
    func adding<let count: Int>(_ amounts: InlineArray<count, Amount?>, from place: UInt64) -> PieceMask {
        var bits = bits
        for index in amounts.indices where amounts[index] != nil { bits |= 1 << (place + UInt64(index)) }
        return PieceMask(bits: bits)
    }

    @inline(__always)
    subscript(place: UInt64) -> Bool { bits >> place & 1 != 0 }

    /// The number in the three bits from a place on.
    func number(at place: UInt64) -> UInt8 { UInt8(bits >> place & 7) }
}

extension OrderLink {
    /// Calls `body` with each of its texts.
    @inline(__always)
    func forEachText(_ body: (Text) -> Void) {
        switch self {
        case .order(let orderNo): body(orderNo)
        case .locator(let airlinePNR, let carrier):
            body(airlinePNR)
            body(carrier)
        case .unnamedRefund(let code): body(code)
        }
    }
}

extension ByteWriter {
    /// Appends a link: its kind, then its texts.
    mutating func append(_ link: OrderLink) {
        switch link {
        case .order: append(0)
        case .locator: append(1)
        case .unnamedRefund: append(2)
        }
        link.forEachText { append(counted: $0) }
    }
}
