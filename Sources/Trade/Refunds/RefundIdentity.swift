import Memory

/// The identity of a refund: its order, by number or by the airline's record locator and carrier, and its code at Atlas.
/// No value is nil.
public struct RefundIdentity: Sendable, Hashable {
    public var orderNo: Text?
    /// The record locator, six letters and digits, which is the airline's own: it needs the carrier beside it.
    public var airlinePNR: Text?
    /// Two-character IATA airline code.
    public var carrier: Text?
    public var refundCode: Text?

    public init(
        orderNo: Text? = nil, airlinePNR: Text? = nil, carrier: Text? = nil, refundCode: Text? = nil
    ) {
        self.orderNo = orderNo
        self.airlinePNR = airlinePNR
        self.carrier = carrier
        self.refundCode = refundCode
    }

    // MARK: Keys

    /// The key that all records of the refund share, and the answer about it in a journal: the order number, else PNR and
    /// carrier; and the refund code (FORMATS.md, "Orders").
    public var lookupKey: RefundIdentity {
        orderNo == nil ? self : RefundIdentity(orderNo: orderNo, refundCode: refundCode)
    }

    /// Whether both have the same `lookupKey`; quicker than making and comparing the two.
    @inline(__always)
    public func isSameRefund(as other: RefundIdentity) -> Bool {
        refundCode == other.refundCode && orderNo == other.orderNo
            && (orderNo != nil || (airlinePNR == other.airlinePNR && carrier == other.carrier))
    }

    /// A hash of the `lookupKey` for a `HashIndex`, made from the hashes of its texts.
    @inline(__always)
    public var lookupHash: Int {
        Self.lookupHash(
            orderNo: orderNo?.keyHash, airlinePNR: orderNo == nil ? airlinePNR?.keyHash : nil,
            carrier: orderNo == nil ? carrier?.keyHash : nil, refundCode: refundCode?.keyHash)
    }

    /// The same of the hashes of a key's texts.
    @inline(__always)
    static func lookupHash(orderNo: Int?, airlinePNR: Int?, carrier: Int?, refundCode: Int?) -> Int {
        func bits(_ hash: Int?) -> UInt64 { UInt64(truncatingIfNeeded: hash ?? -1) }
        let odd: UInt64 = 0x9E37_79B9_7F4A_7C15
        let named = ((bits(orderNo) &* odd) ^ bits(airlinePNR)) &* odd
        let mixed = (((named ^ bits(carrier)) &* odd) ^ bits(refundCode)) &* odd
        return Int(truncatingIfNeeded: mixed ^ mixed >> 32)
    }

    /// The booking of an order whose number may not be known: PNR and carrier; nil where either is missing.
    public var locator: RefundIdentity? {
        guard let airlinePNR, let carrier else { return nil }
        return RefundIdentity(airlinePNR: airlinePNR, carrier: carrier)
    }
}

/// A record or a row that is about one refund: it gives the parts of the refund's identity as its own.
public protocol RefundIdentified {
    var identity: RefundIdentity { get set }
}

extension RefundIdentified {
    public var orderNo: Text? {
        get { identity.orderNo }
        set { identity.orderNo = newValue }
    }
    public var airlinePNR: Text? {
        get { identity.airlinePNR }
        set { identity.airlinePNR = newValue }
    }
    public var carrier: Text? {
        get { identity.carrier }
        set { identity.carrier = newValue }
    }
    public var refundCode: Text? {
        get { identity.refundCode }
        set { identity.refundCode = newValue }
    }
}
