import Bytes
import Core
import Ingest

/// What changed between two published reports (CLI.md, `diff`), from their `reconciliation.csv`.
public struct ReportDifference {
    public enum Change: String, Sendable, CaseIterable {
        case appeared, gone
        case outcomeChanged = "outcome changed"
        case amountsChanged = "amounts changed"
    }

    /// One row that is not as it was.
    public struct Entry: Sendable {
        public let change: Change
        public let rowType: String
        public let orderNo: String
        public let refundCode: String
        public let currency: String
        public let before: String
        public let after: String
    }

    public private(set) var entries: [Entry] = []

    private static let amountColumns = [
        "expectedOriginalAmount", "finalOriginalAmount", "expectedPenaltyAmount", "finalPenaltyAmount",
        "expectedTransactionFee", "finalTransactionFee", "expectedRefundAmount", "finalRefundAmount",
    ]

    private struct Key: Hashable {
        let rowType: String
        let orderNo: Text
        let refundCode: Text
        let airlinePNR: Text
        /// Which of several rows with the same key.
        let occurrence: Int
    }

    private struct Side {
        let currency: String
        let outcome: String
        let amounts: [String]
    }

    /// Compares the report in one folder with that in another.
    public init(before: String, after: String) throws(RunFailure) {
        let (old, oldOrder) = try Self.rows(before)
        let (new, newOrder) = try Self.rows(after)
        for key in newOrder {
            guard let side = new[key] else { continue }
            if let earlier = old[key] { compare(key, earlier, side) } else { add(.appeared, key, nil, side) }
        }
        for key in oldOrder where new[key] == nil { add(.gone, key, old[key], nil) }
    }

    private static func rows(_ folder: String) throws(RunFailure) -> ([Key: Side], [Key]) {
        let input: InputBytes
        do throws(InputError) { input = try InputBytes(path: "\(folder)/reconciliation.csv") } catch {
            throw RunFailure(error)
        }
        var table = CSVTable(input.text)
        var rows: [Key: Side] = [:]
        var order: [Key] = []
        while let row = table.next() {
            if let fault = row.fault { throw RunFailure(.unusableInput, "\(input.path):\(row.line): \(fault)") }
            var occurrence = 0
            func key() -> Key {
                Key(
                    rowType: row["rowType"], orderNo: Text(row["orderNo"]), refundCode: Text(row["refundCode"]),
                    airlinePNR: Text(row["airlinePNR"]), occurrence: occurrence)
            }
            while rows[key()] != nil { occurrence += 1 }
            rows[key()] = Side(
                currency: row["currency"], outcome: row["outcome"], amounts: amountColumns.map { row[$0] })
            order.append(key())
        }
        return (rows, order)
    }

    private mutating func compare(_ key: Key, _ before: Side, _ after: Side) {
        if before.outcome != after.outcome {
            add(.outcomeChanged, key, before, after)
        } else if before.amounts != after.amounts || before.currency != after.currency {
            add(.amountsChanged, key, before, after)
        }
    }

    private mutating func add(_ change: Change, _ key: Key, _ before: Side?, _ after: Side?) {
        let changed = Self.amountColumns.indices.filter { before?.amounts[$0] != after?.amounts[$0] }
        func text(_ side: Side?) -> String {
            guard let side else { return "" }
            switch change {
            case .appeared, .gone, .outcomeChanged:
                return side.outcome.isEmpty ? side.amounts[7] : side.outcome
            case .amountsChanged:
                return changed.map {
                    "\(Self.amountColumns[$0]) \(side.amounts[$0].isEmpty ? "none" : side.amounts[$0])"
                }
                .joined(separator: ", ")
            }
        }
        entries.append(
            Entry(
                change: change, rowType: key.rowType, orderNo: key.orderNo.string, refundCode: key.refundCode.string,
                currency: after?.currency ?? before?.currency ?? "", before: text(before), after: text(after)))
    }
}
