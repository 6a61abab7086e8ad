import Memory

/// Reads JSON texts one after another, each taken apart into a flat list of its values in their order.
///
/// The reader is strict (RFC 8259; JSONTestSuite is a test), goes through the bytes once, never recurses, keeps numbers
/// digit for digit, and finds every object that has a key twice. One is made once a worker and used for line after line, so
/// that reading a line allocates nothing and the names of members are known from the lines before.
@safe public struct JSONReader: ~Copyable {
    /// Why bytes are no acceptable JSON text.
    public enum Fault: Equatable, Sendable {
        /// No JSON, at this byte.
        case syntax(offset: Int)
        /// An object names a key twice.
        case duplicateKey(String)
    }

    private let tape: UnsafeMutablePointer<JSONTape>

    /// - Parameter names: names whose values are to be had by their place in this list (`JSONView.members`).
    public init(names: [JSONKey] = []) {
        unsafe tape = .allocate(capacity: 1)
        unsafe tape.initialize(to: JSONTape(names))
    }

    deinit {
        unsafe tape.pointee.deallocate()
        unsafe tape.deallocate()
    }

    /// The result of a reading. Valid until the reader reads again.
    public struct Reading: ~Escapable {
        /// Why the bytes are no acceptable JSON text; nil if they are.
        public let fault: Fault?
        /// The whole text's value; nil where it is no JSON. A text with a key twice has one.
        public let root: JSONView?

        @_lifetime(copy root)
        init(_ fault: Fault?, _ root: JSONView?) {
            self.fault = fault
            self.root = root
        }

        /// The whole text's value if there is no fault.
        public var acceptable: JSONView? { @_lifetime(copy self) get { fault == nil ? root : nil } }

        /// The whole text's value if there is no fault and it is an object.
        public var object: JSONView? {
            @_lifetime(copy self) get {
                guard fault == nil, let root, root.kind == .object else { return nil }
                return root
            }
        }
    }

    /// Reads one JSON text, which must fill the bytes but for white space; the bytes must be valid UTF-8, at most 2 GiB.
    ///
    /// A text that is no JSON is a syntax fault even if it also has a key twice.
    @_lifetime(&self, copy bytes)
    public mutating func read(_ bytes: Span<UInt8>) -> Reading {
        let fault = unsafe bytes.withUnsafeBufferPointer { unsafe tape.pointee.read($0) }
        let root: JSONView?
        if case .syntax? = fault { root = nil } else { root = unsafe JSONView(tape, 0) }
        let reading = Reading(fault, root)
        return unsafe _overrideLifetime(_overrideLifetime(reading, mutating: &self), copying: bytes)
    }

    /// Why bytes are no acceptable JSON text; nil if they are.
    public mutating func fault(in bytes: Span<UInt8>) -> Fault? { read(bytes).fault }
}
