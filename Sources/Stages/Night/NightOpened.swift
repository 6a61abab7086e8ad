import Memory
import Refunds
import Rules

/// The opening of a run that is linked to the nights before it: their open items, and people's decisions about breaks.
package struct NightOpened: Sendable {
    /// nil where no state is kept.
    package private(set) var opening: NightOpening?
    package private(set) var ledger: BreakLedger
    /// The open items, under the names that they have tonight.
    package private(set) var items: OpenItems
    package let requeryAfterDays: Int

    /// - Parameter opening: nil where no state is kept.
    package init(
        _ opening: NightOpening?, dispositions: [Disposition], requeryAfterDays: Int, asOf: CalendarDate
    ) {
        self.opening = opening
        self.requeryAfterDays = requeryAfterDays
        items = OpenItems(opening?.items ?? [])
        ledger = BreakLedger(before: opening?.breaks, dispositions: dispositions, asOf: asOf)
    }

    /// With the open items and breaks of cases that were restated under another key under the names that these have now.
    ///
    /// - Parameter keys: the key that took its place, by the former one; it may itself have been replaced.
    package func renaming(_ keys: [RefundIdentity: RefundIdentity]) -> NightOpened {
        if keys.isEmpty { return self }
        var renamed: [BreakID: RenamedRow] = [:]
        for (former, next) in keys {
            // A key may have been learnt in two steps.
            var (last, steps) = (next, 0)
            while let further = keys[last], steps < keys.count { (last, steps) = (further, steps + 1) }
            let key = RowKey(case: last)
            renamed[RowKey(case: former).id] = RenamedRow(id: key.id, key: key)
        }
        var night = self
        night.ledger = ledger.renaming(renamed)
        // Of several items that prove to be one refund the others keep their names: they are cleared.
        var ids = Set(items.list.map(\.id))
        night.items = OpenItems(
            items.list.map { item in
                guard let name = renamed[item.id], ids.insert(name.id).inserted else { return item }
                var item = item
                (item.id, item.key) = (name.id, name.key)
                return item
            })
        return night
    }

    /// Whether an answer of a night before is used without asking again.
    package func isUsedAgain(_ answer: RememberedAnswer, asOf: CalendarDate) -> Bool {
        answer.isVerifiedEnd && answer.receivedFor.adding(days: requeryAfterDays) > asOf
    }
}
