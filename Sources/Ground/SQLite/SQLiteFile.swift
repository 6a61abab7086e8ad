import CSQLite
import Files

/// One connection to an SQLite file. It belongs to one task at a time.
///
/// SQLite's rollback journal with full synchronisation: what was committed is on the disk, and what was not is gone when the
/// file is opened next, wherever the process was killed.
@safe package final class SQLiteFile {
    package let path: String
    private var connection: OpaquePointer?
    /// Statements that were used before, by their text.
    private var statements: [String: SQLiteStatement] = [:]

    /// Opens a file, and makes it, for its owner alone, if it is not there and may be new. SQLite gives its journal the same mode.
    package init(path: String, mayBeNew: Bool) throws(SQLiteError) {
        self.path = path
        // SQLite does not say why it cannot open a file.
        do throws(SystemError) {
            if mayBeNew, !FileSystem.exists(path) { _ = try File(path, to: .create, readers: .owner) }
            _ = try FileStatus(path: path, followsLinks: true)
        } catch { throw SQLiteError(.cannotOpen, "\(error)") }
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        // A name such as `:memory:` means a file here, and nothing else.
        let code = unsafe sqlite3_open_v2(path.hasPrefix("/") ? path : "./\(path)", &connection, flags, nil)
        guard code == SQLITE_OK else {
            let reason = reason
            unsafe sqlite3_close_v2(connection)
            throw SQLiteError(.cannotOpen, reason)
        }
    }

    deinit {
        statements.removeAll()
        unsafe sqlite3_close_v2(connection)
    }

    /// Takes a file that others can read from them. Where it is another user's, only that user can.
    package func keepPrivate() {
        for name in [path, path + "-journal"] { try? FileSystem.setPermissions(0o600, of: name) }
    }

    private var reason: String { unsafe sqlite3_errmsg(connection).map { unsafe String(cString: $0) } ?? "unknown" }

    fileprivate func check(_ code: Int32, is wanted: Int32 = SQLITE_OK) throws(SQLiteError) {
        if code != wanted { throw SQLiteError(code: code, reason) }
    }

    /// Runs a statement that gives no rows.
    ///
    /// - Parameter bytes: the last value, which is not copied before it is written.
    package func run(_ sql: String, _ values: [SQLiteValue] = [], bytes: [UInt8]? = nil) throws(SQLiteError) {
        guard let bytes else {
            let rows = try query(sql, values)
            while try rows.next() != nil {}
            return
        }
        let statement = try prepared(sql)
        defer { statement.reset() }
        for (index, value) in values.enumerated() { try check(statement.bind(value, Int32(index + 1))) }
        try check(statement.run(lastValue: bytes, Int32(values.count + 1)), is: SQLITE_DONE)
    }

    /// Runs a statement whose rows are asked for one after another.
    package func query(_ sql: String, _ values: [SQLiteValue] = []) throws(SQLiteError) -> SQLiteRows {
        let statement = try prepared(sql)
        let rows = SQLiteRows(statement, self)
        for (index, value) in values.enumerated() { try check(statement.bind(value, Int32(index + 1))) }
        return rows
    }

    /// The bytes in a column of a row, read in place; nil if their number is another.
    package func bytes(
        _ table: String, _ column: String, row: Int64, count: Int
    ) throws(SQLiteError) -> [UInt8]? {
        var blob: OpaquePointer?
        let code = unsafe sqlite3_blob_open(connection, "main", table, column, row, 0, &blob)
        defer { unsafe sqlite3_blob_close(blob) }
        // It says no more than this of a row that is not there, or holds something else.
        if code & 0xFF == SQLITE_ERROR { return nil }
        try check(code)
        guard unsafe sqlite3_blob_bytes(blob) == count else { return nil }
        var readCode = SQLITE_OK
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            readCode = unsafe sqlite3_blob_read(blob, buffer.baseAddress, Int32(count), 0)
            initializedCount = readCode == SQLITE_OK ? count : 0
        }
        try check(readCode)
        return bytes
    }

    /// The number of the row that was inserted last.
    package var lastRow: Int64 { unsafe sqlite3_last_insert_rowid(connection) }

    private func prepared(_ sql: String) throws(SQLiteError) -> SQLiteStatement {
        if let statement = statements[sql] { return statement }
        var pointer: OpaquePointer?
        try check(unsafe sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil))
        guard let pointer = unsafe pointer else { throw SQLiteError(.failed, "an empty statement") }
        let statement = unsafe SQLiteStatement(pointer)
        statements[sql] = statement
        return statement
    }
}

/// The rows that a statement gives. The same statement must not be run again before they are all taken, or dropped.
package final class SQLiteRows {
    private let statement: SQLiteStatement
    private let file: SQLiteFile

    fileprivate init(_ statement: SQLiteStatement, _ file: SQLiteFile) {
        self.statement = statement
        self.file = file
    }

    deinit { statement.reset() }

    /// The next row; nil after the last one.
    package func next() throws(SQLiteError) -> [SQLiteValue]? {
        let code = statement.step()
        if code == SQLITE_DONE { return nil }
        try file.check(code, is: SQLITE_ROW)
        return statement.row
    }
}

/// A statement that was prepared. The connection stays open as long as there is one.
@safe private final class SQLiteStatement {
    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe sqlite3_finalize(pointer) }

    func reset() {
        unsafe sqlite3_reset(pointer)
        unsafe sqlite3_clear_bindings(pointer)
    }

    func step() -> Int32 { unsafe sqlite3_step(pointer) }

    /// Runs it with bytes that are not copied; they stay where they are until it has ended.
    func run(lastValue bytes: [UInt8], _ index: Int32) -> Int32 {
        unsafe bytes.withUnsafeBytes { buffer in
            let code = unsafe bind(buffer, index, isCopied: false)
            return code == SQLITE_OK ? step() : code
        }
    }

    func bind(_ value: SQLiteValue, _ index: Int32) -> Int32 {
        switch value {
        case .null: unsafe sqlite3_bind_null(pointer, index)
        case .integer(let integer): unsafe sqlite3_bind_int64(pointer, index, integer)
        case .text(let text):
            unsafe text.utf8CString.withUnsafeBufferPointer {
                unsafe sqlite3_bind_text64(
                    pointer, index, $0.baseAddress, UInt64($0.count - 1), transient, UInt8(SQLITE_UTF8))
            }
        case .bytes(let bytes): unsafe bytes.withUnsafeBytes { unsafe bind($0, index, isCopied: true) }
        }
    }

    /// No bytes are not the same as no value.
    private func bind(_ bytes: UnsafeRawBufferPointer, _ index: Int32, isCopied: Bool) -> Int32 {
        if unsafe bytes.isEmpty { return unsafe sqlite3_bind_zeroblob(pointer, index, 0) }
        let destructor = unsafe isCopied ? transient : nil
        return unsafe sqlite3_bind_blob64(pointer, index, bytes.baseAddress, UInt64(bytes.count), destructor)
    }

    /// The row that it has come to.
    var row: [SQLiteValue] { unsafe (0..<sqlite3_column_count(pointer)).map { column($0) } }

    private func column(_ index: Int32) -> SQLiteValue {
        let count = unsafe Int(sqlite3_column_bytes(pointer, index))
        switch unsafe sqlite3_column_type(pointer, index) {
        case SQLITE_INTEGER: return unsafe .integer(sqlite3_column_int64(pointer, index))
        case SQLITE_TEXT:
            let bytes = unsafe UnsafeBufferPointer(start: sqlite3_column_text(pointer, index), count: count)
            return unsafe .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB:
            let bytes = unsafe UnsafeRawBufferPointer(start: sqlite3_column_blob(pointer, index), count: count)
            return unsafe .bytes(Array(bytes))
        default: return .null
        }
    }
}

/// SQLite copies bound values.
private var transient: sqlite3_destructor_type? { unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
