import Memory
import Refunds

/// The orders that a sandbox knows, with its answers for them, byte for byte as in the data file.
///
/// The file is JSON Lines (`.gz` through gzip), one order a line:
/// `{"orderNo":…|null,"airlinePNR":…|null,"carrier":…|null,"refundQuotation":{…}|null,"refund":{…}|null,
/// "refundOrders":[…],"faults":[…]}`. The bodies are those of Atlas's answers, `refundOrders` the entries as
/// `queryRefundOrders.do` gives them, `faults` (optional) the faults of the order's answers, one for each attempt.
package struct SandboxData: Sendable {
    /// One order: the places of its answers in the file's text.
    struct Order: Sendable {
        var key: OrderKey
        var refundQuotation: Range<Int>?
        var refund: Range<Int>?
        /// The array of the entries, brackets included; nil if the order has none.
        var refundOrders: Range<Int>?
        /// The refundOfferIDs that its quotation and its refund name.
        var refundOfferIDs: [Text] = []
    }

    let text: [UInt8]
    private(set) var orders: [Order] = []
    private var byOrderNo: [Text: Int] = [:]
    /// Airlines use a PNR again: several orders may share one.
    private var byLocator: [OrderKey: [Int]] = [:]
    /// The faults that the file itself asks for.
    private(set) var scripts = FaultScripts()

    /// How many orders there are.
    package var count: Int { orders.count }

    /// No orders: every query is answered with an empty list.
    package init() { text = [] }

    init(text: [UInt8]) { self.text = text }

    /// Takes one order in; false if its orderNo is there already.
    mutating func add(_ order: Order, locator: OrderKey?, faults: [FaultKind?]?) -> Bool {
        let index = orders.count
        if let orderNo = order.key.orderNo, byOrderNo.updateValue(index, forKey: orderNo) != nil { return false }
        orders.append(order)
        if let locator { byLocator[locator, default: []].append(index) }
        if let faults {
            scripts[order.key] = faults
            if let locator { scripts[locator] = faults }
        }
        return true
    }

    /// The orders that a request names: by orderNo at most one, by PNR and carrier perhaps several, in the file's order.
    func orders(for key: OrderKey) -> [Order] {
        if let orderNo = key.orderNo { return byOrderNo[orderNo].map { [orders[$0]] } ?? [] }
        return byLocator[key].map { indexes in indexes.map { orders[$0] } } ?? []
    }

    /// Another order that also has the answer asked for; nil if there is none among its neighbours.
    func neighbour(of key: OrderKey, where isFit: (Order) -> Bool) -> Order? {
        let own = key.orderNo.flatMap { byOrderNo[$0] } ?? byLocator[key]?.first ?? -1
        guard !orders.isEmpty else { return nil }
        return (1...64).lazy.map { orders[(own + $0) % orders.count] }.first { $0.key != key && isFit($0) }
    }

    func bytes(_ range: Range<Int>) -> ArraySlice<UInt8> { text[range] }
}

/// The key of an order in a request: its number, else PNR and carrier.
struct OrderKey: Hashable, Sendable {
    let orderNo: Text?
    let airlinePNR: Text?
    let carrier: Text?

    /// The number wins where it is given, as Atlas's description has it; nil where neither is whole.
    init?(orderNo: Text?, airlinePNR: Text?, carrier: Text?) {
        if let orderNo {
            self.orderNo = orderNo
            self.airlinePNR = nil
            self.carrier = nil
        } else if let airlinePNR, let carrier {
            self.orderNo = nil
            self.airlinePNR = airlinePNR
            self.carrier = carrier
        } else {
            return nil
        }
    }
}
