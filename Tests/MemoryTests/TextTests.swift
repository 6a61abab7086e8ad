import Memory
import Refunds
import Testing

@Suite struct TextTests {
    @Test func canonicallyEquivalentTextsDiffer() {
        let composed = Text("caf\u{E9}")
        let decomposed = Text("cafe\u{301}")
        #expect(composed.string == decomposed.string, "Swift calls them equal")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(decomposed < composed)
        #expect(!(composed < decomposed))
    }

    @Test func theOrderIsThatOfTheBytes() {
        let texts: [Text] = ["", "A", "AB", "B", "a", "a\u{0}", "aa", "z", "\u{7F}", "é", "\u{FFFD}", "😀"]
        #expect(Array(texts.reversed()).sorted() == texts)
        for (index, text) in texts.enumerated() {
            for (other, second) in texts.enumerated() {
                #expect((text < second) == (index < other))
                #expect((text == second) == (index == other))
            }
        }
    }

    @Test func equalTextsHashAlike() {
        let built = Text("R" + String(repeating: "é", count: 20))
        let literal: Text = "Réééééééééééééééééééé"
        #expect(built == literal)
        #expect(built.hashValue == literal.hashValue)
    }

    /// Hashes that another implementation calculated from the bytes and the declared seed: no address is part of them.
    @Test(
        "a hash is of the bytes alone",
        arguments: [
            ("", 0x4ba0_3644), ("A", 0xf7ef_46d5), ("ABC123", 0xeaa4_6977), ("é", 0xb4d1_c5ec),
            ("12345678", 0xc0fa_d7a8), ("202505-0012", 0x27b4_a8b8), ("TDNHQ20250510000000000", 0x470a_c17c),
        ])
    func hashes(_ string: String, _ hash: Int) {
        #expect(Text(string).keyHash == hash)
        // Inlined here, and over a copy of the bytes at another address.
        let copy = TextKey(Array(string.utf8).span).keyHash
        #expect(copy == hash)
    }

    @Test(
        "decimal digits",
        arguments: [
            (0, "0"), (7, "7"), (-7, "-7"), (Int.max, "9223372036854775807"), (Int.min, "-9223372036854775808"),
        ])
    func decimals(_ value: Int, _ text: String) {
        var bytes: [UInt8] = []
        bytes.append(decimal: value)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test(
        "ASCII white space goes from both ends, nothing else",
        arguments: [
            ("", ""), (" ", ""), (" \t\n\u{B}\u{C}\r", ""), ("a", "a"), (" a b ", "a b"), ("\r\na\r\n", "a"),
            ("\u{A0}a", "\u{A0}a"), ("\u{2003}a\u{2003}", "\u{2003}a\u{2003}"), ("\u{0}a\u{0}", "\u{0}a\u{0}"),
            ("\u{8}a\u{E}", "\u{8}a\u{E}"),
            ("\u{85}", "\u{85}"), ("\u{FEFF}", "\u{FEFF}"), ("\u{1F} ", "\u{1F}"),
        ])
    func trimming(_ text: String, _ expected: String) {
        let bytes = Array(text.utf8)
        let trimmed = [UInt8](bytes.span.trimmed)
        #expect(trimmed == Array(expected.utf8))
    }
}

@Suite struct HashIndexTests {
    /// Growth, with few hashes for many elements, so that every probe meets strangers.
    @Test("finds what was added, whatever the hashes", arguments: [1, 7, 64, 1_000_003])
    func growth(_ hashes: Int) {
        let keys = (0..<2000).map { $0 * 31 }
        func hash(_ place: Int) -> Int { (keys[place] &* 2_654_435_761) % hashes }
        var index = HashIndex(capacity: 0)
        for place in keys.indices {
            #expect(index.find(hash(place), { keys[$0] == keys[place] }) == nil)
            index.insert(place, hash(place))
            #expect(index.find(hash(place), { keys[$0] == keys[place] }) == place)
            if hashes > 1 || place > 1990 {
                #expect(index.find(hash(place / 2), { keys[$0] == keys[place / 2] }) == place / 2)
            }
        }
        #expect(index.find(0, { _ in false }) == nil)
    }

    @Test func negativeHashes() {
        var index = HashIndex()
        for place in 0..<100 { index.insert(place, -place * 1000) }
        for place in 0..<100 { #expect(index.find(-place * 1000, { $0 == place }) == place) }
    }

    @Test("any capacity", arguments: [0, 1, 15, 16, 17, 1000]) func capacity(_ capacity: Int) {
        var index = HashIndex(capacity: capacity)
        for place in 0...capacity { index.insert(place, place) }
        for place in 0...capacity { #expect(index.find(place, { $0 == place }) == place) }
    }
}

@Suite struct FewTests {
    @Test(arguments: [[], [1], [1, 2], [3, 2, 1], Array(0..<100)])
    func isTheListThatItWasMadeOf(_ elements: [Int]) {
        let made = Few(elements)
        #expect(Array(made) == elements)
        #expect(made.count == elements.count)
        #expect(made.first == elements.first)
        var grown = Few<Int>()
        for element in elements { grown.append(element) }
        #expect(grown == made)
        #expect(made.indices.map { made[$0] } == elements)
        #expect(made != Few(elements + [7]))
    }
}

@Suite struct TextArenaTests {
    /// More bytes than a slab has, and texts that are longer than one.
    @Test func keptTextsStayWhatTheyWere() {
        let arena = TextArena()
        let strings =
            (0..<3000).map { "text \($0) " + String(repeating: "é", count: $0 % 50) }
            + [String(repeating: "long", count: 20_000), ""]
        let texts = strings.map { string in
            Text(Array(string.utf8).span, keptIn: arena)
        }
        #expect(texts.map(\.string) == strings)
        #expect(texts == strings.map { Text($0) })
        #expect(texts.map(\.keyHash) == strings.map { Text($0).keyHash })
    }
}
