import Memory

/// One JSON text, taken apart into a flat list of its values in their order.
///
/// The reader is strict (RFC 8259; JSONTestSuite is a test), goes through the bytes once, never recurses, keeps numbers
/// digit for digit, and finds every object that has a key twice. A document is made once a worker and used again for
/// line after line, so that reading a line allocates nothing and the names of members are known from the lines before.
/// Values read from it hold until the next `parse`.
public final class JSONDocument {
    /// Why bytes are no acceptable JSON text.
    public enum Fault: Equatable, Sendable {
        /// No JSON, at this byte.
        case syntax(offset: Int)
        /// An object names a key twice.
        case duplicateKey(String)
    }

    public enum Kind: UInt8, Sendable { case null, bool, number, string, array, object }

    private let tape: UnsafeMutablePointer<JSONTape>

    /// - Parameter names: names whose values are to be had by their place in this list (`JSONValue.fields`).
    public init(names: [JSONKey] = []) {
        tape = .allocate(capacity: 1)
        tape.initialize(to: JSONTape(names))
    }

    deinit {
        tape.pointee.deallocate()
        tape.deallocate()
    }

    /// Reads one JSON text, which must fill the bytes but for white space; the bytes must be valid UTF-8, at most 2 GiB,
    /// and must stay where they are until the next call.
    ///
    /// A text that is no JSON is a syntax fault even if it also has a key twice.
    public func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Fault? {
        tape.pointee.read(bytes)
    }

    /// The whole text's value. It keeps the document.
    public var root: JSONValue { JSONValue(tape: tape, index: 0, owner: self) }

    /// Gives the whole text's value to `body`. Neither it nor what is read from it may leave `body`: such values do not keep
    /// the document, so that passing them on costs nothing.
    @inline(__always)
    public func withRoot<Result, Failure: Error>(
        _ body: (JSONValue) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(JSONValue(tape: tape, index: 0, owner: nil))
    }
}
