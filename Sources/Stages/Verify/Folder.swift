import Glibc

/// Why a file of a report cannot be read.
enum FileFault: Error, Equatable {
    case missing
    /// A link, a pipe, a device or a folder: it is never opened for reading.
    case notRegular
    /// A name that leads out of the folder, or that no file can have.
    case badName
    case tooLarge(limitBytes: Int)
    case system(code: Int32)

    var words: String {
        switch self {
        case .missing: "it is missing"
        case .notRegular: "it is not a regular file"
        case .badName: "this is not the name of a file in the report's folder"
        case .tooLarge(let limit): "it is over \(limit >> 20) MiB, more than this file ever has"
        case .system(let code): "it cannot be read: \(strerror(code).map { String(cString: $0) } ?? "error \(code)")"
        }
    }
}

/// A folder whose files are read without following a link or leaving it.
final class Folder {
    let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// The folder at a path.
    convenience init(path: String) throws(FileFault) {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { throw errno == ENOENT ? .missing : .system(code: errno) }
        self.init(descriptor: descriptor)
    }

    /// The folder that this one is in; nil if it cannot be opened.
    var parent: Folder? {
        let descriptor = openat(descriptor, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        return descriptor < 0 ? nil : Folder(descriptor: descriptor)
    }

    /// A folder in this one; nil if there is none of that name, or if it is a link.
    func folder(_ name: String) -> Folder? {
        guard Self.isName(name) else { return nil }
        let descriptor = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        return descriptor < 0 ? nil : Folder(descriptor: descriptor)
    }

    /// The same folder, whatever path leads to it.
    func isSame(as other: Folder) -> Bool {
        var (mine, theirs) = (stat(), stat())
        guard fstat(descriptor, &mine) == 0, fstat(other.descriptor, &theirs) == 0 else { return false }
        return mine.st_dev == theirs.st_dev && mine.st_ino == theirs.st_ino
    }

    /// All names in the folder, in byte order, `.` and `..` left out.
    func names() -> [String] {
        // A second descriptor, since closedir closes the one it has.
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let listing = fdopendir(copy) else { return [] }
        defer { closedir(listing) }
        var names: [String] = []
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    static func isName(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 255
            && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
    }

    func open(_ name: String) throws(FileFault) -> FileReader {
        guard Self.isName(name) else { throw .badName }
        // Without O_NONBLOCK the opening of a pipe that nobody writes to would wait for ever.
        let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        if file < 0 {
            switch errno {
            case ENOENT: throw .missing
            case ELOOP, ENXIO: throw .notRegular
            default: throw .system(code: errno)
            }
        }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(file)
            throw .notRegular
        }
        return FileReader(descriptor: file, bytes: Int(status.st_size))
    }

    /// The whole of a small file.
    func read(_ name: String, limitBytes: Int) throws(FileFault) -> [UInt8] {
        let file = try open(name)
        guard file.bytes <= limitBytes else { throw .tooLarge(limitBytes: limitBytes) }
        var content: [UInt8] = []
        while case let block = try file.next(), !block.isEmpty {
            content += block
            // It may grow while it is read.
            if content.count > limitBytes { throw .tooLarge(limitBytes: limitBytes) }
        }
        return content
    }
}

/// Reads a regular file from its beginning, block by block.
final class FileReader {
    let descriptor: Int32
    /// Its size when it was opened.
    let bytes: Int
    private static let blockBytes = 1 << 18

    fileprivate init(descriptor: Int32, bytes: Int) {
        self.descriptor = descriptor
        self.bytes = bytes
    }

    deinit { close(descriptor) }

    /// The next block; empty at the end.
    func next() throws(FileFault) -> [UInt8] {
        var failure: Int32?
        let block = [UInt8](unsafeUninitializedCapacity: Self.blockBytes) { buffer, count in
            var result: Int
            repeat {
                result = Glibc.read(descriptor, buffer.baseAddress, Self.blockBytes)
            } while result < 0 && errno == EINTR
            if result < 0 { failure = errno }
            count = max(result, 0)
        }
        if let failure { throw .system(code: failure) }
        return block
    }
}
