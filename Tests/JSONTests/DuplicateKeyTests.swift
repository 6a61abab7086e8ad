import JSON
import Testing

/// FORMATS.md, "Fields": a key given twice in one object refuses the record.
@Suite struct DuplicateKeyTests {
    @Test(
        "found wherever the object stands, however the key is spelled",
        arguments: [
            (#"{"a":1,"a":1}"#, "a"), (#"{"a":1,"b":2,"a":3}"#, "a"), (#"{"":1,"":2}"#, ""),
            (#"{"x":{"a":1,"a":2}}"#, "a"),
            (#"[{"b":[{"a":1,"a":2}]}]"#, "a"), (#"{"a":{"a":1},"a":2}"#, "a"),
            (#"{"a":{"b":1},"c":{"b":1,"b":2}}"#, "b"),
            (#"{"a":1,"\u0061":2}"#, "a"), (#"{"\u0061":1,"a":2}"#, "a"), (#"{"\u0061":1,"\u0061":2}"#, "a"),
            (#"{"a/b":1,"a\/b":2}"#, "a/b"), (#"{"\n":1,"\u000a":2}"#, "\n"), (#"{"\u000A":1,"\u000a":2}"#, "\n"),
            (#"{"é":1,"\u00e9":2}"#, "é"), (#"{"😀":1,"\ud83d\ude00":2}"#, "😀"), (#"{"\\":1,"\u005c":2}"#, "\\"),
            (#"{"\"":1,"\u0022":2}"#, "\""),
            (#"{"a": 1 , "a" : 1 }"#, "a"), (#"{"a":null,"a":null}"#, "a"),
            (#"{"originalTotalFareAmount":1,"originalTotalFareAmount":2}"#, "originalTotalFareAmount"),
            (#"{"a":{"b":{"c":1}},"d":1,"a":0}"#, "a"),
        ])
    func found(_ text: String, _ key: String) { #expect(StrictnessTests.fault(text) == .duplicateKey(key)) }

    @Test(
        "different keys, and the same key of different objects",
        arguments: [
            #"{"a":1,"A":2}"#, #"{"a":1,"a ":2}"#, #"{"a":{"a":{"a":1}}}"#, #"[{"a":1},{"a":2}]"#,
            #"{"a":[{"a":1},{"a":2}]}"#,
            #"{"x":{"a":1},"y":{"a":1},"a":1}"#, "{\"caf\u{E9}\":1,\"cafe\u{301}\":2}", #"{"a":1,"\\u0061":2}"#,
            #"{"a":"a","b":"a"}"#,
            #"{"":1," ":2}"#,
            // The same last twelve characters and length.
            #"{"xOriginalAmount":1,"yOriginalAmount":2,"zOriginalAmount":3}"#,
        ])
    func none(_ text: String) { #expect(StrictnessTests.fault(text) == nil) }

    /// Objects on both sides of the number of keys from which they are sorted instead of compared one by one.
    @Test("objects of many keys", arguments: [2, 47, 48, 49, 50, 51, 97, 1000])
    func manyKeys(_ count: Int) {
        let members = (0..<count).map { "\"key number \($0)\":{\"a\":\($0)}" }
        #expect(StrictnessTests.fault("{\(members.joined(separator: ","))}") == nil)
        for (first, second) in [(0, count - 1), (count - 2, count - 1), (0, 1), (count / 2, count - 1)]
        where first < second {
            for spelling in ["key number \(first)", "\\u006bey number \(first)"] {
                var changed = members
                changed[second] = "\"\(spelling)\":0"
                let object = "{\(changed.joined(separator: ","))}"
                #expect(StrictnessTests.fault(object) == .duplicateKey("key number \(first)"))
                #expect(StrictnessTests.fault("{\"o\":[\(object)]}") == .duplicateKey("key number \(first)"))
            }
        }
    }

    @Test("many keys of one hash") func sameHash() {
        let members = (0..<200).map { "\"\(1000 + $0)..............\":1" }
        #expect(StrictnessTests.fault("{\(members.joined(separator: ","))}") == nil)
        #expect(
            StrictnessTests.fault("{\(members.joined(separator: ",")),\"1077..............\":2}")
                == .duplicateKey("1077.............."))
    }

    @Test(
        "no JSON wins over a key that stands twice",
        arguments: [
            #"{"a":1,"a":2"#, #"{"a":1,"a":2,}"#, #"{"a":1,"a":2}x"#, #"[{"a":1,"a":2},01]"#,
            #"{"x":{"a":1,"a":2},"b"}"#, #"{"a":1,"a":}"#,
        ])
    func syntaxWins(_ text: String) { #expect(StrictnessTests.isSyntaxFault(StrictnessTests.fault(text))) }

    @Test("a fault is forgotten by the next text") func reuse() {
        var reader = JSONReader()
        for (text, isFault) in [
            (#"{"a":1,"a":2}"#, true), (#"{"a":1}"#, false), (#"{"a":{"b":"#, true), (#"{"b":1}"#, false),
        ] {
            let fault = reader.fault(in: Array(text.utf8).span)
            #expect((fault != nil) == isFault)
        }
    }
}
