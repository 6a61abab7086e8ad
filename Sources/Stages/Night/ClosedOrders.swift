import Memory
import Refunds
import Rules
import Tasks

/// Writes the parts of the orders examined that the nights to come need.
///
/// A class, for it is handed to all tasks and nothing of it is to be copied.
package final class ClosedOrders: Sendable {
    private let records: ExaminedRecords
    private let groups: OrderGroups
    private let list: OrderList
    private let carried: CarriedPlaces?
    private let rows: NightRows
    private let fileNames: [Text]
    private let asOf: CalendarDate
    private let mergedByOrderNo: [Text: [MergedAnswer]]

    package init(
        _ records: ExaminedRecords, _ rows: NightRows, fileNames: [String], asOf: CalendarDate, threads: Int
    ) async throws {
        self.records = records
        let groups = records.groups
        self.groups = groups
        let parts = try await parallelMap(groups.parts(threads * 4), width: threads) { OrderList.Part(groups, $0) }
        list = OrderList(groups, parts)
        carried = records.carried
        self.rows = rows
        self.fileNames = fileNames.map { Text($0) }
        self.asOf = asOf
        mergedByOrderNo = Dictionary(grouping: records.population.mergedAnswers, by: \.orderNo)
    }

    /// Parts of the orders that have a number, which can be made beside each other.
    package func parts(orderCount: Int) -> [Range<Int>] { list.parts(orderCount: orderCount) }

    /// Writes the orders of a part; gives those that may be known from a night before.
    package func write(_ part: Range<Int>, to writer: inout PartWriter) -> [OrderLink] {
        var known: [OrderLink] = []
        list.forEach(in: part) { orderNo, records, view in
            let others = rows.others.isEmpty ? nil : rows.others[orderNo]
            let merged = mergedByOrderNo.isEmpty ? nil : mergedByOrderNo[orderNo]
            let identity = OrderLink.order(orderNo)
            if write(identity, records, others ?? [], merged ?? [], view, to: &writer) || others != nil {
                known.append(identity)
            }
        }
        return known
    }

    /// Whether an order with a number has records.
    package func has(_ identity: OrderLink) -> Bool {
        guard case .order(let orderNo) = identity else { return false }
        return groups.hasOrder(orderNo)
    }

    /// Writes the orders without a number, and those that only an answer names; gives all of them.
    func writeUnnamed(to writer: inout PartWriter) -> [OrderLink] {
        var orders = UnnamedOrders()
        for index in groups.unnamedCases {
            let refundCase = groups.population.cases[index]
            guard let airlinePNR = refundCase.airlinePNR, let carrier = refundCase.carrier else { continue }
            orders[.locator(airlinePNR: airlinePNR, carrier: carrier)].records.cases.append(Int32(index))
        }
        for (orderNo, others) in rows.others.sorted(by: { $0.key < $1.key }) where !groups.hasOrder(orderNo) {
            orders[.order(orderNo)].rows += others
        }
        for row in rows.withoutOrderNo {
            guard let refundCode = rows.breakRecord(ofRow: row)?.key.refundCode else { continue }
            orders[.unnamedRefund(refundCode)].rows.append(row)
        }
        let population = groups.population
        let view = population.view
        for order in orders.orders { _ = write(order.identity, order.records, order.rows, [], view, to: &writer) }
        return orders.orders.map(\.identity)
    }

    /// Writes an order; gives whether anything of it came on a night before.
    private func write(
        _ identity: OrderLink, _ records: OrderRecords, _ others: [Int], _ merged: [MergedAnswer],
        _ view: borrowing Population.View, to writer: inout PartWriter
    ) -> Bool {
        writer.begin(identity)
        var isKnown = false
        var isSettled = true
        for index in records.cases { write(Int(index), view, &isKnown, &isSettled, to: &writer) }
        for merged in merged {
            let answer = merged.answer
            if case .ok(let entries) = answer.outcome {
                write(entries, answer.queriedAt, answer.source, merged.key, false, &isKnown, to: &writer)
            }
        }
        for index in kept(records.webhooks, cases: records.cases.count) {
            let webhook = view.webhooks[Int(index)]
            writer.add(webhook, first: first(webhook.source, &isKnown))
        }
        for row in others { writeOpen(row, &isSettled, to: &writer) }
        writer.end(settledOn: isSettled ? asOf : nil)
        return isKnown
    }

    // MARK: Pieces

    private func write(
        _ index: Int, _ view: borrowing Population.View, _ isKnown: inout Bool, _ isSettled: inout Bool,
        to writer: inout PartWriter
    ) {
        let record = view.cases[index]
        // A case that has other records says so.
        if record.droppedDuplicates == 0, !record.hasConflict {
            writer.add(record, first: first(record.source, &isKnown), cameAgain: false)
        } else {
            writeAll(index, record, &isKnown, to: &writer)
        }
        if rows.isOpen(index) { writeOpen(index, &isSettled, to: &writer) }
        if let answer = view.answers[index], case .ok(let entries) = answer.outcome {
            let key =
                (self.records.askedKeys.isEmpty ? nil : self.records.askedKeys[index])
                ?? record.identity.lookupKey
            write(
                entries, answer.queriedAt, answer.source, key, rows.isVerifiedEnd(index), &isKnown, to: &writer)
        }
    }

    /// Writes a case that has other records, with these.
    private func writeAll(_ index: Int, _ record: RefundCase, _ isKnown: inout Bool, to writer: inout PartWriter) {
        var records = DistinctRecords()
        records.add(
            record, cameAgain: self.records.repeatedFirsts.contains(index), first(record.source, &isKnown))
        for later in (self.records.laterRecords[index] ?? []).sorted(by: { $0.record.source < $1.record.source }) {
            records.add(later.record, cameAgain: later.cameAgain, first(later.record.source, &isKnown))
        }
        for kept in records.records { writer.add(kept.record, first: kept.first, cameAgain: kept.cameAgain) }
    }

    private func write(
        _ entries: RefundOrderEntries, _ queriedAt: Text?, _ source: SourceLine?, _ key: RefundIdentity,
        _ isVerifiedEnd: Bool, _ isKnown: inout Bool, to writer: inout PartWriter
    ) {
        var received = asOf
        if let source, let night = carried?.answerReceivedFor(source) {
            isKnown = true
            received = night
        }
        writer.add(
            answerTo: key, entries, queriedAt: queriedAt, receivedFor: received, isVerifiedEnd: isVerifiedEnd)
    }

    /// Of deliveries with the same content so many are kept that more could change nothing: each case of the order can take
    /// one, and each that follows is a duplicate.
    private func kept(_ webhooks: [Int32], cases: Int) -> [Int32] {
        let most = cases * 2 + 4
        if webhooks.count <= most { return webhooks }
        let all = groups.population.webhooks
        var counts: [Webhook.Content: Int] = [:]
        var kept = webhooks.sorted { Webhook.arrivesBefore(all[Int($0)], all[Int($1)]) }.filter { index in
            counts[all[Int(index)].content, default: 0] += 1
            return counts[all[Int(index)].content, default: 0] <= most
        }
        kept.sort { all[Int($0)].source < all[Int($1)].source }
        return kept
    }

    /// Writes the open item of a row.
    private func writeOpen(_ row: Int, _ isSettled: inout Bool, to writer: inout PartWriter) {
        if let item = rows.item(ofRow: row) {
            writer.add(item)
            isSettled = false
        }
        if let record = rows.breakRecord(ofRow: row) {
            writer.add(record)
            isSettled = false
        }
    }

    /// Where a record stood that came first tonight or, then it is known, on a night before.
    @inline(__always)
    private func first(_ source: SourceLine, _ isKnown: inout Bool) -> FirstPlace {
        if let first = carried?.firstPlace(of: source) {
            isKnown = true
            return first
        }
        return FirstPlace(asOf: asOf, place: source, fileName: fileNames[Int(source.file)])
    }
}

/// Orders without a number, in the order in which they were found.
private struct UnnamedOrders {
    struct Order {
        package let identity: OrderLink
        package var records = OrderRecords()
        /// The places of rows that are no case's.
        package var rows: [Int] = []
    }

    private(set) var orders: [Order] = []
    private var places: [OrderLink: Int] = [:]

    subscript(identity: OrderLink) -> Order {
        mutating get { orders[place(identity)] }
        _modify {
            let place = place(identity)
            yield &orders[place]
        }
    }

    private mutating func place(_ identity: OrderLink) -> Int {
        if let place = places[identity] { return place }
        places[identity] = orders.count
        orders.append(Order(identity: identity))
        return orders.count - 1
    }
}

/// The records of one case: of those that say the same the first, and that it came again.
private struct DistinctRecords {
    private(set) var records: [RememberedRecord] = []
    /// Their places by a hash of their content, if there are many.
    private var places: [Int: [Int]] = [:]

    mutating func add(_ record: RefundCase, cameAgain: Bool, _ first: FirstPlace) {
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
    /// A hash of the record's content.
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
