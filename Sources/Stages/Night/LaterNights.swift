import Memory
import Refunds

/// The nights after one, as the state keeps them.
package struct LaterNights: Sendable {
    private let asOf: CalendarDate?
    private let later: [KeptNight]
    /// Whether the night before it is stale.
    private let isBeforeStale: Bool
    /// The names in a report, if no state is asked.
    private let stated: [CalendarDate]?

    package init(_ nights: [KeptNight], asOf: CalendarDate) {
        self.asOf = asOf
        later = nights.filter { $0.asOf > asOf }
        isBeforeStale = nights.last { $0.asOf < asOf }?.isStale ?? false
        stated = nil
    }

    /// - Parameter staleReports: as the report says that is made again.
    package init(staleReports: [CalendarDate]) {
        (asOf, later, isBeforeStale, stated) = (nil, [], false, staleReports)
    }

    /// The days whose reports rest on another end of the night than this one.
    package func staleReports(_ closed: NightClosed) -> [CalendarDate] {
        if let stated { return stated }
        guard let asOf, let digest = closed.digest else { return [] }
        var before = (asOf: asOf, digest: digest, isStale: isBeforeStale)
        var stale: [CalendarDate] = []
        for night in later {
            let isStale = night.isStale(after: before.asOf, digest: before.digest, isStale: before.isStale)
            if isStale { stale.append(night.asOf) }
            before = (night.asOf, night.digest, isStale)
        }
        return stale
    }
}
