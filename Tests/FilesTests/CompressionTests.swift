import Compression
import Files
import Testing

@Suite struct CompressionTests {
    private static let text = (0..<5000).map { "line \($0 % 97)\n" }.joined()

    private func read(_ bytes: [UInt8]) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        try File(folder.file("f.gz"), to: .create).write(bytes)
        return try InputBytes.read(InputFile(path: folder.file("f.gz")))
    }

    @Test func `gzip of one member and of several comes back, zeros after it are dropped`() throws {
        let (plain, packed) = (Array(Self.text.utf8), try CompressedFormat.gzip.deflate(Array(Self.text.utf8)))
        #expect(packed.count < plain.count / 4)
        #expect(try read(packed) == plain)
        #expect(try read(packed + packed + packed) == plain + plain + plain)
        #expect(try read(packed + [0, 0, 0, 0]) == plain)
        #expect(try read(CompressedFormat.gzip.deflate([])).isEmpty)
    }

    private static let damages: [(String, @Sendable ([UInt8]) -> [UInt8])] = [
        ("the gzip data ends too early", { Array($0.dropLast()) }),
        ("the gzip data ends too early", { Array($0.prefix(12)) }),
        ("the gzip data ends too early", { _ in [] }),
        ("text after the gzip data", { $0 + Array("more".utf8) }),
        ("text after the gzip data", { $0 + [0, 0] + Array("more".utf8) }),
        ("no valid gzip data", { _ in Array("plain".utf8) }),
        ("no valid gzip data", { $0.dropLast(6) + [$0[$0.count - 6] ^ 1] + $0.suffix(5) }),
    ]

    @Test(arguments: damages.indices)
    func `gzip that is cut off, damaged or followed by text is refused`(index: Int) throws {
        let (reason, damage) = Self.damages[index]
        let packed = try CompressedFormat.gzip.deflate(Array(Self.text.utf8))
        let error = #expect(throws: InputError.self) { try read(damage(packed)) }
        guard case .unusable(_, reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: [CompressedFormat.gzip, .zlib, .raw])
    func `pieces of a stream are inflated into whatever room there is`(format: CompressedFormat) throws {
        let plain = Array(Self.text.utf8)
        let packed = try format.deflate(plain)
        let inflater = Inflater(format)
        var (used, unpacked) = (0, [UInt8]())
        while !inflater.isAtEnd {
            let end = min(used + 7, packed.count)
            try unpacked.append(addingCapacity: 5) { (room) throws(CompressionError) in
                used += try inflater.inflate(packed.span.extracting(used..<end), into: &room)
            }
        }
        #expect(unpacked == plain)
        #expect(used == packed.count)
    }

    @Test func `pieces that were deflated apart are one stream when they are joined`() throws {
        let (first, second) = (Array("first ".utf8), Array("second".utf8))
        let joined = try CompressedFormat.raw.deflate(first, isLast: false) + CompressedFormat.raw.deflate(second)
        let inflater = Inflater(.raw)
        var unpacked: [UInt8] = []
        try unpacked.append(addingCapacity: 100) { (room) throws(CompressionError) in
            _ = try inflater.inflate(joined.span, into: &room)
        }
        #expect(unpacked == first + second)
        #expect(inflater.isAtEnd)
    }

    @Test func `the CRC-32 of a whole comes from those of its parts`() {
        let (first, second) = (Array("1234".utf8), Array("56789".utf8))
        // The check value that catalogues of CRCs give.
        #expect(CRC32(first + second).value == 0xCBF4_3926)
        var sum = CRC32(first)
        sum.add(CRC32(second), byteCount: second.count)
        #expect(sum == CRC32(first + second))
    }
}
