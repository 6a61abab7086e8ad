/// An enum whose cases are words of Atlas's or of ours. They are kept as texts, so that reading and writing them makes no
/// strings.
public protocol Word: Ordinal, RawRepresentable<String> {
    /// The words; a constant.
    static var words: WordTable<Self> { get }
}

extension Word {
    /// The raw value.
    public var text: Text { Self.words[self] }
}

/// The texts of an enum's cases, kept for as long as the process lives.
///
/// `@unchecked Sendable`: the texts never change.
public struct WordTable<Value: Ordinal & RawRepresentable<String>>: @unchecked Sendable {
    private let texts: UnsafePointer<Text>
    private let values: UnsafePointer<Value>
    private let count: Int

    public init() {
        count = Value.allCases.count
        let texts = UnsafeMutablePointer<Text>.allocate(capacity: count)
        let values = UnsafeMutablePointer<Value>.allocate(capacity: count)
        for value in Value.allCases {
            (texts + value.ordinal).initialize(to: Text(value.rawValue))
            (values + value.ordinal).initialize(to: value)
        }
        self.texts = UnsafePointer(texts)
        self.values = UnsafePointer(values)
    }

    public subscript(value: Value) -> Text { texts[value.ordinal] }

    /// The value whose word the bytes are.
    public func value(of bytes: Span<UInt8>) -> Value? {
        unsafe bytes.withUnsafeBufferPointer { unsafe value(of: $0) }
    }

    /// The value whose word the bytes are.
    public func value(of bytes: UnsafeBufferPointer<UInt8>) -> Value? {
        for index in 0..<count where texts[index].withBytes({ bytes.isSame($0.baseAddress, $0.count) }) {
            return values[index]
        }
        return nil
    }
}
