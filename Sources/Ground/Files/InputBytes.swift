/// A whole file in memory, for small files such as settings, keys, schedules and the files of a report.
///
/// `@unchecked Sendable`: the memory is written before anyone else has it, and freed when the last reference goes.
public final class InputBytes: @unchecked Sendable {
    /// The path as it was given; `-` is standard input.
    public let path: String
    /// The last component of the path: how the report names the file.
    public let name: String
    /// The bytes as they were received. Of a `.gz` file they are not kept: `content` has their hash and count.
    public let original: UnsafeBufferPointer<UInt8>
    /// The text, decompressed, without a leading byte order mark.
    public let text: UnsafeBufferPointer<UInt8>
    /// The text as it was received, a byte order mark included, decompressed.
    public let bytes: [UInt8]
    /// The same without a byte order mark.
    public var textBytes: ArraySlice<UInt8> { bytes[(original.count - text.count)...] }
    /// The hash and the count of the bytes that were read.
    public let content: InputFile.Content

    /// Opens and reads a file.
    public convenience init(path: String) throws(InputError) { try self.init(try InputFile(path: path)) }

    /// Reads an opened file, which nobody has read yet.
    public init(_ file: InputFile) throws(InputError) {
        path = file.path
        name = file.name
        bytes = try Self.read(file)
        let markBytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        guard let content = file.content else { throw .cannotOpen(path: path, reason: "it was not read to its end") }
        self.content = content
        let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
        _ = memory.initialize(fromContentsOf: bytes)
        original = UnsafeBufferPointer(memory)
        text = UnsafeBufferPointer(rebasing: original[markBytes...])
    }

    /// The text of a file, decompressed.
    public static func read(_ file: InputFile) throws(InputError) -> [UInt8] {
        var bytes: [UInt8] = []
        let source = BlockSource(file, keepsMark: true)
        reading: while true {
            switch try source.step() {
            case .block(let block):
                if bytes.isEmpty { bytes.reserveCapacity(block.count * block.expectedCount) }
                block.withBytes { bytes.append(contentsOf: $0) }
            case .notYet: continue
            case .end: break reading
            }
        }
        return bytes
    }

    deinit { UnsafeMutableBufferPointer(mutating: original).deallocate() }
}
