import JSON
import Memory
import Refunds
import TestSupport
import Testing

/// A document that has read other lines before, and has learned their names, reads the next one as a new document does.
@Suite struct ReuseTests {
    private static func tree(_ text: String, _ document: JSONDocument) -> JSONTree? {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            document.parse(bytes) == nil ? JSONTree(document.root) : nil
        }
    }

    private static func fault(_ text: String, _ document: JSONDocument) -> JSONDocument.Fault? {
        Array(text.utf8).withUnsafeBufferPointer { document.parse($0) }
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
        let used = JSONDocument()
        for _ in 0..<3000 * Seeded.soak {
            var line = Self.object(&random, depth: 0)
            if random.once(in: 20) { line.removeLast() }
            #expect(Self.fault(line, used) == Self.fault(line, JSONDocument()), "seed \(random.seed): \(line)")
            #expect(Self.tree(line, used) == Self.tree(line, JSONDocument()), "seed \(random.seed): \(line)")
        }
    }

    @Test(
        "a name that is guessed must stand there whole",
        arguments: [#"{"orderN":1}"#, #"{"orderNo2":1}"#, #"{"orderNo" :1}"#, #"{"orderNo"}"#, #"{"orderNo""#])
    func guesses(_ text: String) {
        let used = JSONDocument()
        #expect(Self.fault(#"{"orderNo":1,"carrier":2}"#, used) == nil)
        #expect(Self.fault(text, used) == Self.fault(text, JSONDocument()))
        #expect(Self.tree(text, used) == Self.tree(text, JSONDocument()))
    }

    // MARK: Fields by number

    @Test func fieldsByNumber() {
        let document = JSONDocument(names: ["a", "b", "c"])
        for (text, expected) in [
            (#"{"b":1,"a":2}"#, ["2", "1", nil]), (#"{"c":"x","z":{"a":1}}"#, [nil, nil, "x"]),
            (#"{"\u0061":3,"b":null,"c":" "}"#, ["3", nil, nil]), ("{}", [nil, nil, nil]), ("[1,2]", [nil, nil, nil]),
        ] as [(String, [String?])] {
            Array(text.utf8).withUnsafeBufferPointer { bytes in
                #expect(document.parse(bytes) == nil)
                let fields = document.root.fields
                #expect((0..<3).map { Self.text(fields[$0]) } == expected, "\(text)")
            }
        }
    }

    private static func text(_ field: RawField) -> String? {
        switch field {
        case .text(let text): text.string
        case .number(let digits): String(decoding: digits, as: UTF8.self)
        case .none, .bool, .other: nil
        }
    }

    /// The next member that is asked for stands anywhere, not only behind the one before.
    @Test func membersInAnyOrder() {
        let document = JSONDocument()
        Array(#"{"a":1,"b":{"a":4},"c":3}"#.utf8).withUnsafeBufferPointer { bytes in
            #expect(document.parse(bytes) == nil)
            let root = document.root
            #expect(root["c"]?.int == 3)
            #expect(root["a"]?.int == 1)
            #expect(root["b"]?["a"]?.int == 4)
            #expect(root["a"]?.int == 1)
            #expect(root["d"] == nil)
            #expect(root["b"]?.kind == .object)
            #expect(root["c"]?.int == 3)
        }
    }

    /// Of more objects than the document remembers places for, asked in turn.
    @Test func membersOfManyObjects() {
        let document = JSONDocument()
        let objects = (0..<40).map { #"{"a":\#($0),"n":{"b":-\#($0)},"c":"\#($0)"}"# }
        Array("[\(objects.joined(separator: ","))]".utf8).withUnsafeBufferPointer { bytes in
            #expect(document.parse(bytes) == nil)
            let elements = document.root.elements
            for key in ["a", "c", "n"] as [JSONKey] {
                for (number, object) in elements.enumerated() {
                    switch object[key] {
                    case let value? where value.kind == .number: #expect(value.int == number)
                    case let value? where value.kind == .string: #expect(value.string == "\(number)")
                    case let value?: #expect(value["b"]?.int == -number)
                    case nil: Issue.record("no \(key.name) in object \(number)")
                    }
                }
            }
        }
    }
}
