import Memory
import Refunds
import SQLite

/// The SQLite file of a store, with errors in the store's terms.
final class Database {
    typealias Value = SQLiteValue

    private let file: SQLiteFile

    /// Opens a file, and makes it if it is not there and may be new.
    init(path: String, mayBeNew: Bool) throws(StateError) {
        do throws(SQLiteError) { file = try SQLiteFile(path: path, mayBeNew: mayBeNew) } catch {
            throw StateError(error, path)
        }
    }

    var path: String { file.path }

    /// Takes a file that others can read from them. Where it is another user's, only that user can.
    func keepPrivate() { file.keepPrivate() }

    private func asking<Result>(_ body: (SQLiteFile) throws(SQLiteError) -> Result) throws(StateError) -> Result {
        do throws(SQLiteError) { return try body(file) } catch { throw StateError(error, path) }
    }

    /// Runs a statement that gives no rows.
    ///
    /// - Parameter bytes: the last value, which is not copied before it is written.
    func run(_ sql: String, _ values: [Value] = [], bytes: [UInt8]? = nil) throws(StateError) {
        try asking { (file) throws(SQLiteError) in try file.run(sql, values, bytes: bytes) }
    }

    /// Runs a statement and gives each of its rows.
    func query(_ sql: String, _ values: [Value] = [], _ row: ([Value]) throws(StateError) -> Void) throws(StateError) {
        let rows = try asking { (file) throws(SQLiteError) in try file.query(sql, values) }
        while let next = try asking({ (_) throws(SQLiteError) in try rows.next() }) { try row(next) }
    }

    /// The rows of a statement.
    func rows(_ sql: String, _ values: [Value] = []) throws(StateError) -> [[Value]] {
        var rows: [[Value]] = []
        try query(sql, values) { row throws(StateError) in rows.append(row) }
        return rows
    }

    /// The bytes in a column of a row, read in place; nil if their number is another.
    func bytes(_ table: String, _ column: String, row: Int64, count: Int) throws(StateError) -> [UInt8]? {
        try asking { (file) throws(SQLiteError) in try file.bytes(table, column, row: row, count: count) }
    }

    /// The number of the row that was inserted last.
    var lastRow: Int64 { file.lastRow }

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
}

extension StateError {
    init(_ error: SQLiteError, _ path: String) {
        self =
            switch error.kind {
            case .inUse: .inUse(path: path)
            case .notADatabase: .unusable(path: path, reason: error.reason)
            case .damaged: .unusable(path: path, reason: "\(error.reason): restore the file from its backup")
            case .contradiction: .contradiction(path: path, reason: error.reason)
            case .cannotOpen: .cannotOpen(path: path, reason: error.reason)
            case .failed: .failed(path: path, reason: error.reason)
            }
    }
}

extension SQLiteValue {
    init(_ text: Text?) { self.init(text?.string) }

    var text: Text? { string.map { Text($0) } }
    var date: CalendarDate? { string.flatMap { CalendarDate($0) } }
}
