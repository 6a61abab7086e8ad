import Glibc

/// A file that holds a secret, which nobody but its owner may be allowed to use.
package enum SecretFile {
    /// Why its content is not given.
    package enum Fault: Error, Sendable, Equatable {
        /// Group or others may use the file: exit 77.
        case readableByOthers
        case cannotRead(errno: Int32)
    }

    private static let largestByteCount = 65_536

    /// The file's first 65,536 bytes, which are all of a file that makes sense.
    package static func read(_ path: String) throws(Fault) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .cannotRead(errno: errno) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .cannotRead(errno: errno) }
        guard status.st_mode & 0o077 == 0 else { throw .readableByOthers }
        var bytes = [UInt8](repeating: 0, count: largestByteCount)
        var count = 0
        while count < bytes.count {
            let more = bytes.withUnsafeMutableBytes {
                Glibc.read(file, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            if more < 0, errno == EINTR { continue }
            guard more >= 0 else { throw .cannotRead(errno: errno) }
            if more == 0 { break }
            count += more
        }
        return Array(bytes[..<count])
    }
}
