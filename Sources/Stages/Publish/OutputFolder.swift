import Files
import Memory
import Refunds

/// The folder in which reports are published, held by one run at a time.
///
/// A report is written in a folder beside its place and moved there whole, by rename; the lock goes with the process.
package final class OutputFolder: Sendable {
    package let path: String
    let lock: File
    let exchange: FileSystem.Exchange

    /// Creates the folder if need be, takes its lock and cleans up after a killed run.
    package init(path: String, exchange: @escaping FileSystem.Exchange = FileSystem.exchange) throws(PublishError) {
        try PublishError.writing { () throws(WriteError) in
            try FileSystem.writing(path) { () throws(SystemError) in try FileSystem.makeFolders(path) }
        }
        lock = try Self.takeLock(of: path)
        self.path = path
        self.exchange = exchange
        try PublishError.writing { () throws(WriteError) in try settle() }
    }

    // MARK: The lock

    static func lockPath(in folder: String) -> String { "\(folder)/.lock" }

    /// Somebody may remove or replace the lock file between its opening and its locking: then it is taken anew.
    private static func takeLock(of folder: String) throws(PublishError) -> File {
        let path = lockPath(in: folder)
        for _ in 1...10 {
            let lock: File? = try PublishError.writing { () throws(WriteError) in
                try FileSystem.writing(path) { () throws(SystemError) in
                    let lock = try File(path, to: .update)
                    return try lock.lock() ? lock : nil
                }
            }
            guard let lock else { throw .locked("another run holds the lock of \(folder)") }
            if isInPlace(lock, of: folder) { return lock }
        }
        throw .locked("\(path) is replaced again and again: find out what removes it")
    }

    /// Whether the lock file of the folder is the one that is open.
    private static func isInPlace(_ lock: File, of folder: String) -> Bool {
        guard let held = try? lock.status() else { return false }
        return FileSystem.status(of: lockPath(in: folder))?.identity == held.identity
    }

    /// Throws if the lock file was removed or replaced since, so that another run may be at work.
    func checkLock() throws(PublishError) {
        if Self.isInPlace(lock, of: path) { return }
        throw .locked(
            "\(Self.lockPath(in: path)) was removed or replaced during this run, and another run may be writing there: "
                + "nothing is published; run again and leave .lock where it is")
    }

    // MARK: Staging

    private static let stagingPrefix = ".staging-"

    /// An empty folder for the report of a day. Its name is unique, so that a run that gets past the lock writes
    /// elsewhere.
    package func makeStaging(_ asOf: CalendarDate) throws(PublishError) -> String {
        let staging = "\(path)/\(Self.stagingPrefix)\(asOf)-\(String(UInt32.random(in: .min ... .max), radix: 16))"
        try PublishError.writing { () throws(WriteError) in
            try FileSystem.writing(staging) { () throws(SystemError) in try FileSystem.makeFolder(staging) }
        }
        return staging
    }

    /// Cleans up after a killed run; nobody else can be writing here.
    private func settle() throws(WriteError) {
        for name in FileSystem.readableNames(in: path) {
            if name.hasPrefix(Self.stagingPrefix) { FileSystem.removeAll("\(path)/\(name)") }
            if name.hasPrefix(Self.journalPrefix), name.hasSuffix(Self.sortedSuffix) {
                FileSystem.removeIfThere("\(path)/\(name)")
            }
        }
        try settleReplaced()
    }

    // MARK: The journal

    /// The journal of a live run while it is under way: a run that was interrupted goes on from it. Answers of one source
    /// never serve a run that asks another.
    package func workingJournal(_ asOf: CalendarDate, source: String) -> String {
        let digest = SHA256Sum.hex(of: Array(source.utf8))
        return "\(path)/\(Self.journalPrefix)\(asOf)-\(digest.prefix(12)).jsonl"
    }

    /// The copy of a working journal that is published; every run makes it anew.
    package static func sortedJournal(_ journal: String) -> String { journal + sortedSuffix }

    private static let journalPrefix = ".journal-"
    private static let sortedSuffix = ".sorted"
}
