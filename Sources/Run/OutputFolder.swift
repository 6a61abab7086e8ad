import Bytes
import CGlue
import Core
import Glibc

/// The folder in which reports are published, held by one run at a time.
///
/// A report is written in a folder beside its place and moved there whole, by rename; the lock goes with the process.
final class OutputFolder: Sendable {
    let path: String
    private let lock: Int32

    /// Creates the folder if need be and takes its lock.
    init(path: String) throws(RunFailure) {
        self.path = path
        try Self.makeFolders(path)
        lock = open("\(path)/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard lock >= 0 else { throw RunFailure(.cannotWrite, "\(path)/.lock: \(errnoText())") }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            let reason = errnoText()
            close(lock)
            throw isHeld
                ? RunFailure(.locked, "another run holds the lock of \(path)")
                : RunFailure(.cannotWrite, "\(path)/.lock: \(reason)")
        }
        removeLeftovers()
    }

    deinit { close(lock) }

    private static func makeFolders(_ path: String) throws(RunFailure) {
        var partial = path.hasPrefix("/") ? "/" : ""
        for component in path.split(separator: "/") {
            partial += partial.isEmpty || partial == "/" ? String(component) : "/\(component)"
            if mkdir(partial, 0o755) != 0, errno != EEXIST {
                throw RunFailure(.cannotWrite, "\(partial): \(errnoText())")
            }
        }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw RunFailure(.cannotWrite, "\(path) is no folder")
        }
    }

    // MARK: Staging

    private static let stagingPrefix = ".staging-"
    /// Before a report takes the place of another it has this name; from the exchange on, the other has it.
    private static let replacedPrefix = ".replaced-"

    /// An empty folder for the report of a day.
    func makeStaging(_ asOf: CalendarDate) throws(RunFailure) -> String {
        let staging = "\(path)/\(Self.stagingPrefix)\(asOf)"
        guard mkdir(staging, 0o755) == 0 else { throw RunFailure(.cannotWrite, "\(staging): \(errnoText())") }
        return staging
    }

    /// What a killed run left; nobody else can be writing here.
    private func removeLeftovers() {
        for name in folderNames(path) {
            if name.hasPrefix(Self.stagingPrefix) { Self.remove("\(path)/\(name)") }
            if name.hasPrefix(Self.journalPrefix), name.hasSuffix(Self.sortedSuffix) { unlink("\(path)/\(name)") }
            if name.hasPrefix(Self.replacedPrefix) { settle(name, String(name.dropFirst(Self.replacedPrefix.count))) }
        }
    }

    /// A run was killed around the exchange of two reports: a former report is kept, a new one was not published and goes.
    private func settle(_ name: String, _ asOf: String) {
        if let left = ManifestChain.link(path, name), let published = ManifestChain.link(path, asOf),
            left.sequence > published.sequence
        {
            Self.remove("\(path)/\(name)")
        } else {
            rename("\(path)/\(name)", formerPlace("\(path)/\(asOf)"))
        }
    }

    /// Removes a staging folder with its files.
    static func remove(_ folder: String) {
        for name in folderNames(folder) { unlink("\(folder)/\(name)") }
        rmdir(folder)
    }

    // MARK: Publishing

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

    /// Puts the report in its place. One that is there is exchanged for it in one step and kept as `<as-of>.<n>`.
    func publish(_ staging: String, _ asOf: CalendarDate) throws(RunFailure) -> String {
        let place = "\(path)/\(asOf)"
        try sync(staging)
        if !exists(place) {
            guard rename(staging, place) == 0 else { throw RunFailure(.cannotWrite, "\(place): \(errnoText())") }
        } else {
            try replace(place, by: staging, "\(path)/\(Self.replacedPrefix)\(asOf)")
        }
        try sync(path)
        return place
    }

    /// Exchanges the two; at every step a run that is killed leaves names from which the next one sees how far it came.
    private func replace(_ place: String, by staging: String, _ replaced: String) throws(RunFailure) {
        guard rename(staging, replaced) == 0 else { throw RunFailure(.cannotWrite, "\(replaced): \(errnoText())") }
        guard cglue_exchange_paths(replaced, place) == 0 else {
            let failure = RunFailure(.cannotWrite, "\(place): \(errnoText())")
            Self.remove(replaced)
            throw failure
        }
        let former = formerPlace(place)
        guard rename(replaced, former) == 0 else {
            let failure = RunFailure(.cannotWrite, "\(former): \(errnoText())")
            // Back to what was there before. If even that fails, the next run settles it.
            if cglue_exchange_paths(replaced, place) == 0 { Self.remove(replaced) }
            throw failure
        }
    }

    /// Where the report that is in a place is kept when another takes the place.
    private func formerPlace(_ place: String) -> String {
        var number = 1
        while exists("\(place).\(number)") { number += 1 }
        return "\(place).\(number)"
    }

    private func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    private func sync(_ folder: String) throws(RunFailure) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw RunFailure(.cannotWrite, "\(folder): \(errnoText())")
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
