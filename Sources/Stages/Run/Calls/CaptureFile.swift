import Files

/// A file to which captured calls are appended, one line each, so that a line that was reported as written stays written.
package final class CaptureFile: Sendable {
    let path: String
    private let file: File

    /// Opens the file, or makes it with its folder entry on the disk. Do it before the call whose answer it is for: a refund
    /// that cannot be recorded is better not asked for. Errors: `cannotWrite`.
    package init(path: String) throws(RunError) {
        self.path = path
        // Passengers' names are in it: nobody else's business.
        do throws(SystemError) {
            file = try File(path, to: .append, followsLink: false, readers: .owner)
        } catch {
            throw RunError(
                .cannotWrite, error.isLink ? "\(path) is a symbolic link; give the file itself" : "\(path): \(error)")
        }
        // Some file systems do not sync folders; the line itself is synced all the same.
        try? FileSystem.syncFolder(FileSystem.folder(of: path))
    }

    /// Appends one line, and returns when it is on the disk. Errors: `cannotWrite`.
    package func append(_ line: [UInt8]) throws(RunError) {
        do throws(SystemError) {
            // A line that was torn when a machine went down must not take this one with it.
            try file.write(try endsInLine() ? line : [0x0A] + line)
            try file.sync()
        } catch { throw RunError(.cannotWrite, "\(path): \(error)") }
    }

    private func endsInLine() throws(SystemError) -> Bool {
        let status = try file.status()
        guard status.isRegular, status.byteCount > 0 else { return true }
        return try file.read(upTo: 1, at: status.byteCount - 1) == [0x0A]
    }
}
