import Files
import Run

/// A file that a command was asked to write.
enum FileOutput {
    /// Replaces a file with the content, or writes it to a pipe or device of that name. Exit 73 if it cannot.
    static func write(_ content: [UInt8], to path: String) throws(RunError) {
        do throws(SystemError) { try FileSystem.write(content, to: path) } catch {
            throw RunError(
                .cannotWrite,
                error.isLink ? "\(path) is a symbolic link; give the file itself" : "\(path): \(error)")
        }
    }
}
