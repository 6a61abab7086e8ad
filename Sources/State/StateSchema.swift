/// The tables of the store.
enum StateSchema {
    /// The id of an item or a break, and its key.
    static let keyColumns = "id, rowType, orderNo, airlinePNR, carrier, refundCode"

    private static let night = "night INTEGER NOT NULL REFERENCES night (id) ON DELETE CASCADE"
    private static let key =
        "id TEXT NOT NULL, rowType TEXT NOT NULL, orderNo TEXT, airlinePNR TEXT, carrier TEXT, refundCode TEXT"

    static let statements = [
        """
        CREATE TABLE night (id INTEGER PRIMARY KEY, asOf TEXT NOT NULL, isPublished INTEGER NOT NULL, openedFrom TEXT,
        openedFromDigest TEXT, digest TEXT NOT NULL, manifest TEXT NOT NULL, folder TEXT NOT NULL, cases INTEGER NOT NULL)
        """,
        """
        CREATE TABLE carried (\(night), kind INTEGER NOT NULL, position INTEGER NOT NULL, line BLOB NOT NULL,
        PRIMARY KEY (night, kind, position)) WITHOUT ROWID
        """,
        """
        CREATE TABLE item (position INTEGER PRIMARY KEY, \(night), \(key), currency TEXT NOT NULL, amount INTEGER,
        outcome TEXT, since TEXT NOT NULL, UNIQUE (night, id))
        """,
        """
        CREATE TABLE balance (\(night), rowType TEXT NOT NULL, currency TEXT NOT NULL, count INTEGER NOT NULL,
        amount TEXT NOT NULL, withoutAmount INTEGER NOT NULL, PRIMARY KEY (night, rowType, currency)) WITHOUT ROWID
        """,
        """
        CREATE TABLE break (position INTEGER PRIMARY KEY, \(night), \(key), currency TEXT, outcome TEXT,
        exceptions TEXT NOT NULL, amounts TEXT NOT NULL, since TEXT NOT NULL, nights INTEGER NOT NULL,
        examined TEXT NOT NULL, UNIQUE (night, id))
        """,
        """
        CREATE TABLE answer (id TEXT NOT NULL, \(night), line BLOB NOT NULL,
        PRIMARY KEY (id, night)) WITHOUT ROWID
        """,
        // A night that is deleted takes its answers with it.
        "CREATE INDEX answerNight ON answer (night)",
    ]
}
