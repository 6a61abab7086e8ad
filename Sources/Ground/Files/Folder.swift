import Glibc

/// An open folder, whose files are read without following a link and without leaving it.
public final class Folder: Sendable {
    private let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// The folder at a path.
    public convenience init(path: String) throws(SystemError) {
        let descriptor = unsafe try withCPath(path) { (path) throws(SystemError) in
            try uninterrupted { unsafe Int(Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) }
        }
        self.init(descriptor: Int32(descriptor))
    }

    /// The folder that this one is in; nil if it cannot be opened.
    public var parent: Folder? { open("..", O_DIRECTORY) }

    /// A folder in this one; nil if there is none of that name, or if it is a link.
    public func folder(_ name: String) -> Folder? {
        Self.isName(name) ? open(name, O_DIRECTORY | O_NOFOLLOW) : nil
    }

    private func open(_ name: String, _ flags: Int32) -> Folder? {
        (try? opened(Array(name.utf8), flags)).map { Folder(descriptor: $0) }
    }

    private func opened(_ name: [UInt8], _ flags: Int32) throws(SystemError) -> Int32 {
        Int32(
            try unsafe withCText(name) { (name) throws(SystemError) in
                try uninterrupted { unsafe Int(openat(descriptor, name, O_RDONLY | O_CLOEXEC | flags)) }
            })
    }

    /// Whether it is the same folder, whatever paths lead to the two.
    public func isSame(as other: Folder) -> Bool {
        let identity = try? FileStatus(descriptor: descriptor).identity
        return identity != nil && identity == (try? FileStatus(descriptor: other.descriptor).identity)
    }

    /// Whether a text can be the name of something in a folder.
    public static func isName(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 255
            && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
    }

    /// The names in the folder but `.` and `..`, in the order of their bytes, which need not be UTF-8.
    public func names() throws(SystemError) -> [[UInt8]] {
        // A descriptor of its own, since closing the listing closes it.
        let copy = try opened(Array(".".utf8), O_DIRECTORY)
        guard let listing = unsafe fdopendir(copy) else {
            let error = SystemError.last
            close(copy)
            throw error
        }
        defer { unsafe closedir(listing) }
        var names: [[UInt8]] = []
        errno = 0
        while let entry = unsafe readdir(listing) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
            if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
            errno = 0
        }
        if errno != 0 { throw .last }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The status of a name in the folder; a link is not followed.
    public func status(of name: [UInt8]) throws(SystemError) -> FileStatus {
        try FileStatus(descriptor: descriptor, name: name)
    }

    /// A regular file of the folder, and nothing that only looks like one.
    public func file(_ name: [UInt8]) throws(FileError) -> RegularFile {
        guard Self.isName(String(decoding: name, as: UTF8.self)) else { throw .badName }
        let file: File
        do throws(SystemError) {
            file = try open(name)
        } catch { throw FileError(error) }
        return try RegularFile(file)
    }

    /// Opens a name in the folder for reading; a link is not followed, and no pipe is waited for.
    func open(_ name: [UInt8]) throws(SystemError) -> File {
        File(descriptor: try opened(name, O_NOFOLLOW | O_NONBLOCK | O_NOCTTY))
    }

    public func file(_ name: String) throws(FileError) -> RegularFile { try file(Array(name.utf8)) }

    /// Returns when the names in the folder are on the disk.
    public func sync() throws(SystemError) { _ = try uninterrupted { Int(fsync(descriptor)) } }
}
