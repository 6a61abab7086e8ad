import CZlib

/// What a part of an archive must come to: sizes, and checksums of what went in and of what stands in the file.
struct PartSeal: Sendable, Equatable {
    /// Before compression.
    private(set) var bytes: UInt64 = 0
    private(set) var crc32: UInt32 = 0
    /// After it.
    private(set) var compressedBytes: UInt64 = 0
    private(set) var compressedCRC32: UInt32 = 0

    /// The seal of this part followed by another.
    mutating func append(_ next: PartSeal) {
        crc32 = Self.combined(crc32, next.crc32, next.bytes)
        compressedCRC32 = Self.combined(compressedCRC32, next.compressedCRC32, next.compressedBytes)
        bytes += next.bytes
        compressedBytes += next.compressedBytes
    }

    private static func combined(_ first: UInt32, _ second: UInt32, _ secondBytes: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: crc32_combine(UInt(first), UInt(second), Int(secondBytes)))
    }

    init() {}

    fileprivate init(_ plain: [UInt8], _ compressed: [UInt8]) {
        bytes = UInt64(plain.count)
        crc32 = CRC32.of(plain)
        compressedBytes = UInt64(compressed.count)
        compressedCRC32 = CRC32.of(compressed)
    }
}

/// The checksum of zip archives.
enum CRC32 {
    static func of(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer {
            UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count))
        }
    }
}

/// A piece of a deflate stream. Pieces that were made apart, on any thread, make one stream when they are put behind each
/// other: each ends on a byte's edge and looks back at nothing before it; the last closes the stream.
struct DeflatedChunk: Sendable {
    let compressed: [UInt8]
    let seal: PartSeal

    /// - Parameter isLast: whether it closes the stream.
    init(_ plain: [UInt8], isLast: Bool) throws(WorkbookError) {
        compressed = try Self.deflate(plain, isLast ? Z_FINISH : Z_FULL_FLUSH)
        seal = PartSeal(plain, compressed)
    }

    /// The quickest level: sheets are so repetitive that others gain little, and deflating is most of a workbook's time.
    private static let level: Int32 = 1

    private static func deflate(_ plain: [UInt8], _ flush: Int32) throws(WorkbookError) -> [UInt8] {
        var stream = z_stream()
        guard
            deflateInit2_(
                &stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { throw .deflate }
        defer { deflateEnd(&stream) }
        // The bound is for a stream that is closed; a flush adds an empty block of five bytes.
        let capacity = Int(deflateBound(&stream, UInt(plain.count))) + 16
        var status = Z_OK
        let output = plain.withUnsafeBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
                // zlib reads from the pointer and does not write to it.
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(capacity)
                status = CZlib.deflate(&stream, flush)
                count = capacity - Int(stream.avail_out)
            }
        }
        guard status == (flush == Z_FINISH ? Z_STREAM_END : Z_OK), stream.avail_in == 0 else { throw .deflate }
        // Chunks wait for each other: they do not keep the room that zlib might have needed.
        return output.withUnsafeBufferPointer { Array($0) }
    }
}
