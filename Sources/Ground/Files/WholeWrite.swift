import Glibc

/// A system call that failed.
public struct SystemFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The system's number for it, such as ENOSPC.
    public let code: Int32

    public init(code: Int32 = errno) { self.code = code }

    /// The system's words for it.
    public var description: String { errnoText(code) }
}

/// Writes all bytes at the place where the descriptor is. A signal does not cut it short, and a pipe that does not block is
/// waited for until its reader has made room.
public func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(SystemFault) {
    var done = 0
    while done < bytes.count {
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done) }
        if count > 0 {
            done += count
            continue
        }
        switch count < 0 ? errno : ENOSPC {
        case EINTR: continue
        case EAGAIN:
            var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            if poll(&waiting, 1, -1) < 0, errno != EINTR { throw SystemFault() }
        case let code: throw SystemFault(code: code)
        }
    }
}

/// Makes a file without a name in `TMPDIR`, or in `/tmp`, for this user alone; it goes with its descriptor, which is the
/// caller's to close.
public func unnamedTemporaryFile() throws(SystemFault) -> Int32 {
    let given = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    var template = Array("\(given.isEmpty ? "/tmp" : given)/refund-recon-XXXXXX".utf8CString)
    // A name that nobody can have prepared: the file must not be there before.
    let file = mkstemp(&template)
    guard file >= 0 else { throw SystemFault() }
    unlink(template)
    _ = fcntl(file, F_SETFD, FD_CLOEXEC)
    return file
}
