import Glibc

/// A file written from a buffer in chunks of about 1 MiB.
///
/// Lines are appended to `buffer` in place; `endLine` hands full chunks to the system. Only its maker uses it.
final class ChunkedFile {
    /// Bytes that were not handed to the system yet.
    var buffer: [UInt8] = []
    private(set) var lines = 0
    private var written = 0
    private var descriptor: Int32
    private let path: String

    private static let chunk = 1 << 20

    /// Opens the file for writing, emptying one that is there.
    init(path: String) throws(GenerateError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw .cannotWrite(path: path, errno: errno) }
        buffer.reserveCapacity(Self.chunk + (64 << 10))
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    /// Counts a line, which the caller ended.
    @inline(__always)
    func endLine() throws(GenerateError) {
        lines += 1
        if buffer.count >= Self.chunk { try flush() }
    }

    /// Writes the rest and closes; returns the file's size in bytes.
    func close() throws(GenerateError) -> Int {
        try flush()
        let result = Glibc.close(descriptor)
        descriptor = -1
        if result != 0 { throw .cannotWrite(path: path, errno: errno) }
        return written
    }

    private func flush() throws(GenerateError) {
        var start = 0
        while start < buffer.count {
            let count = buffer.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + start }, $0.count - start)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw .cannotWrite(path: path, errno: errno)
            }
            start += count
        }
        written += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }
}

/// Makes a folder and those above it that are missing.
func makeFolder(_ path: String) throws(GenerateError) {
    var made = ""
    for part in path.split(separator: "/", omittingEmptySubsequences: false) {
        made += made.isEmpty && !path.hasPrefix("/") ? part : "/" + part
        if part.isEmpty { continue }
        if mkdir(made, 0o755) != 0, errno != EEXIST, !isFolder(made) {
            throw .cannotMakeFolder(path: path, errno: errno)
        }
    }
    if !isFolder(path) { throw .cannotMakeFolder(path: path, errno: ENOTDIR) }
}

private func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// The system's words for an error number.
func reason(_ number: Int32) -> String { String(cString: strerror(number)) }
