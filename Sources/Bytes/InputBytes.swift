import CZlib
import Glibc

/// Why an input cannot be used as a whole.
public enum InputError: Error, Sendable, Equatable {
    /// Missing, unreadable, or a folder without inputs (exit 66).
    case cannotOpen(path: String, reason: String)
    /// Opened, but not usable as what it claims to be: compression, header, encoding, extension (exit 65).
    case unusable(path: String, reason: String)
    /// The temporary file for a decompressed or piped input could not be written (exit 73).
    case cannotSpool(reason: String)
}

/// The bytes of one input, mapped into memory for as long as this object lives.
///
/// A plain file is mapped as it is. Standard input, pipes and what was gzip are first written to an unnamed temporary
/// file, so that an input of any size takes page cache and not memory of ours.
///
/// `@unchecked Sendable`: the mapping is read-only and unmapped only when the last reference goes.
public final class InputBytes: @unchecked Sendable {
    /// The path as it was given; `-` is standard input.
    public let path: String
    /// The last component of the path: how the report names the file.
    public let name: String
    /// The bytes as they were received, for hashing: still compressed if they were.
    public let original: UnsafeBufferPointer<UInt8>
    /// The text, decompressed, without a leading byte order mark.
    public let text: UnsafeBufferPointer<UInt8>

    private let mappings: [UnsafeBufferPointer<UInt8>]

    /// Opens, maps and, where the name ends in `.gz`, decompresses.
    public init(path: String) throws(InputError) {
        self.path = path
        name = path.split(separator: "/").last.map(String.init) ?? path
        original = try Self.mapped(path)
        var text = original
        if path.hasSuffix(".gz") {
            text = try Self.decompressed(original, path)
            mappings = [original, text]
        } else {
            mappings = [original]
        }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let hasMark = text.count >= 3 && text.prefix(3).elementsEqual(mark)
        self.text = hasMark ? UnsafeBufferPointer(rebasing: text[3...]) : text
    }

    deinit {
        for mapping in mappings where mapping.count > 0 { munmap(.init(mutating: mapping.baseAddress), mapping.count) }
    }

    private static func mapped(_ path: String) throws(InputError) -> UnsafeBufferPointer<UInt8> {
        let descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotOpen(path: path, reason: errnoText()) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .cannotOpen(path: path, reason: errnoText()) }
        switch status.st_mode & S_IFMT {
        case S_IFREG where lseek(descriptor, 0, SEEK_CUR) == 0: return try map(descriptor, path)
        case S_IFDIR: throw .cannotOpen(path: path, reason: "is a folder")
        default:
            let spool = try SpoolFile()
            try spool.copy(from: descriptor, path)
            return try map(spool.descriptor, path)
        }
    }

    fileprivate static func map(_ descriptor: Int32, _ path: String) throws(InputError) -> UnsafeBufferPointer<UInt8> {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .cannotOpen(path: path, reason: errnoText()) }
        let size = Int(status.st_size)
        guard size > 0 else { return UnsafeBufferPointer(start: nil, count: 0) }
        let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let address, address != MAP_FAILED else { throw .cannotOpen(path: path, reason: errnoText()) }
        madvise(address, size, MADV_SEQUENTIAL)
        return UnsafeBufferPointer(start: address.assumingMemoryBound(to: UInt8.self), count: size)
    }

    private static func decompressed(
        _ compressed: UnsafeBufferPointer<UInt8>, _ path: String
    ) throws(InputError) -> UnsafeBufferPointer<UInt8> {
        let spool = try SpoolFile()
        var inflater = Inflater()
        defer { inflater.end() }
        let chunk = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 18)
        defer { chunk.deallocate() }
        var rest = compressed
        while true {
            switch inflater.inflate(&rest, into: chunk) {
            case .some(let count):
                try spool.write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(chunk)[..<count]))
                if inflater.isComplete, rest.isEmpty { return try map(spool.descriptor, path) }
            case .none:
                throw .unusable(
                    path: path, reason: rest.isEmpty ? "the gzip data ends too early" : "no valid gzip data")
            }
        }
    }
}

/// An unnamed temporary file that goes with its descriptor.
private final class SpoolFile {
    let descriptor: Int32

    init() throws(InputError) {
        var template = Array(
            ((getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp") + "/refund-recon-XXXXXX").utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw .cannotSpool(reason: errnoText()) }
        unlink(template)
    }

    deinit { close(descriptor) }

    func write(_ bytes: UnsafeRawBufferPointer) throws(InputError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw .cannotSpool(reason: errnoText())
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    func copy(from source: Int32, _ path: String) throws(InputError) {
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { chunk.deallocate() }
        while true {
            let count = read(source, chunk.baseAddress, chunk.count)
            if count == 0 { return }
            if count < 0 {
                if errno == EINTR { continue }
                throw .cannotOpen(path: path, reason: errnoText())
            }
            try write(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
        }
    }
}

/// What a system call says by its error, by default the last one that failed.
public func errnoText(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }
