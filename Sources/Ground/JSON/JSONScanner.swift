/// Walks over the bytes of one JSON text; the grammar of RFC 8259 for strings, numbers and literals.
@safe struct JSONScanner {
    let base: UnsafePointer<UInt8>
    let count: Int
    var position = 0

    init(base: UnsafePointer<UInt8>, count: Int) {
        unsafe self.base = base
        self.count = count
    }

    @inline(__always)
    var peek: UInt8? { unsafe position < count ? base[position] : nil }

    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        guard position < count, unsafe base[position] == byte else { return false }
        position &+= 1
        return true
    }

    @inline(__always)
    mutating func skipSpace() {
        while position < count, case let byte = unsafe base[position], byte <= 0x20 {
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position &+= 1
        }
    }

    @inline(__always)
    mutating func takeLiteral(_ literal: StaticString) -> Bool {
        guard position + literal.utf8CodeUnitCount <= count else { return false }
        for index in 0..<literal.utf8CodeUnitCount where unsafe base[position + index] != literal.utf8Start[index] {
            return false
        }
        position += literal.utf8CodeUnitCount
        return true
    }

    @inline(__always)
    mutating func skipNumber() -> Bool {
        _ = take(UInt8(ascii: "-"))
        guard let first = peek else { return false }
        if first == UInt8(ascii: "0") {
            position &+= 1
        } else if !skipDigits() {
            return false
        }
        if take(UInt8(ascii: ".")), !skipDigits() { return false }
        if let mark = peek, mark | 0x20 == UInt8(ascii: "e") {
            position &+= 1
            if let sign = peek, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            return skipDigits()
        }
        return true
    }

    @inline(__always)
    private mutating func skipDigits() -> Bool {
        let start = position
        while position < count, unsafe base[position] &- UInt8(ascii: "0") <= 9 { position += 1 }
        return position > start
    }

    /// Goes on behind the closing quote of a string whose opening quote has been taken; gives whether it holds an escape,
    /// nil if it is malformed.
    @inline(__always)
    mutating func skipString() -> Bool? {
        position = firstSpecial(from: position)
        guard position < count else { return nil }
        if unsafe base[position] == UInt8(ascii: "\"") {
            position &+= 1
            return false
        }
        let (isWhole, end) = Self.skipEscapes(self)
        position = end
        return isWhole ? true : nil
    }

    /// Goes on from the first escape of a string: whether the string is well formed, and where it ends or is not.
    @inline(never)
    private static func skipEscapes(_ scanner: JSONScanner) -> (isWhole: Bool, position: Int) {
        var scanner = scanner
        while true {
            switch scanner.peek {
            case UInt8(ascii: "\""): return (true, scanner.position + 1)
            case UInt8(ascii: "\\"):
                guard scanner.skipEscape() else { return (false, scanner.position) }
                scanner.position = scanner.firstSpecial(from: scanner.position)
            default: return (false, scanner.position)
            }
        }
    }

    /// The first quote, backslash or control character at or after a position; eight bytes at a time.
    @inline(__always)
    private func firstSpecial(from start: Int) -> Int {
        var index = start
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        while index &+ 8 <= count {
            let word = unsafe UInt64(littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
            let quotes = word ^ (ones &* 0x22)
            let slashes = word ^ (ones &* 0x5C)
            let found =
                ((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes) | ((word &- (ones &* 0x20)) & ~word)
            let hits = found & highs
            // The lowest hit is exact; borrows can only make higher ones false.
            if hits != 0 { return index &+ hits.trailingZeroBitCount &>> 3 }
            index &+= 8
        }
        while index < count, case let byte = unsafe base[index], byte >= 0x20, byte != 0x22, byte != 0x5C { index += 1 }
        return index
    }

    private mutating func skipEscape() -> Bool {
        guard position + 1 < count else { return false }
        switch unsafe base[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position &+= 2
            return true
        case UInt8(ascii: "u"):
            guard position + 5 < count, (2...5).allSatisfy({ unsafe hexDigit(base[position + $0]) != nil }) else {
                return false
            }
            position += 6
            return true
        default:
            return false
        }
    }

    /// The characters of a string with escapes, already known to be well formed; a surrogate without its other half, which
    /// no Unicode text can hold, becomes U+FFFD.
    static func unescape(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes.count) { text in
            let (count, _) = unsafe unescape(bytes, into: text)
            return unsafe String(decoding: text[..<count], as: UTF8.self)
        }
    }

    /// Writes the characters' UTF-8, which is never longer than what they are escaped as; gives how many bytes they are, and
    /// whether no surrogate lacks its other half.
    static func unescape(
        _ bytes: UnsafeBufferPointer<UInt8>, into text: UnsafeMutableBufferPointer<UInt8>
    ) -> (count: Int, isWhole: Bool) {
        var count = 0
        var isWhole = true
        var index = 0
        func write(_ byte: UInt8) {
            unsafe text.initializeElement(at: count, to: byte)
            count += 1
        }
        while index < bytes.count {
            guard unsafe bytes[index] == UInt8(ascii: "\\") else {
                unsafe write(bytes[index])
                index += 1
                continue
            }
            if unsafe bytes[index + 1] != UInt8(ascii: "u") {
                unsafe write(simpleEscape(bytes[index + 1]))
                index += 2
                continue
            }
            let unit = unsafe hexUnit(bytes, index + 2)
            index += 6
            var scalar = Unicode.Scalar(UInt32(unit))
            if (0xD800..<0xDC00).contains(unit), index + 5 < bytes.count, unsafe bytes[index] == UInt8(ascii: "\\"),
                unsafe bytes[index + 1] == UInt8(ascii: "u"), case let low = unsafe hexUnit(bytes, index + 2),
                (0xDC00..<0xE000).contains(low)
            {
                scalar = Unicode.Scalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + UInt32(low) - 0xDC00)
                index += 6
            }
            if scalar == nil { isWhole = false }
            for byte in String(scalar ?? "\u{FFFD}").utf8 { write(byte) }
        }
        return (count, isWhole)
    }

    private static func hexUnit(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> UInt16 {
        (start..<start + 4).reduce(0) { unit, index in unsafe unit << 4 | UInt16(hexDigit(bytes[index]) ?? 0) }
    }

    private static func simpleEscape(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: byte
        }
    }
}

private func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
