import Core
import Report
import State

/// The state store as a person looks at it: `refund-recon state`.
public struct StateInspection {
    private let store: StateStore

    /// Opens a store that exists. What a killed run left in it is settled first.
    public init(path: String) throws(RunFailure) {
        do throws(StateError) {
            store = try StateStore(path: path, mayBeNew: false)
            try store.settle(ManifestChain.isPublished)
        } catch { throw RunFailure(error) }
    }

    /// A table of the nights that are kept.
    public func nightsTable(width: Int = 80) throws(RunFailure) -> String {
        let nights: [KeptNight]
        do throws(StateError) { nights = try store.nights() } catch { throw RunFailure(error) }
        if nights.isEmpty { return "no night is kept" }
        let table = ReportTable(
            "",
            [.words("Night"), .words("Opened from")] + ["Cases", "Open", "Orphans", "Breaks"].map { .figures($0) }
                + [.words("State")],
            nights.map { night in
                [
                    .date(night.asOf), night.openedFrom.map { .date($0) } ?? .word("nothing"), .count(night.cases),
                    .count(night.openCases), .count(night.orphans), .count(night.breaks),
                    .word(night.isStale ? "stale: run it again" : "good"),
                ]
            })
        return table.text(width: width)
    }

    /// What a night handed on, as JSON Lines.
    ///
    /// - Parameter asOf: nil for the last one.
    public func export(_ asOf: CalendarDate?) throws(RunFailure) -> [UInt8] {
        let closing: NightClosing?
        do throws(StateError) {
            var night = asOf
            if night == nil { night = try store.nights().last?.asOf }
            closing = try night.flatMap { night throws(StateError) in try store.closing(night) }
        } catch { throw RunFailure(error) }
        guard let closing else {
            throw RunFailure(.cannotOpenInput, asOf.map { "the night of \($0) is not kept" } ?? "no night is kept")
        }
        return closing.exportLines()
    }

    /// Forgets the nights that no report of that day or later needs; gives how many.
    public func forget(before asOf: CalendarDate) throws(RunFailure) -> Int {
        do throws(StateError) { return try store.forget(before: asOf) } catch { throw RunFailure(error) }
    }
}
