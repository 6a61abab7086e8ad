import Glibc

/// The former name.
public typealias SystemFault = SystemError

extension SystemError {
    public init() { self.init(code: errno) }
}

/// Writes all bytes at the place where the descriptor is.
public func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw .last }
    try File(descriptor: copy).write(bytes)
}

/// Makes a file without a name in `TMPDIR`, or in `/tmp`, for this user alone; it goes with its descriptor, which is the
/// caller's to close.
public func unnamedTemporaryFile() throws(SystemFault) -> Int32 {
    let file = try File.temporary()
    let copy = fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw .last }
    return copy
}
