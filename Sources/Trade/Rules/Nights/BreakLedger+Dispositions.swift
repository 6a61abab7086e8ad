import Memory
import Refunds

extension BreakLedger {
    /// Which decisions are about nothing that is known, and which cannot hold any more.
    func addDispositions(
        _ openItems: some Sequence<BreakID>, to closed: inout ClosedLedger
    ) throws(AmbiguousDisposition) {
        let tonight = Set(closed.tonight.lazy.map(\.record.id))
        let open = Set(openItems)
        let mergedIDs = Set(merged.lazy.map(\.id))
        let halves = try idsByHalf([tonight, open, mergedIDs])
        var nameNow: [BreakID: BreakID] = [:]
        for (id, formers) in formerIDs { for former in formers { nameNow[former] = id } }
        for row in dispositions.rows {
            let written = BreakID(row.breakID) ?? BreakID.half(row.breakID.utf8).flatMap { halves[$0] }
            guard let written else {
                closed.unknownDispositions.append(row)
                continue
            }
            let id = nameNow[written] ?? written
            let isKnown =
                tonight.contains(id) || open.contains(id) || mergedIDs.contains(written) || recordPlace(of: id) != nil
            if !isKnown { closed.unknownDispositions.append(row) }
            if row.closes, open.contains(id), !tonight.contains(id), disposition(of: id) == row {
                closed.notClosed.append(row)
            }
        }
        closed.miswritten = dispositions.rows.filter(\.isMiswritten)
        closed.onFormerAmounts = closed.tonight.lazy.filter { $0.standing == .reopened }
            .compactMap { disposition(of: $0.record.id) }.filter(\.isOnFormerAmounts)
    }

    /// The ids that decisions mean which have only the first digits.
    private func idsByHalf(_ known: [Set<BreakID>]) throws(AmbiguousDisposition) -> [UInt64: BreakID] {
        if dispositions.placesByHalf.isEmpty { return [:] }
        var idsByHalf: [UInt64: Set<BreakID>] = [:]
        func add(_ ids: some Sequence<BreakID>) {
            for id in ids where dispositions.placesByHalf[id.high] != nil {
                idsByHalf[id.high, default: []].insert(id)
            }
        }
        for ids in known { add(ids) }
        for ids in formerIDs.values { add(ids) }
        add((before ?? []).lazy.map(\.id))
        for (half, place) in dispositions.placesByHalf.sorted(by: { $0.value < $1.value }) {
            if let ids = idsByHalf[half], ids.count > 1 {
                throw AmbiguousDisposition(place: dispositions.rows[place].place, ids: ids.sorted())
            }
        }
        return idsByHalf.compactMapValues(\.first)
    }
}
