import Bytes
import Core
import Glibc

/// A file that others read at any moment: it is there as it was, or whole as it is now.
public enum AtomicFile {
    /// Puts content in the place of a file, readable for all whatever the umask is. Exit 73 if it cannot.
    public static func write(_ content: String, to path: String) throws(RunFailure) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let folder = parts.dropLast().joined(separator: "/") + (parts.count > 1 ? "/" : "")
        // In the same folder, since a rename does not leave its file system; the name is one that no collector reads.
        let temporary = "\(folder).\(parts.last ?? "").\(getpid())"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw RunFailure(.cannotWrite, "\(temporary): \(errnoText())") }
        defer { close(descriptor) }
        let bytes = Array(content.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fchmod(descriptor, 0o644) == 0,
            fsync(descriptor) == 0, rename(temporary, path) == 0
        else {
            let failure = RunFailure(.cannotWrite, "\(path): \(errnoText())")
            unlink(temporary)
            throw failure
        }
    }
}
