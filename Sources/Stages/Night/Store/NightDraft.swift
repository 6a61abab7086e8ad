import Memory
import Refunds
import SQLite

/// A night that is being written: its parts go to the store as they are made, in a transaction that ends with `prepare`.
/// A draft that is given up, or whose process is killed, leaves nothing.
package final class NightDraft {
    private let store: NightStore
    private var night: StoredNight
    /// The night's own.
    private var written: [StoredPart] = []
    /// Those of the nights before.
    private var handedOn: [StoredPart] = []
    private var isOpen = true

    /// The figures of the night; to be set before its digest is asked for.
    package var figures: NightFigures {
        get { night.figures }
        set { night.figures = newValue }
    }

    /// The number of nights up to this one.
    package var ordinal: Int { night.ordinal }

    fileprivate init(_ store: NightStore, _ night: StoredNight) throws(StateError) {
        self.store = store
        self.night = night
        try store.database.run("BEGIN IMMEDIATE")
    }

    deinit { abandon() }

    /// Writes a part of the night's memory.
    package func append(_ part: NewPart) throws(StateError) {
        written.append(try store.write(part, ordinal: night.ordinal))
    }

    /// Parts of the nights before with orders that are still remembered, in the order of `OpenedNight.parts`.
    package func handOn(_ parts: [StoredPart]) { handedOn = parts }

    /// All that the night hands on.
    private var parts: [StoredPart] { written + handedOn }

    /// The SHA-256 of all that the night hands on, in hexadecimal digits: what `OpenedNight.digest` will be.
    package var digest: String { NightStore.digest(of: night, parts) }

    /// Ends the writing: the night is in the store, and counts once it is confirmed.
    package func prepare(_ place: ReportPlace) throws(StateError) -> PreparedNight {
        night.place = place
        night.parts = parts.map(\.id)
        night.digest = digest
        isOpen = false
        var id: Int64 = 0
        try store.database.finishTransaction { () throws(StateError) in id = try store.insert(night) }
        return PreparedNight(id: id, asOf: night.asOf)
    }

    /// Gives the draft up: the store is as it was before.
    package func abandon() {
        if isOpen { store.database.rollBack() }
        isOpen = false
    }
}

extension NightStore {
    /// Begins to write a night. One draft at a time.
    ///
    /// - Parameter openedFrom: the night it was opened from; nil for the first.
    package func draft(_ asOf: CalendarDate, openedFrom: OpenedNight?) throws(StateError) -> NightDraft {
        try draft(
            asOf, ordinal: (openedFrom?.ordinal ?? 0) + 1, openedFrom: openedFrom?.asOf,
            openedFromDigest: openedFrom?.digest)
    }

    /// Begins to write a night that another store had. It can be run again only if nothing was before it.
    ///
    /// - Parameters:
    ///   - ordinal: the number of nights up to this one.
    ///   - openedFrom: the night that it was opened from, which is not in this store.
    package func draft(
        _ asOf: CalendarDate, ordinal: Int, openedFrom: CalendarDate?
    ) throws(StateError) -> NightDraft {
        try draft(asOf, ordinal: ordinal, openedFrom: openedFrom, openedFromDigest: nil)
    }

    private func draft(
        _ asOf: CalendarDate, ordinal: Int, openedFrom: CalendarDate?, openedFromDigest: String?
    ) throws(StateError) -> NightDraft {
        try NightDraft(
            self,
            StoredNight(
                asOf: asOf, ordinal: ordinal, openedFrom: openedFrom, openedFromDigest: openedFromDigest, digest: "",
                figures: NightFigures(), parts: [],
                place: ReportPlace(manifestSHA256: "", folder: "", folderMark: "")))
    }

    /// Stores a part. Where a night that is run again writes what it wrote before, that is used: what was damaged of it is
    /// written anew.
    func write(_ part: NewPart, ordinal: Int) throws(StateError) -> StoredPart {
        let known = try database.rows(
            "SELECT id FROM part WHERE nightOrdinal = ? AND indexDigest = ? AND contentDigest = ?",
            [.init(ordinal), .bytes(part.indexDigest.bytes), .bytes(part.contentDigest.bytes)])
        if let id = known.first?[0].integer {
            let stored = StoredPart(id: id, nightOrdinal: ordinal, part)
            if try !isAsWritten(stored) { try writeBytes(part, id: id) }
            return stored
        }
        try database.run(
            """
            INSERT INTO part (nightOrdinal, indexByteCount, contentByteCount, indexDigest, contentDigest)
            VALUES (?, ?, ?, ?, ?)
            """,
            [
                .init(ordinal), .init(part.index.count), .init(part.content.count), .bytes(part.indexDigest.bytes),
                .bytes(part.contentDigest.bytes),
            ])
        let id = database.lastRow
        try writeBytes(part, id: id)
        return StoredPart(id: id, nightOrdinal: ordinal, part)
    }

    private func isAsWritten(_ part: StoredPart) throws(StateError) -> Bool {
        do throws(StateError) {
            _ = try index(of: part)
            _ = try content(of: part)
            return true
        } catch {
            if case .unusable = error { return false }
            throw error
        }
    }

    private func writeBytes(_ part: NewPart, id: Int64) throws(StateError) {
        for (table, bytes) in [("partIndex", part.index), ("partContent", part.content)] {
            try database.run("INSERT OR REPLACE INTO \(table) (id, bytes) VALUES (?, ?)", [.integer(id)], bytes: bytes)
        }
    }

    /// Writes the row of a night; gives its id.
    func insert(_ night: StoredNight) throws(StateError) -> Int64 {
        var night = night
        let last = try database.rows("SELECT max(id) FROM night").first?[0].integer ?? 0
        night.id = last + 1
        try write(night)
        try sealAllNights()
        return night.id
    }

    /// Writes the row of a night under its id. `sealAllNights` must follow.
    func write(_ night: StoredNight) throws(StateError) {
        let values = night.sealedValues
        let places = Array(repeating: "?", count: values.count).joined(separator: ", ")
        try database.run("INSERT OR REPLACE INTO night (\(NightTables.columns)) VALUES (\(places))", values)
    }
}
