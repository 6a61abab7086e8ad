import Memory

/// One JSON text, taken apart into a flat list of its values in their order.
///
/// The reader is strict (RFC 8259; JSONTestSuite is a test), goes through the bytes once, never recurses, keeps numbers
/// digit for digit, and finds every object that has a key twice. A document is made once a worker and used again for
/// line after line, so that reading a line allocates nothing and the names of members are known from the lines before.
/// Values read from it hold until the next `parse`.
@safe public final class JSONDocument {
    public typealias Fault = JSONReader.Fault
    public typealias Kind = JSONView.Kind

    private let tape: UnsafeMutablePointer<JSONTape>

    /// - Parameter names: names whose values are to be had by their place in this list (`JSONValue.fields`).
    public init(names: [JSONKey] = []) {
        unsafe tape = .allocate(capacity: 1)
        unsafe tape.initialize(to: JSONTape(names))
    }

    deinit {
        unsafe tape.pointee.deallocate()
        unsafe tape.deallocate()
    }

    /// Reads one JSON text, which must fill the bytes but for white space; the bytes must be valid UTF-8, at most 2 GiB,
    /// and must stay where they are until the next call.
    ///
    /// A text that is no JSON is a syntax fault even if it also has a key twice.
    public func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Fault? {
        unsafe tape.pointee.read(bytes)
    }

    /// The whole text's value. It keeps the document.
    public var root: JSONValue { unsafe JSONValue(tape: tape, index: 0, owner: self) }

    /// Gives the whole text's value to `body`. Neither it nor what is read from it may leave `body`: such values do not keep
    /// the document, so that passing them on costs nothing.
    @inline(__always)
    public func withRoot<Result, Failure: Error>(
        _ body: (JSONValue) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return unsafe try body(JSONValue(tape: tape, index: 0, owner: nil))
    }
}

extension OneLineJSON {
    public static func bytes(of json: UnsafeBufferPointer<UInt8>) -> [UInt8] { unsafe bytes(of: json.span) }
}
