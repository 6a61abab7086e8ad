import Memory

/// A new file while it is written: hashed as it goes, and on the disk once it is finished.
public final class OutputFile {
    public let name: String
    private let path: String
    private let file: File
    private var sum = SHA256Sum()
    private var byteCount = 0
    /// How much of it the system has been asked to write to the disk.
    private var startedByteCount = 0
    private static let stepByteCount = 8 << 20

    /// The content that was written.
    public struct Written: Sendable, Equatable {
        public let name: String
        /// Lower-case hexadecimal digits.
        public let sha256: String
        public let bytes: Int
    }

    /// Creates the file; it must not exist.
    public init(folder: String, name: String) throws(WriteError) {
        self.name = name
        let path = "\(folder)/\(name)"
        self.path = path
        file = try FileSystem.writing(path) { () throws(SystemError) in try File(path, to: .create) }
    }

    public func write(_ content: [UInt8]) throws(WriteError) { try write(content.span) }

    public func write(_ content: borrowing ByteWriter) throws(WriteError) {
        try write(content.span)
    }

    private func write(_ content: Span<UInt8>) throws(WriteError) {
        sum.add(content)
        do throws(SystemError) { try file.write(content) } catch { throw WriteError(path: path, cause: error) }
        byteCount += content.count
        startWriting()
    }

    /// Lets the system begin to write the content so far, so that little is left to wait for at the end.
    private func startWriting() {
        guard byteCount - startedByteCount >= Self.stepByteCount else { return }
        file.startWriting(startedByteCount..<byteCount)
        startedByteCount = byteCount
    }

    /// Makes sure that the content is on the disk; returns a description of it.
    public func finish() throws(WriteError) -> Written {
        try FileSystem.writing(path) { () throws(SystemError) in try file.sync() }
        return Written(name: name, sha256: sum.hex, bytes: byteCount)
    }

    /// Creates a file with that content and returns when it is on the disk.
    public static func write(_ content: [UInt8], folder: String, name: String) throws(WriteError) -> Written {
        let file = try OutputFile(folder: folder, name: name)
        try file.write(content)
        return try file.finish()
    }
}
