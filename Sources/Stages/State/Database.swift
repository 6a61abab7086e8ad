import CSQLite
import Glibc
import Memory
import Refunds

/// Why a state store cannot be used.
package enum StateError: Error, Sendable, Equatable, CustomStringConvertible {
    /// It cannot be opened or made.
    case cannotOpen(path: String, reason: String)
    /// Another run has it.
    case inUse(path: String)
    /// It is no state store, or it is damaged.
    case unusable(path: String, reason: String)
    /// The request would lose something.
    case refused(path: String, reason: String)
    /// It is a store of the first version, which a run takes over.
    case former(path: String)
    /// A statement failed, such as on a full disk.
    case failed(path: String, reason: String)
    /// The data to keep contradict its content: a fault of this program.
    case contradiction(path: String, reason: String)
    /// A run was killed while it published a night, and it is not known whether it did.
    case unsettled(path: String, reason: String)

    package var description: String {
        switch self {
        case .cannotOpen(let path, let reason): "cannot open the state \(path): \(reason)"
        case .inUse(let path): "another run uses the state \(path)"
        case .unusable(let path, let reason): "the state \(path) is unusable: \(reason)"
        case .former(let path):
            "the state \(path) is of an earlier version: the next run with it takes it over, and keeps a copy of it"
        case .refused(let path, let reason), .failed(let path, let reason), .contradiction(let path, let reason),
            .unsettled(let path, let reason):
            "the state \(path): \(reason)"
        }
    }
}

/// One connection to an SQLite file, held for itself from opening to closing.
///
/// SQLite's rollback journal with full synchronisation: what was committed is on the disk, and what was not is gone when the
/// file is opened next, wherever the process was killed.
final class Database {
    /// The value of a column.
    enum Value: Equatable {
        case null
        case integer(Int64)
        case text(String)
        case bytes([UInt8])
    }

    let path: String
    private var connection: OpaquePointer?
    /// Statements that were used before, by their text.
    private var statements: [String: OpaquePointer] = [:]

    /// Opens a file, and makes it if it is not there and may be new.
    init(path: String, mayBeNew: Bool) throws(StateError) {
        self.path = path
        if mayBeNew { try Self.makePrivate(path) }
        // SQLite does not say why it cannot open a file.
        guard access(path, F_OK) == 0 else { throw .cannotOpen(path: path, reason: String(cString: strerror(errno))) }
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        // A name such as `:memory:` means a file here, and nothing else.
        let code = sqlite3_open_v2(path.hasPrefix("/") ? path : "./\(path)", &connection, flags, nil)
        guard code == SQLITE_OK else {
            let reason = message
            sqlite3_close_v2(connection)
            throw .cannotOpen(path: path, reason: reason)
        }
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close_v2(connection)
    }

    /// Makes the file, for its owner alone. SQLite gives its journal the same mode.
    private static func makePrivate(_ path: String) throws(StateError) {
        let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 || errno == EEXIST else {
            throw .cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        if file >= 0 { close(file) }
    }

    /// Takes a file that others can read from them. Where it is another user's, only that user can.
    func keepPrivate() {
        for name in [path, path + "-journal"] { chmod(name, 0o600) }
    }

    private var message: String { sqlite3_errmsg(connection).map { String(cString: $0) } ?? "unknown" }

    private func error(_ code: Int32) -> StateError {
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED: .inUse(path: path)
        case SQLITE_NOTADB: .unusable(path: path, reason: message)
        // A read error of the disk has this code too.
        case SQLITE_CORRUPT: .unusable(path: path, reason: "\(message): restore the file from its backup")
        case SQLITE_CONSTRAINT, SQLITE_MISMATCH: .contradiction(path: path, reason: message)
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_READONLY, SQLITE_AUTH: .cannotOpen(path: path, reason: message)
        default: .failed(path: path, reason: message)
        }
    }

    /// Runs a statement that gives no rows.
    func run(_ sql: String, _ values: [Value] = []) throws(StateError) {
        try query(sql, values) { _ throws(StateError) in }
    }

    /// Runs a statement and gives each of its rows.
    func query(_ sql: String, _ values: [Value] = [], _ row: ([Value]) throws(StateError) -> Void) throws(StateError) {
        let statement = try prepared(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() { try bind(value, Int32(index + 1), statement) }
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw error(code) }
            try row((0..<sqlite3_column_count(statement)).map { Self.column($0, statement) })
        }
    }

    /// Runs a statement that gives no rows, with bytes as the last value, which SQLite does not copy before it writes them.
    func run(_ sql: String, _ values: [Value], bytes: [UInt8]) throws(StateError) {
        let statement = try prepared(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() { try bind(value, Int32(index + 1), statement) }
        let place = Int32(values.count + 1)
        let code = bytes.withUnsafeBytes { buffer in
            // No bytes are not the same as no value.
            let code =
                buffer.isEmpty
                ? sqlite3_bind_zeroblob(statement, place, 0)
                : sqlite3_bind_blob64(statement, place, buffer.baseAddress, UInt64(buffer.count), nil)
            return code == SQLITE_OK ? sqlite3_step(statement) : code
        }
        guard code == SQLITE_DONE else { throw error(code) }
    }

    /// The bytes in a column of a row, read in place; nil if their number is another.
    func bytes(_ table: String, _ column: String, row: Int64, count: Int) throws(StateError) -> [UInt8]? {
        var blob: OpaquePointer?
        let code = sqlite3_blob_open(connection, "main", table, column, row, 0, &blob)
        defer { sqlite3_blob_close(blob) }
        // It says no more than this of a row that is not there, or holds something else.
        if code & 0xFF == SQLITE_ERROR { return nil }
        guard code == SQLITE_OK else { throw error(code) }
        guard sqlite3_blob_bytes(blob) == count else { return nil }
        var readCode = SQLITE_OK
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            readCode = sqlite3_blob_read(blob, buffer.baseAddress, Int32(count), 0)
            initializedCount = readCode == SQLITE_OK ? count : 0
        }
        guard readCode == SQLITE_OK else { throw error(readCode) }
        return bytes
    }

    /// The rows of a statement.
    func rows(_ sql: String, _ values: [Value] = []) throws(StateError) -> [[Value]] {
        var rows: [[Value]] = []
        try query(sql, values) { row throws(StateError) in rows.append(row) }
        return rows
    }

    /// The number of the row that was inserted last.
    var lastRow: Int64 { sqlite3_last_insert_rowid(connection) }

    /// Does all of it or, if it throws, nothing.
    func transaction(_ body: () throws(StateError) -> Void) throws(StateError) {
        try run("BEGIN IMMEDIATE")
        try finishTransaction(body)
    }

    /// Ends a transaction that has begun with what is still to be done; if that throws, nothing of it was done.
    func finishTransaction(_ body: () throws(StateError) -> Void) throws(StateError) {
        do throws(StateError) {
            try body()
            try run("COMMIT")
        } catch {
            rollBack()
            throw error
        }
    }

    /// Undoes all changes since the transaction began, if there is one.
    func rollBack() {
        // SQLite may have rolled back by itself.
        do throws(StateError) { try run("ROLLBACK") } catch {}
    }

    private func prepared(_ sql: String) throws(StateError) -> OpaquePointer {
        if let statement = statements[sql] { return statement }
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement else { throw error(code) }
        statements[sql] = statement
        return statement
    }

    private func bind(_ value: Value, _ index: Int32, _ statement: OpaquePointer) throws(StateError) {
        let code =
            switch value {
            case .null: sqlite3_bind_null(statement, index)
            case .integer(let integer): sqlite3_bind_int64(statement, index, integer)
            case .text(let text):
                text.utf8CString.withUnsafeBufferPointer {
                    sqlite3_bind_text64(
                        statement, index, $0.baseAddress, UInt64($0.count - 1), transient, UInt8(SQLITE_UTF8))
                }
            case .bytes(let bytes):
                bytes.withUnsafeBytes {
                    $0.isEmpty
                        ? sqlite3_bind_zeroblob(statement, index, 0)
                        : sqlite3_bind_blob64(statement, index, $0.baseAddress, UInt64($0.count), transient)
                }
            }
        if code != SQLITE_OK { throw error(code) }
    }

    private static func column(_ index: Int32, _ statement: OpaquePointer) -> Value {
        switch sqlite3_column_type(statement, index) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, index))
        case SQLITE_TEXT:
            let bytes = UnsafeBufferPointer(
                start: sqlite3_column_text(statement, index), count: Int(sqlite3_column_bytes(statement, index)))
            return .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB:
            let bytes = UnsafeRawBufferPointer(
                start: sqlite3_column_blob(statement, index), count: Int(sqlite3_column_bytes(statement, index)))
            return .bytes(Array(bytes))
        default: return .null
        }
    }
}

/// SQLite copies bound values.
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

extension Database.Value {
    init(_ text: Text?) { self = text.map { .text($0.string) } ?? .null }
    init(_ text: String?) { self = text.map { .text($0) } ?? .null }
    init(_ number: Int?) { self = number.map { .integer(Int64($0)) } ?? .null }

    var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    var string: String? { if case .text(let value) = self { value } else { nil } }
    var bytes: [UInt8] { if case .bytes(let value) = self { value } else { [] } }
    var text: Text? { string.map { Text($0) } }
    var date: CalendarDate? { string.flatMap { CalendarDate($0) } }
}
