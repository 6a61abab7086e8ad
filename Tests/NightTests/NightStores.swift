import CSQLite
import Glibc
import Memory
import Refunds
import Night
import TestSupport
import Testing

/// Whether it is refused as unusable, for a reason with that word.
func isUnusable(saying word: String = "", _ body: () throws -> some Any) -> Bool {
    do {
        _ = try body()
        return false
    } catch let error as StateError {
        if case .unusable(_, let reason) = error { return word.isEmpty || reason.contains(word) }
        return false
    } catch { return false }
}

/// Whether it is refused because something would be lost, for a reason with that word.
func isRefused(saying word: String, _ body: () throws -> some Any) -> Bool {
    do {
        _ = try body()
        return false
    } catch let error as StateError {
        if case .refused(_, let reason) = error { return reason.contains(word) }
        return false
    } catch { return false }
}

func place(_ manifest: String) -> ReportPlace {
    ReportPlace(manifestSHA256: manifest, folder: "/Reports", folderMark: "mark")
}

extension NightStore {
    /// Prepares and confirms a night.
    ///
    /// - Parameter handOn: which of the parts from before are handed on; all.
    func keep(
        _ day: String, parts: [NewPart] = [], handOn: ([StoredPart]) -> [StoredPart] = { $0 }
    ) throws {
        let before = try opening(before: date(day))
        let draft = try draft(date(day), openedFrom: before)
        for part in parts { try draft.append(part) }
        draft.handOn(handOn(before?.parts ?? []))
        try confirm(try draft.prepare(place("m-\(day)")))
    }
}

extension Seeded {
    /// Parts of random bytes.
    mutating func parts(_ count: Int, bytes: Int = 3000) -> [NewPart] {
        (0..<count).map { _ in
            NewPart(
                index: (0..<below(bytes / 10)).map { _ in UInt8(below(256)) },
                content: (0..<bytes).map { _ in UInt8(below(256)) })
        }
    }
}

extension TemporaryStore {
    func change(_ place: Int, to byte: UInt8) {
        let file = open(path, O_WRONLY)
        defer { close(file) }
        precondition(file >= 0 && pwrite(file, [byte], 1, off_t(place)) == 1, "cannot change \(path)")
    }

    /// Runs a statement in the file as anybody could.
    func execute(_ statement: String) throws {
        var connection: OpaquePointer?
        defer { sqlite3_close(connection) }
        #expect(sqlite3_open(path, &connection) == SQLITE_OK)
        try #require(sqlite3_exec(connection, statement, nil, nil, nil) == SQLITE_OK, "\(statement)")
    }

    var byteCount: Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
