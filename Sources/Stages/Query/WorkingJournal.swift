import Files

/// Why the working journal cannot be kept.
package enum WorkingJournalError: Error, Sendable, Equatable, CustomStringConvertible {
    case cannotOpen(path: String, errno: Int32)
    case cannotRead(path: String, errno: Int32)
    case cannotWrite(path: String, errno: Int32)
    /// Another run writes to it.
    case inUse(path: String)
    /// A line has changed since it was written.
    case damaged(path: String, offset: Int)

    package var description: String {
        switch self {
        case .cannotOpen(let path, let code): "\(path) cannot be opened: \(errnoText(code))"
        case .cannotRead(let path, let code): "\(path) cannot be read: \(errnoText(code))"
        case .cannotWrite(let path, let code): "\(path) cannot be written: \(errnoText(code))"
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
    private let file: File
    private let reached: QueryStepObserver
    /// Where the next line goes.
    private var end = 0

    /// Opens or makes the file, for this run alone; a killed run leaves no lock.
    init(path: String, reached: @escaping QueryStepObserver) throws(WorkingJournalError) {
        self.path = path
        self.reached = reached
        let isLocked: Bool
        do {
            // It holds passengers' names: for its owner only.
            file = try File(path, to: .update, readers: .owner)
            reached(.journalOpened)
            isLocked = try file.lock()
        } catch { throw .cannotOpen(path: path, errno: error.code) }
        guard isLocked else { throw .inUse(path: path) }
        reached(.journalLocked)
    }

    deinit { file.unlock() }

    /// Gives the file back; there is no writing afterwards.
    func close() { file.unlock() }

    /// Reads the lines of an earlier run, and cuts off a torn last line.
    func recover(judge: AnswerJudge) throws(WorkingJournalError) -> JournalRecovery {
        let recovery = try JournalRecovery(file: file, path: path, judge: judge)
        reached(.journalRead)
        end = recovery.end
        if recovery.isTorn {
            do { try file.truncate(to: end) } catch { throw .cannotWrite(path: path, errno: error.code) }
            reached(.tornLineCut)
        }
        return recovery
    }

    /// Writes one line with its checksum and its end. Where that fails, a full disk for one, what was written of it is taken
    /// back.
    func append(_ line: [UInt8]) throws(WorkingJournalError) -> LinePosition {
        var bytes = LineChecksum.added(to: line)
        let position = LinePosition(offset: end, length: bytes.count)
        bytes.append(0x0A)
        do { try file.write(bytes, at: end) } catch {
            try? file.truncate(to: end)
            throw .cannotWrite(path: path, errno: error.code)
        }
        end += bytes.count
        reached(.lineAppended)
        return position
    }

    /// Returns when every line is on the disk.
    func synchronize() throws(WorkingJournalError) {
        do { try file.sync() } catch { throw .cannotWrite(path: path, errno: error.code) }
        reached(.journalSynced)
    }
}
