/// Why the content of a file that holds a secret is not given.
public enum SecretFileError: Error, Sendable, Equatable {
    /// Group or others may use the file: exit 77.
    case readableByOthers
    /// The system's error number.
    case cannotRead(code: Int32)
}

/// A file that holds a secret, which nobody but its owner may be allowed to use.
public enum SecretFile {
    public typealias Fault = SecretFileError

    private static let largestByteCount = 65_536

    /// The file's first 65,536 bytes, which are all of a file that makes sense.
    public static func read(_ path: String) throws(SecretFileError) -> [UInt8] {
        do throws(SystemError) {
            let file = try File(path, to: .read)
            if try file.status().permissions & 0o077 == 0 { return try file.read(upTo: largestByteCount) }
        } catch { throw .cannotRead(code: error.code) }
        throw .readableByOthers
    }
}
