/// Bytes that end too early, or that are not what was written.
public struct MalformedBytes: Error, Equatable {
    public init() {}
}

/// Reads values one after another as `ByteWriter` wrote them. It never reads beyond its bytes and never
/// takes more memory than they do, whatever they are.
public struct ByteReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position: Int
    /// Where the texts are kept.
    private let arena: TextArena

    fileprivate init(_ bytes: UnsafeBufferPointer<UInt8>, _ arena: TextArena) {
        self.bytes = bytes
        position = 0
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
        let byte = bytes[position]
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
        try UnsafeRawBufferPointer(take(8)).loadUnaligned(as: UInt64.self).littleEndian
    }

    /// How many things follow, each of which takes at least one byte.
    public mutating func count() throws(MalformedBytes) -> Int {
        let value = try varint()
        guard value <= UInt64(bytes.count - position) else { throw MalformedBytes() }
        return Int(value)
    }

    /// The bytes that were written with their number.
    public mutating func counted() throws(MalformedBytes) -> [UInt8] { Array(try take(try count())) }

    /// A text, which must be UTF-8. It stays.
    @inline(__always)
    public mutating func text() throws(MalformedBytes) -> Text { try borrowedText().kept(in: arena) }

    /// A text that holds for as long as the bytes do.
    @inline(__always)
    public mutating func borrowedText() throws(MalformedBytes) -> Text {
        let bytes = try take(try count())
        if !bytes.isASCII, String(validating: bytes, as: UTF8.self) == nil { throw MalformedBytes() }
        return Text(borrowing: bytes)
    }

    public mutating func string() throws(MalformedBytes) -> String {
        guard let string = String(validating: try take(try count()), as: UTF8.self) else { throw MalformedBytes() }
        return string
    }

    @inline(__always)
    private mutating func take(_ count: Int) throws(MalformedBytes) -> UnsafeBufferPointer<UInt8> {
        guard count >= 0, count <= bytes.count - position else { throw MalformedBytes() }
        let taken = UnsafeBufferPointer(rebasing: bytes[position..<position + count])
        position += count
        return taken
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate var isASCII: Bool {
        var all: UInt8 = 0
        for byte in self { all |= byte }
        return all < 0x80
    }
}

extension [UInt8] {
    /// Calls `body` with what reads these bytes from the first one on.
    ///
    /// - Parameter arena: where texts that stay are kept.
    @inline(__always)
    public func read<Value>(
        keepingTextsIn arena: TextArena, _ body: (inout ByteReader) throws(MalformedBytes) -> Value
    ) throws(MalformedBytes) -> Value {
        try withUnsafeBufferPointer { (bytes) throws(MalformedBytes) in
            var reader = ByteReader(bytes, arena)
            return try body(&reader)
        }
    }
}
