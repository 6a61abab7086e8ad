import Glibc

/// Pseudo-random numbers that a seed repeats (SplitMix64).
///
/// The seed is always the same, so that a red build is red again. `REFUND_RECON_SEED` gives another, and
/// `REFUND_RECON_SOAK` (a factor) makes every property test longer and takes its seed from the clock; each failure names it.
package struct Seeded: RandomNumberGenerator {
    package let seed: UInt64
    private var state: UInt64

    package init() {
        let stated = getenv("REFUND_RECON_SEED").flatMap { UInt64(String(cString: $0)) }
        seed = stated ?? (Self.soak > 1 ? UInt64(time(nil)) : 20_260_101)
        state = seed
    }

    /// The numbers of one seed, whatever the environment says.
    package init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// By how much the property tests are to be longer; 1 if nothing is said.
    package static var soak: Int { max(1, getenv("REFUND_RECON_SOAK").flatMap { Int(String(cString: $0)) } ?? 1) }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; quicker than the library's and good enough here.
    package mutating func below(_ bound: Int) -> Int { Int(truncatingIfNeeded: next() >> 33) % bound }

    /// True once in `times`.
    package mutating func once(in times: Int) -> Bool { below(times) == 0 }

    package mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
