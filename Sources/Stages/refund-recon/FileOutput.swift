import Files
import Glibc
import Run

/// A file that a command was asked to write.
enum FileOutput {
    /// Replaces a file with the content, or writes it to a pipe or device of that name. Exit 73 if it cannot.
    static func write(_ content: [UInt8], to path: String) throws(RunError) {
        var (target, own) = (stat(), stat())
        let isThere = stat(path, &target) == 0
        guard isThere, target.st_mode & S_IFMT != S_IFREG else {
            // Writing through a link would let its maker have us overwrite any file; replacing it could remove /dev/stdout.
            if lstat(path, &own) == 0, own.st_mode & S_IFMT == S_IFLNK {
                throw RunError(.cannotWrite, "\(path) is a symbolic link; give the file itself")
            }
            return try AtomicFile.write(content, to: path, isForAll: false)
        }
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw RunError(.cannotWrite, "\(path): \(errnoText())") }
        defer { close(descriptor) }
        do throws(SystemFault) { try writeAll(content, to: descriptor) } catch {
            throw RunError(.cannotWrite, "\(path): \(error)")
        }
    }
}
