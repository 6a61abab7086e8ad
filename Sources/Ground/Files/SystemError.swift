import Glibc

/// A call of the system that failed.
public struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The system's number for it, such as ENOSPC.
    public let code: Int32

    public init(code: Int32) { self.code = code }

    /// The error of the call that failed last on this thread.
    static var last: SystemError { SystemError(code: errno) }

    /// What is done with a file that was closed.
    public static var notOpen: SystemError { SystemError(code: EBADF) }

    /// The system's words for it.
    public var description: String { unsafe String(cString: strerror(code)) }

    /// The file, or a folder on the way to it, does not exist.
    public var isMissing: Bool { code == ENOENT || code == ENOTDIR }
    /// The path leads to a symbolic link, which was not to be followed.
    public var isLink: Bool { code == ELOOP }
    public var isFullDisk: Bool { code == ENOSPC }
}

/// Calls the system again as long as a signal interrupts it, and gives its result; -1 is an error.
@inline(__always)
func uninterrupted(_ call: () -> Int) throws(SystemError) -> Int {
    while true {
        let result = call()
        if result >= 0 { return result }
        if errno != EINTR { throw .last }
    }
}

/// Calls `body` with a path as C wants it. A path with a NUL byte leads nowhere: C would take it to end there.
func withCPath<Result>(
    _ path: String, _ body: (UnsafePointer<CChar>) throws(SystemError) -> Result
) throws(SystemError) -> Result {
    if path.utf8.contains(0) { throw SystemError(code: ENOENT) }
    return try unsafe withCText(Array(path.utf8), body)
}

/// Calls `body` with bytes as C wants them, ended by a NUL.
func withCText<Result>(
    _ bytes: [UInt8], _ body: (UnsafePointer<CChar>) throws(SystemError) -> Result
) throws(SystemError) -> Result {
    let text = bytes.map { CChar(bitPattern: $0) } + [0]
    return unsafe try text.withUnsafeBufferPointer { (buffer) throws(SystemError) in
        guard let start = buffer.baseAddress else { throw SystemError(code: EINVAL) }
        return try unsafe body(start)
    }
}
