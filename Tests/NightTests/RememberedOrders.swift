import Atlas
import Memory
import Refunds
import Rules
import Night
import TestSupport

extension Seeded {
    /// What might be remembered of an order. The places of its records are where a record that was read from the store has them.
    mutating func remembered(_ identity: OrderLink) -> RememberedOrder {
        var order = RememberedOrder(identity: identity)
        order.records = (0..<below(4)).map { _ in
            var record = self.order(line: 0)
            if once(in: 3) { record.auditTerms = auditTerms() }
            if case .order(let orderNo) = identity, once(in: 2) { record.orderNo = orderNo }
            return RememberedRecord(record: record, first: firstPlace(), cameAgain: once(in: 4))
        }
        order.webhooks = (0..<below(4)).map { _ in
            RememberedWebhook(webhook: webhook(file: 0, line: 0), first: firstPlace())
        }
        order.answers = (0..<below(3)).map { _ in answer() }
        order.items = (0..<below(3)).map { _ in openItem() }
        order.breaks = (0..<below(3)).map { _ in breakRecord() }
        order.settledOn = maybe { $0.day() }
        return order
    }

    private mutating func breakID() -> BreakID { BreakID(high: next(), low: next()) }

    private mutating func rowKey() -> RowKey {
        RowKey(
            rowType: pick(RowType.allCases), orderNo: maybe { $0.text() }, airlinePNR: maybe { $0.text() },
            carrier: maybe { $0.text() }, refundCode: maybe { $0.text() })
    }

    private mutating func openItem() -> OpenItem {
        OpenItem(
            id: breakID(), key: rowKey(), currency: currency(), amount: maybe { $0.signedAmount() },
            outcome: maybe { $0.pick(Outcome.allCases) }, since: day())
    }

    private mutating func breakRecord() -> BreakRecord {
        BreakRecord(
            id: breakID(), key: rowKey(), currency: maybe { $0.currency() },
            outcome: maybe { $0.pick(Outcome.allCases) },
            exceptions: pick([codes(), codes(.refundShort), codes(.refundShort, .duplicateOrder)]),
            amounts: "USD 1.00/-/0.20/0.80",
            since: day(), nights: below(400), examined: day(), formerIDs: once(in: 4) ? [breakID(), breakID()] : [])
    }

    private mutating func auditTerms() -> AuditTerms {
        let rules = pick([
            #"[{"ruleType":1,"penaltyAmount":"0.00 USD","startMinute":60}]"#, "[]", "no rules", #"[{"ruleType":9}]"#,
            "[\n  {\"ruleType\": \"4\"}\r\n]",
        ])
        return AuditTerms(
            refundRules: maybe { _ in RefundRules(text: Array(rules.utf8)) },
            departureAt: maybe { DepartureTime(text: "2026-02-03T04:05:06+02:00", instant: $0.maybe { $0.instant() }) },
            requestedAt: maybe { $0.instant() }, originalTotalTaxAmount: maybe { $0.amount() },
            ticketCount: maybe { $0.below(9) })
    }
}

/// The parts of several nights, and what a night after them remembers.
struct RememberedParts {
    private(set) var night: OpenedNight
    private var indexes: [Int64: [UInt8]] = [:]
    private var contents: [Int64: [UInt8]] = [:]

    init() {
        night = OpenedNight(asOf: date("2026-01-01"), ordinal: 0, digest: "", parts: [])
    }

    /// Adds a night with the parts that are written by `write`.
    mutating func addNight(_ write: (inout PartWriter) -> Void) {
        var writer = PartWriter()
        write(&writer)
        add(writer.finish())
    }

    /// Adds a night with these parts.
    mutating func add(_ parts: [NewPart]) {
        let stored = parts.map { part in
            let id = Int64(indexes.count + 1)
            (indexes[id], contents[id]) = (part.index, part.content)
            return StoredPart(id: id, nightOrdinal: night.ordinal + 1, part)
        }
        night = OpenedNight(
            asOf: night.asOf, ordinal: night.ordinal + 1, digest: "", parts: stored + night.parts)
    }

    /// Leaves out all parts but these.
    mutating func keep(_ parts: [StoredPart]) {
        night = OpenedNight(asOf: night.asOf, ordinal: night.ordinal, digest: "", parts: parts)
    }

    func memory(asOf: String = "2026-02-01", rememberDays: Int = 30) throws(StateError) -> OrderMemory {
        try OrderMemory(night, path: "store", asOf: date(asOf), rememberDays: rememberDays) { indexes[$0.id] ?? [] }
    }

    func content(_ part: StoredPart) -> [UInt8] { contents[part.id] ?? [] }
}

extension OrderMemory {
    func breaks(at places: [OrderPlace], in parts: RememberedParts) throws(StateError) -> [BreakRecord] {
        var breaks: [BreakRecord] = []
        for reading in readings(of: places) { breaks += try reading.breaks(in: parts.content(reading.part)) }
        return breaks
    }

    /// The orders that have a link, read from their parts.
    func orders(with link: OrderLink, in parts: RememberedParts) throws -> [RememberedOrder] {
        try orders(at: places(of: link)) { parts.content($0) }.filter { $0.links.contains(link) }
    }
}
