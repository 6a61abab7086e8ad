import Memory
import Refunds
import TestSupport
import Testing
@testable import Report

/// The largest rows of every currency, against a plain sort of all of them.
@Suite struct LargestRowsTests {
    private struct Offered {
        let row: ResultRow
        let ordinal: Int
        var size: Int64 {
            if let variance = row.variances.refund { return abs(variance.minorUnits) }
            let isAtRisk = [.rejected, .withdrawn, .overdue, .unverified].contains(row.outcome)
            return isAtRisk ? row.expected?.refund?.minorUnits ?? -1 : -1
        }
    }

    private static func random(_ count: Int, _ random: inout Seeded) throws -> [ResultRow] {
        try (0..<count).map { index in
            let code = random.pick(["USD", "USD", "USD", "EUR", "JPY", ""])
            var row = ResultRow(.orphanWebhook, source: SourceLine(file: 0, line: Int32(index)))
            if !code.isEmpty {
                row = try SampleRows.expecting(
                    code, line: Int32(index), original: Int64(random.below(50)), penalty: 0, fee: 0)
                row.outcome = random.pick(Outcome.allCases)
                if random.once(in: 2) { row.variances.refund = Amount(minorUnits: Int64(random.below(60) - 30)) }
            }
            return row
        }
    }

    /// The first of each currency's sorted rows, then the second of each, and so on.
    private static func naive(_ rows: [ResultRow], _ limit: Int) -> [SourceLine] {
        let offered = rows.enumerated().map { Offered(row: $1, ordinal: $0) }
        let groups = Dictionary(grouping: offered) { $0.row.currency?.code ?? "~" }
            .sorted { $0.value.count == $1.value.count ? $0.key < $1.key : $0.value.count > $1.value.count }
            .map { $0.value.sorted { $0.size == $1.size ? $0.ordinal < $1.ordinal : $0.size > $1.size } }
        var chosen: [Offered] = []
        for rank in 0..<(groups.map(\.count).max() ?? 0) {
            chosen += groups.compactMap { rank < $0.count ? $0[rank] : nil }
        }
        return chosen.prefix(limit)
            .sorted { left, right in
                let (mine, theirs) = (left.row.currency?.code ?? "~", right.row.currency?.code ?? "~")
                if mine != theirs { return mine < theirs }
                return left.size == right.size ? left.ordinal < right.ordinal : left.size > right.size
            }
            .map(\.row.source)
    }

    @Test(arguments: [0, 1, 5, 100]) func asAPlainSortGivesThem(limit: Int) throws {
        var random = Seeded()
        for _ in 0..<20 * Seeded.soak {
            let rows = try Self.random(random.below(300), &random)
            var (whole, merged) = (LargestRows(limit: limit), LargestRows(limit: limit))
            var part = LargestRows(limit: limit)
            for row in rows {
                whole.add(row)
                part.add(row)
                if random.once(in: 40) {
                    merged.merge(part)
                    part = LargestRows(limit: limit)
                }
            }
            merged.merge(part)
            let expected = Self.naive(rows, limit)
            #expect(whole.largest.map(\.source) == expected, "seed \(random.seed)")
            #expect(merged.largest.map(\.source) == expected, "seed \(random.seed)")
            #expect(whole.offered == rows.count)
            #expect(merged.offered == rows.count)
        }
    }

    @Test func noCurrencyHidesAnother() throws {
        var largest = LargestRows(limit: 4)
        for line in 1...50 {
            var row = try SampleRows.expecting("USD", line: Int32(line), original: 1000, penalty: 0, fee: 0)
            row.variances.refund = Amount(minorUnits: Int64(line))
            largest.add(row)
        }
        var yen = try SampleRows.expecting("JPY", line: 51, original: 1000, penalty: 0, fee: 0)
        yen.variances.refund = Amount(minorUnits: -1)
        largest.add(yen)
        #expect(largest.largest.map(\.source.line) == [51, 50, 49, 48])
        #expect(largest.largestInTurn.map(\.source.line) == [50, 51, 49, 48])
    }

    @Test func memoryIsBounded() throws {
        let base = try SampleRows.expecting("USD", line: 1, original: 1000, penalty: 0, fee: 0)
        var largest = LargestRows(limit: 3)
        for size in 0..<10_000 {
            var row = base
            row.variances.refund = Amount(minorUnits: Int64(size * 7919 % 10_000))
            largest.add(row)
        }
        #expect(largest.keptCount == 3)
        #expect(largest.largest.map { $0.variances.refund?.minorUnits } == [9999, 9998, 9997])
    }

    @Test func breaksAreErrorsOnly() throws {
        var highlights = Highlights()
        for code in [ExceptionCode.missingWebhook, .rejected, .duplicateWebhook] {
            var row = try SampleRows.expecting("USD", line: 1, original: 1000, penalty: 0, fee: 0)
            row.exceptions.insert(code)
            highlights.add(row)
        }
        #expect(highlights.exceptions.offered == 2)
        #expect(highlights.breaks.offered == 1)
    }
}
