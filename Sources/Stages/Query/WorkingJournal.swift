import Glibc

/// Why the working journal cannot be kept.
package enum WorkingJournalError: Error, Sendable, Equatable, CustomStringConvertible {
    case cannotOpen(path: String, errno: Int32)
    case cannotRead(path: String, errno: Int32)
    case cannotWrite(path: String, errno: Int32)
    /// Another run writes to it.
    case inUse(path: String)
    /// A line has changed since it was written.
    case damaged(path: String, offset: Int64)

    package var description: String {
        switch self {
        case .cannotOpen(let path, let code): "\(path) cannot be opened: \(String(cString: strerror(code)))"
        case .cannotRead(let path, let code): "\(path) cannot be read: \(String(cString: strerror(code)))"
        case .cannotWrite(let path, let code): "\(path) cannot be written: \(String(cString: strerror(code)))"
        case .inUse(let path): "\(path) is in use by another run"
        case .damaged(let path, let offset):
            "\(path) was damaged at byte \(offset) while it was in use: run again, and what was answered there is asked again"
        }
    }
}

/// The append-only file of the answers that a run has received, so that a run that was killed goes on where it was.
///
/// One writer; a line is one write(2), so that a line is in the file, for every reader, before the next question ends. Each
/// line has a checksum.
actor WorkingJournal {
    nonisolated let path: String
    private let file: Int32
    private let reached: QueryStepObserver
    private var isOpen = true
    /// Where the next line goes.
    private var end: Int64

    /// Opens or makes the file, for this run alone; a killed run leaves no lock.
    init(path: String, reached: @escaping QueryStepObserver) throws(WorkingJournalError) {
        self.path = path
        self.reached = reached
        // It holds passengers' names: for its owner only.
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .cannotOpen(path: path, errno: errno) }
        end = 0
        reached(.journalOpened)
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            throw code == EWOULDBLOCK ? .inUse(path: path) : .cannotOpen(path: path, errno: code)
        }
        reached(.journalLocked)
    }

    deinit { if isOpen { Self.giveBack(file) } }

    /// Gives the file back; there is no writing afterwards.
    func close() {
        if isOpen { Self.giveBack(file) }
        isOpen = false
    }

    /// Without waiting for a process that was forked a moment ago and holds the file, and so the lock, until it executes.
    private static func giveBack(_ file: Int32) {
        flock(file, LOCK_UN)
        Glibc.close(file)
    }

    /// Reads what an earlier run has left, and cuts off a torn last line.
    func recover(judge: AnswerJudge) throws(WorkingJournalError) -> JournalRecovery {
        let recovery = try JournalRecovery(file: file, path: path, judge: judge)
        reached(.journalRead)
        end = recovery.end
        if recovery.isTorn {
            guard ftruncate(file, off_t(end)) == 0 else { throw .cannotWrite(path: path, errno: errno) }
            reached(.tornLineCut)
        }
        return recovery
    }

    /// Writes one line with its checksum and its end. Where that fails, a full disk for one, what was written of it is taken
    /// back.
    func append(_ line: [UInt8]) throws(WorkingJournalError) -> LinePosition {
        var bytes = LineChecksum.added(to: line)
        let position = LinePosition(offset: end, length: Int32(bytes.count))
        bytes.append(0x0A)
        do throws(WorkingJournalError) {
            try FileBytes.write(bytes, to: file, at: end, path: path)
        } catch {
            ftruncate(file, off_t(end))
            throw error
        }
        end += Int64(bytes.count)
        reached(.lineAppended)
        return position
    }

    /// Returns when every line is on the disk.
    func synchronize() throws(WorkingJournalError) {
        guard fsync(file) == 0 else { throw .cannotWrite(path: path, errno: errno) }
        reached(.journalSynced)
    }
}

/// Whole reads and writes at a place of a file.
enum FileBytes {
    static func write(_ bytes: [UInt8], to file: Int32, at start: Int64?, path: String) throws(WorkingJournalError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                let rest = UnsafeRawBufferPointer(rebasing: buffer[done...])
                guard let start else { return Glibc.write(file, rest.baseAddress, rest.count) }
                return pwrite(file, rest.baseAddress, rest.count, off_t(start) + done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .cannotWrite(path: path, errno: count < 0 ? errno : ENOSPC) }
            done += count
        }
    }

    /// Reads into the array's end; gives how many bytes came, fewer than asked for at the file's end only.
    static func read(
        _ count: Int, from file: Int32, at start: Int64, path: String, into bytes: inout [UInt8]
    ) throws(WorkingJournalError) -> Int {
        var done = 0
        var fault: Int32 = 0
        let piece = [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            while done < count {
                let more = pread(file, buffer.baseAddress?.advanced(by: done), count - done, off_t(start) + done)
                if more < 0, errno == EINTR { continue }
                if more < 0 { fault = errno }
                if more <= 0 { break }
                done += more
            }
            initializedCount = done
        }
        guard fault == 0 else { throw .cannotRead(path: path, errno: fault) }
        bytes.append(contentsOf: piece)
        return done
    }
}
