import CGlue
import Files
import Glibc
import Memory
import Refunds

/// The folder in which reports are published, held by one run at a time.
///
/// A report is written in a folder beside its place and moved there whole, by rename; the lock goes with the process.
final class OutputFolder: Sendable {
    let path: String
    let lock: Int32
    let exchange: Exchange

    /// Exchanges two paths in one step; gives 0, or the system's error number.
    typealias Exchange = @Sendable (_ first: String, _ second: String) -> Int32

    static let exchangePaths: Exchange = { cglue_exchange_paths($0, $1) == 0 ? 0 : errno }

    /// Creates the folder if need be, takes its lock and settles what a killed run left.
    init(path: String, exchange: @escaping Exchange = exchangePaths) throws(RunError) {
        try Self.makeFolders(path)
        lock = try Self.takeLock(path)
        self.path = path
        self.exchange = exchange
        try settle()
    }

    deinit { close(lock) }

    private static func makeFolders(_ path: String) throws(RunError) {
        var partial = path.hasPrefix("/") ? "/" : ""
        for component in path.split(separator: "/") {
            partial += partial.isEmpty || partial == "/" ? String(component) : "/\(component)"
            if mkdir(partial, 0o755) != 0, errno != EEXIST {
                throw RunError(.cannotWrite, "\(partial): \(errnoText())")
            }
        }
        guard isFolder(path, followsLinks: true) else { throw RunError(.cannotWrite, "\(path) is not a folder") }
    }

    // MARK: The lock

    /// Somebody may remove or replace the lock file between its opening and its locking: then it is taken anew.
    private static func takeLock(_ path: String) throws(RunError) -> Int32 {
        for _ in 1...10 {
            let lock = open("\(path)/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
            guard lock >= 0 else { throw RunError(.cannotWrite, "\(path)/.lock: \(errnoText())") }
            if flock(lock, LOCK_EX | LOCK_NB) != 0 {
                let isHeld = errno == EWOULDBLOCK
                let reason = errnoText()
                close(lock)
                throw isHeld
                    ? RunError(.locked, "another run holds the lock of \(path)")
                    : RunError(.cannotWrite, "\(path)/.lock: \(reason)")
            }
            if isLockFile(lock, of: path) { return lock }
            close(lock)
        }
        throw RunError(.locked, "\(path)/.lock is replaced again and again: find out what removes it")
    }

    /// Whether the lock file of the folder is the one that is open.
    private static func isLockFile(_ lock: Int32, of path: String) -> Bool {
        var (held, named) = (stat(), stat())
        return fstat(lock, &held) == 0 && lstat("\(path)/.lock", &named) == 0
            && held.st_dev == named.st_dev && held.st_ino == named.st_ino
    }

    /// Throws if the lock file was removed or replaced since, so that another run may be at work.
    func checkLock() throws(RunError) {
        guard Self.isLockFile(lock, of: path) else {
            throw RunError(
                .locked,
                "\(path)/.lock was removed or replaced during this run, and another run may be writing there: "
                    + "nothing is published; run again and leave .lock where it is")
        }
    }

    // MARK: Staging

    private static let stagingPrefix = ".staging-"

    /// An empty folder for the report of a day. Its name is unique, so that a run that gets past the lock writes
    /// elsewhere.
    func makeStaging(_ asOf: CalendarDate) throws(RunError) -> String {
        let staging = "\(path)/\(Self.stagingPrefix)\(asOf)-\(String(UInt32.random(in: .min ... .max), radix: 16))"
        guard mkdir(staging, 0o755) == 0 else { throw RunError(.cannotWrite, "\(staging): \(errnoText())") }
        return staging
    }

    /// Settles what a killed run left; nobody else can be writing here.
    private func settle() throws(RunError) {
        for name in folderNames(path) {
            if name.hasPrefix(Self.stagingPrefix) { Self.remove("\(path)/\(name)") }
            if name.hasPrefix(Self.journalPrefix), name.hasSuffix(Self.sortedSuffix) { unlink("\(path)/\(name)") }
        }
        try settleReplaced()
    }

    /// Removes a staging folder with its files.
    static func remove(_ folder: String) {
        for name in folderNames(folder) { unlink("\(folder)/\(name)") }
        rmdir(folder)
    }

    // MARK: The journal

    /// The journal of a live run while it is under way: a run that was interrupted goes on from it. Answers of one source
    /// never serve a run that asks another.
    func workingJournal(_ asOf: CalendarDate, source: String) -> String {
        let digest = Array(source.utf8).withUnsafeBufferPointer { sha256($0) }
        return "\(path)/\(Self.journalPrefix)\(asOf)-\(digest.prefix(12)).jsonl"
    }

    /// The copy of a working journal that is published; every run makes it anew.
    static func sortedJournal(_ journal: String) -> String { journal + sortedSuffix }

    private static let journalPrefix = ".journal-"
    private static let sortedSuffix = ".sorted"

    // MARK: Files

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    static func isFolder(_ path: String, followsLinks: Bool = false) -> Bool {
        var status = stat()
        return (followsLinks ? stat(path, &status) : lstat(path, &status)) == 0
            && status.st_mode & S_IFMT == S_IFDIR
    }

    static func rename(_ from: String, to: String) throws(RunError) {
        guard Glibc.rename(from, to) == 0 else { throw RunError(.cannotWrite, "\(to): \(errnoText())") }
    }

    static func sync(_ folder: String) throws(RunError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw RunError(.cannotWrite, "\(folder): \(errnoText())")
        }
    }
}

/// The names in a folder but `.` and `..`, in byte order; none if it cannot be read.
func folderNames(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}
