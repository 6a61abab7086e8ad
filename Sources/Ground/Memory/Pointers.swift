// The same of pointers, until nobody uses them.

extension ByteWriter {
    @inline(__always)
    public borrowing func withBytes<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe span.withUnsafeBufferPointer { (bytes) throws(Failure) in try unsafe body(bytes) }
    }

    public mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) { unsafe append(bytes.span) }
}

@inline(__always)
public func prefetch<Value>(_ place: UnsafePointer<Value>) {
    unsafe UnsafeBufferPointer(start: place, count: 1).span.prefetch(at: 0)
}

extension UnsafeBufferPointer {
    @inline(__always)
    public func place(of index: Int) -> UnsafePointer<Element> {
        guard let baseAddress, indices.contains(index) else { preconditionFailure("no element \(index)") }
        return unsafe baseAddress + index
    }
}

extension UnsafeBufferPointer<UInt8> {
    @inline(__always)
    public var trimmed: UnsafeBufferPointer<UInt8> {
        unsafe span.trimmed.withUnsafeBufferPointer { unsafe $0 }
    }

    @inline(__always)
    public func isText(_ text: StaticString) -> Bool { unsafe span.isText(text) }
}

extension Text {
    public init(utf8 bytes: UnsafeBufferPointer<UInt8>) { unsafe self.init(utf8: bytes.span) }

    @inline(__always)
    public func isSame(as bytes: UnsafeBufferPointer<UInt8>) -> Bool { unsafe isSame(as: bytes.span) }

    @inline(__always)
    public func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        unsafe span.withUnsafeBufferPointer { unsafe body($0) }
    }
}

extension TextHash {
    @inline(__always)
    public static func of(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 { unsafe of(bytes.span) }
}

extension WordTable {
    public func value(of bytes: UnsafeBufferPointer<UInt8>) -> Value? { unsafe value(of: bytes.span) }
}

/// One field of a record as it came, before it is known to be what it should be.
@unsafe public enum RawField {
    /// An empty CSV field, a JSON null, an empty string, an absent key: no value.
    case none
    /// A CSV field or a JSON string, trimmed and not empty.
    case text(FieldText)
    /// A JSON number, digit for digit.
    case number(UnsafeBufferPointer<UInt8>)
    /// A JSON literal.
    case bool(Bool)
    /// A JSON array or object, or a string that is no Unicode text.
    case other

    public var isNone: Bool {
        if case .none = unsafe self { return true }
        return false
    }
}

/// The bytes of a text field: where they stand in the input, or in the reader that had to unescape them.
@unsafe public struct FieldText {
    /// They stay where they are until the reader goes on to the next record.
    public let bytes: UnsafeBufferPointer<UInt8>

    @inline(__always)
    public init(_ bytes: UnsafeBufferPointer<UInt8>) { unsafe self.bytes = bytes }

    /// A text of its own.
    public var text: Text { unsafe Text(utf8: bytes) }

    public var string: String { unsafe String(decoding: bytes, as: UTF8.self) }
}

extension RawField {
    /// The same as a field that cannot outlive its record.
    @inline(__always)
    public var field: Field {
        @_lifetime(immortal) get {
            switch unsafe self {
            case .none: .none
            case .text(let text): .text(unsafe _overrideLifetime(text.bytes.span, copying: ()))
            case .number(let digits): .number(unsafe _overrideLifetime(digits.span, copying: ()))
            case .bool(let value): .bool(value)
            case .other: .other
            }
        }
    }

    /// The value for a message: a text in quotes, cut to a sensible length.
    public var shown: String {
        switch unsafe self {
        case .none: "(no value)"
        case .text(let text): unsafe "\"\(text.bytes.excerpt)\""
        case .number(let digits): unsafe digits.excerpt
        case .bool(let value): value ? "true" : "false"
        case .other: "(an array, an object or a text that is not Unicode)"
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The beginning of a text, for a message.
    public var excerpt: String {
        let most = 48
        guard count > most else { return unsafe String(decoding: self, as: UTF8.self) }
        var end = most
        while end > 0, unsafe self[end] & 0xC0 == 0x80 { end -= 1 }
        return unsafe String(decoding: self[..<end], as: UTF8.self) + "…"
    }
}

/// Writes bytes into memory that is known to be large enough, one after another.
@unsafe public struct RowWriter {
    var end: UnsafeMutablePointer<UInt8>

    /// Where the next byte goes.
    @inline(__always)
    public var next: UnsafeMutablePointer<UInt8> { unsafe end }

    @inline(__always)
    public init(at start: UnsafeMutablePointer<UInt8>) { unsafe end = start }

    @inline(__always)
    public mutating func byte(_ byte: UInt8) {
        unsafe end.initialize(to: byte)
        unsafe end += 1
    }

    @inline(__always)
    public mutating func bytes(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress else { return }
        unsafe end.update(from: start, count: bytes.count)
        unsafe end += bytes.count
    }

    @inline(__always)
    public mutating func text(_ text: Text) { unsafe text.withBytes { unsafe bytes($0) } }

    @inline(__always)
    public mutating func literal(_ literal: StaticString) {
        unsafe end.update(from: literal.utf8Start, count: literal.utf8CodeUnitCount)
        unsafe end += literal.utf8CodeUnitCount
    }

    // MARK: Numbers

    @inline(__always)
    public mutating func count(_ count: Int) {
        if count < 0 { unsafe byte(UInt8(ascii: "-")) }
        unsafe decimal(UInt64(count.magnitude), minorDigits: 0)
    }

    /// A number with so many digits behind the point, at least one before it.
    @inline(__always)
    public mutating func decimal(_ value: UInt64, minorDigits: Int) {
        switch minorDigits {
        case 0: unsafe digits(value)
        case 2:
            unsafe digits(value / 100)
            unsafe byte(UInt8(ascii: "."))
            unsafe pair(value % 100)
        default:
            var scale: UInt64 = 1
            for _ in 0..<minorDigits { scale = scale &* 10 }
            unsafe digits(value / scale)
            unsafe byte(UInt8(ascii: "."))
            var rest = value % scale
            for _ in 0..<minorDigits {
                scale /= 10
                unsafe byte(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest / scale))
                rest %= scale
            }
        }
    }

    /// The digits of a whole number, two at a time from its end.
    @inline(__always)
    mutating func digits(_ value: UInt64) {
        var count = 1
        var power: UInt64 = 10
        while count < 20, value >= power {
            count &+= 1
            power = power &* 10
        }
        var rest = value
        var place = count
        while rest >= 100 {
            place &-= 2
            unsafe write(pair: rest % 100, at: end + place)
            rest /= 100
        }
        if rest >= 10 {
            unsafe write(pair: rest, at: end)
        } else {
            unsafe end.initialize(to: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest))
        }
        unsafe end += count
    }

    /// Two digits of a number below 100.
    @inline(__always)
    public mutating func pair(_ value: UInt64) {
        unsafe write(pair: value, at: end)
        unsafe end += 2
    }

    @inline(__always)
    func write(pair value: UInt64, at place: UnsafeMutablePointer<UInt8>) {
        let tens = value / 10
        unsafe place.initialize(to: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: tens))
        unsafe (place + 1).initialize(to: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value &- tens &* 10))
    }
}
