/// Bytes that end too early, or that differ from those that were written.
public struct MalformedBytes: Error, Equatable {
    public init() {}
}

/// Reads values one after another as `ByteWriter` wrote them. It never reads beyond its bytes and never
/// takes more memory than they do, whatever they are.
public struct ByteReader: ~Escapable {
    private let bytes: Span<UInt8>
    private var position = 0
    /// Where the texts are kept.
    private let arena: TextArena

    /// Reads from the first byte on.
    ///
    /// - Parameter arena: where texts that stay are kept.
    @_lifetime(copy bytes)
    public init(_ bytes: Span<UInt8>, keepingTextsIn arena: TextArena) {
        self.bytes = bytes
        self.arena = arena
    }

    public var isAtEnd: Bool { position == bytes.count }

    /// How many bytes were read.
    public var readCount: Int { position }

    /// Goes on at a place; the first byte is at zero.
    public mutating func move(to place: Int) throws(MalformedBytes) {
        guard place >= 0, place <= bytes.count else { throw MalformedBytes() }
        position = place
    }

    @inline(__always)
    public mutating func byte() throws(MalformedBytes) -> UInt8 {
        guard position < bytes.count else { throw MalformedBytes() }
        let byte = unsafe bytes[unchecked: position]
        position &+= 1
        return byte
    }

    /// A whole number of up to 64 bits.
    @inline(__always)
    public mutating func varint() throws(MalformedBytes) -> UInt64 {
        let first = try byte()
        return first < 0x80 ? UInt64(first) : try longVarint(UInt64(first & 0x7F))
    }

    private mutating func longVarint(_ first: UInt64) throws(MalformedBytes) -> UInt64 {
        var value = first
        var shift: UInt64 = 7
        while true {
            let byte = try byte()
            if shift == 63, byte > 1 { throw MalformedBytes() }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    /// A whole number that may be negative.
    @inline(__always)
    public mutating func signed() throws(MalformedBytes) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// A whole number of 32 bits that may be negative.
    @inline(__always)
    public mutating func signed32() throws(MalformedBytes) -> Int32 {
        guard let value = Int32(exactly: try signed()) else { throw MalformedBytes() }
        return value
    }

    /// A number of 8 bytes.
    public mutating func fixed64() throws(MalformedBytes) -> UInt64 {
        let word = unsafe try take(8).bytes
        return unsafe word.unsafeLoadUnaligned(as: UInt64.self).littleEndian
    }

    /// How many things follow, each of which takes at least one byte.
    public mutating func count() throws(MalformedBytes) -> Int {
        let value = try varint()
        guard value <= UInt64(bytes.count - position) else { throw MalformedBytes() }
        return Int(value)
    }

    /// The bytes that were written with their number.
    public mutating func counted() throws(MalformedBytes) -> [UInt8] { [UInt8](try take(try count())) }

    /// The same, in place.
    @inline(__always)
    @_lifetime(copy self)
    public mutating func countedBytes() throws(MalformedBytes) -> Span<UInt8> { try take(try count()) }

    /// A text, which must be UTF-8. It stays.
    @inline(__always)
    public mutating func text() throws(MalformedBytes) -> Text { try key().kept(in: arena) }

    /// A text in place, which must be UTF-8.
    @inline(__always)
    @_lifetime(copy self)
    public mutating func key() throws(MalformedBytes) -> TextKey {
        let bytes = try take(try count())
        if !bytes.isASCII, !bytes.isUTF8 { throw MalformedBytes() }
        return TextKey(bytes)
    }

    public mutating func string() throws(MalformedBytes) -> String {
        let bytes = try take(try count())
        guard bytes.isUTF8 else { throw MalformedBytes() }
        return bytes.string
    }

    @inline(__always)
    @_lifetime(copy self)
    private mutating func take(_ count: Int) throws(MalformedBytes) -> Span<UInt8> {
        guard count >= 0, count <= bytes.count - position else { throw MalformedBytes() }
        let taken = unsafe bytes.extracting(unchecked: position..<position &+ count)
        position &+= count
        return taken
    }
}

extension Span<UInt8> {
    fileprivate var isASCII: Bool {
        var all: UInt8 = 0
        for index in indices { all |= unsafe self[unchecked: index] }
        return all < 0x80
    }

    /// Whether the bytes are a text in UTF-8.
    fileprivate var isUTF8: Bool {
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: self)
            return true
        } catch { return false }
    }
}

extension [UInt8] {
    /// Calls `body` with a reader of these bytes.
    ///
    /// - Parameter arena: where texts that stay are kept.
    @inline(__always)
    public func read<Value>(
        keepingTextsIn arena: TextArena, _ body: (inout ByteReader) throws(MalformedBytes) -> Value
    ) throws(MalformedBytes) -> Value {
        var reader = ByteReader(span, keepingTextsIn: arena)
        return try body(&reader)
    }
}
