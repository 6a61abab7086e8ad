import Glibc

/// Why a file of a folder that is not trusted cannot be read.
package enum UntrustedFileError: Error, Equatable {
    case missing
    /// A link, a pipe, a device or a folder, which is never opened for reading.
    case notRegular
    /// The name leads out of the folder, or no file can have it.
    case badName
    case tooLarge(limitBytes: Int)
    case system(code: Int32)

    /// In words that follow the file's name.
    package var message: String {
        switch self {
        case .missing: "it is missing"
        case .notRegular: "it is not a regular file"
        case .badName: "this is not the name of a file in the folder"
        case .tooLarge(let limit): "it is over \(limit >> 20) MiB, more than this file ever has"
        case .system(let code): "it cannot be read: \(errnoText(code))"
        }
    }
}

/// A folder that anyone may have written: its files are read without following a link or leaving it.
package final class UntrustedFolder {
    private let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// The folder at a path; the path itself may be a link.
    package convenience init(path: String) throws(UntrustedFileError) {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { throw errno == ENOENT ? .missing : .system(code: errno) }
        self.init(descriptor: descriptor)
    }

    /// The folder that contains this one; nil if it cannot be opened.
    package var parent: UntrustedFolder? { opened("..", flags: 0) }

    /// The folder of that name in this one; nil if there is none, or if it is a link.
    package func folder(named name: String) -> UntrustedFolder? {
        Self.isName(name) ? opened(name, flags: O_NOFOLLOW) : nil
    }

    private func opened(_ name: String, flags: Int32) -> UntrustedFolder? {
        let descriptor = unsafe openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags)
        return descriptor < 0 ? nil : UntrustedFolder(descriptor: descriptor)
    }

    /// All names in the folder, in the order of their bytes, without `.` and `..`.
    package func names() -> [String] {
        // closedir closes the descriptor that it is given, so it gets one of its own.
        let copy = unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let listing = unsafe fdopendir(copy) else { return [] }
        defer { unsafe closedir(listing) }
        var names: [String] = []
        while let entry = unsafe readdir(listing) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Whether a text can be the name of a file in a folder.
    package static func isName(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 255
            && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
    }

    /// Opens a regular file of the folder for reading.
    package func open(_ name: String) throws(UntrustedFileError) -> UntrustedFile {
        guard Self.isName(name) else { throw .badName }
        // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
        let file = unsafe openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        if file < 0 {
            switch errno {
            case ENOENT: throw .missing
            case ELOOP, ENXIO: throw .notRegular
            default: throw .system(code: errno)
            }
        }
        var status = stat()
        guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(file)
            throw .notRegular
        }
        return UntrustedFile(descriptor: file, byteCount: Int(status.st_size))
    }

    /// The whole of a file; an error if it is larger than the limit.
    package func read(_ name: String, limitBytes: Int) throws(UntrustedFileError) -> [UInt8] {
        let file = try open(name)
        guard file.byteCount <= limitBytes else { throw .tooLarge(limitBytes: limitBytes) }
        var content: [UInt8] = []
        while case let block = try file.next(), !block.isEmpty {
            content += block
            // It may grow while it is read.
            if content.count > limitBytes { throw .tooLarge(limitBytes: limitBytes) }
        }
        return content
    }
}

/// A regular file, read from its beginning block by block.
package final class UntrustedFile {
    /// Stays open for as long as this object lives.
    package let descriptor: Int32
    /// Its size when it was opened.
    let byteCount: Int
    private static let blockBytes = 1 << 18

    fileprivate init(descriptor: Int32, byteCount: Int) {
        self.descriptor = descriptor
        self.byteCount = byteCount
    }

    deinit { close(descriptor) }

    /// The next block; empty at the end of the file.
    package func next() throws(UntrustedFileError) -> [UInt8] {
        var failure: Int32?
        let block = unsafe [UInt8](unsafeUninitializedCapacity: Self.blockBytes) { buffer, count in
            var result: Int
            repeat {
                result = unsafe Glibc.read(descriptor, buffer.baseAddress, Self.blockBytes)
            } while result < 0 && errno == EINTR
            if result < 0 { failure = errno }
            count = max(result, 0)
        }
        if let failure { throw .system(code: failure) }
        return block
    }
}
