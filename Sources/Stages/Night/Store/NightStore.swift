import Memory
import Refunds
import SQLite

/// The memory of the nights, in an SQLite file: each night's row, and the parts that it hands on to the next.
///
/// A night is written before its report is published and counts from then on: the report's place in the output folder
/// decides. So neither is ever there without the other, wherever a run is killed (`settle`).
///
/// One connection, which has the file for itself until it is closed; full synchronisation. Every row of a night is checked
/// whenever the nights are read, every part when it is read; `NightCheck` checks everything.
package final class NightStore {
    let database: Database
    /// Contents that were held against their digests: the file is this process's alone while it is open.
    private var checkedContents: Set<Int64> = []

    /// Opens the store, and makes it if there is none.
    ///
    /// - Parameter mayBeNew: whether it may be made.
    package init(path: String, mayBeNew: Bool = true) throws(StateError) {
        database = try Database(path: path, mayBeNew: mayBeNew)
        try database.run("PRAGMA locking_mode = EXCLUSIVE")
        // Of a file that is empty: the size of its pages.
        try database.run("PRAGMA page_size = \(NightTables.pageBytes)")
        try database.run("PRAGMA journal_mode = DELETE")
        try database.run("PRAGMA synchronous = FULL")
        try database.run("PRAGMA cache_size = -4096")
        // Removed data is overwritten where that costs nothing.
        try database.run("PRAGMA secure_delete = FAST")
        // Takes the lock, which is then kept.
        try database.run("BEGIN EXCLUSIVE")
        try database.run("COMMIT")
        try checkKind()
        _ = try storedNights()
    }

    package var path: String { database.path }

    private func pragma(_ name: String) throws(StateError) -> Int64 {
        try database.rows("PRAGMA \(name)").first?.first?.integer ?? 0
    }

    private func checkKind() throws(StateError) {
        let tables = try database.rows("SELECT sql FROM sqlite_master ORDER BY rowid").map { $0[0].string }
        let application = try pragma("application_id")
        guard application == NightTables.applicationID || (tables.isEmpty && application == 0) else {
            throw .unusable(path: path, reason: "it is a database of something else")
        }
        database.keepPrivate()
        if application == 0 { return try makeTables() }
        let version = try pragma("user_version")
        if version == 1 { throw .former(path: path) }
        guard version == NightTables.version else {
            throw .unusable(
                path: path,
                reason: "its version is \(version), this refund-recon reads version \(NightTables.version): "
                    + "use the refund-recon that wrote it, or a newer one")
        }
        // Their order changes when the file is made smaller.
        guard Set(tables) == Set(NightTables.statements) else { throw damaged("its tables are not as they were made") }
    }

    private func makeTables() throws(StateError) {
        try database.transaction { () throws(StateError) in
            for statement in NightTables.statements { try database.run(statement) }
            try database.run("PRAGMA application_id = \(NightTables.applicationID)")
            try database.run("PRAGMA user_version = \(NightTables.version)")
            try sealAllNights()
        }
    }

    // MARK: Reading

    /// What a night begins with: all that the last night before it handed on; nil where there is none before it, and never
    /// was.
    ///
    /// Refused (65) if the nights before it are forgotten, or if the parts handed on differ from those written.
    package func opening(before asOf: CalendarDate) throws(StateError) -> OpenedNight? {
        let nights = try publishedNights()
        let before = nights.last { $0.asOf < asOf }
        if let again = nights.first(where: { $0.asOf == asOf }), let openedFrom = again.openedFrom,
            !nights.contains(where: { $0.asOf == openedFrom })
        {
            throw forgotten(
                "the night of \(asOf) was opened from that of \(openedFrom), which this store has forgotten", asOf)
        }
        if before == nil, let first = nights.first, let openedFrom = first.openedFrom {
            throw forgotten("this store has forgotten the nights up to \(openedFrom)", asOf)
        }
        return try before.map { night throws(StateError) in try opened(night) }
    }

    private func forgotten(_ what: String, _ asOf: CalendarDate) -> StateError {
        .refused(
            path: path,
            reason: "\(what): a run for \(asOf) would begin from nothing; "
                + "run it with a copy of the store from before it was forgotten, or leave the reports as they are")
    }

    /// The index of a part, as it was written.
    package func index(of part: StoredPart) throws(StateError) -> [UInt8] {
        let index = try storedIndex(of: part)
        try check(index, isAsWritten: index.isAsWritten)
        return index.bytes
    }

    /// The index of a part as it is in the store, as `storedContent` gives the content.
    package func storedIndex(of part: StoredPart) throws(StateError) -> StoredBytes {
        StoredBytes(
            part: part, bytes: try bytes(of: part, "partIndex", part.indexByteCount), digest: part.indexDigest)
    }

    /// The content of a part, as it was written.
    package func content(of part: StoredPart) throws(StateError) -> [UInt8] {
        let content = try storedContent(of: part)
        try check(content, isAsWritten: content.isAsWritten)
        return content.bytes
    }

    /// The content of a part as it is in the store. Whether it is as it was written can be found out anywhere, and `check` must
    /// be told.
    package func storedContent(of part: StoredPart) throws(StateError) -> StoredBytes {
        let isChecked = checkedContents.contains(part.id)
        return StoredBytes(
            part: part, bytes: try bytes(of: part, "partContent", part.contentByteCount),
            digest: isChecked ? nil : part.contentDigest)
    }

    /// Throws if bytes are not as they were written.
    package func check(_ stored: StoredBytes, isAsWritten: Bool) throws(StateError) {
        if !isAsWritten { throw try damaged(stored.part) }
        if stored.isContent { checkedContents.insert(stored.part.id) }
    }

    private func bytes(of part: StoredPart, _ table: String, _ count: Int) throws(StateError) -> [UInt8] {
        guard let bytes = try database.bytes(table, "bytes", row: part.id, count: count) else {
            throw try damaged(part)
        }
        return bytes
    }

    /// A night with its parts, checked against its row.
    func opened(_ night: StoredNight) throws(StateError) -> OpenedNight {
        let known = try storedParts()
        var parts: [StoredPart] = []
        for id in night.parts {
            guard let part = known[id] else {
                throw damaged("the night of \(night.asOf) hands on what is not there any more")
            }
            parts.append(part)
        }
        guard night.digest == Self.digest(of: night, parts) else {
            throw damaged("what the night of \(night.asOf) hands on is not what it handed on when it was published")
        }
        return OpenedNight(
            asOf: night.asOf, ordinal: night.ordinal, digest: night.digest, figures: night.figures,
            isStale: night.isStale, parts: parts)
    }

    /// The SHA-256 of everything that a night hands on: its date, ordinal and figures, and its parts, in hexadecimal digits.
    static func digest(of night: StoredNight, _ parts: [StoredPart]) -> String {
        var text = SealedText("refund-recon night 2")
        text.add(.text(night.asOf.description))
        for figure in [
            night.ordinal, night.figures.cases, night.figures.openCases, night.figures.orphans, night.figures.breaks,
        ] {
            text.add(.init(figure))
        }
        text.add(.text(night.figures.balance.text))
        for part in parts {
            text.add(.init(part.nightOrdinal))
            text.add(.bytes(part.indexDigest.bytes))
            text.add(.bytes(part.contentDigest.bytes))
        }
        return PartDigest(of: text.bytes).description
    }

    // MARK: Rows

    /// Every night, prepared ones included, by date and in the order in which they were written.
    func storedNights() throws(StateError) -> [StoredNight] {
        var nights: [StoredNight] = []
        var seals: [Database.Value] = []
        try database.query("SELECT \(NightTables.columns) FROM night ORDER BY id") { row throws(StateError) in
            guard let night = StoredNight(row) else { throw damaged("the row of a night is not as it was written") }
            nights.append(night)
            seals.append(row[row.count - 1])
        }
        let digests = try database.rows("SELECT digest FROM allNights")
        guard digests == [[.bytes(Self.digest(ofSeals: seals).bytes)]] else {
            throw damaged("its list of nights is not as it was written")
        }
        return nights.sorted { ($0.asOf, $0.id) < ($1.asOf, $1.id) }
    }

    /// The nights that count, by date.
    func publishedNights() throws(StateError) -> [StoredNight] { try storedNights().filter(\.isPublished) }

    /// Notes which nights there are; part of every transaction that writes one.
    func sealAllNights() throws(StateError) {
        let seals = try database.rows("SELECT seal FROM night ORDER BY id").map { $0[0] }
        try database.run(
            "INSERT OR REPLACE INTO allNights (id, digest) VALUES (1, ?)", [.bytes(Self.digest(ofSeals: seals).bytes)])
    }

    private static func digest(ofSeals seals: [Database.Value]) -> PartDigest {
        var text = SealedText("refund-recon nights 2")
        for seal in seals { text.add(seal) }
        return PartDigest(of: text.bytes)
    }

    /// Every part, by its id.
    func storedParts() throws(StateError) -> [Int64: StoredPart] {
        var parts: [Int64: StoredPart] = [:]
        try database.query(
            "SELECT id, nightOrdinal, indexByteCount, contentByteCount, indexDigest, contentDigest FROM part"
        ) { row throws(StateError) in
            guard let id = row[0].integer, let ordinal = row[1].integer, let indexByteCount = row[2].integer,
                let contentByteCount = row[3].integer, let indexDigest = PartDigest(bytes: row[4].bytes),
                let contentDigest = PartDigest(bytes: row[5].bytes)
            else { throw damaged("the row of a part is not as it was written") }
            parts[id] = StoredPart(
                id: id, nightOrdinal: Int(ordinal), indexByteCount: Int(indexByteCount),
                contentByteCount: Int(contentByteCount), indexDigest: indexDigest, contentDigest: contentDigest)
        }
        return parts
    }

    // MARK: Damage

    func damaged(_ what: String) -> StateError {
        .unusable(
            path: path, reason: "\(what): restore the file from its backup, or run its nights again in a new file")
    }

    /// A part that is not as it was written can be had again from the night that wrote it, if that is still kept.
    private func damaged(_ part: StoredPart) throws(StateError) -> StateError {
        let writers = try publishedNights().filter { $0.parts.contains(part.id) && $0.ordinal == part.nightOrdinal }
        guard let writer = writers.first else {
            return damaged("a part of what is remembered is not as it was written")
        }
        return .unusable(
            path: path,
            reason: "what the night of \(writer.asOf) remembered is not as it was written: restore the file from its "
                + "backup, or run that night again with the same inputs")
    }
}
