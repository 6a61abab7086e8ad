/// The tables of the store.
enum NightTables {
    /// `RREC`: marks the file as ours.
    static let applicationID: Int64 = 0x5252_4543
    static let version: Int64 = 2
    /// Parts are about a megabyte, so pages are large.
    static let pageBytes = 65_536

    static let columns = """
        id, asOf, ordinal, isPublished, isStale, openedFrom, openedFromDigest, digest, cases, openCases, orphans, breaks,
        balance, parts, manifest, folder, folderMark, seal
        """

    /// As SQLite keeps them: a store whose tables are others is none of ours.
    static let statements = [
        """
        CREATE TABLE night (id INTEGER PRIMARY KEY, asOf TEXT NOT NULL, ordinal INTEGER NOT NULL,
        isPublished INTEGER NOT NULL, isStale INTEGER NOT NULL, openedFrom TEXT, openedFromDigest TEXT,
        digest TEXT NOT NULL, cases INTEGER NOT NULL, openCases INTEGER NOT NULL, orphans INTEGER NOT NULL,
        breaks INTEGER NOT NULL, balance TEXT NOT NULL, parts BLOB NOT NULL, manifest TEXT NOT NULL,
        folder TEXT NOT NULL, folderMark TEXT NOT NULL, seal BLOB NOT NULL)
        """,
        // The digest of all nights' seals: no night goes or comes unnoticed.
        "CREATE TABLE allNights (id INTEGER PRIMARY KEY, digest BLOB NOT NULL)",
        """
        CREATE TABLE part (id INTEGER PRIMARY KEY, nightOrdinal INTEGER NOT NULL, indexByteCount INTEGER NOT NULL,
        contentByteCount INTEGER NOT NULL, indexDigest BLOB NOT NULL, contentDigest BLOB NOT NULL)
        """,
        // A night that is run again finds the parts that it wrote before.
        "CREATE INDEX partByContent ON part (contentDigest)",
        "CREATE TABLE partIndex (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
        "CREATE TABLE partContent (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
    ]
}
