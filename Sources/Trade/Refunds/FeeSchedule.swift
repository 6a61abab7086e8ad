import Memory

/// Contracted transaction fees by currency, carrier, refund reason and day of the request (docs/FORMATS.md, "Fee schedule").
public struct FeeSchedule: Sendable {
    /// One line of the schedule; no value means any.
    public struct Line: Sendable, Equatable {
        public var currency: Currency
        public var carrier: Text?
        public var refundReason: RefundReason?
        /// The first and the last day on which the fee holds.
        public var validFrom: CalendarDate?
        public var validTo: CalendarDate?
        public var fee: Amount
        /// The physical line of the file.
        public var line: Int32

        public init(currency: Currency, fee: Amount, line: Int32) {
            self.currency = currency
            self.fee = fee
            self.line = line
        }
    }

    /// Two lines that both claim a case, or one that never holds.
    public struct Fault: Error, Equatable {
        public let line: Int32
        public let reason: String
    }

    /// By currency and carrier, where none is the lines for any carrier.
    private let lines: [Currency: [Text?: [Line]]]

    /// Refuses a line that ends before it begins, and two for the same currency, carrier and reason that share a day.
    public init(_ lines: [Line]) throws(Fault) {
        struct Claim: Hashable {
            let currency: Currency
            let carrier: Text?
            let refundReason: RefundReason?
        }
        for line in lines where line.last < line.first {
            throw Fault(line: line.line, reason: "validTo is before validFrom")
        }
        let claims = Dictionary(grouping: lines) {
            Claim(currency: $0.currency, carrier: $0.carrier, refundReason: $0.refundReason)
        }
        var clashes: [(earlier: Int32, later: Int32)] = []
        for rivals in claims.values {
            let ordered = rivals.sorted { ($0.first, $0.line) < ($1.first, $1.line) }
            for (left, right) in zip(ordered, ordered.dropFirst()) where right.first <= left.last {
                clashes.append((min(left.line, right.line), max(left.line, right.line)))
            }
        }
        if let clash = clashes.min(by: <) {
            throw Fault(
                line: clash.later,
                reason: "overlaps line \(clash.earlier): the same currency, carrier and reason on the same day")
        }
        self.lines = Dictionary(grouping: lines, by: \.currency).mapValues { Dictionary(grouping: $0, by: \.carrier) }
    }

    /// The fee of the line that says most about the case: one of its carrier goes before one of any, then one of its reason
    /// before one of any. Where the case does not tell its carrier or reason and it might depend on that, the fee is unknown.
    public func fee(
        _ currency: Currency, carrier: Text?, refundReason: RefundReason?, requestedAt: CalendarDate
    ) throws(AuditUnknown) -> Amount {
        guard let byCarrier = lines[currency] else { throw .noContractedFee }
        let everyLine = { byCarrier.values.flatMap { $0 } }
        let possible = (carrier.map { (byCarrier[$0] ?? []) + (byCarrier[nil] ?? []) } ?? everyLine()).filter { line in
            line.first <= requestedAt && requestedAt <= line.last
                && (line.refundReason == nil || refundReason == nil || line.refundReason == refundReason)
        }
        let best = possible.filter { $0.isSure(carrier, refundReason) }.max { $0.weight < $1.weight }
        let rivals = possible.filter {
            !$0.isSure(carrier, refundReason) && $0.weight > best?.weight ?? -1 && $0.fee != best?.fee
        }
        if !rivals.isEmpty {
            throw carrier == nil && rivals.contains { $0.carrier != nil } ? .noCarrier : .noRefundReason
        }
        guard let best else { throw .noContractedFee }
        return best.fee
    }
}

extension FeeSchedule.Line {
    fileprivate var first: CalendarDate { validFrom ?? CalendarDate(daysSinceEpoch: .min) }
    fileprivate var last: CalendarDate { validTo ?? CalendarDate(daysSinceEpoch: .max) }

    /// How much the line says: the carrier weighs more than the reason.
    fileprivate var weight: Int { (carrier == nil ? 0 : 2) + (refundReason == nil ? 0 : 1) }

    /// Whether the line is for a case of that carrier and reason; missing ones match.
    fileprivate func isSure(_ carrier: Text?, _ reason: RefundReason?) -> Bool {
        (self.carrier == nil || carrier != nil) && (refundReason == nil || reason != nil)
    }
}
