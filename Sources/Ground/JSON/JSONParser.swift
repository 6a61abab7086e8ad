import Memory

/// Reads one JSON text into a tape.
///
/// What every value passes through is inlined, and what is not takes copies instead of the parser itself: so the compiler
/// keeps the position and the open container in registers, and reading does not wait for memory.
@safe struct JSONParser {
    private(set) var tape: JSONTape
    private(set) var scanner: JSONScanner
    /// The earliest member whose name its object has already.
    private(set) var duplicate: JSONName?
    /// The innermost open container; `depth` is zero where it stands for the whole text.
    private var container = OpenContainer(node: -1, isObject: false)
    private var depth = 0

    init(_ tape: JSONTape, count: Int) {
        self.tape = tape
        scanner = unsafe JSONScanner(base: tape.base, count: count)
    }

    /// Whether the bytes are JSON.
    @inline(__always)
    mutating func parse() -> Bool {
        scanner.skipSpace()
        var name = JSONName()
        while readValue(name) {
            scanner.skipSpace()
            while depth > 0, scanner.take(container.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                close()
                scanner.skipSpace()
            }
            if depth == 0 { return scanner.position == scanner.count }
            if tape.nodeCount > Int(container.node) &+ 1 {
                guard scanner.take(UInt8(ascii: ",")) else { return false }
                scanner.skipSpace()
            }
            name = JSONName()
            if container.isObject, !readName(&name) { return false }
        }
        return false
    }

    // MARK: Members

    /// Reads the name of a member, first comparing it with the one that stood here in the lines before.
    @inline(__always)
    private mutating func readName(_ name: inout JSONName) -> Bool {
        let guess = tape.keys.guess(after: container.previous, in: container.name)
        if let end = tape.keys.end(of: guess, at: scanner) {
            name.start = Int32(truncatingIfNeeded: scanner.position &+ 1)
            name.end = Int32(truncatingIfNeeded: end &- 2)
            name.number = guess
            scanner.position = end
            scanner.skipSpace()
        } else {
            let (read, position) = Self.readName(scanner, tape.keys)
            scanner.position = position
            guard let read else { return false }
            tape.keys.learn(read.number, after: container.previous, in: container.name)
            name = read
        }
        note(name)
        return true
    }

    /// Reads a name and the colon after it, nil if there is none; and the position after it.
    @inline(never)
    private static func readName(_ scanner: JSONScanner, _ keys: JSONKeyTable) -> (JSONName?, position: Int) {
        var scanner = scanner
        guard scanner.take(UInt8(ascii: "\"")) else { return (nil, scanner.position) }
        let start = scanner.position
        guard let isEscaped = scanner.skipString() else { return (nil, scanner.position) }
        let end = scanner.position &- 1
        scanner.skipSpace()
        guard scanner.take(UInt8(ascii: ":")) else { return (nil, scanner.position) }
        scanner.skipSpace()
        let text = unsafe UnsafeBufferPointer(start: scanner.base + start, count: end - start)
        let number = unsafe isEscaped ? JSONKeyTable.other : keys.number(learning: text)
        let name = JSONName(start: Int32(start), end: Int32(end), number: number, isEscaped: isEscaped)
        return (name, scanner.position)
    }

    /// Remembers a name of the innermost object, and whether the object has it already.
    @inline(__always)
    private mutating func note(_ name: JSONName) {
        container.previous = name.number
        if name.number < 64 {
            let bit = UInt64(1) &<< UInt64(name.number)
            if container.names.0 & bit != 0 { noteDuplicate(name) }
            container.names.0 |= bit
        } else if name.number < JSONKeyTable.none {
            let bit = UInt64(1) &<< UInt64(name.number & 63)
            if container.names.1 & bit != 0 { noteDuplicate(name) }
            container.names.1 |= bit
        } else {
            container.hasOthers = true
        }
    }

    @inline(__always)
    private mutating func noteDuplicate(_ name: JSONName) {
        if let duplicate, duplicate.start < name.start { return }
        duplicate = name
    }

    /// The first name that stands twice in the innermost object, for those that a number does not tell, however many there
    /// are.
    @inline(never)
    private static func duplicate(in container: OpenContainer, _ tape: JSONTape) -> JSONName? {
        var seen: Set<[UInt8]> = []
        var member = container.node + 1
        while member < tape.nodeCount {
            let node = unsafe tape.nodes[Int(member)]
            if !seen.insert(Array(tape.text(node.name).utf8)).inserted { return node.name }
            member = node.next
        }
        return nil
    }

    // MARK: Values

    @inline(__always)
    private mutating func readValue(_ name: JSONName) -> Bool {
        let start = scanner.position
        guard let first = scanner.peek else { return false }
        switch first {
        case UInt8(ascii: "\""):
            scanner.position &+= 1
            guard let isEscaped = scanner.skipString() else { return false }
            add(name, .string, start &+ 1, scanner.position &- 1, isEscaped: isEscaped)
        case UInt8(ascii: "{"): open(name, .object)
        case UInt8(ascii: "["): open(name, .array)
        case UInt8(ascii: "t"):
            guard scanner.takeLiteral("true") else { return false }
            add(name, .bool, start, scanner.position)
        case UInt8(ascii: "f"):
            guard scanner.takeLiteral("false") else { return false }
            add(name, .bool, start, scanner.position)
        case UInt8(ascii: "n"):
            guard scanner.takeLiteral("null") else { return false }
            add(name, .null, start, scanner.position)
        default:
            guard scanner.skipNumber() else { return false }
            add(name, .number, start, scanner.position)
        }
        return true
    }

    @inline(__always)
    private mutating func add(
        _ name: JSONName, _ kind: JSONView.Kind, _ start: Int, _ end: Int, isEscaped: Bool = false
    ) {
        tape.add(
            JSONNode(
                name: name, kind: kind, isEscaped: isEscaped, start: Int32(truncatingIfNeeded: start),
                end: Int32(truncatingIfNeeded: end), next: Int32(truncatingIfNeeded: tape.nodeCount &+ 1)))
    }

    @inline(__always)
    private mutating func open(_ name: JSONName, _ kind: JSONView.Kind) {
        add(name, kind, scanner.position, 0)
        scanner.position &+= 1
        tape.push(container)
        depth &+= 1
        // An array's elements are guessed from by its own name.
        let known = name.number == JSONKeyTable.none ? container.name : name.number
        container = OpenContainer(
            node: Int32(truncatingIfNeeded: tape.nodeCount &- 1), isObject: kind == .object, name: known)
    }

    @inline(__always)
    private mutating func close() {
        if container.hasOthers, let name = Self.duplicate(in: container, tape) { noteDuplicate(name) }
        unsafe tape.nodes[Int(container.node)].end = Int32(truncatingIfNeeded: scanner.position)
        unsafe tape.nodes[Int(container.node)].next = Int32(truncatingIfNeeded: tape.nodeCount)
        container = tape.pop()
        depth &-= 1
    }
}
