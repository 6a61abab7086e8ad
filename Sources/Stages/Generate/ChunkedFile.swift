import Files

/// A file written from a buffer in chunks of about 1 MiB.
///
/// Lines are appended to `buffer` in place; `endLine` hands full chunks to the system. Only its maker uses it.
final class ChunkedFile {
    /// Bytes that were not handed to the system yet.
    var buffer: [UInt8] = []
    private(set) var lines = 0
    private let file: File
    private let path: String
    private var written = 0

    private static let chunk = 1 << 20

    /// Opens the file for writing, emptying one that is there.
    init(path: String) throws(GenerateError) {
        self.path = path
        do throws(SystemError) { file = try File(path, to: .overwrite) } catch {
            throw .cannotWrite(path: path, error)
        }
        buffer.reserveCapacity(Self.chunk + (64 << 10))
    }

    /// Counts a line, which the caller ended.
    @inline(__always)
    func endLine() throws(GenerateError) {
        lines += 1
        if buffer.count >= Self.chunk { try flush() }
    }

    /// Writes the rest; returns the file's size in bytes.
    func close() throws(GenerateError) -> Int {
        try flush()
        do throws(SystemError) { try file.checkWritten() } catch { throw .cannotWrite(path: path, error) }
        return written
    }

    private func flush() throws(GenerateError) {
        do throws(SystemError) { try file.write(buffer) } catch { throw .cannotWrite(path: path, error) }
        written += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }
}
