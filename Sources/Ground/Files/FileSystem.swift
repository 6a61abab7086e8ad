import CGlue
import Glibc

/// Work on files and folders by their paths.
public enum FileSystem {
    // MARK: Looking

    /// Whether something has the path, if only a link that leads nowhere.
    public static func exists(_ path: String) -> Bool { status(of: path) != nil }

    public static func isFolder(_ path: String, followsLinks: Bool = false) -> Bool {
        status(of: path, followsLinks: followsLinks)?.isFolder ?? false
    }

    public static func isRegularFile(_ path: String, followsLinks: Bool = false) -> Bool {
        status(of: path, followsLinks: followsLinks)?.isRegular ?? false
    }

    /// nil if there is nothing, or the system does not say.
    public static func status(of path: String, followsLinks: Bool = false) -> FileStatus? {
        try? FileStatus(path: path, followsLinks: followsLinks)
    }

    /// The names in a folder but `.` and `..`, in the order of their bytes; bytes that are not UTF-8 are replaced.
    public static func names(in folder: String) throws(SystemError) -> [String] {
        try Folder(path: folder).names().map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether this process may list a folder and open its files.
    public static func mayLookInto(_ folder: String) -> Bool {
        unsafe (try? withCPath(folder) { unsafe access($0, R_OK | X_OK) }) == 0
    }

    /// How many bytes this user may still write where the path is.
    public static func freeByteCount(at path: String) throws(SystemError) -> UInt64 {
        var information = statvfs()
        guard unsafe try withCPath(path, { unsafe statvfs($0, &information) }) == 0 else { throw .last }
        return UInt64(information.f_bavail) * UInt64(information.f_frsize)
    }

    // MARK: Paths

    /// The path from the root, without links; nil if it leads nowhere.
    public static func realPath(_ path: String) -> String? {
        guard let resolved = unsafe try? withCPath(path, { unsafe realpath($0, nil) }) else { return nil }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// The path of the working folder; nil if the system does not say.
    public static var workingFolder: String? {
        guard let folder = unsafe getcwd(nil, 0) else { return nil }
        defer { unsafe free(folder) }
        return unsafe String(cString: folder)
    }

    /// Where temporary files belong: `TMPDIR`, or `/tmp`.
    public static var temporaryFolder: String {
        let given = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? ""
        return given.isEmpty ? "/tmp" : given
    }

    /// The folder in which a path is, as far as the text of the path says.
    public static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The part of a path after its last slash.
    public static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    // MARK: Folders

    /// Makes a folder; nothing may be there.
    public static func makeFolder(_ path: String, readers: File.Readers = .all) throws(SystemError) {
        let mode: mode_t = readers == .all ? 0o755 : 0o700
        guard unsafe try withCPath(path, { unsafe mkdir($0, mode) }) == 0 else { throw .last }
    }

    /// Makes a folder and those above it that are missing; it may be there already.
    public static func makeFolders(_ path: String) throws(SystemError) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += made.isEmpty || made == "/" ? String(part) : "/\(part)"
            do throws(SystemError) { try makeFolder(made) } catch {
                if error.code != EEXIST, !isFolder(made, followsLinks: true) { throw error }
            }
        }
        if !isFolder(path, followsLinks: true) { throw SystemError(code: ENOTDIR) }
    }

    /// Makes a folder that only its owner can look into, in `TMPDIR` or `/tmp`; gives its path.
    public static func makeTemporaryFolder(prefix: String) throws(SystemError) -> String {
        var template = Array("\(temporaryFolder)/\(prefix)XXXXXX".utf8CString)
        // Made with mode 0700.
        guard unsafe mkdtemp(&template) != nil else { throw .last }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Returns when the names in a folder are on the disk.
    public static func syncFolder(_ path: String) throws(SystemError) { try Folder(path: path).sync() }

    // MARK: Moving and removing

    /// Gives a file or folder another path. A file or an empty folder there is replaced in one step.
    public static func rename(_ path: String, to newPath: String) throws(SystemError) {
        let code = unsafe try withCPath(path) { (path) throws(SystemError) in
            unsafe try withCPath(newPath) { unsafe Glibc.rename(path, $0) }
        }
        if code != 0 { throw .last }
    }

    /// Removes a file, or a link.
    public static func remove(_ path: String) throws(SystemError) {
        guard unsafe try withCPath(path, { unsafe unlink($0) }) == 0 else { throw .last }
    }

    /// Removes a file if it is there and can be removed.
    public static func removeIfThere(_ path: String) { try? remove(path) }

    /// Removes a file, or a folder with everything in it, as far as that is possible.
    public static func removeAll(_ path: String) {
        guard isFolder(path) else { return removeIfThere(path) }
        for name in (try? names(in: path)) ?? [] { removeAll("\(path)/\(name)") }
        _ = unsafe try? withCPath(path) { unsafe rmdir($0) }
    }

    public static func setPermissions(_ permissions: UInt32, of path: String) throws(SystemError) {
        guard unsafe try withCPath(path, { unsafe chmod($0, permissions) }) == 0 else { throw .last }
    }
}
