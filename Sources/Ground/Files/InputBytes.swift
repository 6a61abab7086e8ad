/// A whole file in memory, for small files such as settings, keys, schedules and the files of a report.
public final class InputBytes: Sendable {
    /// The path as it was given; `-` is standard input.
    public let path: String
    /// The last component of the path: how the report names the file.
    public let name: String
    /// The text as it was received, a byte order mark included; that of a `.gz` file is decompressed.
    public let bytes: [UInt8]
    /// The text without a byte order mark.
    public let textBytes: ArraySlice<UInt8>
    /// The hash and the count of the bytes that were read.
    public let content: InputFile.Content

    /// Opens and reads a file.
    public convenience init(path: String) throws(InputError) { try self.init(try InputFile(path: path)) }

    /// Reads an opened file, which nobody has read yet.
    public init(_ file: InputFile) throws(InputError) {
        path = file.path
        name = file.name
        bytes = try Self.read(file)
        textBytes = bytes[(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)...]
        guard let content = file.content else { throw .cannotOpen(path: path, reason: "it was not read to its end") }
        self.content = content
    }

    /// The text of a file, decompressed.
    public static func read(_ file: InputFile) throws(InputError) -> [UInt8] {
        var bytes: [UInt8] = []
        let source = BlockSource(file, keepsMark: true)
        reading: while true {
            switch try source.step() {
            case .block(let block):
                if bytes.isEmpty { bytes.reserveCapacity(block.count * block.expectedCount) }
                bytes += block.slice
            case .notYet: continue
            case .end: break reading
            }
        }
        return bytes
    }
}
