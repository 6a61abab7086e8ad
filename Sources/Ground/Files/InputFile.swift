import Synchronization

/// An input that is opened, to be read block by block (`BlockSource`).
///
/// It keeps its file open, so that renaming or removing it meanwhile does no harm. What is read goes into our own memory, is
/// hashed there and parsed from there, so that the SHA-256 is always that of the bytes that were used.
public final class InputFile: Sendable {
    /// The path as it was given, bytes that are not UTF-8 as `\xFF`; `-` is standard input.
    public let path: String
    /// The last part of the path.
    public let name: String
    public var identity: FileIdentity { opened.identity }

    /// The content of the file, once all of it was read.
    public struct Content: Sendable, Equatable {
        /// Of the bytes as they were received: still compressed if they were.
        public let sha256: String
        /// How many bytes were hashed, from the first on.
        public let byteCount: Int
        /// How many bytes of text they gave.
        public let textByteCount: Int
        /// The length of the unfinished last line of a file that grew while it was read: it is neither hashed nor used.
        public let unfinishedByteCount: Int
    }

    /// nil until all of it has been read.
    public var content: Content? { read.withLock { $0 } }

    let file: File
    let opened: FileStatus
    /// A regular file that is read from its start; all else is read as it comes, once.
    public let isRegular: Bool
    let isCompressed: Bool
    let blockBytes: Int
    let beforeBlock: (@Sendable (Int) -> Void)?
    /// Where a piped input is kept for a second reading.
    let copy: SpoolFile?
    private let read = Mutex<Content?>(nil)

    public static let usualBlockBytes = 1 << 20

    /// Opens the input that the user named: a file, perhaps through links; a pipe or a device; `-` for standard input.
    ///
    /// - Parameters:
    ///   - isReadAgain: whether it may be read a second time; a pipe is then kept in an unnamed temporary file.
    ///   - beforeBlock: called with the index of each block before it is read; for tests.
    public convenience init(
        path: String, isReadAgain: Bool = false, blockBytes: Int = usualBlockBytes,
        beforeBlock: (@Sendable (Int) -> Void)? = nil
    ) throws(InputError) {
        let opened: File
        do throws(SystemError) { opened = try File(input: path) } catch {
            throw .cannotOpen(path: path, reason: "\(error)")
        }
        try self.init(
            opened, path, path.split(separator: "/").last.map(String.init) ?? path, isReadAgain, blockBytes,
            beforeBlock)
    }

    /// Opens a regular file of a folder, and nothing that only looks like one.
    public convenience init(inFolder folder: String, name: [UInt8], isReadAgain: Bool = false) throws(InputError) {
        let readable = String(readable: name)
        let path = "\(folder)/\(readable)"
        let file: File
        do throws(SystemError) { file = try Folder(path: folder).open(name) } catch {
            throw .cannotOpen(path: path, reason: "\(error)")
        }
        try self.init(file, path, readable, isReadAgain, Self.usualBlockBytes, nil)
        guard isRegular else { throw .cannotOpen(path: path, reason: "it is no longer a regular file") }
    }

    private init(
        _ file: File, _ path: String, _ name: String, _ isReadAgain: Bool, _ blockBytes: Int,
        _ beforeBlock: (@Sendable (Int) -> Void)?
    ) throws(InputError) {
        do throws(SystemError) { opened = try file.status() } catch {
            throw .cannotOpen(path: path, reason: "\(error)")
        }
        if opened.isFolder { throw .cannotOpen(path: path, reason: "it is a folder") }
        self.file = file
        self.path = path
        self.name = name
        self.blockBytes = blockBytes
        self.beforeBlock = beforeBlock
        isCompressed = name.lowercased().hasSuffix(".gz")
        isRegular = opened.isRegular && file.isAtStart
        copy = isReadAgain && !isRegular ? try SpoolFile() : nil
    }

    /// Looks at a regular file after its last byte has been read; gives whether it has grown since it was opened.
    func checkUnchanged() throws(InputError) -> Bool {
        let now: FileStatus
        do throws(SystemError) { now = try file.status() } catch {
            throw .cannotOpen(path: path, reason: "\(error)")
        }
        if now.byteCount > opened.byteCount { return true }
        if now.byteCount < opened.byteCount { throw shrunk(to: now.byteCount) }
        if !now.wasModified(with: opened) {
            throw .unusable(path: path, reason: "it was written into while it was read; run again when it is complete")
        }
        return false
    }

    func shrunk(to byteCount: Int) -> InputError {
        .unusable(
            path: path,
            reason: "it became shorter while it was read (\(opened.byteCount) bytes, then \(byteCount)); "
                + "run again when it is complete")
    }

    /// Records the content that was read; a second reading must have found the same.
    func note(_ content: Content) throws(InputError) {
        let first = read.withLock { read in
            if read == nil { read = content }
            return read
        }
        if let first, first.sha256 != content.sha256 || first.byteCount != content.byteCount {
            throw .unusable(path: path, reason: "it was written into while it was read; run again when it is complete")
        }
    }
}

extension String {
    /// A file's name or path for a person: bytes that are not UTF-8 as `\xFF`.
    public init(readable bytes: [UInt8]) {
        if let text = String(validating: bytes, as: UTF8.self) {
            self = text
            return
        }
        var text = ""
        var rest = bytes[...]
        while let byte = rest.first {
            let length = (1...4).first { String(validating: rest.prefix($0), as: UTF8.self) != nil }
            if let length {
                text += String(decoding: rest.prefix(length), as: UTF8.self)
            } else {
                text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
            rest = rest.dropFirst(length ?? 1)
        }
        self = text
    }
}
