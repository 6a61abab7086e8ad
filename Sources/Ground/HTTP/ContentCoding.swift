import Compression

/// Why a packed body is of no use.
enum UnpackingError: Error {
    /// Damaged, cut short, or packed in a way that was not asked for.
    case damaged
    /// It unpacks to more than is taken.
    case tooLarge
}

/// How a body is packed (Content-Encoding), and how to unpack it.
///
/// As browsers do it: `x-gzip` is `gzip`, `deflate` comes with zlib's header or without, and what follows the packed data is
/// ignored, but for further members of gzip, which belong to it (RFC 1952).
enum ContentCoding: Equatable {
    case gzip
    case deflate

    /// The codings that the headers name, in the order in which they were applied.
    static func codings(_ headers: [String]) throws(UnpackingError) -> [ContentCoding] {
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
    static func unpack(_ body: [UInt8], _ codings: [ContentCoding], limit: Int) throws(UnpackingError) -> [UInt8] {
        var body = body
        for coding in codings.reversed() { body = try coding.unpack(body, limit: limit) }
        return body
    }

    private func unpack(_ packed: [UInt8], limit: Int) throws(UnpackingError) -> [UInt8] {
        var unpacked: [UInt8] = []
        switch self {
        case .gzip:
            var start = 0
            repeat {
                start += try Self.inflate(packed.span.extracting(start...), .gzip, into: &unpacked, limit: limit)
            } while packed[start...].starts(with: [0x1F, 0x8B])
        case .deflate:
            do throws(UnpackingError) {
                _ = try Self.inflate(packed.span, .zlib, into: &unpacked, limit: limit)
            } catch {
                guard error == .damaged else { throw error }
                // Without zlib's header, as some servers have sent it since the beginning.
                unpacked.removeAll()
                _ = try Self.inflate(packed.span, .raw, into: &unpacked, limit: limit)
            }
        }
        return unpacked
    }

    private static let pieceByteCount = 1 << 16

    /// Unpacks one whole stream from the front of `packed`; gives how many bytes it has.
    private static func inflate(
        _ packed: Span<UInt8>, _ format: CompressedFormat, into unpacked: inout [UInt8], limit: Int
    ) throws(UnpackingError) -> Int {
        let inflater = Inflater(format)
        var used = 0
        while !inflater.isAtEnd {
            let before = (used, unpacked.count)
            do throws(CompressionError) {
                // One byte more than is taken shows that there is more.
                let room = min(pieceByteCount, limit + 1 - unpacked.count)
                try unpacked.append(addingCapacity: room) { (output) throws(CompressionError) in
                    used += try inflater.inflate(packed.extracting(used...), into: &output)
                }
            } catch { throw .damaged }
            if unpacked.count > limit { throw .tooLarge }
            // Without more input there is no progress.
            if !inflater.isAtEnd, before == (used, unpacked.count) { throw .damaged }
        }
        return used
    }
}
