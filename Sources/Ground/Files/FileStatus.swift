import Glibc

/// The status of an opened file.
struct FileStatus: Sendable {
    let identity: FileIdentity
    let byteCount: Int
    private let mode: mode_t
    private let modified: (seconds: Int, nanoseconds: Int)

    /// nil, with `errno` set, if the system does not say.
    init?(_ descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        identity = FileIdentity(status)
        byteCount = Int(status.st_size)
        mode = status.st_mode
        modified = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }

    var isRegular: Bool { mode & S_IFMT == S_IFREG }
    var isFolder: Bool { mode & S_IFMT == S_IFDIR }

    /// Whether the content was last changed at the same time.
    func wasModified(with other: FileStatus) -> Bool { modified == other.modified }
}

/// Which file it is, whatever names it has.
public struct FileIdentity: Sendable, Hashable {
    private let device: UInt64
    private let number: UInt64

    public init(_ status: stat) {
        device = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
    }
}
