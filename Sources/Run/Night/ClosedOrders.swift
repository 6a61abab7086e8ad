import Bytes
import Core
import Ingest
import Reconcile
import State

/// Puts together what the nights to come need of the orders that a night examined.
struct ClosedOrders: Sendable {
    private let groups: OrderGroups
    private let list: OrderList
    private let ingested: Ingested
    private let rows: NightRows
    private let askedKeys: [Int: CaseKey]
    private let fileNames: [Text]
    private let asOf: CalendarDate
    private let laterByCase: [Int: [LaterRecord]]
    private let mergedByOrderNo: [Text: [MergedAnswer]]

    init(
        _ groups: OrderGroups, _ ingested: Ingested, _ statuses: Statuses, _ rows: NightRows,
        fileNames: [String], asOf: CalendarDate
    ) {
        self.groups = groups
        list = OrderList(groups)
        self.ingested = ingested
        self.rows = rows
        askedKeys = statuses.askedKeys
        self.fileNames = fileNames.map { Text($0) }
        self.asOf = asOf
        laterByCase = Dictionary(grouping: ingested.orders.laterRecords, by: \.first)
        mergedByOrderNo = Dictionary(grouping: statuses.mergedAnswers, by: \.orderNo)
    }

    private var population: Population { groups.population }

    /// Parts of the orders that have a number, which can be made beside each other.
    func parts(orderCount: Int) -> [Range<Int>] { list.parts(orderCount: orderCount) }

    /// Calls `body` with each order of a part.
    func forEachOrder(in part: Range<Int>, _ body: (RememberedOrder) -> Void) {
        list.forEach(in: part) { orderNo, records in
            var order = RememberedOrder(identity: .order(orderNo))
            for index in records.cases { add(Int(index), to: &order) }
            for merged in mergedByOrderNo[orderNo] ?? [] { add(merged.answer, merged.key, false, to: &order) }
            add(records.notifications, cases: records.cases.count, to: &order)
            if let others = rows.others[orderNo] { add(others, to: &order) }
            body(settled(order))
        }
    }

    /// The orders without a number, and those that only an answer names.
    func unnamedOrders() -> [RememberedOrder] {
        var orders = OrdersByIdentity()
        for index in groups.unnamedCases {
            let refundCase = population.cases[index]
            guard let airlinePNR = refundCase.airlinePNR, let carrier = refundCase.carrier else { continue }
            let identity = OrderLink.locator(airlinePNR: airlinePNR, carrier: carrier)
            add(index, to: &orders[identity])
        }
        for (orderNo, others) in rows.others.sorted(by: { $0.key < $1.key }) where !groups.hasOrder(orderNo) {
            add(others, to: &orders[.order(orderNo)])
        }
        for row in rows.withoutOrderNo {
            guard let refundCode = rows.breakRecord(ofRow: row)?.key.refundCode else { continue }
            add([row], to: &orders[.unnamedRefund(refundCode)])
        }
        return orders.orders.map(settled)
    }

    private func settled(_ order: RememberedOrder) -> RememberedOrder {
        var order = order
        order.settledOn = order.items.isEmpty && order.breaks.isEmpty ? asOf : nil
        return order
    }

    // MARK: Records

    private func add(_ index: Int, to order: inout RememberedOrder) {
        let refundCase = population.cases[index]
        var records = DistinctRecords()
        records.add(refundCase, cameAgain: ingested.orders.repeatedFirsts.contains(index), place)
        if !laterByCase.isEmpty {
            for later in (laterByCase[index] ?? []).sorted(by: { $0.record.source < $1.record.source }) {
                records.add(later.record, cameAgain: later.cameAgain, place)
            }
        }
        order.records += records.records
        if let item = rows.item(ofRow: index) { order.items.append(item) }
        if let record = rows.breakRecord(ofRow: index) { order.breaks.append(record) }
        if let answer = population.answers[index], answer.isOK {
            add(answer, askedKeys[index] ?? refundCase.key, rows.isVerifiedEnd(index), to: &order)
        }
    }

    private func add(_ answer: StatusAnswer, _ key: CaseKey, _ isVerifiedEnd: Bool, to order: inout RememberedOrder) {
        guard case .ok(let entries) = answer.outcome else { return }
        let received = ingested.carried?.answer(at: answer.source)?.receivedFor ?? asOf
        order.answers.append(
            RememberedAnswer(
                key: key, entries: entries, queriedAt: answer.queriedAt, receivedFor: received,
                isVerifiedEnd: isVerifiedEnd))
    }

    /// Of deliveries with the same content so many are kept that more could change nothing: each case of the order can take
    /// one, and each that follows is a duplicate.
    private func add(_ notifications: [Int32], cases: Int, to order: inout RememberedOrder) {
        let most = cases * 2 + 4
        var kept = notifications
        if notifications.count > most {
            let all = population.notifications
            var counts: [Notification.Content: Int] = [:]
            kept = notifications.sorted { Notification.arrivesBefore(all[Int($0)], all[Int($1)]) }.filter { index in
                counts[all[Int(index)].content, default: 0] += 1
                return counts[all[Int(index)].content, default: 0] <= most
            }
            kept.sort { all[Int($0)].source < all[Int($1)].source }
        }
        for index in kept {
            var notification = population.notifications[Int(index)]
            let first = place(notification.source)
            notification.source = SourceLine(file: 0, line: 0)
            order.notifications.append(RememberedNotification(notification: notification, first: first))
        }
    }

    /// The rows that are no case's.
    private func add(_ rows: [Int], to order: inout RememberedOrder) {
        for row in rows {
            if let item = self.rows.item(ofRow: row) { order.items.append(item) }
            if let record = self.rows.breakRecord(ofRow: row) { order.breaks.append(record) }
        }
    }

    /// Where a record stood that came first tonight or on a night before.
    private func place(_ source: SourceLine) -> FirstPlace {
        ingested.carried?.firstPlace(of: source)
            ?? FirstPlace(asOf: asOf, place: source, fileName: fileNames[Int(source.file)])
    }
}

/// Orders in the order in which they were added first.
private struct OrdersByIdentity {
    private(set) var orders: [RememberedOrder] = []
    private var places: [OrderLink: Int] = [:]

    subscript(identity: OrderLink) -> RememberedOrder {
        mutating get { orders[place(identity)] }
        _modify {
            let place = place(identity)
            yield &orders[place]
        }
    }

    private mutating func place(_ identity: OrderLink) -> Int {
        if let place = places[identity] { return place }
        places[identity] = orders.count
        orders.append(RememberedOrder(identity: identity))
        return orders.count - 1
    }
}

/// The records of one case: of those that say the same the first, and that it came again.
private struct DistinctRecords {
    private(set) var records: [RememberedRecord] = []
    /// Their places by a hash of what they say, where they are many.
    private var places: [Int: [Int]] = [:]

    mutating func add(_ record: RefundCase, cameAgain: Bool, _ place: (SourceLine) -> FirstPlace) {
        let first = place(record.source)
        var record = record
        record.source = SourceLine(file: 0, line: 0)
        record.droppedDuplicates = 0
        record.hasConflict = false
        let hash = records.isEmpty ? 0 : record.contentHash
        if records.count == 1 { places = [records[0].record.contentHash: [0]] }
        if let same = places[hash]?.first(where: { records[$0].record == record }) {
            records[same].cameAgain = true
            return
        }
        if !records.isEmpty { places[hash, default: []].append(records.count) }
        records.append(RememberedRecord(record: record, first: first, cameAgain: cameAgain))
    }
}

extension RefundCase {
    /// A hash of what the record says.
    fileprivate var contentHash: Int {
        var hasher = Hasher()
        hasher.combine(orderNo)
        hasher.combine(airlinePNR)
        hasher.combine(refundCode)
        hasher.combine(refundReason?.rawValue)
        hasher.combine(requestedAt)
        for amount in [
            originalTotalFareAmount, originalTotalAmount, airlinePenaltyAmount, estimatedRefundAmount, transactionFee,
        ] {
            hasher.combine(amount?.minorUnits)
        }
        hasher.combine(expectedConfirmationDate)
        hasher.combine(expectedRefundDate)
        return hasher.finalize()
    }
}
