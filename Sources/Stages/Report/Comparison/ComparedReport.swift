import Memory
import Refunds

/// One row of a published report, as far as two reports are compared. Amounts are kept as the report writes them: exact, with
/// their currency's digits, so that equal amounts are equal texts; no value is the empty text.
package struct ComparedRow: Sendable, Equatable {
    package var rowType: String
    package var orderNo: String
    package var refundCode: String
    package var airlinePNR: String
    package var carrier: String
    package var currency: String
    package var outcome: String
    /// The currency of the final amounts; nil in a report of contract 1, which does not say.
    package var finalCurrency: String?
    /// In the order of `amountColumns`.
    package var amounts: [String]

    /// The columns of `reconciliation.csv` whose changes are reported.
    package static let amountColumns = [
        "expectedOriginalAmount", "finalOriginalAmount", "expectedPenaltyAmount", "finalPenaltyAmount",
        "expectedTransactionFee", "finalTransactionFee", "expectedRefundAmount", "finalRefundAmount", "refundVariance",
    ]

    /// The columns that every `reconciliation.csv` has.
    package static let neededColumns =
        ["rowType", "orderNo", "refundCode", "airlinePNR", "carrier", "currency", "outcome"] + amountColumns

    /// - Parameter field: the text of a column of `reconciliation.csv`; nil if there is no such column.
    package init(_ field: (String) -> String?) {
        rowType = field("rowType") ?? ""
        orderNo = field("orderNo") ?? ""
        refundCode = field("refundCode") ?? ""
        airlinePNR = field("airlinePNR") ?? ""
        carrier = field("carrier") ?? ""
        currency = field("currency") ?? ""
        outcome = field("outcome") ?? ""
        finalCurrency = field("finalCurrency")
        amounts = Self.amountColumns.map { field($0) ?? "" }
    }

    /// Whether both have the same amounts; an amount that only one of them has is not a change.
    func hasSameAmounts(as other: ComparedRow) -> Bool {
        amounts == other.amounts && currency == other.currency
            && (finalCurrency == nil || other.finalCurrency == nil || finalCurrency == other.finalCurrency)
    }

    /// The key that makes two rows the same row: FORMATS.md's key of a case.
    struct Key: Hashable {
        let rowType: Text
        let orderNo: Text
        let refundCode: Text
        let airlinePNR: Text
        let carrier: Text
        /// Which of several rows with these.
        var occurrence = 0
    }

    var key: Key {
        Key(
            rowType: Text(rowType), orderNo: Text(orderNo), refundCode: Text(refundCode),
            airlinePNR: Text(orderNo.isEmpty ? airlinePNR : ""), carrier: Text(orderNo.isEmpty ? carrier : ""))
    }
}

/// The rows of one report, found by their keys.
package struct ComparedReport: Sendable {
    private(set) var rows: [ComparedRow] = []
    private(set) var keys: [ComparedRow.Key] = []
    private(set) var places: [ComparedRow.Key: Int] = [:]
    private var occurrences: [ComparedRow.Key: Int] = [:]
    /// By currency, from `summary.json`.
    package var totals: [Currency: ComparedTotals] = [:]

    package init() {}

    package mutating func add(_ row: ComparedRow) {
        var key = row.key
        let occurrence = occurrences[key, default: 0]
        occurrences[key] = occurrence + 1
        key.occurrence = occurrence
        places[key] = rows.count
        rows.append(row)
        keys.append(key)
    }
}

/// The totals of one currency that two reports are compared by.
package struct ComparedTotals: Sendable, Equatable {
    package var expectedRefund: Total
    package var finalRefund: Total
    package var refundVariance: Total

    package init(
        expectedRefund: Total = Total(), finalRefund: Total = Total(), refundVariance: Total = Total()
    ) {
        self.expectedRefund = expectedRefund
        self.finalRefund = finalRefund
        self.refundVariance = refundVariance
    }

    static let columns: [(name: String, path: any KeyPath<ComparedTotals, Total> & Sendable)] = [
        ("expectedRefund", \.expectedRefund), ("finalRefund", \.finalRefund), ("refundVariance", \.refundVariance),
    ]
}

extension ComparedReport {
    /// For each row of this report the place of the same row in an earlier one; nil for one that appeared.
    ///
    /// A row is known by its key. An order number, or a refund code, that becomes known (or is no longer given) changes the key
    /// and not the refund: the two cases agree in all that both give, and in each report no other case that is left does.
    func partners(in earlier: ComparedReport) -> [Int?] {
        var partners = keys.map { earlier.places[$0] }
        for key in [ComparedRow.keyWithoutOrderNo, ComparedRow.keyWithoutRefundCode, ComparedRow.keyWithoutEither] {
            let taken = Set(partners.compactMap { $0 })
            let lone = earlier.loneCases(earlier.rows.indices.filter { !taken.contains($0) }, key)
            for (key, place) in loneCases(rows.indices.filter { partners[$0] == nil }, key) {
                guard let other = lone[key], rows[place].agrees(with: earlier.rows[other]) else { continue }
                partners[place] = other
            }
        }
        return partners
    }

    /// Those of the cases, by a key, that are alone in having it.
    private func loneCases(_ places: [Int], _ key: (ComparedRow) -> ComparedRow.Key?) -> [ComparedRow.Key: Int] {
        Dictionary(grouping: places) { key(rows[$0]) }.reduce(into: [:]) { found, group in
            if let key = group.key, group.value.count == 1 { found[key] = group.value[0] }
        }
    }
}

extension ComparedRow {
    fileprivate static func keyWithoutOrderNo(_ row: ComparedRow) -> Key? { key(row, refundCode: row.refundCode) }

    fileprivate static func keyWithoutEither(_ row: ComparedRow) -> Key? { key(row, refundCode: "") }

    private static func key(_ row: ComparedRow, refundCode: String) -> Key? {
        guard row.rowType == "case", !row.airlinePNR.isEmpty else { return nil }
        return Key(
            rowType: Text(row.rowType), orderNo: Text(""), refundCode: Text(refundCode),
            airlinePNR: Text(row.airlinePNR),
            carrier: Text(row.carrier))
    }

    fileprivate static func keyWithoutRefundCode(_ row: ComparedRow) -> Key? {
        guard row.rowType == "case" else { return nil }
        var row = row
        row.refundCode = ""
        return row.key
    }

    /// Whether order number and refund code are equal where both rows give them.
    fileprivate func agrees(with other: ComparedRow) -> Bool {
        [(orderNo, other.orderNo), (refundCode, other.refundCode)].allSatisfy { one, another in
            one.isEmpty || another.isEmpty || Text(one) == Text(another)
        }
    }
}
