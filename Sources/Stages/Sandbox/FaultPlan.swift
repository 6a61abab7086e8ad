import Memory
import Refunds

/// Which answers go wrong, and how.
///
/// Which fault an answer suffers is a pure function of the seed, the refund that is asked about and the number of the
/// attempt, so that a run can be repeated, in whatever order the requests arrive.
package struct FaultPlan: Sendable {
    /// Faults that are written down order by order; they go before chance.
    package var scripts = FaultScripts()
    /// Time between two bytes of slow header fields.
    package var dripMilliseconds = 100
    /// The time that a valid Retry-After names.
    package var retryAfterSeconds = 1

    /// The kinds by chance, each with its share in billionths.
    private var shares: [(kind: FaultKind, billionths: UInt64)] = []

    /// No faults.
    package init() {}

    /// Faults by chance, each `kind=probability` (`503=0.05`): the name of a `FaultKind` and a decimal from 0 to 1 with at
    /// most nine places. The probabilities add up to 1 at most; a kind that is named again adds to itself.
    ///
    /// Errors: `badFault`.
    package init(_ faults: [String]) throws(SandboxError) {
        for fault in faults {
            guard let equals = fault.utf8.firstIndex(of: UInt8(ascii: "=")) else {
                throw .badFault(text: fault, reason: "kind=probability is wanted")
            }
            guard let kind = FaultKind(rawValue: String(fault[..<equals])) else {
                throw .badFault(text: fault, reason: "unknown kind; the kinds are \(FaultKind.names)")
            }
            guard let share = Self.billionths(fault[fault.utf8.index(after: equals)...]) else {
                throw .badFault(text: fault, reason: "the probability is a decimal from 0 to 1, at most nine places")
            }
            shares.append((kind, share))
            guard shares.reduce(0, { $0 + $1.billionths }) <= Self.whole else {
                throw .badFault(text: fault, reason: "the probabilities add up to more than 1")
            }
        }
    }

    private static let whole: UInt64 = 1_000_000_000

    /// `0.05` as 50,000,000 billionths; in whole numbers, so that every machine chooses alike.
    private static func billionths(_ text: Substring) -> UInt64? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? Array(parts[1]) : [UInt8(ascii: "0")]
        let isDigit: (UInt8) -> Bool = { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard parts[0].count == 1, let ones = parts[0].first, isDigit(ones), ones <= UInt8(ascii: "1"),
            (1...9).contains(fraction.count), fraction.allSatisfy(isDigit)
        else { return nil }
        let padded = fraction + Array(repeating: UInt8(ascii: "0"), count: 9 - fraction.count)
        let value = ([ones] + padded).reduce(UInt64(0)) { $0 * 10 + UInt64($1 - UInt8(ascii: "0")) }
        return value <= whole ? value : nil
    }

    /// Whether nothing can go wrong.
    package var isEmpty: Bool { shares.isEmpty && scripts.isEmpty }

    /// The fault by chance that an attempt (the first is 1) meets; nil for none.
    ///
    /// `key` names the question: the operation, the order and the refund code, as the caller writes them.
    package func chance(seed: UInt64, key: String, attempt: Int) -> FaultKind? {
        guard !shares.isEmpty else { return nil }
        var rest = Self.draw(seed: seed, key: key, attempt: attempt)
        for (kind, share) in shares {
            if rest < share { return kind }
            rest -= share
        }
        return nil
    }

    /// A number below one billion, evenly spread: FNV-1a over the key, mixed as SplitMix64 does it.
    private static func draw(seed: UInt64, key: String, attempt: Int) -> UInt64 {
        let name = key.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        let mixed = mix(mix(mix(seed) ^ name) ^ UInt64(truncatingIfNeeded: attempt))
        return mixed.multipliedFullWidth(by: whole).high
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension FaultKind {
    /// All names, for messages.
    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
