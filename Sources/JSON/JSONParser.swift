import Core

/// Reads one JSON text into a tape.
struct JSONParser {
    private(set) var tape: JSONTape
    private(set) var scanner: JSONScanner
    /// The earliest member whose name its object has already.
    private(set) var duplicate: JSONName?
    /// The innermost open container; `depth` is zero where it stands for the whole text.
    private var container = OpenContainer(node: -1, isObject: false)
    private var depth = 0

    init(_ tape: JSONTape, count: Int) {
        self.tape = tape
        scanner = JSONScanner(base: tape.base, count: count)
    }

    /// Whether the bytes are JSON.
    mutating func parse() -> Bool {
        scanner.skipSpace()
        guard readValue(JSONName()) else { return false }
        while depth > 0 {
            scanner.skipSpace()
            if scanner.take(container.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                close()
                continue
            }
            if tape.nodeCount > Int(container.node) + 1 {
                guard scanner.take(UInt8(ascii: ",")) else { return false }
                scanner.skipSpace()
            }
            guard container.isObject ? readMember() : readValue(JSONName()) else { return false }
        }
        scanner.skipSpace()
        return scanner.position == scanner.count
    }

    // MARK: Members

    /// Reads a name and its value. The name is first compared with the one that stood here in the lines before.
    @inline(__always)
    private mutating func readMember() -> Bool {
        let start = scanner.position + 1
        let guess = tape.keys.guess(after: container.previous, in: container.name)
        if let end = tape.keys.end(of: guess, at: scanner) {
            scanner.position = end
            scanner.skipSpace()
            let name = JSONName(start: Int32(start), end: Int32(end - 2), number: guess)
            note(name)
            return readValue(name)
        }
        guard let name = readName() else { return false }
        tape.keys.learn(name.number, after: container.previous, in: container.name)
        note(name)
        return readValue(name)
    }

    /// Reads a name and the colon behind it; nil where there is none.
    private mutating func readName() -> JSONName? {
        guard scanner.take(UInt8(ascii: "\"")) else { return nil }
        let start = Int32(scanner.position)
        guard let isEscaped = scanner.skipString() else { return nil }
        let end = Int32(scanner.position - 1)
        scanner.skipSpace()
        guard scanner.take(UInt8(ascii: ":")) else { return nil }
        scanner.skipSpace()
        let number = isEscaped ? JSONKeyTable.other : tape.keys.number(learning: tape.bytes(start, end))
        return JSONName(start: start, end: end, number: number, isEscaped: isEscaped)
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

    private mutating func noteDuplicate(_ name: JSONName) {
        if let duplicate, duplicate.start < name.start { return }
        duplicate = name
    }

    /// Finds a name that stands twice in the innermost object where a number does not tell, however many there are.
    private mutating func findDuplicate() {
        var seen: Set<[UInt8]> = []
        var member = container.node + 1
        while member < tape.nodeCount {
            let node = tape.nodes[Int(member)]
            if !seen.insert(Array(tape.text(node.name).utf8)).inserted { return noteDuplicate(node.name) }
            member = node.next
        }
    }

    // MARK: Values

    @inline(__always)
    private mutating func readValue(_ name: JSONName) -> Bool {
        let start = scanner.position
        guard let first = scanner.peek else { return false }
        switch first {
        case UInt8(ascii: "\""):
            scanner.position += 1
            guard let isEscaped = scanner.skipString() else { return false }
            add(name, .string, start + 1, scanner.position - 1, isEscaped: isEscaped)
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
        _ name: JSONName, _ kind: JSONDocument.Kind, _ start: Int, _ end: Int, isEscaped: Bool = false
    ) {
        tape.add(
            JSONNode(
                name: name, kind: kind, isEscaped: isEscaped, start: Int32(truncatingIfNeeded: start),
                end: Int32(truncatingIfNeeded: end), next: Int32(truncatingIfNeeded: tape.nodeCount + 1)))
    }

    private mutating func open(_ name: JSONName, _ kind: JSONDocument.Kind) {
        add(name, kind, scanner.position, 0)
        scanner.position += 1
        tape.push(container)
        depth += 1
        // An array's elements are guessed from by its own name.
        let known = name.number == JSONKeyTable.none ? container.name : name.number
        container = OpenContainer(node: Int32(tape.nodeCount - 1), isObject: kind == .object, name: known)
    }

    private mutating func close() {
        if container.hasOthers { findDuplicate() }
        tape.nodes[Int(container.node)].end = Int32(scanner.position)
        tape.nodes[Int(container.node)].next = Int32(tape.nodeCount)
        container = tape.pop()
        depth -= 1
    }
}
