import Memory
import Refunds

/// The differences between two reports (`diff`).
package struct ReportComparison: Sendable {
    package enum Change: String, Sendable, CaseIterable {
        case appeared, gone
        case outcomeChanged = "outcome changed"
        case amountsChanged = "amounts changed"
    }

    /// One row that is not as it was.
    package struct Entry: Sendable, Equatable {
        package let change: Change
        /// nil where the row appeared.
        package let before: ComparedRow?
        /// nil where the row is gone.
        package let after: ComparedRow?
    }

    /// The change of one total of a currency.
    package struct TotalChange: Sendable, Equatable {
        package let currency: Currency
        /// As `summary.json` names it.
        package let name: String
        package let before: Total
        package let after: Total

        /// nil if it leaves 128 bits.
        package var difference: Total? {
            let (difference, overflow) = after.minorUnits.subtractingReportingOverflow(before.minorUnits)
            return overflow ? nil : Total(minorUnits: difference)
        }
    }

    /// In the order of the later report; then the rows that are gone, in the order of the earlier one.
    package let entries: [Entry]
    /// The totals that changed, by currency in alphabetical order.
    package let totals: [TotalChange]

    package var isEmpty: Bool { entries.isEmpty && totals.isEmpty }

    package init(before: ComparedReport, after: ComparedReport) {
        var entries: [Entry] = []
        let partners = after.partners(in: before)
        for (row, partner) in zip(after.rows, partners) {
            let earlier = partner.map { before.rows[$0] }
            if let change = Self.change(earlier, row) {
                entries.append(Entry(change: change, before: earlier, after: row))
            }
        }
        let found = Set(partners.compactMap { $0 })
        for (place, row) in before.rows.enumerated() where !found.contains(place) {
            entries.append(Entry(change: .gone, before: row, after: nil))
        }
        self.entries = entries
        totals = Set(before.totals.keys).union(after.totals.keys).sorted().flatMap { currency in
            ComparedTotals.columns.map { name, path in
                TotalChange(
                    currency: currency, name: name,
                    before: (before.totals[currency] ?? ComparedTotals())[keyPath: path],
                    after: (after.totals[currency] ?? ComparedTotals())[keyPath: path])
            }
        }.filter { $0.before != $0.after }
    }

    private static func change(_ before: ComparedRow?, _ after: ComparedRow) -> Change? {
        guard let before else { return .appeared }
        if before.outcome != after.outcome { return .outcomeChanged }
        return before.hasSameAmounts(as: after) ? nil : .amountsChanged
    }
}

extension Total {
    /// Reads a total as the report writes it, with exactly its currency's digits; nil for anything else.
    package init?(written text: String, _ currency: Currency) {
        let bytes = Array(text.utf8)
        let digits = bytes.filter { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "-") }
        guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let minorUnits = Int128(
                (bytes.first == UInt8(ascii: "-") ? "-" : "") + String(decoding: digits, as: UTF8.self))
        else { return nil }
        self.init(minorUnits: minorUnits)
        // Only amounts written the same way have the digits, the point and the sign in the same places.
        if formatted(currency) != text { return nil }
    }
}
