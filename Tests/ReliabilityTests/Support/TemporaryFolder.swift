import Files
import Glibc

/// A folder of a test's own, removed with all in it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("\(Binary.environment("TMPDIR") ?? "/tmp")/reliability-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw InputError.cannotSpool(reason: "mkdtemp: errno \(errno)") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { Self.remove(path) }

    private static func remove(_ path: String) {
        if unlink(path) == 0 { return }
        for name in names(in: path) { remove("\(path)/\(name)") }
        rmdir(path)
    }

    /// The names in a folder but `.` and `..`, hidden ones too; none if there is no folder.
    static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Every file in a folder and the folders in it.
    static func files(in path: String) -> [String] {
        let names = names(in: path)
        return names.isEmpty ? [path] : names.flatMap { files(in: "\(path)/\($0)") }
    }
}

enum File {
    static func bytes(_ path: String) throws -> [UInt8] {
        let input = try InputBytes(path: path)
        // The bytes are there as long as the input is.
        return input.bytes
    }

    static func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o600) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        defer { close(file) }
        guard file >= 0, Glibc.write(file, bytes, bytes.count) == bytes.count, fchmod(file, mode) == 0 else {
            throw InputError.cannotSpool(reason: "\(path): errno \(errno)")
        }
    }
}
