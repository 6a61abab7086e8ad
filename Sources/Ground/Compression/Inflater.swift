import CZlib

/// How compressed data is framed.
package enum CompressedFormat: Sendable {
    /// With gzip's header, and its length and CRC-32 at the end (RFC 1952).
    case gzip
    /// With zlib's header, and its Adler-32 at the end (RFC 1950).
    case zlib
    /// The bare data (RFC 1951), as ZIP archives have it.
    case raw

    var windowBits: Int32 {
        switch self {
        case .gzip: MAX_WBITS + 16
        case .zlib: MAX_WBITS
        case .raw: -MAX_WBITS
        }
    }
}

package enum CompressionError: Error, Sendable, Equatable {
    /// The data is not of its format, or was changed.
    case damaged
    case outOfMemory
}

/// Decompresses one stream of data, which comes in pieces.
@safe package final class Inflater {
    /// zlib wants it to stay where it is.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let format: CompressedFormat
    private var isStarted = false
    /// Whether the stream has ended as it should.
    package private(set) var isAtEnd = false

    package init(_ format: CompressedFormat) {
        self.format = format
        unsafe stream.initialize(to: z_stream())
    }

    deinit {
        if isStarted { unsafe inflateEnd(stream) }
        unsafe stream.deallocate()
    }

    /// Whether anything of this stream was decompressed.
    package var hasOutput: Bool { unsafe stream.pointee.total_out > 0 }

    /// Decompresses from the front of `input` into the room that `output` has, and gives how many bytes of the input it used.
    ///
    /// Call it again, without input too, until nothing comes out: zlib may hold bytes that found no room.
    package func inflate(
        _ input: Span<UInt8>, into output: inout OutputSpan<UInt8>
    ) throws(CompressionError) -> Int {
        if isAtEnd { return 0 }
        if !isStarted {
            let size = unsafe Int32(MemoryLayout<z_stream>.size)
            isStarted = unsafe inflateInit2_(stream, format.windowBits, ZLIB_VERSION, size) == Z_OK
            guard isStarted else { throw .outOfMemory }
        }
        let offered = min(input.count, Int(UInt32.max))
        var code = Z_OK
        unsafe input.withUnsafeBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { buffer, filled in
                let room = min(buffer.count - filled, Int(UInt32.max))
                // zlib's header lacks the const, but it only reads.
                unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                unsafe stream.pointee.avail_in = UInt32(offered)
                unsafe stream.pointee.next_out = buffer.baseAddress.map { unsafe $0 + filled }
                unsafe stream.pointee.avail_out = UInt32(room)
                code = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
                filled += unsafe room - Int(stream.pointee.avail_out)
            }
        }
        switch code {
        case Z_STREAM_END: isAtEnd = true
        // Without room or input there is no progress, and zlib says so.
        case Z_OK, Z_BUF_ERROR: break
        case Z_MEM_ERROR: throw .outOfMemory
        default: throw .damaged
        }
        return unsafe offered - Int(stream.pointee.avail_in)
    }

    /// Begins a new stream, such as the next member of gzip data.
    package func reset() throws(CompressionError) {
        if isStarted, unsafe inflateReset(stream) != Z_OK { throw .damaged }
        isAtEnd = false
    }
}
