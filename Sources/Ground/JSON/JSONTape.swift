/// The name of a member: the place of its text, and its number among the names that the document knows.
struct JSONName {
    var start: Int32 = 0
    var end: Int32 = 0
    /// `JSONKeyTable.other` for a name without a number, `none` for a value that is no member.
    var number = JSONKeyTable.none
    var isEscaped = false
}

/// One value of a text that was read.
struct JSONNode {
    var name = JSONName()
    var kind: JSONView.Kind
    /// Whether the text between a string's quotes holds an escape.
    var isEscaped = false
    /// Where the value's text begins and ends; a string's without its quotes.
    var start: Int32
    var end: Int32
    /// The index of the node after this one and all within it.
    var next: Int32
}

/// A container that is still open while a text is read.
struct OpenContainer {
    var node: Int32
    var isObject: Bool
    /// The number of its own name and of the last name within it: what the next one is guessed from.
    var name = JSONKeyTable.none
    var previous = JSONKeyTable.none
    /// Whether a name within it has no number.
    var hasOthers = false
    /// The names within it, a bit for each number.
    var names: (UInt64, UInt64) = (0, 0)
}

/// What a document holds: the values of the text that was read last, and the names that it learned from all of them. It is
/// a few pointers, owned by the document, so that it can be copied to where it is worked on.
@safe struct JSONTape {
    private(set) var nodes: UnsafeMutablePointer<JSONNode>
    private var nodeCapacity = 256
    private(set) var nodeCount = 0
    /// The text.
    private(set) var base: UnsafePointer<UInt8>
    let keys = JSONKeyTable()
    /// For a few containers the member that was found last, by the container's last bits.
    private let found: UnsafeMutablePointer<Found>
    private static let foundCount = 8
    private var open: UnsafeMutablePointer<OpenContainer>
    private var openCapacity = 32
    private var openCount = 0
    /// Nodes by the numbers of their names, for each object that was asked for its fields; negative for none.
    private(set) var places: UnsafeMutablePointer<Int32>
    private var placeCapacity = 128
    private var placeCount = 0
    private var unescaped: UnsafeMutablePointer<UnescapedText>?

    /// How many names were given numbers when the document was made.
    let namedCount: Int

    /// A container, and the node after the member of it that was found last.
    private struct Found {
        var container: Int32 = -1
        var next: Int32 = 0
    }

    init(_ names: [JSONKey]) {
        precondition(names.count <= Self.mostNames, "a document knows few names beforehand")
        for name in names { _ = name.name.withUTF8Buffer { [keys] in unsafe keys.number(learning: $0) } }
        namedCount = names.count
        unsafe nodes = .allocate(capacity: nodeCapacity)
        unsafe open = .allocate(capacity: openCapacity)
        unsafe places = .allocate(capacity: placeCapacity)
        unsafe found = .allocate(capacity: Self.foundCount)
        unsafe found.initialize(repeating: Found(), count: Self.foundCount)
        unsafe base = UnsafePointer(UnsafeMutableRawPointer(nodes).assumingMemoryBound(to: UInt8.self))
    }

    mutating func deallocate() {
        forgetUnescaped()
        unsafe nodes.deallocate()
        unsafe open.deallocate()
        unsafe places.deallocate()
        unsafe found.deallocate()
        keys.deallocate()
    }

    /// Begins with another text.
    mutating func begin(_ text: UnsafeBufferPointer<UInt8>) {
        nodeCount = 0
        openCount = 0
        placeCount = 0
        unsafe found.update(repeating: Found(), count: Self.foundCount)
        if let start = text.baseAddress { unsafe base = start }
        if unsafe unescaped != nil { forgetUnescaped() }
    }

    /// Reads a text.
    mutating func read(_ text: UnsafeBufferPointer<UInt8>) -> JSONReader.Fault? {
        unsafe begin(text)
        var parser = JSONParser(self, count: text.count)
        let isJSON = parser.parse()
        self = parser.tape
        guard isJSON else { return .syntax(offset: min(parser.scanner.position, text.count)) }
        return parser.duplicate.map { .duplicateKey(self.text($0)) }
    }

    @inline(__always)
    mutating func add(_ node: JSONNode) {
        if nodeCount == nodeCapacity { unsafe (nodes, nodeCapacity) = Self.doubled(nodes, nodeCapacity) }
        unsafe (nodes + nodeCount).initialize(to: node)
        nodeCount &+= 1
    }

    /// Puts a container aside while one within it is read.
    @inline(__always)
    mutating func push(_ container: OpenContainer) {
        if openCount == openCapacity { unsafe (open, openCapacity) = Self.doubled(open, openCapacity) }
        unsafe (open + openCount).initialize(to: container)
        openCount &+= 1
    }

    /// Takes back the container that was put aside last.
    @inline(__always)
    mutating func pop() -> OpenContainer {
        openCount &-= 1
        return unsafe open[openCount]
    }

    /// Where to go on looking for members of a container: they are mostly asked for in their order.
    @inline(__always)
    func nextMember(of container: Int32) -> Int32 {
        let known = unsafe found[Int(container) & (Self.foundCount - 1)]
        return known.container == container ? known.next : container &+ 1
    }

    /// Remembers the member of a container that was found last.
    @inline(__always)
    func note(_ member: Int32, of container: Int32) {
        unsafe found[Int(container) & (Self.foundCount - 1)] = Found(
            container: container, next: nodes[Int(member)].next)
    }

    /// How many names a reader may be given.
    static let mostNames = 32

    /// Remembers where the members of an object are by the numbers of their names, and gives where that is remembered.
    @inline(__always)
    mutating func notePlaces(of container: Int32) -> Int {
        let start = addPlaces(Self.mostNames)
        let end = unsafe nodes[Int(container)].kind == .object ? nodes[Int(container)].next : 0
        var child = container + 1
        while child < end {
            let name = unsafe nodes[Int(child)].name
            // A name that is escaped has no number and may be one of ours all the same.
            let number = name.number == JSONKeyTable.other ? numberOfUnnumbered(name) : name.number
            if Int(number) < namedCount { unsafe places[start + Int(number)] = child }
            child = unsafe nodes[Int(child)].next
        }
        return start
    }

    @inline(never)
    private func numberOfUnnumbered(_ name: JSONName) -> UInt8 {
        var text = text(name)
        return text.withUTF8 { unsafe keys.number(of: $0) }
    }

    /// The member of that name of a container, null ones included.
    @inline(__always)
    mutating func member(_ key: JSONKey, of container: Int32) -> Int32? {
        let node = unsafe nodes[Int(container)]
        guard node.kind == .object else { return nil }
        let number = keys.number(of: key)
        let start = nextMember(of: container)
        guard
            let child = member(number, key, from: start, to: node.next)
                ?? member(number, key, from: container + 1, to: start)
        else { return nil }
        note(child, of: container)
        return child
    }

    /// The first member of that name among some nodes.
    @inline(__always)
    private func member(_ number: UInt8, _ key: JSONKey, from start: Int32, to end: Int32) -> Int32? {
        var child = start
        while child < end {
            let found = unsafe nodes[Int(child)].name
            if found.number == JSONKeyTable.other {
                if text(found).utf8.elementsEqual("\(key.name)".utf8) { return child }
            } else if found.number == number {
                return child
            }
            child = unsafe nodes[Int(child)].next
        }
        return nil
    }

    /// Adds a number of empty places; returns the first.
    mutating func addPlaces(_ count: Int) -> Int {
        while placeCount + count > placeCapacity {
            unsafe (places, placeCapacity) = Self.doubled(places, placeCapacity)
        }
        unsafe (places + placeCount).initialize(repeating: -1, count: count)
        placeCount += count
        return placeCount - count
    }

    private static func doubled<Element>(
        _ elements: UnsafeMutablePointer<Element>, _ capacity: Int
    ) -> (UnsafeMutablePointer<Element>, Int) {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
        unsafe larger.moveInitialize(from: elements, count: capacity)
        unsafe elements.deallocate()
        return unsafe (larger, capacity * 2)
    }

    // MARK: Texts

    @inline(__always)
    func bytes(_ start: Int32, _ end: Int32) -> UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(start: base + Int(start), count: Int(end - start))
    }

    /// A name's characters; a surrogate without its other half, which is no character, becomes U+FFFD.
    func text(_ name: JSONName) -> String {
        let bytes = unsafe bytes(name.start, name.end)
        return unsafe name.isEscaped ? JSONScanner.unescape(bytes) : String(decoding: bytes, as: UTF8.self)
    }

    /// A string that had to be unescaped, in front of its bytes; they hold as long as the text's values do.
    @safe private struct UnescapedText {
        let previous: UnsafeMutablePointer<UnescapedText>?
    }

    /// The bytes of a string with escapes, kept until the next text; nil where half a surrogate pair makes it no Unicode text.
    mutating func unescape(_ string: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        let header = MemoryLayout<UnescapedText>.stride
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: header + string.count, alignment: MemoryLayout<UnescapedText>.alignment)
        let text = unsafe memory.initializeMemory(as: UnescapedText.self, to: UnescapedText(previous: unescaped))
        unsafe unescaped = text
        let bytes = unsafe UnsafeMutableBufferPointer(
            start: (memory + header).assumingMemoryBound(to: UInt8.self), count: string.count)
        let (count, isWhole) = unsafe JSONScanner.unescape(string, into: bytes)
        return unsafe isWhole ? UnsafeBufferPointer(rebasing: bytes[..<count]) : nil
    }

    private mutating func forgetUnescaped() {
        while let text = unsafe unescaped {
            unsafe unescaped = text.pointee.previous
            unsafe UnsafeMutableRawPointer(text).deallocate()
        }
    }
}
