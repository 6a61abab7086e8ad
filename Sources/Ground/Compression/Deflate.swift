import CZlib

extension CompressedFormat {
    /// Compresses bytes; the same bytes give the same data.
    ///
    /// - Parameters:
    ///   - level: from 1, the quickest, to 9; -1 is zlib's own choice.
    ///   - isLast: whether the stream ends here. If not, the data ends on a byte's edge and the next piece looks back at nothing
    ///     before it, so that pieces that were made apart are one stream when they are joined.
    package func deflate(
        _ plain: [UInt8], level: Int32 = Z_DEFAULT_COMPRESSION, isLast: Bool = true
    ) throws(CompressionError) -> [UInt8] {
        guard plain.count <= Int(UInt32.max) / 2 else { throw .outOfMemory }
        let flush = isLast ? Z_FINISH : Z_FULL_FLUSH
        var stream = unsafe z_stream()
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        let begun = unsafe deflateInit2_(
            &stream, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
        guard begun == Z_OK else { throw .outOfMemory }
        defer { unsafe deflateEnd(&stream) }
        // The bound is for a stream that ends; a flush adds an empty block of five bytes.
        let capacity = unsafe Int(deflateBound(&stream, UInt(plain.count))) + 16
        var code = Z_OK
        let compressed = unsafe plain.withUnsafeBufferPointer { input in
            unsafe [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
                // zlib's header lacks the const, but it only reads.
                unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                unsafe stream.avail_in = UInt32(input.count)
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = UInt32(capacity)
                code = unsafe CZlib.deflate(&stream, flush)
                count = unsafe capacity - Int(stream.avail_out)
            }
        }
        guard code == (isLast ? Z_STREAM_END : Z_OK), unsafe stream.avail_in == 0 else { throw .damaged }
        // Without the room that zlib might have needed: pieces are kept.
        return unsafe compressed.withUnsafeBufferPointer { unsafe Array($0) }
    }
}
