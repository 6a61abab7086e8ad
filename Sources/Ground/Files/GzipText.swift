import Compression

/// The text of a gzip input, of one member or several, decompressed as it is asked for. Zeros may follow the last member, as on
/// tapes; nothing else.
struct GzipText {
    private let path: String
    private let inflater = Inflater(.gzip)
    /// The last compressed bytes that came, and how many of them are used.
    private var chunk: [UInt8] = []
    private var used = 0
    private var memberCount = 0
    private var isInPadding = false
    private var isAtEnd = false

    private static let chunkBytes = 1 << 18

    init(path: String) { self.path = path }

    /// - Parameters:
    ///   - sum: of the compressed bytes as they come.
    mutating func read(
        into output: inout OutputSpan<UInt8>, _ raw: inout RawReader, sum: inout SHA256Sum
    ) throws(InputError) -> RawReader.Step {
        while true {
            let count = try inflate(into: &output)
            if count > 0 { return .bytes(count) }
            guard used == chunk.count else { continue }
            if isAtEnd {
                if inflater.isAtEnd { return .end }
                throw unusable("the gzip data ends too early")
            }
            var step = RawReader.Step.notYet
            chunk = try [UInt8](capacity: Self.chunkBytes) { (room) throws(InputError) in
                step = try raw.read(into: &room)
            }
            used = 0
            sum.add(chunk)
            switch step {
            case .bytes: continue
            case .notYet: return .notYet
            case .end: isAtEnd = true
            }
        }
    }

    /// Gives how many bytes came out.
    private mutating func inflate(into output: inout OutputSpan<UInt8>) throws(InputError) -> Int {
        let start = output.count
        do throws(CompressionError) {
            if inflater.isAtEnd, used < chunk.count, try !startMember() { return 0 }
            let wasAtEnd = inflater.isAtEnd
            used += try inflater.inflate(chunk.span.extracting(used...), into: &output)
            if inflater.isAtEnd, !wasAtEnd { memberCount += 1 }
        } catch {
            if memberCount > 0, !inflater.hasOutput { throw unusable("text after the gzip data") }
            throw unusable("no valid gzip data")
        }
        return output.count - start
    }

    /// Begins the next member; false if zeros follow the last one, which are dropped.
    private mutating func startMember() throws(CompressionError) -> Bool {
        if !isInPadding, chunk[used] != 0 {
            try inflater.reset()
            return true
        }
        isInPadding = true
        guard chunk[used...].allSatisfy({ $0 == 0 }) else {
            // Not a gzip member: it has no output, so it is reported as text.
            try inflater.reset()
            throw .damaged
        }
        used = chunk.count
        return false
    }

    private func unusable(_ reason: String) -> InputError { .unusable(path: path, reason: reason) }
}
