import JSON
import TestSupport
import Testing

/// Valid documents, changed by chance, against a second reader of the grammar that is slow and plain.
@Suite struct FuzzTests {
    private static let documents = [
        #"{"orderNo":"A1","amount":37.320,"list":[1,-0.5e+3,true,false,null,{}],"nested":{"x":"é\u00e9\n","y":[]}}"#,
        #"{"cid":"c","type":"order.refundComplete","data":{"orderNo":"O","refundStatus":2,"currency":"USD","fee":"2.00"}}"#,
        #" [ [ ] , { "a" : "\ud83d\ude00" , "b" : [ 0 , 0.0 , 1E-2 ] } , "\\\"\/" ] "#,
        #"{"a":{"b":{"c":{"d":[[[[0]]]]}}}}"#, "[1,22,333,-4444]", #"{"a":1,"b":{"a":2,"b":3,"r":4},"u":5,"t":6}"#,
    ].map { Array($0.utf8) }
    private static let alphabet = Array("{}[]:,\"\\/.-+eE0123456789 \n\t\r\u{0}\u{1F}abtrufalsn'#é".utf8)

    private static func mutated(_ random: inout Seeded) -> [UInt8] {
        var bytes = random.pick(documents)
        for _ in 0...random.below(3) {
            let place = random.below(max(1, bytes.count))
            switch random.below(6) {
            case 0: bytes = Array(bytes[..<place])
            case 1: if !bytes.isEmpty { bytes.remove(at: place) }
            case 2: bytes.insert(random.pick(alphabet), at: min(place, bytes.count))
            case 3: if !bytes.isEmpty { bytes[place] = random.pick(alphabet) }
            case 4:
                let end = min(bytes.count, place + 1 + random.below(12))
                if place < end { bytes.insert(contentsOf: bytes[place..<end], at: random.below(bytes.count)) }
            default:
                let end = min(bytes.count, place + 1 + random.below(12))
                if place < end { bytes.removeSubrange(place..<end) }
            }
        }
        return bytes
    }

    @Test func theSameTextsAreAcceptedAsByAPlainReader() {
        var random = Seeded()
        var reader = JSONReader()
        var accepted = 0
        var duplicates = 0
        for _ in 0..<100_000 * Seeded.soak {
            let bytes = Self.mutated(&random)
            let fault = reader.fault(in: bytes.span)
            var plain = PlainReader(bytes: bytes)
            let expected = plain.readsWhole ? (plain.hasDuplicate ? "duplicate" : "fine") : "syntax"
            let found =
                switch fault {
                case nil: "fine"
                case .syntax: "syntax"
                case .duplicateKey: "duplicate"
                }
            if found != expected {
                Issue.record(
                    "\(found), not \(expected), seed \(random.seed): \(String(decoding: bytes, as: UTF8.self))")
                return
            }
            accepted += found == "fine" ? 1 : 0
            duplicates += found == "duplicate" ? 1 : 0
        }
        #expect(accepted > 1000, "the mutations reach both sides, seed \(random.seed)")
        #expect(duplicates > 10, "the mutations reach both sides, seed \(random.seed)")
    }
}

/// RFC 8259 by recursive descent; keys are compared as unescaped Unicode scalars.
private struct PlainReader {
    let bytes: [UInt8]
    var place = 0
    var hasDuplicate = false

    init(bytes: [UInt8]) { self.bytes = bytes }

    var readsWhole: Bool {
        mutating get {
            space()
            guard value() else { return false }
            space()
            return place == bytes.count
        }
    }

    private var now: UInt8 { place < bytes.count ? bytes[place] : 0 }

    private mutating func take(_ text: StaticString) -> Bool {
        let wanted = text.withUTF8Buffer { Array($0) }
        guard bytes[min(place, bytes.count)...].starts(with: wanted) else { return false }
        place += wanted.count
        return true
    }

    private mutating func space() { while [0x20, 0x09, 0x0A, 0x0D].contains(now), place < bytes.count { place += 1 } }

    private mutating func value() -> Bool {
        if take("{") { return object() }
        if take("[") { return array() }
        if now == UInt8(ascii: "\"") { return string() != nil }
        return take("true") || take("false") || take("null") || number()
    }

    private mutating func array() -> Bool {
        space()
        if take("]") { return true }
        repeat {
            space()
            guard value() else { return false }
            space()
        } while take(",")
        return take("]")
    }

    private mutating func object() -> Bool {
        space()
        if take("}") { return true }
        var keys: Set<[UInt32]> = []
        repeat {
            space()
            guard let key = string() else { return false }
            if !keys.insert(key).inserted { hasDuplicate = true }
            space()
            guard take(":") else { return false }
            space()
            guard value() else { return false }
            space()
        } while take(",")
        return take("}")
    }

    private mutating func digits() -> Bool {
        let start = place
        while now >= 0x30, now <= 0x39 { place += 1 }
        return place > start
    }

    private mutating func number() -> Bool {
        _ = take("-")
        if !take("0"), !digits() { return false }
        if take("."), !digits() { return false }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            return digits()
        }
        return true
    }

    /// The units of a string: bytes, and escapes as what they stand for in UTF-8.
    private mutating func string() -> [UInt32]? {
        guard take("\"") else { return nil }
        var units: [UInt32] = []
        while place < bytes.count {
            if take("\"") { return units }
            if now < 0x20 { return nil }
            if take("\\") {
                guard let unit = escape() else { return nil }
                if unit >= 0xDC00, unit < 0xE000, let high = units.last, high >= 0xD800, high < 0xDC00 {
                    units.removeLast()
                    append(0x10000 + (high - 0xD800) << 10 + unit - 0xDC00, to: &units)
                } else {
                    append(unit, to: &units)
                }
            } else {
                units.append(UInt32(now))
                place += 1
            }
        }
        return nil
    }

    private func append(_ unit: UInt32, to units: inout [UInt32]) {
        guard let scalar = Unicode.Scalar(unit) else { return units.append(unit) }
        units += String(scalar).utf8.map { UInt32($0) }
    }

    private mutating func escape() -> UInt32? {
        let simple: [UInt8: UInt32] = [
            0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9,
        ]
        if let unit = simple[now], place < bytes.count {
            place += 1
            return unit
        }
        guard take("u"), place + 4 <= bytes.count else { return nil }
        let digits = bytes[place..<place + 4]
        guard digits.allSatisfy({ Character(.init($0)).isHexDigit }) else { return nil }
        place += 4
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
