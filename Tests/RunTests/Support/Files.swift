import Glibc
import Testing

/// Where the repository's own files are.
enum Repository {
    /// The folder of Package.swift.
    static let root = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined()
    static let resources = root + "/Tests/RunTests/Resources"
}

/// A folder of its own for one test, removed when the test is done.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/refund-recon-run-XXXXXX".utf8CString)
        guard template.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } }) != nil else {
            throw TestFileError(path: "/tmp", errno: errno)
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { Files.remove(path) }

    static func / (folder: TemporaryFolder, name: String) -> String { folder.path + "/" + name }

    /// Writes a file and gives its path.
    @discardableResult
    func write(_ name: String, _ content: [UInt8]) throws -> String {
        try Files.write(content, to: self / name)
        return self / name
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }
}

struct TestFileError: Error {
    let path: String
    let errno: Int32
}

/// Files as a test needs them: whole, in memory.
enum Files {
    static func read(_ path: String) throws -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw TestFileError(path: path, errno: errno) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw TestFileError(path: path, errno: errno) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    static func text(_ path: String) throws -> String { String(decoding: try read(path), as: UTF8.self) }

    static func write(_ content: [UInt8], to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw TestFileError(path: path, errno: errno) }
        defer { close(file) }
        var done = 0
        while done < content.count {
            let count = content.withUnsafeBytes {
                Glibc.write(file, $0.baseAddress?.advanced(by: done), content.count - done)
            }
            guard count > 0 else { throw TestFileError(path: path, errno: errno) }
            done += count
        }
    }

    /// The names in a folder but `.` and `..`, sorted; none if there is no such folder.
    static func names(_ folder: String) -> [String] {
        guard let opened = opendir(folder) else { return [] }
        defer { closedir(opened) }
        var names: [String] = []
        while let entry = readdir(opened) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Every file of a folder by its name.
    static func contents(_ folder: String) throws -> [String: [UInt8]] {
        Dictionary(uniqueKeysWithValues: try names(folder).map { ($0, try read(folder + "/" + $0)) })
    }

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    static func makeFolder(_ path: String) throws {
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw TestFileError(path: path, errno: errno) }
    }

    static func move(_ path: String, to place: String) throws {
        guard rename(path, place) == 0 else { throw TestFileError(path: path, errno: errno) }
    }

    /// Copies a folder of files.
    static func copy(_ folder: String, to place: String) throws {
        try makeFolder(place)
        for (name, content) in try contents(folder) { try write(content, to: place + "/" + name) }
    }

    /// Removes a file, or a folder with all that is in it; a symbolic link is not followed.
    static func remove(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            unlink(path)
            return
        }
        for name in names(path) { remove(path + "/" + name) }
        rmdir(path)
    }
}

/// Waits until something holds that another process brings about; fails if it does not come.
func eventually(_ what: String, limitSeconds: Int = 30, _ holds: () throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(limitSeconds)
    while try !holds() {
        try #require(ContinuousClock.now < end, "\(what) did not come in \(limitSeconds) s")
        try await Task.sleep(for: .milliseconds(2))
    }
}
