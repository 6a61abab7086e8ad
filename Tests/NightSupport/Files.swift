import Glibc

/// Files as the nights need them: whole, in memory.
package enum Files {
    /// Where temporary folders are: in memory where that can be, for every report is synced to disk.
    private static let temporary = access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp"

    package static func makeTemporaryFolder() throws -> String {
        var template = Array("\(temporary)/refund-recon-nights-XXXXXX".utf8CString)
        guard template.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } }) != nil else {
            throw NightFailure("no temporary folder can be made: error \(errno)")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func read(_ path: String) throws -> [UInt8] {
        guard let file = fopen(path, "re") else { throw NightFailure("\(path) cannot be opened: error \(errno)") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    /// Writes a file and gives its path.
    @discardableResult
    static func write(_ bytes: [UInt8], to path: String) throws -> String {
        guard let file = fopen(path, "we") else { throw NightFailure("\(path) cannot be made: error \(errno)") }
        let count = fwrite(bytes, 1, bytes.count, file)
        guard fclose(file) == 0, count == bytes.count else { throw NightFailure("\(path) cannot be written") }
        return path
    }

    /// Removes a file, or a folder with all that is in it; a symbolic link is not followed.
    package static func remove(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            unlink(path)
            return
        }
        for name in names(path) { remove("\(path)/\(name)") }
        rmdir(path)
    }

    private static func names(_ folder: String) -> [String] {
        guard let opened = opendir(folder) else { return [] }
        defer { closedir(opened) }
        var names: [String] = []
        while let entry = readdir(opened) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    static func makeFolder(_ path: String) throws {
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw NightFailure("\(path) cannot be made: error \(errno)")
        }
    }
}
