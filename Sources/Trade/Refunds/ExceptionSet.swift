import Memory

/// A set of exception codes that lists them in RULES.md's order.
public struct ExceptionSet: Sendable, Equatable, Sequence {
    private var bits: UInt64 = 0

    public init() {}

    public var isEmpty: Bool { bits == 0 }

    /// How many codes there are.
    public var count: Int { bits.nonzeroBitCount }

    public mutating func insert(_ code: ExceptionCode) { bits |= Self.bit(code) }

    public mutating func insert(_ code: ExceptionCode, if condition: Bool) { if condition { insert(code) } }

    public func contains(_ code: ExceptionCode) -> Bool { bits & Self.bit(code) != 0 }

    /// Whether any of them has that severity.
    public func contains(_ severity: Severity) -> Bool { bits & Self.masks[severity.ordinal] != 0 }

    public func makeIterator() -> Iterator { Iterator(rest: bits) }

    /// Gives the codes in RULES.md's order.
    public struct Iterator: IteratorProtocol {
        fileprivate var rest: UInt64

        public mutating func next() -> ExceptionCode? {
            guard rest != 0 else { return nil }
            defer { rest &= rest - 1 }
            return ExceptionSet.codes[rest.trailingZeroBitCount]
        }
    }

    @inline(__always)
    private static func bit(_ code: ExceptionCode) -> UInt64 { 1 << UInt64(code.ordinal) }

    private static let codes = ExceptionCode.allCases
    /// The codes of each severity.
    private static let masks = Severity.allCases.map { severity in
        codes.filter { $0.severity == severity }.reduce(UInt64(0)) { $0 | bit($1) }
    }
}

/// The codes of a set as one text: `REFUND_SHORT;DUPLICATE_ORDER`.
extension ExceptionSet {
    private static let separator: Text = ";"

    /// Reads codes that are joined by `;`, each once; nil if the text has anything else. An empty text is an empty set.
    public init?(joined text: Text) { self.init(joined: text.span) }

    public init?(joined text: Span<UInt8>) {
        self.init()
        if text.isEmpty { return }
        var start = 0
        while start <= text.count {
            let end = text.firstIndex(of: UInt8(ascii: ";"), from: start) ?? text.count
            guard let code = ExceptionCode.words.value(of: text.extracting(start..<end)), !contains(code) else {
                return nil
            }
            insert(code)
            start = end + 1
        }
    }

    /// Gives the pieces of the joined text, one after another.
    @inline(__always)
    fileprivate func forEachPiece(_ body: (Text) -> Void) {
        var isFirst = true
        for code in self {
            if isFirst { isFirst = false } else { body(Self.separator) }
            body(code.text)
        }
    }
}

extension [UInt8] {
    /// Appends codes joined by `;`.
    public mutating func append(joined codes: ExceptionSet) { codes.forEachPiece { append($0) } }
}

extension ByteWriter {
    /// Appends codes joined by `;`.
    public mutating func append(joined codes: ExceptionSet) { codes.forEachPiece { append($0) } }

    /// Appends codes joined by `;`, after the number of their bytes.
    public mutating func append(counted codes: ExceptionSet) {
        var byteCount = 0
        codes.forEachPiece { byteCount += $0.count }
        append(varint: UInt64(byteCount))
        codes.forEachPiece { append($0) }
    }
}
