import Core

/// One JSON text, taken apart into a flat list of its values in the order in which they stand.
///
/// The reader is strict (RFC 8259; JSONTestSuite is a test), goes through the bytes once, never recurses, keeps numbers
/// digit for digit, and finds every object that has a key twice. A document is made once a worker and used again for
/// line after line, so that reading a line allocates nothing. Values read from it hold until the next `parse`.
public final class JSONDocument {
    /// Why bytes are no acceptable JSON text.
    public enum Fault: Equatable, Sendable {
        /// No JSON, at this byte.
        case syntax(offset: Int)
        /// An object names a key twice.
        case duplicateKey(String)
    }

    struct Node {
        var kind: Kind
        /// Whether the text between the quotes holds an escape.
        var isEscaped = false
        var keyIsEscaped = false
        /// Where the value's text begins and ends; a string's without its quotes.
        var start: Int32
        var end: Int32 = 0
        var keyStart: Int32 = 0
        var keyEnd: Int32 = 0
        var keyHash: UInt32 = 0
        /// The index of the node after this one and all within it.
        var next: Int32 = 0
    }

    public enum Kind: UInt8, Sendable { case null, bool, number, string, array, object }

    /// A key of an object that is still open.
    private struct OpenKey {
        var hash: UInt32
        var start: Int32
        var end: Int32
        var isEscaped: Bool
    }

    private(set) var nodes: UnsafeMutablePointer<Node>
    private(set) var nodeCount = 0
    private var nodeCapacity = 256
    private(set) var base: UnsafePointer<UInt8>
    private var count = 0
    /// Nodes of the containers that are open, outermost first.
    private var open: [Int32] = []
    /// Keys of the open objects, and where each object's own begin.
    private var keys: [OpenKey] = []
    private var keysStart: [Int32] = []
    private var duplicate: OpenKey?

    public init() {
        nodes = .allocate(capacity: nodeCapacity)
        base = UnsafePointer(UnsafeMutableRawPointer(nodes).assumingMemoryBound(to: UInt8.self))
        open.reserveCapacity(32)
        keys.reserveCapacity(128)
        keysStart.reserveCapacity(32)
    }

    deinit { nodes.deallocate() }

    /// Reads one JSON text, which must fill the bytes but for white space; the bytes must be valid UTF-8, at most 2 GiB,
    /// and must stay where they are until the next call.
    ///
    /// A text that is no JSON is a syntax fault even if it also has a key twice.
    public func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Fault? {
        nodeCount = 0
        open.removeAll(keepingCapacity: true)
        keys.removeAll(keepingCapacity: true)
        keysStart.removeAll(keepingCapacity: true)
        duplicate = nil
        if let start = bytes.baseAddress { base = start }
        count = bytes.count
        var scanner = JSONScanner(base: base, count: count)
        guard scan(&scanner) else { return .syntax(offset: min(scanner.position, count)) }
        return duplicate.map { .duplicateKey(text($0.start, $0.end, escaped: $0.isEscaped)) }
    }

    /// The whole text's value.
    public var root: JSONValue { JSONValue(document: self, index: 0) }

    // MARK: Scanning

    private func scan(_ scanner: inout JSONScanner) -> Bool {
        scanner.skipSpace()
        guard scanValue(&scanner) else { return false }
        while let container = open.last {
            let isObject = nodes[Int(container)].kind == .object
            scanner.skipSpace()
            if scanner.take(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                close(container, at: scanner.position, isObject: isObject)
                continue
            }
            if nodeCount > Int(container) + 1 {
                guard scanner.take(UInt8(ascii: ",")) else { return false }
                scanner.skipSpace()
            }
            guard isObject ? scanMember(&scanner) : scanValue(&scanner) else { return false }
        }
        scanner.skipSpace()
        return scanner.position == count
    }

    private func close(_ container: Int32, at end: Int, isObject: Bool) {
        nodes[Int(container)].end = Int32(end)
        nodes[Int(container)].next = Int32(nodeCount)
        open.removeLast()
        if isObject {
            let start = Int(keysStart.removeLast())
            if keys.count - start > Self.fewKeys { findDuplicate(from: start) }
            keys.removeLast(keys.count - start)
        }
    }

    private func scanMember(_ scanner: inout JSONScanner) -> Bool {
        guard scanner.take(UInt8(ascii: "\"")) else { return false }
        let keyStart = scanner.position
        guard let isEscaped = scanner.skipString() else { return false }
        let keyEnd = scanner.position - 1
        scanner.skipSpace()
        guard scanner.take(UInt8(ascii: ":")) else { return false }
        scanner.skipSpace()
        let key = OpenKey(
            hash: keyHash(keyStart, keyEnd, escaped: isEscaped), start: Int32(keyStart), end: Int32(keyEnd),
            isEscaped: isEscaped)
        note(key)
        let index = nodeCount
        guard scanValue(&scanner) else { return false }
        nodes[index].keyStart = key.start
        nodes[index].keyEnd = key.end
        nodes[index].keyIsEscaped = isEscaped
        nodes[index].keyHash = key.hash
        return true
    }

    private func scanValue(_ scanner: inout JSONScanner) -> Bool {
        let start = scanner.position
        guard let first = scanner.peek else { return false }
        switch first {
        case UInt8(ascii: "\""):
            scanner.position += 1
            guard let isEscaped = scanner.skipString() else { return false }
            add(.string, start + 1, scanner.position - 1, isEscaped: isEscaped)
        case UInt8(ascii: "{"):
            scanner.position += 1
            add(.object, start, 0)
            open.append(Int32(nodeCount - 1))
            keysStart.append(Int32(keys.count))
        case UInt8(ascii: "["):
            scanner.position += 1
            add(.array, start, 0)
            open.append(Int32(nodeCount - 1))
        case UInt8(ascii: "t"), UInt8(ascii: "f"):
            guard scanner.takeLiteral(first == UInt8(ascii: "t") ? "true" : "false") else { return false }
            add(.bool, start, scanner.position)
        case UInt8(ascii: "n"):
            guard scanner.takeLiteral("null") else { return false }
            add(.null, start, scanner.position)
        default:
            guard scanner.skipNumber() else { return false }
            add(.number, start, scanner.position)
        }
        return true
    }

    @inline(__always)
    private func add(_ kind: Kind, _ start: Int, _ end: Int, isEscaped: Bool = false) {
        if nodeCount == nodeCapacity { grow() }
        (nodes + nodeCount).initialize(
            to: Node(kind: kind, isEscaped: isEscaped, start: Int32(start), end: Int32(end), next: Int32(nodeCount + 1))
        )
        nodeCount += 1
    }

    private func grow() {
        let larger = UnsafeMutablePointer<Node>.allocate(capacity: nodeCapacity * 2)
        larger.update(from: nodes, count: nodeCount)
        nodes.deallocate()
        nodes = larger
        nodeCapacity *= 2
    }

    // MARK: Keys

    /// Up to so many keys are compared one by one as they come; more are put into a set when the object ends.
    private static let fewKeys = 48

    private func keyHash(_ start: Int, _ end: Int, escaped: Bool) -> UInt32 {
        guard escaped else { return JSONKey.hash(UnsafeBufferPointer(start: base + start, count: end - start)) }
        return Array(text(Int32(start), Int32(end), escaped: true).utf8).withUnsafeBufferPointer { JSONKey.hash($0) }
    }

    /// Remembers a key of the innermost open object, and whether the object has it already.
    private func note(_ key: OpenKey) {
        let start = Int(keysStart[keysStart.count - 1])
        if keys.count - start <= Self.fewKeys {
            for earlier in keys[start...] where earlier.hash == key.hash && isSame(earlier, key) {
                duplicate = duplicate ?? key
            }
        }
        keys.append(key)
    }

    /// Finds a key that stands twice among many, however alike they are.
    private func findDuplicate(from start: Int) {
        var seen: Set<Text> = []
        for key in keys[start...] where !seen.insert(Text(text(key.start, key.end, escaped: key.isEscaped))).inserted {
            duplicate = duplicate ?? key
            return
        }
    }

    private func isSame(_ left: OpenKey, _ right: OpenKey) -> Bool {
        if !left.isEscaped && !right.isEscaped {
            return left.end - left.start == right.end - right.start
                && UnsafeBufferPointer(start: base + Int(left.start), count: Int(left.end - left.start)).elementsEqual(
                    UnsafeBufferPointer(start: base + Int(right.start), count: Int(right.end - right.start)))
        }
        return text(left.start, left.end, escaped: left.isEscaped).utf8.elementsEqual(
            text(right.start, right.end, escaped: right.isEscaped).utf8)
    }

    /// A string's characters; a surrogate without its other half, which is no character, becomes U+FFFD.
    func text(_ start: Int32, _ end: Int32, escaped: Bool) -> String {
        let bytes = UnsafeBufferPointer(start: base + Int(start), count: Int(end - start))
        return escaped ? JSONScanner.unescape(bytes).text : String(decoding: bytes, as: UTF8.self)
    }
}
