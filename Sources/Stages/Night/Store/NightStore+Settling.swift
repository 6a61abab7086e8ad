import Memory
import Refunds
import SQLite

/// A night that was written, and of which it is not known whether its report was published: its run was killed.
package struct UnsettledNight: Sendable, Equatable {
    /// The night, as it will be once it counts.
    package let kept: KeptNight
    package let place: ReportPlace
    let id: Int64

    package var asOf: CalendarDate { kept.asOf }
}

/// A night counts from the moment its report is published.
extension NightStore {
    /// The night's report is published: the night takes the place of what was kept for that day, and what rests on
    /// another end of it is stale.
    package func confirm(_ night: PreparedNight) throws(StateError) {
        try database.transaction { () throws(StateError) in
            var nights = try storedNights().filter { $0.asOf != night.asOf || $0.id == night.id }
            guard let place = nights.firstIndex(where: { $0.id == night.id }) else {
                throw .contradiction(path: path, reason: "the night of \(night.asOf) was not prepared")
            }
            nights[place].isPublished = true
            Self.markStale(&nights)
            try keepOnly(nights)
        }
    }

    /// The night's report was not published.
    package func discard(_ night: PreparedNight) throws(StateError) {
        try database.transaction { () throws(StateError) in
            try keepOnly(try storedNights().filter { $0.id != night.id })
        }
    }

    /// The nights whose runs were killed while they published.
    package func unsettled() throws(StateError) -> [UnsettledNight] {
        try storedNights().filter { !$0.isPublished }.sorted { $0.id < $1.id }
            .map { UnsettledNight(kept: $0.kept, place: $0.place, id: $0.id) }
    }

    /// Settles nights of runs that were killed between preparing and confirming.
    ///
    /// - Parameter standing: whether the report was published. If nobody knows, nothing is settled (66).
    package func settle(_ standing: (UnsettledNight) -> ReportStanding) throws(StateError) {
        for night in try unsettled() { try settle(night, standing(night)) }
    }

    /// Settles one night whose publication did not come to its end.
    package func settle(_ night: PreparedNight, _ standing: (UnsettledNight) -> ReportStanding) throws(StateError) {
        for unsettled in try unsettled() where unsettled.id == night.id { try settle(unsettled, standing(unsettled)) }
    }

    /// Settles a night by whether its report was published.
    package func settle(_ night: UnsettledNight, _ standing: ReportStanding) throws(StateError) {
        switch standing {
        case .published: try confirm(PreparedNight(id: night.id, asOf: night.asOf))
        case .notPublished: try discard(PreparedNight(id: night.id, asOf: night.asOf))
        case .unknown(let reason):
            throw .unsettled(
                path: path, reason: "a run for \(night.asOf) was killed while it published, and \(reason)")
        }
    }

    /// Notes which nights rest on what is no longer so. The first that is kept stays what it was where the night that it
    /// was opened from is forgotten.
    private static func markStale(_ nights: inout [StoredNight]) {
        var before: StoredNight?
        for index in nights.indices where nights[index].isPublished {
            if let before {
                nights[index].isStale = nights[index].kept.isStale(
                    after: before.asOf, digest: before.digest, isStale: before.isStale)
            } else if nights[index].openedFrom == nil {
                nights[index].isStale = false
            }
            before = nights[index]
        }
    }

    /// Writes the rows of these nights and removes all others, and the parts that only those handed on.
    func keepOnly(_ nights: [StoredNight]) throws(StateError) {
        try database.run("DELETE FROM night")
        for night in nights { try write(night) }
        try sealAllNights()
        let used = Set(nights.flatMap(\.parts))
        for row in try database.rows("SELECT id FROM part") {
            guard let id = row[0].integer, !used.contains(id) else { continue }
            for table in ["part", "partIndex", "partContent"] {
                try database.run("DELETE FROM \(table) WHERE id = ?", [.integer(id)])
            }
        }
    }
}
