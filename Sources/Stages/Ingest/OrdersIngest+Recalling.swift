import Files
import Memory
import Refunds

/// A record that nights before handed on.
package struct RecalledRecord: Sendable {
    /// Its source is its place in the file of the carried records.
    package let record: RefundCase
    /// Whether it came again on a night before, just as it is.
    package let cameAgain: Bool

    package init(record: RefundCase, cameAgain: Bool) {
        self.record = record
        self.cameAgain = cameAgain
    }
}

/// Records of nights before and tonight's are judged as if all of them had come tonight, the former first: the first of a key is
/// the case, and every later one is held against it (FORMATS.md, "Orders").
extension OrdersIngest {
    /// Puts the records that nights before handed on before tonight's.
    ///
    /// - Parameters:
    ///   - records: in the order in which they came first.
    ///   - file: the number of the file that holds them.
    package mutating func recall(
        _ records: some Collection<RecalledRecord>, file: Int32, named name: String
    ) {
        carriedFile = file
        fileNames[file] = name
        if records.isEmpty { return }
        var tonight = TonightsOrders(
            cases: [], index: CaseIndex(capacity: records.count), later: laterRecords, raws: rawByCase,
            mayBeRemembered: mayBeRemembered == nil ? Array(cases.indices) : rawByCase.keys.sorted())
        (laterRecords, rawByCase) = ([], [:])
        swap(&tonight.cases, &cases)
        swap(&tonight.index, &index)
        for record in records { add(record) }
        learnCodes(tonight.mayBeRemembered.map { tonight.cases[$0] })
        carried = cases.count
        let again = tonight.mayBeRemembered.compactMap { (place) -> (place: Int, first: Int)? in
            self.place(of: tonight.cases[place].identity).map { (place, $0) }
        }
        // Records of these refunds that tonight's orders refused are judged again.
        let refused = tonight.refused(of: again.map(\.place))
        if !refused.isEmpty { rejects.removeAll { refused.contains($0.source) } }
        for (place, first) in again { hold(tonight, place, against: first) }
        addAll(&tonight, but: again)
        rejects.sort { $0.source < $1.source }
    }

    /// Tonight's cases whose refund may be remembered.
    package var casesMaybeRemembered: [RefundCase] { rawByCase.keys.sorted().map { cases[$0] } }

    /// How many of the cases have a record that was read tonight, duplicates of remembered records included.
    package var readTonight: Int {
        let again = laterRecords.filter { $0.agrees && !isCarried($0.record) && isCarried(cases[$0.first]) }
        return cases.count - carried + Set(again.map(\.first)).count
    }

    func isCarried(_ record: RefundCase) -> Bool { record.source.file == carriedFile }

    private mutating func add(_ recalled: RecalledRecord) {
        guard let first = place(of: recalled.record.identity) else {
            append(recalled.record)
            if recalled.cameAgain {
                repeatedFirsts.insert(cases.count - 1)
                cases[cases.count - 1].droppedDuplicates = 1
            }
            return
        }
        let later = LaterRecord(
            first: first, record: recalled.record, agrees: false, cameAgain: recalled.cameAgain, raw: [])
        judge(later, first)
    }

    /// Tonight's orders as they are without those of the nights before.
    private struct TonightsOrders {
        var cases: [RefundCase]
        var index: CaseIndex
        let later: [LaterRecord]
        private let laterByCase: [Int: [LaterRecord]]
        private let raws: [Int: [UInt8]]
        /// The places of the cases whose refund may be remembered, in order.
        let mayBeRemembered: [Int]

        init(
            cases: [RefundCase], index: CaseIndex, later: [LaterRecord], raws: [Int: [UInt8]], mayBeRemembered: [Int]
        ) {
            self.cases = cases
            self.index = index
            self.later = later
            laterByCase = Dictionary(grouping: later, by: \.first)
            self.raws = raws
            self.mayBeRemembered = mayBeRemembered
        }

        /// The places of the records that were refused of some cases.
        func refused(of places: [Int]) -> Set<SourceLine> {
            Set(places.flatMap { later(of: $0) }.filter { !$0.agrees }.map(\.record.source))
        }

        func later(of place: Int) -> [LaterRecord] { laterByCase.isEmpty ? [] : laterByCase[place] ?? [] }

        /// The case as one record among others.
        func record(_ place: Int) -> LaterRecord {
            var record = cases[place]
            record.droppedDuplicates = 0
            record.hasConflict = false
            return LaterRecord(first: place, record: record, agrees: true, raw: raws[place] ?? [])
        }
    }

    /// Holds the records of one of tonight's cases against the remembered one.
    private mutating func hold(_ tonight: TonightsOrders, _ place: Int, against first: Int) {
        let record = tonight.record(place)
        if record.record.isQueryable { queryable -= 1 } else { notQueryable -= 1 }
        controls.accepted -= 1
        figures[Int(record.record.source.file - firstFile)].sums.remove(
            record.record.originalAmount, record.record.currency)
        judge(record, first)
        for later in tonight.later(of: place) {
            undo(later)
            judge(later, first)
        }
    }

    /// Adds tonight's cases after the remembered ones. They are moved where they are, for a night may have millions.
    ///
    /// - Parameter again: the places of those that are remembered cases, in order, each with that of the remembered one.
    private mutating func addAll(_ tonight: inout TonightsOrders, but again: [(place: Int, first: Int)]) {
        var places: [Int32] = []
        places.reserveCapacity(tonight.cases.count)
        var passed = again.makeIterator()
        var next = passed.next()
        var place = Int32(carried)
        for index in tonight.cases.indices {
            if let same = next, same.place == index {
                places.append(Int32(same.first))
                next = passed.next()
            } else {
                places.append(place)
                place += 1
            }
        }
        for var later in tonight.later where places[later.first] >= carried {
            later.first = Int(places[later.first])
            laterRecords.append(later)
        }
        tonight.index.renumber { Int(places[$0]) }
        let found = Set(again.map(\.first))
        for place in cases.indices where !found.contains(place) {
            tonight.index.insert(place, for: cases[place].identity)
        }
        tonight.cases.removeAll(at: again.map(\.place))
        tonight.cases.insert(contentsOf: cases, at: 0)
        swap(&tonight.cases, &cases)
        swap(&tonight.index, &index)
    }

    // MARK: Codes that are learnt

    /// A remembered case without a refund code, of whose order tonight's orders have a record with one that agrees, and none
    /// without, is that case: its code is known now. So is one without an order number, where the record gives its PNR and
    /// carrier.
    private mutating func learnCodes(_ tonight: [RefundCase]) {
        let unnamed = cases.indices.filter { cases[$0].refundCode == nil }
        if unnamed.isEmpty { return }
        let tonight = RecordsByOrder(tonight, like: unnamed.map { cases[$0] })
        var learnt: Set<Int> = []
        for place in unnamed {
            let candidates = tonight.records(of: cases[place])
            guard !candidates.contains(where: { $0.refundCode == nil }),
                let record = candidates.first(where: {
                    self.place(of: $0.identity) == nil && cases[place].agrees(with: $0)
                })
            else { continue }
            rename(place, like: record)
            learnt.insert(place)
        }
        if learnt.isEmpty { return }
        // A record that contradicted the case has its key.
        laterRecords = laterRecords.map { later in
            learnt.contains(later.first) ? later.named(like: cases[later.first]) : later
        }
    }

    /// Gives a remembered case the order number and the code of a record.
    private mutating func rename(_ place: Int, like record: RefundCase) {
        let former = cases[place].identity.lookupKey
        cases[place].orderNo = record.orderNo ?? cases[place].orderNo
        cases[place].refundCode = record.refundCode
        renamed[former] = cases[place].identity.lookupKey
        index.insert(place, for: cases[place].identity)
        notQueryable -= 1
        queryable += 1
    }
}

extension LaterRecord {
    /// The same under the key of its case.
    fileprivate func named(like refundCase: RefundCase) -> LaterRecord {
        var record = record
        (record.orderNo, record.refundCode) = (refundCase.orderNo, refundCase.refundCode)
        return LaterRecord(first: first, record: record, agrees: agrees, cameAgain: cameAgain, raw: raw)
    }
}

extension Array {
    /// Removes the elements at some places, which are in order.
    fileprivate mutating func removeAll(at places: [Int]) {
        guard var next = places.first else { return }
        var removed = places.makeIterator()
        var skipped = removed.next()
        for place in next..<count {
            if place == skipped {
                skipped = removed.next()
            } else {
                swapAt(next, place)
                next += 1
            }
        }
        removeLast(count - next)
    }
}

/// Records by the names of their order: the order number, and PNR and carrier.
private struct RecordsByOrder {
    private var byOrderNo: [Text: [RefundCase]] = [:]
    private var byLocator: [RefundIdentity: [RefundCase]] = [:]

    /// - Parameter wanted: only records of their orders are kept.
    init(_ records: [RefundCase], like wanted: [RefundCase]) {
        for record in wanted {
            if let orderNo = record.orderNo {
                byOrderNo[orderNo] = []
            } else {
                record.identity.locator.map { byLocator[$0] = [] }
            }
        }
        for record in records {
            if let orderNo = record.orderNo, !byOrderNo.isEmpty { byOrderNo[orderNo]?.append(record) }
            if !byLocator.isEmpty, let locator = record.identity.locator { byLocator[locator]?.append(record) }
        }
    }

    /// In reading order.
    func records(of refundCase: RefundCase) -> [RefundCase] {
        if let orderNo = refundCase.orderNo { return byOrderNo[orderNo] ?? [] }
        return refundCase.identity.locator.flatMap { byLocator[$0] } ?? []
    }
}
