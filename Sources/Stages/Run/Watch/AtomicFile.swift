import Files
import Glibc
import Memory
import Refunds

/// A file that others read at any moment: it is there as it was, or whole as it is now.
package enum AtomicFile {
    /// Puts content in the place of a file, which keeps its permissions. A symbolic link there is replaced, never written
    /// through. Exit 73 if it cannot.
    ///
    /// - Parameter isForAll: whether all may read it, whatever the umask is.
    package static func write(_ content: [UInt8], to path: String, isForAll: Bool) throws(RunError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let folder = parts.dropLast().joined(separator: "/") + (parts.count > 1 ? "/" : "")
        // In the same folder, since a rename does not leave its file system; the name is one that no collector reads, and that
        // nobody can have prepared.
        let temporary = "\(folder).\(parts.last ?? "").\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw RunError(.cannotWrite, "\(path): \(errnoText())") }
        defer { close(descriptor) }
        do throws(SystemFault) {
            try writeAll(content, to: descriptor)
            guard isForAll ? fchmod(descriptor, 0o644) == 0 : keepMode(of: path, in: descriptor),
                fsync(descriptor) == 0, rename(temporary, path) == 0
            else { throw SystemFault() }
        } catch {
            unlink(temporary)
            throw RunError(.cannotWrite, "\(path): \(error)")
        }
    }

    /// Gives a new file the permissions of the one whose place it will take; false if that fails.
    private static func keepMode(of path: String, in descriptor: Int32) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return true }
        return fchmod(descriptor, status.st_mode & 0o777) == 0
    }
}
