import Memory
import Refunds

/// Passes over most keys that are not in a set, without computing their ids.
struct KeyFilter: Sendable {
    private var bits: [UInt64]

    init(_ keys: some Collection<RowKey>) {
        if keys.isEmpty {
            bits = []
            return
        }
        var words = 1
        while words * 64 < keys.count * 16 { words *= 2 }
        bits = Array(repeating: 0, count: words)
        for key in keys { bits[Self.word(key) & (words - 1)] |= Self.bit(key) }
    }

    func mayHave(_ key: RowKey) -> Bool {
        !bits.isEmpty && bits[Self.word(key) & (bits.count - 1)] & Self.bit(key) != 0
    }

    private static func hash(_ key: RowKey) -> Int { (key.orderNo ?? key.airlinePNR ?? key.refundCode)?.keyHash ?? 0 }
    private static func word(_ key: RowKey) -> Int { hash(key) >> 6 }
    private static func bit(_ key: RowKey) -> UInt64 { 1 << UInt64(hash(key) & 63) }
}
