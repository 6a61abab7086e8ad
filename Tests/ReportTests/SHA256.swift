/// SHA-256 as FIPS 180-4 has it, for tests only: what a browser computes over the style sheet, by other means than ours.
enum SHA256 {
    /// The digest in Base64, as a Content-Security-Policy writes it.
    static func base64(_ message: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let digest = digest(message)
        var text: [UInt8] = []
        for start in stride(from: 0, to: digest.count, by: 3) {
            let group = (0..<3).map { start + $0 < digest.count ? UInt32(digest[start + $0]) : 0 }
            let bits = group[0] << 16 | group[1] << 8 | group[2]
            for place in 0..<4 {
                let isPadding = start + place > digest.count
                text.append(isPadding ? UInt8(ascii: "=") : letters[Int(bits >> UInt32(18 - 6 * place)) & 63])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func digest(_ message: [UInt8]) -> [UInt8] {
        var state = roots(of: 8, degree: 2)
        let constants = roots(of: 64, degree: 3)
        var padded = message + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            padded.append(UInt8(truncatingIfNeeded: UInt64(message.count * 8) >> UInt64(shift)))
        }
        for start in stride(from: 0, to: padded.count, by: 64) {
            compress(&state, schedule(padded[start..<start + 64]), constants)
        }
        return state.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) } }
    }

    private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

    private static func schedule(_ block: ArraySlice<UInt8>) -> [UInt32] {
        var words: [UInt32] = stride(from: block.startIndex, to: block.endIndex, by: 4).map { place in
            block[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        for index in 16..<64 {
            let (early, late) = (words[index - 15], words[index - 2])
            let first = rotated(early, 7) ^ rotated(early, 18) ^ early >> 3
            let second = rotated(late, 17) ^ rotated(late, 19) ^ late >> 10
            words.append(words[index - 16] &+ first &+ words[index - 7] &+ second)
        }
        return words
    }

    private static func compress(_ state: inout [UInt32], _ words: [UInt32], _ constants: [UInt32]) {
        var now = state
        for index in 0..<64 {
            let high = rotated(now[4], 6) ^ rotated(now[4], 11) ^ rotated(now[4], 25)
            let choice = now[4] & now[5] ^ ~now[4] & now[6]
            let first = now[7] &+ high &+ choice &+ constants[index] &+ words[index]
            let low = rotated(now[0], 2) ^ rotated(now[0], 13) ^ rotated(now[0], 22)
            let majority = now[0] & now[1] ^ now[0] & now[2] ^ now[1] & now[2]
            now = [first &+ low &+ majority, now[0], now[1], now[2], now[3] &+ first, now[4], now[5], now[6]]
        }
        for index in state.indices { state[index] &+= now[index] }
    }

    /// The first 32 bits of the fractions of the roots of the first primes.
    private static func roots(of count: Int, degree: Int) -> [UInt32] {
        let primes = (2...311).filter { number in !(2..<number).contains { number % $0 == 0 } }
        return primes.prefix(count).map { prime in
            let target = UInt128(prime) << UInt128(32 * degree)
            var (low, high) = (UInt128(0), UInt128(1) << 40)
            while high - low > 1 {
                let middle = (low + high) / 2
                if (0..<degree).reduce(UInt128(1), { power, _ in power * middle }) <= target {
                    low = middle
                } else {
                    high = middle
                }
            }
            return UInt32(truncatingIfNeeded: low)
        }
    }
}
