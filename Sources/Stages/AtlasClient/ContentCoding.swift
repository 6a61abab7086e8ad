import CZlib

/// How a body is packed (Content-Encoding), and how to unpack it.
///
/// As browsers do it: `x-gzip` is `gzip`, `deflate` comes with zlib's header or without, and what follows the packed data is
/// ignored, but for further members of gzip, which belong to it (RFC 1952).
enum ContentCoding: Equatable {
    case gzip
    case deflate

    enum Fault: Error {
        /// Damaged, cut short, or packed in a way that was not asked for.
        case damaged
        /// It unpacks to more than is taken.
        case tooLarge
    }

    /// The codings that the headers name, in the order in which they were applied.
    static func codings(_ headers: [String]) throws(Fault) -> [ContentCoding] {
        var codings: [ContentCoding] = []
        for name in headers.flatMap({ $0.split(separator: ",") }) {
            switch name.lowercased().filter({ $0 != " " && $0 != "\t" }) {
            case "gzip", "x-gzip": codings.append(.gzip)
            case "deflate": codings.append(.deflate)
            case "", "identity": break
            default: throw .damaged
            }
        }
        return codings
    }

    /// The body as it was before the codings were applied, of at most `limit` bytes.
    static func unpack(_ body: [UInt8], _ codings: [ContentCoding], limit: Int) throws(Fault) -> [UInt8] {
        var body = body
        for coding in codings.reversed() { body = try coding.unpack(body, limit: limit) }
        return body
    }

    private func unpack(_ packed: [UInt8], limit: Int) throws(Fault) -> [UInt8] {
        var unpacked: [UInt8] = []
        switch self {
        case .gzip:
            var rest = packed[...]
            repeat {
                // 16 more than the window's bits: with gzip's header and trailer.
                rest = try Self.inflate(rest, windowBits: MAX_WBITS + 16, into: &unpacked, limit: limit)
            } while rest.starts(with: [0x1F, 0x8B])
        case .deflate:
            do throws(Fault) {
                _ = try Self.inflate(packed[...], windowBits: MAX_WBITS, into: &unpacked, limit: limit)
            } catch {
                guard error == .damaged else { throw error }
                // Without zlib's header, as some servers have sent it since the beginning.
                unpacked.removeAll()
                _ = try Self.inflate(packed[...], windowBits: -MAX_WBITS, into: &unpacked, limit: limit)
            }
        }
        return unpacked
    }

    /// Unpacks one whole stream from the front of `packed`; returns the bytes that follow it.
    private static func inflate(
        _ packed: ArraySlice<UInt8>, windowBits: Int32, into unpacked: inout [UInt8], limit: Int
    ) throws(Fault) -> ArraySlice<UInt8> {
        var stream = z_stream()
        guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .damaged
        }
        defer { inflateEnd(&stream) }
        let piece = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 16)
        defer { piece.deallocate() }
        var fault: Fault?
        let consumed = packed.withUnsafeBufferPointer { input in
            // zlib's header lacks the const, but only reads.
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.avail_in = UInt32(input.count)
            var result = Z_OK
            while result == Z_OK, fault == nil {
                stream.next_out = piece.baseAddress
                stream.avail_out = UInt32(piece.count)
                result = CZlib.inflate(&stream, Z_NO_FLUSH)
                let produced = piece[..<(piece.count - Int(stream.avail_out))]
                if unpacked.count + produced.count > limit { fault = .tooLarge } else { unpacked += produced }
            }
            // Without more input zlib makes no progress, and says so.
            if result != Z_STREAM_END, fault == nil { fault = .damaged }
            return input.count - Int(stream.avail_in)
        }
        if let fault { throw fault }
        return packed.dropFirst(consumed)
    }
}
