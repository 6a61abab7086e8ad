/// An enum whose cases are words of Atlas's or of ours. They are kept as texts, so that reading and writing them makes no
/// strings.
public protocol Word: Ordinal, RawRepresentable<String>, Sendable {
    /// The words; a constant.
    static var words: WordTable<Self> { get }
}

extension Word {
    /// The raw value.
    public var text: Text { Self.words[self] }
}

/// The texts of an enum's cases, kept for as long as the process lives.
public struct WordTable<Value: Ordinal & RawRepresentable<String> & Sendable>: Sendable {
    /// By ordinal.
    private let texts: ConstantList<Text>
    private let values: ConstantList<Value>

    public init() {
        let values = Value.allCases.sorted { $0.ordinal < $1.ordinal }
        self.values = ConstantList(values)
        texts = ConstantList(values.map { Text($0.rawValue) })
    }

    public subscript(value: Value) -> Text { texts[value.ordinal] }

    /// The value whose word the bytes are.
    public func value(of bytes: Span<UInt8>) -> Value? {
        for index in 0..<texts.count where texts[index].isSame(as: bytes) { return values[index] }
        return nil
    }
}
