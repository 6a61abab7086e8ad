import Files
import Generate
import Glibc
import JSON
import Memory
import Refunds

/// A folder of its own for one test, removed when the test is done.
final class GeneratedFolder {
    let path: String
    private(set) var counts: [GeneratedCount] = []

    /// An empty folder.
    init() throws {
        var template = Array("/tmp/refund-recon-generate-XXXXXX".utf8CString)
        guard template.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } }) != nil else {
            throw GenerateError.cannotMakeFolder(path: "/tmp", SystemError(code: errno))
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A folder with what the generator writes.
    convenience init(_ profile: Profile, cases: Int, seed: UInt64 = 7, files: Set<GeneratedFile>? = nil) throws {
        try self.init()
        counts = try generate(into: path, options: .test(profile, cases: cases, seed: seed, files: files))
    }

    deinit {
        for file in GeneratedFile.allCases { unlink(path + "/" + file.rawValue) }
        rmdir(path)
    }

    /// A file's bytes; none if it is not there.
    func bytes(_ file: GeneratedFile) -> [UInt8] { readFile(path + "/" + file.rawValue) }

    /// A file's lines without their line feeds; the file must end with one.
    func lines(_ file: GeneratedFile) -> [[UInt8]] {
        bytes(file).split(separator: 0x0A, omittingEmptySubsequences: false).dropLast().map { Array($0) }
    }

    /// The records of orders.csv, by column.
    func rows() -> [[String: String]] {
        let rows = lines(.orders).map { line in
            line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
        guard let header = rows.first else { return [] }
        return rows.dropFirst().filter { $0.count == header.count }.map {
            Dictionary(zip(header, $0), uniquingKeysWith: { first, _ in first })
        }
    }
}

extension GeneratorOptions {
    static func test(_ profile: Profile, cases: Int, seed: UInt64 = 7, files: Set<GeneratedFile>? = nil)
        -> GeneratorOptions
    {
        GeneratorOptions(
            seed: seed, cases: cases, profile: profile, asOf: testAsOf, files: files ?? Set(GeneratedFile.allCases))
    }
}

/// The as-of day of every test: 2025-09-30.
let testAsOf = CalendarDate(daysSinceEpoch: 20_361)

/// A file's bytes; none if it cannot be read.
func readFile(_ path: String) -> [UInt8] {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = chunk.withUnsafeMutableBytes({ read(descriptor, $0.baseAddress, $0.count) }), count > 0 {
        bytes.append(contentsOf: chunk[..<count])
    }
    return bytes
}

/// Calls `body` with the line's JSON value; gives the fault instead if it has one.
@discardableResult
func withJSON(_ line: [UInt8], _ body: (JSONTree) throws -> Void) rethrows -> JSONReader.Fault? {
    var reader = JSONReader()
    let reading = reader.read(line.span)
    guard let root = reading.acceptable else { return reading.fault }
    try body(JSONTree(root))
    return nil
}

/// The webhook's own fields, whatever the line's shape; `body` is not called for other events.
func withWebhook(_ line: [UInt8], _ body: (_ receivedAt: String?, _ data: JSONTree) throws -> Void) rethrows {
    func unwrap(_ receivedAt: String?, _ value: JSONTree) throws {
        guard let type = value["type"]?.string else { return try body(receivedAt, value) }
        if type == "order.refundComplete", let data = value["data"] { try body(receivedAt, data) }
    }
    _ = try withJSON(line) { value in
        guard let content = value["body"] else { return try unwrap(nil, value) }
        let receivedAt = value["receivedAt"]?.string
        guard let text = content.string else { return try unwrap(receivedAt, content) }
        _ = try withJSON(Array(text.utf8)) { try unwrap(receivedAt, $0) }
    }
}
