import Memory
import Refunds

/// Finds a case by the key of a journal's line.
struct CaseLookup: Sendable {
    let cases: [RefundCase]
    private let index: HashIndex

    init(_ cases: [RefundCase], _ known: HashIndex?) {
        self.cases = cases
        if let known {
            index = known
            return
        }
        var index = HashIndex(capacity: cases.count)
        for place in cases.indices { index.insert(place, cases[place].identity.lookupHash) }
        self.index = index
    }

    /// Calls `body` with a lookup of cases that counts no references.
    func withFinder<Result>(_ body: (Finder) -> Result) -> Result {
        body(Finder(cases: cases.span, index: index.finder))
    }

    /// Finds cases for as long as the lookup stays where it is.
    struct Finder: ~Escapable {
        let cases: Span<RefundCase>
        private let index: HashIndex.Finder

        @_lifetime(copy cases, copy index)
        fileprivate init(cases: Span<RefundCase>, index: HashIndex.Finder) {
            self.cases = cases
            self.index = index
        }

        /// The case that a line is about; none where it names no refund code.
        func place(of key: RefundIdentity) -> Int? {
            if key.refundCode == nil { return nil }
            return index.find(key.lookupHash) { cases[$0].identity.isSameRefund(as: key) }
        }

        /// Fetches where a key will be looked for.
        func prefetchSlot(_ hash: Int) { index.prefetchSlot(hash) }

        /// Fetches the case that a key, whose slot has come, will probably be compared with.
        func prefetchCase(_ hash: Int) {
            if let place = index.firstCandidate(hash) { cases.prefetch(at: place) }
        }
    }
}
