import TestSupport

/// What Atlas says of a case, night by night.
struct AnswerPlan {
    let record: OrderRecord
    let refundCode: String
    /// The order that the refund is of, which the record need not name.
    let orderNo: String
    let terms: RefundTerms
    let firstNight: Int
    /// What the names of the population begin with.
    let names: String
    private var last: AnswerEntry?

    init(
        record: OrderRecord, refundCode: String, orderNo: String, terms: RefundTerms, firstNight: Int, names: String
    ) {
        self.names = names
        self.record = record
        self.refundCode = refundCode
        self.orderNo = orderNo
        self.terms = terms
        self.firstNight = firstNight
    }

    /// What is answered tonight; nil if the journal has no line of it.
    mutating func answer(_ random: inout Seeded) -> AnswerRecord? {
        switch random.below(16) {
        case 0, 1, 2: return nil
        case 3: return AnswerRecord(about: record, refundCode: refundCode, .failed)
        case 4 where random.once(in: 2): return AnswerRecord(about: record, refundCode: refundCode, .notFound)
        default: break
        }
        var entries = [entry(&random)]
        while random.once(in: 6) {
            var other = entries[0]
            other.refundCode = names + random.pick(["R1", "R2", "R9"])
            if record["orderNo"] == nil, random.once(in: 3) { other.orderNo = names + random.pick(["O1", "O2", "X1"]) }
            if random.once(in: 4) { other.orderNo = nil }
            other.status = random.pick([2, 1, 0])
            entries.append(other)
        }
        if random.once(in: 12) { entries.removeFirst() }
        return AnswerRecord(about: record, refundCode: refundCode, .found(entries))
    }

    private mutating func entry(_ random: inout Seeded) -> AnswerEntry {
        if let last, last.status == 2 ? !random.once(in: 8) : random.once(in: 3) { return last }
        var entry = AnswerEntry(
            orderNo: random.once(in: 10) ? nil : orderNo, refundCode: refundCode,
            status: random.pick([0, 1, 1, 3, 2, 2, 2, 5, 4, 6]), original: terms.original,
            refundBeforeFee: terms.original - terms.penalty + random.pick([0, 0, 0, 0, -800]))
        if record["orderNo"] == nil, random.once(in: 12) { entry.orderNo = names + random.pick(["O1", "O2", "O3"]) }
        if random.once(in: 4) { entry.expectedRefundDate = random.pick(["2026-01-08", "2026-01-11", "20260114"]) }
        if random.once(in: 8) { entry.expectedConfirmationDate = "2026-01-10" }
        entry.isVoucher = random.once(in: 12)
        if random.once(in: 8) { entry.cancelReason = "why" }
        entry.currency = random.once(in: 16) ? "EUR" : record["currency"] ?? "USD"
        if random.once(in: 8) { entry.shape = random.pick(AnswerEntry.Shape.allCases) }
        last = entry
        return entry
    }
}
