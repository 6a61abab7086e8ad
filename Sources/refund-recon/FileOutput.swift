import Bytes
import Glibc
import Run

/// A file that a command was asked to write.
enum FileOutput {
    static func write(_ content: [UInt8], to path: String) throws(RunFailure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw RunFailure(.cannotWrite, "\(path): \(errnoText())") }
        defer { close(descriptor) }
        var start = 0
        while start < content.count {
            let count = content.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + start }, content.count - start)
            }
            if count < 0 { throw RunFailure(.cannotWrite, "\(path): \(errnoText())") }
            start += count
        }
    }
}
