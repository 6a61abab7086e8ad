import Files
import Glibc

/// A regular file, read from its beginning. Anything else is not opened, so that no pipe or device can hold a check up.
final class RegularFile {
    let path: String
    /// Its size when it was opened.
    let bytes: Int
    private let descriptor: Int32

    /// - Parameter followsLink: whether the path may be a symbolic link.
    init(path: String, followsLink: Bool) throws(RunError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followsLink ? 0 : O_NOFOLLOW))
        guard descriptor >= 0 else {
            throw RunError(
                .cannotOpenInput, "cannot open \(path): \(errno == ELOOP ? "it is a symbolic link" : errnoText())")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw RunError(.cannotOpenInput, "cannot open \(path): it is not a regular file")
        }
        bytes = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// The next bytes, at most so many; none at the end.
    func next(_ count: Int = 1 << 20) throws(RunError) -> [UInt8] {
        var failed = false
        let block = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            while done < count {
                let more = read(descriptor, buffer.baseAddress.map { $0 + done }, count - done)
                if more < 0, errno == EINTR { continue }
                failed = more < 0
                if more <= 0 { return }
                done += more
            }
        }
        if failed { throw RunError(.cannotOpenInput, "cannot read \(path): \(errnoText())") }
        return block
    }

    /// All that is left of it.
    ///
    /// - Parameter limit: more bytes than the file may have.
    func rest(limit: Int) throws(RunError) -> [UInt8] {
        if bytes > limit {
            throw RunError(.unusableInput, "\(path) has \(bytes) bytes, more than the \(limit) that it may have")
        }
        var content: [UInt8] = []
        while true {
            let block = try next()
            if block.isEmpty { return content }
            content += block
        }
    }

    /// The SHA-256 of its next bytes, nil if there are fewer.
    func hash(of count: Int) throws -> String? {
        var hash = FileHash()
        var left = count
        while left > 0 {
            try Task.checkCancellation()
            let block = try next(min(left, 1 << 20))
            if block.isEmpty { return nil }
            hash.update(block)
            left -= block.count
        }
        return hash.hex
    }
}
