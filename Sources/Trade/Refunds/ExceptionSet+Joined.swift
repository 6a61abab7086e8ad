import Memory

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
