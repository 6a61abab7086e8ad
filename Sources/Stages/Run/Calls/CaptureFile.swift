import Files
import Glibc

/// A file to which captured calls are appended, one line each, so that a line that was reported as written stays written.
package final class CaptureFile: Sendable {
    let path: String
    private let descriptor: Int32

    /// Opens the file, or makes it with its folder entry on the disk. Do it before the call whose answer it is for: a refund
    /// that cannot be recorded is better not asked for. Errors: `cannotWrite`.
    package init(path: String) throws(RunError) {
        self.path = path
        // Readable too, for the look at its last byte. Passengers' names are in it: nobody else's business.
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason = errno == ELOOP ? " is a symbolic link; give the file itself" : ": \(errnoText())"
            throw RunError(.cannotWrite, path + reason)
        }
        Self.syncFolder(of: path)
    }

    deinit { close(descriptor) }

    /// Appends one line, and returns when it is on the disk. Errors: `cannotWrite`.
    package func append(_ line: [UInt8]) throws(RunError) {
        // A line that was torn when a machine went down must not take this one with it.
        let bytes = try endsInLine() ? line : [0x0A] + line
        do throws(SystemFault) { try writeAll(bytes, to: descriptor) } catch {
            throw RunError(.cannotWrite, "\(path): \(error)")
        }
        guard fsync(descriptor) == 0 else { throw RunError(.cannotWrite, "\(path): \(errnoText())") }
    }

    private func endsInLine() throws(RunError) -> Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw RunError(.cannotWrite, "\(path): \(errnoText())") }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else { return true }
        var last: UInt8 = 0
        guard pread(descriptor, &last, 1, status.st_size - 1) == 1 else {
            throw RunError(.cannotWrite, "\(path): \(errnoText())")
        }
        return last == 0x0A
    }

    private static func syncFolder(of path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let folder = parts.isEmpty ? "." : parts.joined(separator: "/") + "/"
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        // Some file systems do not sync folders; the line itself is synced all the same.
        _ = fsync(descriptor)
        close(descriptor)
    }
}
