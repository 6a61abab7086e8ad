import Memory
import Refunds

/// Which nights are kept.
extension NightStore {
    /// Every night that is kept, the earliest first.
    package func nights() throws(StateError) -> [KeptNight] { try publishedNights().map(\.kept) }

    /// All that a night handed on; nil if it is not kept.
    package func night(_ asOf: CalendarDate) throws(StateError) -> OpenedNight? {
        let night = try publishedNights().first { $0.asOf == asOf }
        return try night.map { night throws(StateError) in try opened(night) }
    }

    /// Forgets the nights that no report of that day or later needs: all but the last one before it. Gives their number.
    ///
    /// Refused while a report is to be made again: that needs the nights before it, and nobody would see any more that
    /// the later ones rest on a closing that has changed.
    package func forget(before asOf: CalendarDate) throws(StateError) -> Int {
        if let unsettled = try unsettled().first {
            throw .unsettled(
                path: path,
                reason: "a run for \(unsettled.asOf) was killed while it published: run it again, or see `state settle`"
            )
        }
        if let stale = try publishedNights().first(where: \.isStale) {
            throw .refused(
                path: path,
                reason: "nothing is forgotten while a report is stale: run \(stale.asOf) again, then those after it")
        }
        let count = try forgetNights(before: asOf)
        if count == 0 { return 0 }
        do throws(StateError) { try database.run("VACUUM") } catch {
            throw .failed(
                path: path, reason: "\(count) nights are forgotten, but the file is as large as before (\(error))")
        }
        return count
    }

    /// As `forget`, by a run: does nothing where that would refuse. The file does not shrink; the nights to come use what
    /// is free in it.
    package func forgetAutomatically(before asOf: CalendarDate) throws(StateError) -> Int {
        let nights = try storedNights()
        if nights.contains(where: { $0.isStale || !$0.isPublished }) { return 0 }
        return try forgetNights(before: asOf)
    }

    private func forgetNights(before asOf: CalendarDate) throws(StateError) -> Int {
        let nights = try storedNights()
        let forgotten = nights.filter { $0.asOf < asOf }.count - 1
        guard forgotten > 0 else { return 0 }
        try database.transaction { () throws(StateError) in try keepOnly(Array(nights.dropFirst(forgotten))) }
        return forgotten
    }
}
