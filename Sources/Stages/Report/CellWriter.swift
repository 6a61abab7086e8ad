import Memory
import Refunds

/// Writes cells one behind the other, in the form of one kind of file.
protocol CellWriter {
    /// A word of ours, in which nothing has to be escaped.
    mutating func word(_ word: Text?)
    /// Text from outside.
    mutating func text(_ text: Text?)
    mutating func codes(_ codes: ExceptionSet)
    mutating func amount(_ amount: Amount?, _ currency: Currency?)
    mutating func date(_ date: CalendarDate?)
    mutating func count(_ count: Int?)
    mutating func place(_ place: SourceLine?)
}

extension CellWriter {
    /// Writes the cells of the contract's columns, by calls in the order of the columns instead of by the columns' own
    /// closures. The table of columns says what they must be, which is a test.
    @inline(__always)
    mutating func write(_ row: ResultRow) {
        writeCase(row)
        writeAmounts(row)
        writeEvidence(row)
    }

    @inline(__always)
    private mutating func writeCase(_ row: ResultRow) {
        word(row.rowType.text)
        text(row.orderNo)
        text(row.refundCode)
        text(row.airlinePNR)
        text(row.carrier)
        word(row.paymentMethod?.text)
        word(row.currency?.text)
        word(row.outcome?.text)
        codes(row.exceptions)
        count(row.status.map { Int($0.rawValue) })
        word(row.statusSource?.text)
        word(row.finalSource?.text)
    }

    @inline(__always)
    private mutating func writeAmounts(_ row: ResultRow) {
        let (expected, final, variances) = (row.expected, row.final, row.variances)
        let (currency, finalCurrency) = (row.currency, row.finalCurrency)
        amount(expected?.original, currency)
        amount(final?.original, finalCurrency)
        amount(variances.original, currency)
        amount(expected?.penalty, currency)
        amount(final?.penalty, finalCurrency)
        amount(variances.penalty, currency)
        amount(variances.farePenalty, currency)
        amount(variances.ancillaryPenalty, currency)
        amount(expected?.fee, currency)
        amount(final?.fee, finalCurrency)
        amount(variances.fee, currency)
        amount(expected?.refund, currency)
        amount(final?.refund, finalCurrency)
        amount(variances.refund, currency)
        amount(row.rowType == .case ? final?.unexplained : nil, finalCurrency)
    }

    @inline(__always)
    private mutating func writeEvidence(_ row: ResultRow) {
        date(row.requestedAt)
        date(row.expectedConfirmationDate)
        date(row.expectedRefundDate)
        count(row.ageDays)
        word(row.ageBucket?.text)
        text(row.cancelReason)
        count(row.webhookCount)
        text(row.queriedAt)
        place(row.source)
        word(row.finalCurrency?.text)
        place(row.effectiveWebhookSource)
        place(row.querySource)
    }
}

extension ResultRow {
    /// At most how many bytes its cells take but for texts from outside and places: 15 amounts of at most 22 bytes, 3 dates,
    /// 3 counts, 8 words, the codes, and a mark or two between all of them.
    var capacityOfCells: Int { 15 * 24 + 3 * 13 + 3 * 22 + 8 * 20 + exceptions.count * 32 + 16 }

    /// How many places it has: its source, and those of the effective webhook and of the query.
    static let placeCount = 3

    /// How many texts from outside it has at most, and how many bytes these have.
    static let outsideTextCount = 6
    var outsideTextBytes: Int {
        (orderNo?.count ?? 0) + (refundCode?.count ?? 0) + (airlinePNR?.count ?? 0) + (carrier?.count ?? 0)
            + (cancelReason?.count ?? 0) + (queriedAt?.count ?? 0)
    }
}
