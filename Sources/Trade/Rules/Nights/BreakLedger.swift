import Memory
import Refunds

/// A row of tonight's report that is a break, or an open item that a person has closed.
package struct ExaminedBreak: Sendable, Equatable {
    package var record: BreakRecord
    package var standing: BreakStanding

    package init(_ record: BreakRecord, _ standing: BreakStanding) {
        self.record = record
        self.standing = standing
    }

    /// Whether it is followed on the nights to come. What was accepted or written off is, for as long as its refund is
    /// outstanding; a closed one is not.
    package var stays: Bool {
        switch standing {
        case .closed, .resolved: false
        case .settled: record.isOutstanding
        case .new, .persisting, .open, .reopened, .notExamined: true
        }
    }
}

/// The new key of a row whose case was restated.
package struct RenamedRow: Sendable, Equatable {
    package var id: BreakID
    package var key: RowKey

    package init(id: BreakID, key: RowKey) {
        self.id = id
        self.key = key
    }
}

/// The breaks of the nights before and the decisions about them, with which tonight's rows are compared. Pure.
package struct BreakLedger: Sendable {
    /// The breaks that were open at the end of the last night, in any order, under the ids that they have tonight; nil
    /// where no state is kept.
    package let before: [BreakRecord]?
    let dispositions: Dispositions
    private let asOf: CalendarDate
    /// Breaks that are one with another since their cases proved to be one refund.
    let merged: [BreakRecord]
    private let index: HashIndex
    /// The ids that a row had before, the latest last.
    let formerIDs: [BreakID: [BreakID]]
    private let filter: KeyFilter

    package init(before: [BreakRecord]?, dispositions: [Disposition], asOf: CalendarDate) {
        self.init(before: before, merged: [], renamed: [:], Dispositions(dispositions), asOf: asOf)
    }

    private init(
        before: [BreakRecord]?, merged: [BreakRecord], renamed: [BreakID: [BreakID]], _ dispositions: Dispositions,
        asOf: CalendarDate
    ) {
        self.before = before
        self.merged = merged
        self.dispositions = dispositions
        self.asOf = asOf
        let records = before ?? []
        var index = HashIndex(capacity: records.count)
        var formerIDs = renamed
        for place in records.indices {
            let id = records[place].id
            index.insert(place, id.keyHash)
            if records[place].formerIDs.isEmpty { continue }
            let known = records[place].formerIDs
            formerIDs[id] = known + (formerIDs[id] ?? []).filter { !known.contains($0) }
        }
        self.index = index
        self.formerIDs = formerIDs
        filter = KeyFilter(records.lazy.map(\.key))
    }

    /// The ledger in which breaks whose case was restated under another key have the new key's id. Their since, their nights
    /// and the decisions about them stay.
    ///
    /// - Parameter renamed: the new name by the former id; a name may itself have been renamed.
    package func renaming(_ renamed: [BreakID: RenamedRow]) -> BreakLedger {
        if renamed.isEmpty { return self }
        var formers: [BreakID: [BreakID]] = [:]
        func name(after id: BreakID) -> (name: RenamedRow, formerIDs: [BreakID])? {
            guard var name = renamed[id] else { return nil }
            var former = [id]
            while let next = renamed[name.id], !former.contains(name.id) {
                former.append(name.id)
                name = next
            }
            return (name, former)
        }
        for id in renamed.keys.sorted() {
            guard let (name, former) = name(after: id) else { continue }
            let known = formers[name.id] ?? []
            formers[name.id] = known + former.filter { !known.contains($0) }
        }
        // Of breaks that are one now, the one that had the id all along goes on.
        let all = before ?? []
        var records = all.filter { renamed[$0.id] == nil }
        var merged: [BreakRecord] = []
        var places = Dictionary(zip(records.lazy.map(\.id), records.indices)) { first, _ in first }
        for record in all.filter({ renamed[$0.id] != nil }).sorted(by: { $0.id < $1.id }) {
            guard let (name, former) = name(after: record.id) else { continue }
            if let place = places[name.id] {
                records[place].since = min(records[place].since, record.since)
                records[place].nights = max(records[place].nights, record.nights)
                let known = records[place].formerIDs
                records[place].formerIDs += (record.formerIDs + former).filter { !known.contains($0) }
                merged.append(record)
            } else {
                places[name.id] = records.count
                var next = record
                (next.id, next.key) = (name.id, name.key)
                next.formerIDs += former
                records.append(next)
            }
        }
        return BreakLedger(
            before: before == nil ? nil : records, merged: self.merged + merged, renamed: formers, dispositions,
            asOf: asOf)
    }

    // MARK: A row

    /// Whether no break was open at the last night.
    package var isEmpty: Bool { before?.isEmpty ?? true }

    /// Whether a row with this key may have been a break at the last night; the id decides.
    package func mayKnow(_ key: RowKey) -> Bool { filter.mayHave(key) }

    /// The break as the last night left it.
    package func known(_ id: BreakID) -> BreakRecord? { recordPlace(of: id).flatMap { before?[$0] } }

    func recordPlace(of id: BreakID) -> Int? {
        guard let before else { return nil }
        return index.find(id.keyHash) { before[$0].id == id }
    }

    package var hasDispositions: Bool { !dispositions.rows.isEmpty }

    /// The decision about a row, under its id or one that it had before.
    package func disposition(of id: BreakID) -> Disposition? { place(of: id).map { dispositions.rows[$0] } }

    private func place(of id: BreakID) -> Int? {
        if dispositions.rows.isEmpty { return nil }
        if let place = dispositions.place(of: id) { return place }
        for former in (formerIDs[id] ?? []).reversed() {
            if let place = dispositions.place(of: former) { return place }
        }
        return nil
    }

    /// The standing of a row; nil if it is not a break, was none, and nobody closed it.
    ///
    /// - Parameters:
    ///   - isOutstanding: whether the row is an open item: an outstanding case or an orphan.
    ///   - amounts: the decisive values of the row, as `BreakAmounts` writes them.
    ///   - isKnown: whether it was a break at the last night.
    package func standing(
        _ id: BreakID, isBreak: Bool, isOutstanding: Bool, amounts: Text, isKnown: Bool
    ) -> BreakStanding? {
        let decided = disposition(of: id)
        if isOutstanding, let decided, decided.closes, decided.amounts == amounts { return .closed }
        guard isBreak else { return isKnown ? .resolved : nil }
        if let decided, decided.settles || decided.closes {
            if decided.amounts != amounts { return .reopened }
            if decided.settles { return .settled }
        }
        guard before != nil else { return .open }
        return isKnown ? .persisting : .new
    }

    /// Whether a person has closed an open item: it is not carried any more.
    package func closes(_ id: BreakID, amounts: Text) -> Bool {
        guard let decided = disposition(of: id) else { return false }
        return decided.closes && decided.amounts == amounts
    }

    /// A row of tonight's that is a break.
    package func examined(_ record: BreakRecord) -> ExaminedBreak {
        let standing = standing(
            record.id, isBreak: true, isOutstanding: record.isOutstanding, amounts: record.amounts,
            isKnown: recordPlace(of: record.id) != nil)
        return ExaminedBreak(record, standing ?? .new)
    }

    /// The as-of date of the first report that had a break.
    ///
    /// - Parameter known: the break as the last night left it; nil if it was none.
    package func since(_ known: BreakRecord?) -> CalendarDate { known?.since ?? asOf }

    /// In how many nights the break was open, tonight included if it still is one.
    package func nights(_ known: BreakRecord?, isBreak: Bool = true) -> Int {
        (known?.nights ?? 0) + (isBreak ? 1 : 0)
    }

    /// The ids that a row had before its case was restated under another key.
    package func formerIDs(of id: BreakID) -> [BreakID] { formerIDs.isEmpty ? [] : formerIDs[id] ?? [] }

    // MARK: A night

    /// Breaks of the nights before that a person has accepted or written off and whose refund has ended. Their orders are to be
    /// examined tonight, whether anything about them came or not: so they leave the ledger.
    package var ending: [BreakRecord] {
        if dispositions.rows.isEmpty { return [] }
        let records = before ?? []
        return records.indices.filter { place in
            guard let decided = disposition(of: records[place].id), decided.settles else { return false }
            return !records[place].isOutstanding && decided.amounts == records[place].amounts
        }.map { records[$0] }
    }

    /// The ledger at the end of the night, and how it came about.
    ///
    /// - Parameters:
    ///   - tonight: the rows that are breaks, and those that were closed, in the report's order.
    ///   - openItems: the ids of the rows that are open.
    ///   - isExamined: whether the order of a break of the nights before was examined tonight.
    package func close(
        _ tonight: [ExaminedBreak], openItems: some Sequence<BreakID>, isExamined: (BreakRecord) -> Bool
    ) throws(AmbiguousDisposition) -> ClosedLedger {
        var closed = ClosedLedger(opening: (before?.count ?? 0) + merged.count, tonight: tonight)
        let records = before ?? []
        var isSeen = [Bool](repeating: false, count: records.count)
        var counts = [Int](repeating: 0, count: BreakStanding.allCases.count)
        for place in tonight.indices {
            let standing = tonight[place].standing
            counts[standing.ordinal] += 1
            if standing == .settled, !tonight[place].stays { closed.ended += 1 }
            if let known = recordPlace(of: tonight[place].record.id) {
                isSeen[known] = true
            } else {
                closed.appeared += 1
            }
        }
        var (resolved, notExamined): ([BreakRecord], [Int32]) = (merged, [])
        for place in records.indices where !isSeen[place] {
            if isExamined(records[place]) {
                resolved.append(records[place])
            } else {
                notExamined.append(Int32(place))
            }
        }
        let order = resolved.sortedBySinceAndID(resolved.indices.map { Int32($0) })
        closed.resolved = order.map { resolved[Int($0)] }
        closed.notExamined = ListedBreaks(records, places: records.sortedBySinceAndID(notExamined), moreNights: 1)
        counts[BreakStanding.resolved.ordinal] = closed.resolved.count
        counts[BreakStanding.notExamined.ordinal] = closed.notExamined.count
        for standing in BreakStanding.allCases where counts[standing.ordinal] > 0 {
            closed.counts[standing] = counts[standing.ordinal]
        }
        if hasDispositions { try addDispositions(openItems, to: &closed) }
        return closed
    }
}
