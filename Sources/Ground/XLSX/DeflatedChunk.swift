import Compression

/// What a part of an archive must come to: sizes, and checksums of its content and of its bytes in the file.
struct PartSeal: Sendable, Equatable {
    /// Before compression.
    private(set) var byteCount = 0
    private(set) var crc = CRC32()
    /// After it.
    private(set) var compressedByteCount = 0
    private(set) var compressedCRC = CRC32()

    init() {}

    init(_ plain: [UInt8], compressed: [UInt8]) {
        (byteCount, crc) = (plain.count, CRC32(plain))
        (compressedByteCount, compressedCRC) = (compressed.count, CRC32(compressed))
    }

    /// The seal of this part followed by another.
    mutating func append(_ next: PartSeal) {
        crc.add(next.crc, byteCount: next.byteCount)
        compressedCRC.add(next.compressedCRC, byteCount: next.compressedByteCount)
        byteCount += next.byteCount
        compressedByteCount += next.compressedByteCount
    }
}

/// A piece of a deflate stream. Pieces that were made apart, on any thread, make one stream when they are put one after the
/// other; the last closes the stream.
package struct DeflatedChunk: Sendable {
    let compressed: [UInt8]
    let seal: PartSeal

    /// The quickest level: sheets are so repetitive that others gain little, and deflating is most of a workbook's time.
    private static let level: Int32 = 1

    /// - Parameter isLast: whether it closes the stream.
    init(_ plain: [UInt8], isLast: Bool) throws(WorkbookError) {
        do throws(CompressionError) {
            compressed = try CompressedFormat.raw.deflate(plain, level: Self.level, isLast: isLast)
        } catch { throw .deflate }
        seal = PartSeal(plain, compressed: compressed)
    }
}
