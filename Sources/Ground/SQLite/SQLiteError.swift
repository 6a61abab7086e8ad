import CSQLite

/// Why SQLite cannot do its work.
package struct SQLiteError: Error, Sendable, Equatable {
    package enum Kind: Sendable {
        /// Another process has the file.
        case inUse
        /// The file is no database.
        case notADatabase
        /// The file is damaged, or the disk cannot read it.
        case damaged
        /// It would contradict the file's content.
        case contradiction
        case cannotOpen
        /// All else, such as a full disk.
        case failed
    }

    package let kind: Kind
    /// SQLite's words, or the system's.
    package let reason: String

    init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    init(code: Int32, _ reason: String) {
        let kind: Kind =
            switch code & 0xFF {
            case SQLITE_BUSY, SQLITE_LOCKED: .inUse
            case SQLITE_NOTADB: .notADatabase
            case SQLITE_CORRUPT: .damaged
            case SQLITE_CONSTRAINT, SQLITE_MISMATCH: .contradiction
            case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_READONLY, SQLITE_AUTH: .cannotOpen
            default: .failed
            }
        self.init(kind, reason)
    }
}

/// A value of a column.
package enum SQLiteValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case text(String)
    case bytes([UInt8])

    package init(_ text: String?) { self = text.map { .text($0) } ?? .null }
    package init(_ number: Int?) { self = number.map { .integer(Int64($0)) } ?? .null }

    package var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    package var string: String? { if case .text(let value) = self { value } else { nil } }
    package var bytes: [UInt8] { if case .bytes(let value) = self { value } else { [] } }
}
