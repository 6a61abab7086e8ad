import Glibc

/// The status of a file.
public struct FileStatus: Sendable {
    public enum Kind: Sendable {
        case regular
        case folder
        /// A symbolic link that was not followed.
        case link
        /// A pipe, a device or a socket.
        case other
    }

    public let kind: Kind
    public let identity: FileIdentity
    public let byteCount: Int
    /// Its permissions, as chmod has them: `0o644`.
    public let permissions: UInt32
    private let modified: (seconds: Int, nanoseconds: Int)

    fileprivate init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        identity = FileIdentity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
        byteCount = Int(status.st_size)
        permissions = status.st_mode & 0o777
        modified = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }

    /// - Parameter followsLinks: whether a link at the end of the path is followed.
    public init(path: String, followsLinks: Bool) throws(SystemError) {
        var status = stat()
        let code = unsafe try withCPath(path) { path in
            unsafe followsLinks ? stat(path, &status) : lstat(path, &status)
        }
        if code != 0 { throw .last }
        self.init(status)
    }

    init(descriptor: Int32) throws(SystemError) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .last }
        self.init(status)
    }

    /// Of a name in a folder; a link is not followed.
    init(descriptor: Int32, name: [UInt8]) throws(SystemError) {
        var status = stat()
        let code = try unsafe withCText(name) { name in
            unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW)
        }
        if code != 0 { throw .last }
        self.init(status)
    }

    public var isRegular: Bool { kind == .regular }
    public var isFolder: Bool { kind == .folder }

    /// Whether the content was last changed at the same time.
    func wasModified(with other: FileStatus) -> Bool { modified == other.modified }
}

/// Which file it is, whatever names it has.
public struct FileIdentity: Sendable, Hashable {
    fileprivate let device: UInt64
    fileprivate let number: UInt64
}
