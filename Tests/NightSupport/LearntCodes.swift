/// The one exception to "as in one run" (docs/FROM-NIGHT-TO-NIGHT.md): a refund whose code is learnt on a later night, and its
/// order number with it where only its locator was known.
extension Population {
    /// The records of all nights as one run is given them: a case that is restated with its code has had it from the start.
    package var ordersForOneRun: [[OrderRecord]] {
        var orders = nights.map(\.orders)
        for night in orders.indices.dropFirst() {
            let before = Array(orders[..<night].joined()).filter(\.isAccepted)
            var known = Set(before.map(\.key))
            var seen: Set<OrderRecord.Key> = []
            // The first record of a key is its case.
            let tonight = orders[night].filter { $0.isAccepted && seen.insert($0.key).inserted }
            var uncodedKeys: Set<OrderRecord.Key> = []
            for uncoded in before where uncoded["refundCode"] == nil && uncodedKeys.insert(uncoded.key).inserted {
                let candidates = tonight.filter(uncoded.mayBeOfSameOrder)
                if candidates.contains(where: { $0["refundCode"] == nil }) { continue }
                let coded = candidates.first { !known.contains($0.key) && uncoded.agrees(with: $0) }
                guard let coded else { continue }
                known.insert(coded.key)
                for earlier in 0..<night {
                    for place in orders[earlier].indices where orders[earlier][place].key == uncoded.key {
                        orders[earlier][place]["refundCode"] = coded["refundCode"]
                        orders[earlier][place]["orderNo"] = coded["orderNo"] ?? uncoded["orderNo"]
                    }
                }
            }
        }
        return orders
    }
}

extension OrderRecord {
    /// What records of one refund share.
    fileprivate struct Key: Hashable {
        let identity: OrderIdentity
        let refundCode: String?
    }

    fileprivate var key: Key { Key(identity: identity, refundCode: self["refundCode"]) }

    /// Whether a later record names the order of this one, by whichever of its names this one has.
    fileprivate func mayBeOfSameOrder(_ other: OrderRecord) -> Bool {
        if let orderNo = self["orderNo"] { return other["orderNo"] == orderNo }
        return self["airlinePNR"] == other["airlinePNR"] && self["carrier"] == other["carrier"]
    }

    /// The code that is learnt, and what only the audit of rules reads.
    private static let notCompared: Set = [
        "refundCode", "refundRules", "departureAt", "originalTotalTaxAmount", "refundTickets",
    ]

    /// Whether it states a penalty in any form, or need not; the other fields that a record needs are always there.
    fileprivate var isAccepted: Bool {
        penalty != nil || self["refundQuoteType"] == "CannotQuote" || self["voucherRefundAmount"] != nil
    }

    /// Whether two records say the same in every value that both give, and of the penalty where both state it in any form.
    func agrees(with other: OrderRecord) -> Bool {
        let names = Set(values.keys).intersection(other.values.keys)
        guard names.subtracting(Self.notCompared).allSatisfy({ self[$0] == other[$0] }) else { return false }
        let isUnquoted = [self, other].contains { $0["refundQuoteType"] == "CannotQuote" }
        guard !isUnquoted, let own = penalty, let others = other.penalty else { return true }
        return own == others
    }

    /// In cents, in whatever form the record states it.
    private var penalty: Int? {
        func cents(_ name: String) -> Int? { self[name].flatMap { centsOf($0) } }
        if let penalty = cents("airlinePenaltyAmount") { return penalty }
        let parts = ["airlinePenaltyAmountForFare", "airlinePenaltyAmountForAncillaries"].compactMap(cents)
        if !parts.isEmpty { return parts.reduce(0, +) }
        guard let estimate = cents("estimatedRefundAmount"),
            let original = cents("originalTotalAmount") ?? cents("originalTotalFareAmount")
        else { return nil }
        return original - estimate
    }
}

/// What an amount of two digits after the point is in cents.
func centsOf(_ text: String) -> Int? { Int(text.filter { $0 != "." }) }
