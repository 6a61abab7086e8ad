import CZlib
import Glibc

/// Reads a whole file into memory, through gzip if its name ends in `.gz`.
enum DataFile {
    private static let chunkSize = 1 << 20

    static func read(path: String) throws(SandboxError) -> [UInt8] {
        path.hasSuffix(".gz") ? try readGzip(path: path) : try readPlain(path: path)
    }

    private static func readPlain(path: String) throws(SandboxError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotOpen(path: path, reason: systemReason()) }
        defer { close(descriptor) }
        return try collect(path: path) { chunk throws(SandboxError) in
            while true {
                let count = Glibc.read(descriptor, chunk.baseAddress, chunk.count)
                if count >= 0 { return count }
                guard errno == EINTR else { throw .cannotRead(path: path, reason: systemReason()) }
            }
        }
    }

    private static func readGzip(path: String) throws(SandboxError) -> [UInt8] {
        guard let file = gzopen(path, "rb") else { throw .cannotOpen(path: path, reason: systemReason()) }
        var isOpen = true
        defer { if isOpen { gzclose_r(file) } }
        // zlib passes on bytes that are not gzip unchanged: a file that only has the name is refused here.
        guard gzdirect(file) == 0 else {
            throw .cannotRead(path: path, reason: "no gzip, although its name ends in .gz")
        }
        let bytes = try collect(path: path) { chunk throws(SandboxError) in
            let count = gzread(file, chunk.baseAddress, UInt32(chunk.count))
            guard count >= 0 else { throw .cannotRead(path: path, reason: zlibReason(file)) }
            return Int(count)
        }
        isOpen = false
        // Only closing shows that a member ended too early.
        guard gzclose_r(file) == Z_OK else { throw .cannotRead(path: path, reason: "the gzip ends too early") }
        return bytes
    }

    private static func collect(
        path: String, next: (UnsafeMutableRawBufferPointer) throws(SandboxError) -> Int
    ) throws(SandboxError) -> [UInt8] {
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkSize, alignment: 16)
        defer { chunk.deallocate() }
        var bytes: [UInt8] = []
        while true {
            let count = try next(chunk)
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    private static func systemReason() -> String { String(cString: strerror(errno)) }

    private static func zlibReason(_ file: gzFile) -> String {
        var code: Int32 = 0
        return gzerror(file, &code).map { String(cString: $0) } ?? "zlib error \(code)"
    }
}
