import Glibc

/// Why a file cannot be read.
public enum FileError: Error, Sendable, Equatable, CustomStringConvertible {
    case missing
    case isLink
    /// A pipe, a device or a folder: it is never read.
    case notRegular
    /// A name that leads out of a folder, or that no file can have.
    case badName
    /// It has more bytes than a file of its kind may have.
    case tooLarge(byteCount: Int, limit: Int)
    case system(SystemError)

    init(_ error: SystemError) {
        self =
            switch error.code {
            case ENOENT: .missing
            case ELOOP: .isLink
            // A socket, or a device that is not there.
            case ENXIO: .notRegular
            default: .system(error)
            }
    }

    public var description: String {
        switch self {
        case .missing: "it is missing"
        case .isLink: "it is a symbolic link"
        case .notRegular: "it is not a regular file"
        case .badName: "this is not the name of a file in the folder"
        case .tooLarge(let byteCount, let limit):
            "it has \(byteCount) bytes, more than the \(limit) that it may have"
        case .system(let error): "\(error)"
        }
    }
}

/// A regular file, read from its beginning. Nothing else is opened, so that no pipe or device can hold a check up.
public final class RegularFile: Sendable {
    private let file: File
    /// Its size when it was opened.
    public let byteCount: Int
    public static let usualBlockBytes = 1 << 20

    /// - Parameter followsLink: whether the path may be a symbolic link.
    public convenience init(path: String, followsLink: Bool) throws(FileError) {
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (followsLink ? 0 : O_NOFOLLOW)
        let descriptor: Int
        do throws(SystemError) {
            descriptor = unsafe try withCPath(path) { (path) throws(SystemError) in
                try uninterrupted { unsafe Int(open(path, flags)) }
            }
        } catch { throw FileError(error) }
        try self.init(File(descriptor: Int32(descriptor)))
    }

    init(_ file: File) throws(FileError) {
        self.file = file
        let status: FileStatus
        do throws(SystemError) { status = try file.status() } catch { throw .system(error) }
        guard status.isRegular else { throw .notRegular }
        byteCount = status.byteCount
    }

    /// The next bytes; none at the end, and fewer than asked for only before it.
    public func next(upTo count: Int = usualBlockBytes) throws(FileError) -> [UInt8] {
        do throws(SystemError) { return try file.read(upTo: count) } catch { throw .system(error) }
    }

    /// The bytes at a place; fewer than asked for at the end only.
    public func bytes(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
        do throws(SystemError) { return try file.read(upTo: count, at: offset) } catch { throw .system(error) }
    }

    /// All that is left of it.
    ///
    /// - Parameter limit: more bytes than this the file may not have.
    public func rest(limit: Int) throws(FileError) -> [UInt8] {
        if byteCount > limit { throw .tooLarge(byteCount: byteCount, limit: limit) }
        var content: [UInt8] = []
        while case let block = try next(), !block.isEmpty {
            content += block
            // It may grow while it is read.
            if content.count > limit { throw .tooLarge(byteCount: content.count, limit: limit) }
        }
        return content
    }

    /// The SHA-256 of its next bytes; nil if there are fewer. Stops when the task is cancelled.
    public func hash(of count: Int) throws -> String? {
        var sum = SHA256Sum()
        var left = count
        while left > 0 {
            try Task.checkCancellation()
            let block = try next(upTo: min(left, Self.usualBlockBytes))
            if block.isEmpty { return nil }
            sum.add(block)
            left -= block.count
        }
        return sum.hex
    }
}
