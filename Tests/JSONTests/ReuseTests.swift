import JSON
import Memory
import Refunds
import TestSupport
import Testing

/// A document that has read other lines before, and has learned their names, reads the next one as a new document does.
@Suite struct ReuseTests {
    /// Whether a reader that has read others reads a text as a new one does.
    private static func isSame(_ text: String, _ used: inout JSONReader) -> Bool {
        var new = JSONReader()
        let bytes = Array(text.utf8)
        return tree(bytes, &used) == tree(bytes, &new) && used.fault(in: bytes.span) == new.fault(in: bytes.span)
    }

    private static func tree(_ bytes: [UInt8], _ reader: inout JSONReader) -> JSONTree? {
        guard let root = reader.read(bytes.span).acceptable else { return nil }
        return JSONTree(root)
    }

    /// Names that are alike, long, escaped, no ASCII, and more than a document gives numbers to.
    private static let names =
        ["a", "b", "ab", "orderNo", "orderNo2", "", " ", "é", "\\u0061", "a\\/b", "a/b", "\\ud83d\\ude00", "😀"]
        + [60, 61, 62, 63, 64, 65, 200].map { String(repeating: "x", count: $0) }
        + (0..<160).map { "name\($0)" }

    private static func object(_ random: inout Seeded, depth: Int) -> String {
        let space = random.once(in: 8) ? " " : ""
        let members = (0..<random.below(6)).map { _ in
            let name = random.once(in: 4) ? random.pick(names) : random.pick(Array(names.prefix(6)))
            return "\(space)\"\(name)\"\(space):\(space)\(value(&random, depth: depth))"
        }
        return "{\(members.joined(separator: ","))\(space)}"
    }

    private static func value(_ random: inout Seeded, depth: Int) -> String {
        switch random.below(depth > 3 ? 4 : 6) {
        case 0: "null"
        case 1: "-1.5e3"
        case 2: "\"text \\n\""
        case 3: "true"
        case 4: "[\((0..<random.below(3)).map { _ in value(&random, depth: depth + 1) }.joined(separator: ","))]"
        default: object(&random, depth: depth + 1)
        }
    }

    @Test func anyLineAfterAnyOther() {
        var random = Seeded()
        var used = JSONReader()
        for _ in 0..<3000 * Seeded.soak {
            var line = Self.object(&random, depth: 0)
            if random.once(in: 20) { line.removeLast() }
            let isSame = Self.isSame(line, &used)
            #expect(isSame, "seed \(random.seed): \(line)")
        }
    }

    @Test(
        "a name that is guessed must stand there whole",
        arguments: [#"{"orderN":1}"#, #"{"orderNo2":1}"#, #"{"orderNo" :1}"#, #"{"orderNo"}"#, #"{"orderNo""#])
    func guesses(_ text: String) {
        var used = JSONReader()
        let fault = used.fault(in: Array(#"{"orderNo":1,"carrier":2}"#.utf8).span)
        #expect(fault == nil)
        let isSame = Self.isSame(text, &used)
        #expect(isSame)
    }

    // MARK: Fields by number

    @Test func fieldsByNumber() {
        var reader = JSONReader(names: ["a", "b", "c"])
        for (text, expected) in [
            (#"{"b":1,"a":2}"#, ["2", "1", nil]), (#"{"c":"x","z":{"a":1}}"#, [nil, nil, "x"]),
            (#"{"\u0061":3,"b":null,"c":" "}"#, ["3", nil, nil]), ("{}", [nil, nil, nil]), ("[1,2]", [nil, nil, nil]),
        ] as [(String, [String?])] {
            let bytes = Array(text.utf8)
            guard let root = reader.read(bytes.span).root else {
                Issue.record("no JSON: \(text)")
                continue
            }
            let members = root.members
            let found = [Self.text(members[0]), Self.text(members[1]), Self.text(members[2])]
            #expect(found == expected, "\(text)")
        }
    }

    private static func text(_ field: Field) -> String? {
        switch field {
        case .text(let text): text.string
        case .number(let digits): digits.string
        case .none, .bool, .other: nil
        }
    }

    /// The next member that is asked for stands anywhere, not only after the one before.
    @Test func membersInAnyOrder() throws {
        var reader = JSONReader()
        let bytes = Array(#"{"a":1,"b":{"a":4},"c":3}"#.utf8)
        guard let root = reader.read(bytes.span).root else { throw MalformedBytes() }
        let found = [
            root["c"]?.int, root["a"]?.int, root["b"]?["a"]?.int, root["a"]?.int, root["d"]?.int, root["c"]?.int,
        ]
        #expect(found == [3, 1, 4, 1, nil, 3])
        let kind = root["b"]?.kind
        #expect(kind == .object)
    }

    /// Of more objects than the reader remembers places for, asked in turn.
    @Test func membersOfManyObjects() throws {
        var reader = JSONReader()
        let objects = (0..<40).map { #"{"a":\#($0),"n":{"b":-\#($0)},"c":"\#($0)"}"# }
        let bytes = Array("[\(objects.joined(separator: ","))]".utf8)
        guard let root = reader.read(bytes.span).root else { throw MalformedBytes() }
        for key in ["a", "c", "n"] as [JSONKey] {
            var elements = root.children
            while let object = elements.next() {
                let number = elements.count - 1
                let value = object[key]
                let found = value?.int ?? value?["b"]?.int ?? (value?.string).flatMap { Int($0) }
                #expect(found == (key.name.description == "n" ? -number : number), "\(key.name) in object \(number)")
            }
            #expect(elements.count == 40)
        }
    }
}
