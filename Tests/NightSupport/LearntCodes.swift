/// The one exception to "as in one run" (docs/FROM-NIGHT-TO-NIGHT.md): a refund whose code is learnt on a later night.
extension Population {
    /// The records of all nights as one run is given them: a case that is restated with its code has had it from the start.
    public var ordersForOneRun: [[OrderRecord]] {
        var orders = nights.map(\.orders)
        for night in orders.indices.dropFirst() {
            let tonight = Dictionary(grouping: orders[night].filter(\.isAccepted), by: \.identity)
            for (identity, records) in tonight where records.allSatisfy({ $0["refundCode"] != nil }) {
                let before = orders[..<night].joined().filter { $0.identity == identity && $0.isAccepted }
                guard let uncoded = before.first(where: { $0["refundCode"] == nil }) else { continue }
                var known = Set(before.compactMap { $0["refundCode"] })
                // The first record of a code is its case.
                let coded = records.first { record in
                    record["refundCode"].map { known.insert($0).inserted } == true && uncoded.agrees(with: record)
                }
                guard let coded else { continue }
                for earlier in 0..<night {
                    for place in orders[earlier].indices
                    where orders[earlier][place].identity == identity && orders[earlier][place]["refundCode"] == nil {
                        orders[earlier][place]["refundCode"] = coded["refundCode"]
                    }
                }
            }
        }
        return orders
    }
}

extension OrderRecord {
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
