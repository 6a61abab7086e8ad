import CSQLite
import Core

/// What each night handed to the next, kept by as-of date in an SQLite file.
///
/// A night's record is written before its report is published and counts from then on: the report's place in the output
/// folder decides. So neither is ever there without the other, wherever a run is killed (`settle`).
///
/// One connection, which has the file for itself until it is closed; full synchronisation; integrity checked at opening.
public final class StateStore {
    let database: Database

    /// `RREC`: marks the file as ours.
    private static let applicationID: Int64 = 0x5252_4543
    private static let schemaVersion: Int64 = 1

    /// Opens the store, and makes it if there is none.
    ///
    /// - Parameter mayBeNew: whether it may be made.
    public init(path: String, mayBeNew: Bool = true) throws(StateError) {
        database = try Database(path: path, mayBeNew: mayBeNew)
        try database.run("PRAGMA locking_mode = EXCLUSIVE")
        try database.run("PRAGMA journal_mode = DELETE")
        try database.run("PRAGMA synchronous = FULL")
        try database.run("PRAGMA foreign_keys = ON")
        // Takes the lock, which is then kept.
        try database.run("BEGIN EXCLUSIVE")
        try database.run("COMMIT")
        try checkKind()
        try checkIntegrity()
    }

    private func pragma(_ name: String) throws(StateError) -> Int64 {
        try database.rows("PRAGMA \(name)").first?.first?.integer ?? 0
    }

    private func checkKind() throws(StateError) {
        let isEmpty = try database.rows("SELECT 1 FROM sqlite_master LIMIT 1").isEmpty
        let application = try pragma("application_id")
        guard application == Self.applicationID || (isEmpty && application == 0) else {
            throw .unusable(path: database.path, reason: "it is a database of something else")
        }
        database.keepPrivate()
        if application == 0 { return try makeSchema() }
        let version = try pragma("user_version")
        guard version == Self.schemaVersion else {
            throw .unusable(path: database.path, reason: "its version is \(version), not \(Self.schemaVersion)")
        }
    }

    private func checkIntegrity() throws(StateError) {
        let found = try database.rows("PRAGMA integrity_check").compactMap { $0.first?.string }
        if found != ["ok"] {
            throw .unusable(path: database.path, reason: "it is damaged: \(found.first ?? "no answer to a check")")
        }
    }

    private func makeSchema() throws(StateError) {
        try database.transaction { () throws(StateError) in
            for statement in StateSchema.statements { try database.run(statement) }
            try database.run("PRAGMA application_id = \(Self.applicationID)")
            try database.run("PRAGMA user_version = \(Self.schemaVersion)")
        }
    }

    // MARK: From night to night

    /// What a night begins with: what the last night before it closed with.
    ///
    /// - Parameter answersSince: answers that nights before that one received are left out; nil leaves all out.
    public func opening(before asOf: CalendarDate, answersSince: CalendarDate?) throws(StateError) -> NightOpening {
        var opening = NightOpening()
        let found = try database.rows(
            "SELECT id, asOf FROM night WHERE asOf < ? AND isPublished = 1 ORDER BY asOf DESC LIMIT 1",
            [.text(asOf.description)])
        guard let row = found.first, let night = row[0].integer else { return opening }
        opening.asOf = row[1].date
        opening.orders = try lines(night, .orders)
        opening.webhooks = try lines(night, .webhooks)
        opening.items = try items(night)
        opening.balance = try balance(night)
        opening.breaks = try breaks(night)
        if let answersSince { opening.answers = try answers(before: asOf, since: answersSince) }
        return opening
    }

    /// Writes what a night closes with, to count once its report is published.
    public func prepare(_ closing: NightClosing, _ report: NightReport) throws(StateError) -> PreparedNight {
        var night: Int64 = 0
        try database.transaction { () throws(StateError) in
            try database.run(
                """
                INSERT INTO night (asOf, isPublished, openedFrom, openedFromDigest, digest, manifest, folder, cases)
                VALUES (?, 0, ?, (SELECT digest FROM night WHERE asOf = ? AND isPublished = 1), ?, ?, ?, ?)
                """,
                [
                    .text(closing.asOf.description), .init(report.openedFrom?.description),
                    .init(report.openedFrom?.description), .text(report.digest), .text(report.manifestSHA256),
                    .text(report.folder), .init(closing.cases),
                ])
            night = database.lastRow
            try insertLines(closing.orders, night, .orders)
            try insertLines(closing.webhooks, night, .webhooks)
            for item in closing.items { try insert(item, night) }
            for (key, sum) in closing.balance.sums { try insert(key, sum, night) }
            for record in closing.breaks { try insert(record, night) }
            for answer in closing.answers { try insert(answer, night) }
        }
        return PreparedNight(id: night, asOf: closing.asOf)
    }

    /// The night's report is published: what it wrote takes the place of what was kept for that day.
    public func confirm(_ night: PreparedNight) throws(StateError) {
        try database.transaction { () throws(StateError) in
            try database.run(
                "DELETE FROM night WHERE asOf = ? AND id <> ?", [.text(night.asOf.description), .integer(night.id)])
            try database.run("UPDATE night SET isPublished = 1 WHERE id = ?", [.integer(night.id)])
        }
    }

    /// The night's report was not published.
    public func discard(_ night: PreparedNight) throws(StateError) {
        try database.run("DELETE FROM night WHERE id = ?", [.integer(night.id)])
    }

    /// Settles what a killed run left between preparing and confirming.
    ///
    /// - Parameter isPublished: whether the output folder holds a report with that manifest.
    public func settle(
        _ isPublished: (_ folder: String, _ manifestSHA256: String) throws(StateError) -> Bool
    ) throws(StateError) {
        for row in try database.rows("SELECT id, asOf, folder, manifest FROM night WHERE isPublished = 0 ORDER BY id") {
            guard let id = row[0].integer, let asOf = row[1].date else { throw damaged("night") }
            let night = PreparedNight(id: id, asOf: asOf)
            if try isPublished(row[2].string ?? "", row[3].string ?? "") {
                try confirm(night)
            } else {
                try discard(night)
            }
        }
    }

    // MARK: For a person

    /// Every night that is kept, the earliest first.
    public func nights() throws(StateError) -> [KeptNight] {
        var nights: [KeptNight] = []
        let counts = ["item WHERE rowType = 'case' AND", "item WHERE rowType <> 'case' AND", "break WHERE"]
            .map { "(SELECT count(*) FROM \($0) night = night.id)" }.joined(separator: ", ")
        let rows = try database.rows(
            """
            SELECT asOf, openedFrom, openedFromDigest, digest, manifest, folder, cases, \(counts) FROM night
            WHERE isPublished = 1 ORDER BY asOf
            """)
        for row in rows {
            guard let asOf = row[0].date else { throw damaged("night") }
            let openedFrom = row[1].date
            let before = nights.last
            // Its report rests on what the night before it closes with today, unless all before it was forgotten.
            let isStale =
                before.map { $0.isStale || openedFrom != $0.asOf || row[2].string != $0.digest } ?? false
            nights.append(
                KeptNight(
                    asOf: asOf, openedFrom: openedFrom, digest: row[3].string ?? "",
                    manifestSHA256: row[4].string ?? "", folder: row[5].string ?? "",
                    cases: Int(row[6].integer ?? 0), openCases: Int(row[7].integer ?? 0),
                    orphans: Int(row[8].integer ?? 0), breaks: Int(row[9].integer ?? 0), isStale: isStale))
        }
        return nights
    }

    /// What a night closed with; nil if it is not kept.
    public func closing(_ asOf: CalendarDate) throws(StateError) -> NightClosing? {
        let rows = try database.rows(
            "SELECT id, cases FROM night WHERE asOf = ? AND isPublished = 1", [.text(asOf.description)])
        guard let row = rows.first, let night = row[0].integer else { return nil }
        var closing = NightClosing(asOf: asOf)
        closing.cases = Int(row[1].integer ?? 0)
        closing.orders = try lines(night, .orders)
        closing.webhooks = try lines(night, .webhooks)
        closing.items = try items(night)
        closing.balance = try balance(night)
        closing.breaks = try breaks(night)
        return closing
    }

    /// Forgets the nights that no report of that day or later needs: all but the last one before it. Gives their number.
    public func forget(before asOf: CalendarDate) throws(StateError) -> Int {
        let kept = try nights()
        let forgotten = kept.filter { $0.asOf < asOf }.dropLast()
        guard let last = forgotten.last else { return 0 }
        try database.run("DELETE FROM night WHERE asOf <= ?", [.text(last.asOf.description)])
        try database.run("VACUUM")
        return forgotten.count
    }
}

/// A night that was written and does not count yet.
public struct PreparedNight: Sendable, Equatable {
    let id: Int64
    let asOf: CalendarDate
}

/// The report that a night's record belongs to.
public struct NightReport: Sendable, Equatable {
    /// The night that it was opened from.
    public var openedFrom: CalendarDate?
    /// The SHA-256 of all that the night closes with.
    public var digest: String
    public var manifestSHA256: String
    /// The output folder in which it is published.
    public var folder: String

    public init(openedFrom: CalendarDate?, digest: String, manifestSHA256: String, folder: String) {
        self.openedFrom = openedFrom
        self.digest = digest
        self.manifestSHA256 = manifestSHA256
        self.folder = folder
    }
}

/// A night as a person sees it.
public struct KeptNight: Sendable, Equatable {
    public let asOf: CalendarDate
    public let openedFrom: CalendarDate?
    public let digest: String
    public let manifestSHA256: String
    public let folder: String
    /// Cases that it reconciled.
    public let cases: Int
    /// Cases, orphan webhooks and breaks that it left open.
    public let openCases: Int
    public let orphans: Int
    public let breaks: Int
    /// Whether a night before it was run again or first run since, and closes with something else: its report is to be made
    /// again.
    public let isStale: Bool
}
