import Memory

/// The places of cases in a list, by their refunds' keys (`RefundIdentity.lookupKey`).
public struct CaseIndex: Sendable {
    private var index: HashIndex

    public init(capacity: Int = 16) { index = HashIndex(capacity: capacity) }

    public init(of cases: [RefundCase]) {
        self.init(capacity: cases.count)
        for place in cases.indices { insert(place, for: cases[place].identity) }
    }

    /// Makes room for a total number of cases.
    public mutating func reserve(_ capacity: Int) { index.reserve(capacity) }

    /// Adds a case whose key is not in the index.
    @inline(__always)
    public mutating func insert(_ place: Int, for identity: RefundIdentity) { index.insert(place, identity.lookupHash) }

    /// Gives every case the place that it has now.
    public mutating func renumber(_ newPlace: (Int) -> Int) { index.renumber(newPlace) }

    /// The place of the case about a refund.
    @inline(__always)
    public func place(of identity: RefundIdentity, in cases: [RefundCase]) -> Int? {
        index.find(identity.lookupHash) { cases[$0].identity.isSameRefund(as: identity) }
    }

    /// The same by a key where it was read.
    @inline(__always)
    public func place(of key: RefundKey, in cases: [RefundCase]) -> Int? {
        index.find(key.lookupHash) { key.isKey(of: cases[$0].identity) }
    }
}

/// The key of a refund where it was read, to be looked up by before it is kept.
public struct RefundKey: ~Escapable {
    private let orderNo: TextKey?
    private let airlinePNR: TextKey?
    private let carrier: TextKey?
    private let refundCode: TextKey

    /// The key of a refund whose order has a number.
    @inline(__always)
    @_lifetime(copy orderNo, copy refundCode)
    public init(orderNo: TextKey, refundCode: TextKey) {
        self.orderNo = orderNo
        airlinePNR = nil
        carrier = nil
        self.refundCode = refundCode
    }

    /// The key of a refund whose order has none.
    @_lifetime(copy airlinePNR, copy carrier, copy refundCode)
    public init(airlinePNR: TextKey, carrier: TextKey, refundCode: TextKey) {
        orderNo = nil
        self.airlinePNR = airlinePNR
        self.carrier = carrier
        self.refundCode = refundCode
    }

    @inline(__always)
    var lookupHash: Int {
        RefundIdentity.lookupHash(
            orderNo: orderNo?.keyHash, airlinePNR: airlinePNR?.keyHash, carrier: carrier?.keyHash,
            refundCode: refundCode.keyHash)
    }

    @inline(__always)
    func isKey(of identity: RefundIdentity) -> Bool {
        func same(_ key: TextKey?, _ text: Text?) -> Bool {
            guard let key, let text else { return key == nil && text == nil }
            return key == text
        }
        return same(refundCode, identity.refundCode) && same(orderNo, identity.orderNo)
            && (orderNo != nil || same(airlinePNR, identity.airlinePNR) && same(carrier, identity.carrier))
    }

    /// The key with texts of its own.
    public func kept(in texts: TextArena) -> RefundIdentity {
        RefundIdentity(
            orderNo: orderNo?.kept(in: texts), airlinePNR: airlinePNR?.kept(in: texts),
            carrier: carrier?.kept(in: texts), refundCode: refundCode.kept(in: texts))
    }
}
