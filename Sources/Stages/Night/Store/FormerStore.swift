import Memory
import Refunds
import Rules
import SQLite

/// A night as a store of the first version has it: the lines of the files in which its next report would have had what is
/// carried forward, the open items and the breaks.
package struct FormerNight: Sendable {
    package var kept: KeptNight
    /// How many nights the store has up to this one.
    package var ordinal: Int
    /// Lines of `carried-orders.jsonl` and of `carried-webhooks.jsonl`, without their line ends.
    package var orders: [[UInt8]] = []
    package var webhooks: [[UInt8]] = []
    /// Without their ids, which were shorter.
    package var items: [OpenItem] = []
    package var breaks: [BreakRecord] = []
    package var balance = OpenBalance()
}

/// A store of the first version, which is read once, to be taken over, and not changed.
package final class FormerStore {
    private let database: Database

    private static let version: Int64 = 1

    /// Opens a store of the first version and holds it for itself; nil if there is none: no file, or another.
    package init?(path: String) throws(StateError) {
        do throws(StateError) {
            database = try Database(path: path, mayBeNew: false)
            try database.run("PRAGMA locking_mode = EXCLUSIVE")
            let kind = try database.rows("PRAGMA application_id") + database.rows("PRAGMA user_version")
            guard kind == [[.integer(NightTables.applicationID)], [.integer(Self.version)]] else { return nil }
        } catch {
            // What else is wrong is found, and told, where the file is opened as what it should be.
            if case .inUse = error { throw error }
            return nil
        }
        try database.run("BEGIN EXCLUSIVE")
        try database.run("COMMIT")
        let found = try database.rows("PRAGMA integrity_check").compactMap { $0.first?.string }
        if found != ["ok"] { throw damaged(found.first ?? "no answer to a check") }
    }

    private func damaged(_ what: String) -> StateError {
        .unusable(path: database.path, reason: "it is damaged (\(what)): restore the file from its backup")
    }

    /// Writes a copy of the whole store into a file that is empty.
    package func copy(to path: String) throws(StateError) { try database.run("VACUUM INTO ?", [.text(path)]) }

    /// Every night whose report was published, the earliest first.
    ///
    /// - Parameter isPublished: of a night whose run was killed while it published. Throws where nobody knows.
    package func nights(
        isPublished: (_ night: KeptNight, _ others: [KeptNight]) throws(StateError) -> Bool
    ) throws(StateError) -> [KeptNight] {
        let rows = try database.rows(
            "SELECT asOf, openedFrom, openedFromDigest, digest, manifest, folder, cases, isPublished FROM night "
                + "ORDER BY asOf, id")
        var counting: [KeptNight] = []
        var unsettled: [KeptNight] = []
        for row in rows {
            guard let asOf = row[0].date else { throw damaged("a night without a date") }
            let night = KeptNight(
                asOf: asOf, openedFrom: row[1].date, openedFromDigest: row[2].string, digest: row[3].string ?? "",
                manifestSHA256: row[4].string ?? "", folder: row[5].string ?? "", cases: Int(row[6].integer ?? 0),
                openCases: 0, orphans: 0, breaks: 0, isStale: false)
            if row[7].integer == 1 { counting.append(night) } else { unsettled.append(night) }
        }
        for killed in unsettled where try isPublished(killed, counting) {
            counting.removeAll { $0.asOf == killed.asOf }
            counting.append(killed)
        }
        var nights: [KeptNight] = []
        for night in counting.sorted(by: { $0.asOf < $1.asOf }) {
            let isStale = nights.last.map { night.isStale(after: $0.asOf, digest: $0.digest, isStale: $0.isStale) }
            nights.append(night.stale(isStale ?? false))
        }
        return nights
    }

    /// The closing of a night.
    ///
    /// - Parameter nights: all nights that count.
    package func night(_ kept: KeptNight, among nights: [KeptNight]) throws(StateError) -> FormerNight {
        let ids = try database.rows(
            "SELECT id FROM night WHERE asOf = ? AND digest = ? AND manifest = ?",
            [.text(kept.asOf.description), .text(kept.digest), .text(kept.manifestSHA256)])
        guard let id = ids.last?[0] else { throw damaged("the night of \(kept.asOf) is not there") }
        var night = FormerNight(kept: kept, ordinal: nights.count { $0.asOf <= kept.asOf })
        night.orders = try lines(id, kind: 0)
        night.webhooks = try lines(id, kind: 1)
        night.items = try items(id)
        night.breaks = try breaks(id)
        night.balance = try balance(id)
        return night
    }

    private static let key = "rowType, orderNo, airlinePNR, carrier, refundCode"

    private func lines(_ night: Database.Value, kind: Int) throws(StateError) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        try database.query(
            "SELECT line FROM carried WHERE night = ? AND kind = ? ORDER BY position", [night, .init(kind)]
        ) { row throws(StateError) in
            guard case .bytes(let line) = row[0] else { throw damaged("a line that is none") }
            lines.append(line)
        }
        return lines
    }

    private func items(_ night: Database.Value) throws(StateError) -> [OpenItem] {
        var items: [OpenItem] = []
        try database.query(
            "SELECT \(Self.key), currency, amount, outcome, since FROM item WHERE night = ? ORDER BY position", [night]
        ) { row throws(StateError) in
            guard let key = RowKey(row), let currency = row[5].string.flatMap({ Currency($0) }), let since = row[8].date
            else { throw damaged("an open item") }
            items.append(
                OpenItem(
                    id: .none, key: key, currency: currency, amount: row[6].integer.map { Amount(minorUnits: $0) },
                    outcome: row[7].string.flatMap { Outcome(rawValue: $0) }, since: since))
        }
        return items
    }

    private func breaks(_ night: Database.Value) throws(StateError) -> [BreakRecord] {
        var breaks: [BreakRecord] = []
        try database.query(
            """
            SELECT \(Self.key), currency, outcome, exceptions, amounts, since, nights, examined FROM break
            WHERE night = ? ORDER BY position
            """, [night]
        ) { row throws(StateError) in
            guard let key = RowKey(row), let exceptions = ExceptionSet(joined: row[7].text ?? ""),
                let since = row[9].date, let nights = row[10].integer, let examined = row[11].date
            else { throw damaged("a break") }
            breaks.append(
                BreakRecord(
                    id: .none, key: key, currency: row[5].string.flatMap { Currency($0) },
                    outcome: row[6].string.flatMap { Outcome(rawValue: $0) }, exceptions: exceptions,
                    amounts: row[8].text ?? "", since: since, nights: Int(nights), examined: examined))
        }
        return breaks
    }

    private func balance(_ night: Database.Value) throws(StateError) -> OpenBalance {
        var sums: [OpenBalance.Key: OpenBalance.Sum] = [:]
        try database.query(
            "SELECT rowType, currency, count, amount, withoutAmount FROM balance WHERE night = ?", [night]
        ) { row throws(StateError) in
            guard let rowType = row[0].string.flatMap({ RowType(rawValue: $0) }),
                let currency = row[1].string.flatMap({ Currency($0) }), let count = row[2].integer,
                let amount = row[3].string.flatMap({ Int128($0) }), let withoutAmount = row[4].integer
            else { throw damaged("a balance") }
            sums[OpenBalance.Key(rowType: rowType, currency: currency)] = OpenBalance.Sum(
                count: Int(count), amount: Total(minorUnits: amount), withoutAmount: Int(withoutAmount))
        }
        return OpenBalance(sums)
    }
}

extension RowKey {
    /// The key from the first columns of a row.
    fileprivate init?(_ row: [Database.Value]) {
        guard let rowType = row[0].string.flatMap({ RowType(rawValue: $0) }) else { return nil }
        self.init(
            rowType: rowType, orderNo: row[1].text, airlinePNR: row[2].text, carrier: row[3].text,
            refundCode: row[4].text)
    }
}

extension BreakID {
    /// Of a row whose id is yet to be worked out from its key.
    fileprivate static let none = BreakID(high: 0, low: 0)
}
