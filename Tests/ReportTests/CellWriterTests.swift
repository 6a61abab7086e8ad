import JSON
import Memory
import Refunds
import TestSupport
import Testing
@testable import Report

/// Rows are written by calls in the order of the columns; the table of columns says what they must be.
@Suite struct CellWriterTests {
    private static let files = ["=orders,\"1.csv", "webhooks.jsonl"]

    @Test func csvIsWhatTheColumnsSay() {
        var random = Seeded()
        for _ in 0..<3000 * Seeded.soak {
            let row = Self.row(&random)
            var expected: [UInt8] = []
            CSVRenderer(fileNames: Self.files).writeByColumns(row, to: &expected)
            #expect(csvLine(row, Self.files) == String(decoding: expected, as: UTF8.self), "seed \(random.seed)")
        }
    }

    @Test func jsonIsWhatTheColumnsSay() {
        var random = Seeded()
        for _ in 0..<3000 * Seeded.soak {
            let row = Self.row(&random)
            #expect(jsonLine(row, Self.files) == Self.expectedLine(row), "seed \(random.seed)")
        }
    }

    /// The columns by their table, and the evidence by the writer of trees.
    private static func expectedLine(_ row: ResultRow) -> [UInt8] {
        func place(_ place: SourceLine) -> JSONTree { .string("\(files[Int(place.file)]):\(place.line)") }
        let query = row.querySource.map(place)
        let evidence: [JSONTree.Member] = [
            .init("webhooks", .array(row.webhookSources.map(place))), .init("query", query ?? .null),
            .init("queryError", .text(row.queryError?.string)),
            .init("queryErrorDetail", .text(row.queryErrorDetail?.string)),
        ]
        var expected: [UInt8] = []
        JSONLinesRenderer(fileNames: files).writeByColumns(row, to: &expected)
        expected.append(literal: ",\"evidence\":")
        return expected + JSONTree.object(evidence).encoded() + Array("}\n".utf8)
    }

    /// Every text is longer written than any other way: the memory that is set aside must do.
    @Test func theLongestRowsFit() throws {
        let worst = Text(String(repeating: "\u{1}", count: 5000))
        var row = ResultRow(.unrecordedRefund, source: SourceLine(file: 0, line: .max))
        (row.orderNo, row.refundCode, row.airlinePNR, row.carrier) = (worst, worst, worst, worst)
        (row.cancelReason, row.queriedAt, row.queryError, row.queryErrorDetail) = (worst, worst, worst, worst)
        for code in ExceptionCode.allCases { row.exceptions.insert(code) }
        for _ in 0..<100 { row.webhookSources.append(SourceLine(file: 0, line: .max)) }
        row.effectiveWebhookSource = SourceLine(file: 0, line: .max)
        row.querySource = SourceLine(file: 0, line: .max)
        let expected = Self.expectedLine(row)
        #expect(jsonLine(row, Self.files) == expected)
        #expect(expected.count > 7 * 5000 * 6)
        let quotes = Text(String(repeating: "\"", count: 5000))
        (row.orderNo, row.refundCode, row.airlinePNR, row.carrier) = (quotes, quotes, quotes, quotes)
        var csv: [UInt8] = []
        CSVRenderer(fileNames: Self.files).writeByColumns(row, to: &csv)
        #expect(csvLine(row, Self.files) == String(decoding: csv, as: UTF8.self))
        #expect(csv.count > 4 * 10_000)
    }

    /// A row with a value or none in every cell, and any evidence.
    private static func row(_ random: inout Seeded) -> ResultRow {
        func some<Value>(_ value: Value) -> Value? { random.once(in: 4) ? nil : value }
        func text() -> Text? {
            some(
                Text(random.pick(["", "plain", "\u{1F}", "long enough\u{0}", "a \\ of it"] + CSVTests.texts.map(\.0))))
        }
        func money() -> Amount? {
            some(Amount(minorUnits: Int64(truncatingIfNeeded: random.next()) >> Int64(4 + random.below(60))))
        }
        func place() -> SourceLine {
            SourceLine(file: Int32(random.below(2)), line: Int32(random.below(99_999_999)))
        }
        func day() -> CalendarDate? { some(CalendarDate(daysSinceEpoch: Int32(random.below(40_000)))) }
        var row = ResultRow(random.pick(RowType.allCases), source: place())
        (row.orderNo, row.refundCode, row.airlinePNR, row.carrier) = (text(), text(), text(), text())
        row.paymentMethod = some(random.pick(PaymentMethod.allCases))
        row.currency = some(random.pick(Currency.all))
        row.outcome = some(random.pick(Outcome.allCases))
        for code in ExceptionCode.allCases { row.exceptions.insert(code, if: random.once(in: 5)) }
        row.status = some(random.pick(RefundStatus.allCases))
        row.statusSource = some(random.pick([.query, .webhook]))
        row.finalSource = some(random.pick([.query, .webhook]))
        var expected = Amounts()
        (expected.original, expected.penalty, expected.fee, expected.refund) = (money(), money(), money(), money())
        row.expected = some(expected)
        var final = Amounts()
        (final.original, final.penalty, final.fee, final.refund) = (money(), money(), money(), money())
        row.final = some(final)
        row.finalCurrency = some(random.pick(Currency.all))
        (row.variances.original, row.variances.penalty, row.variances.fee) = (money(), money(), money())
        (row.variances.farePenalty, row.variances.ancillaryPenalty, row.variances.refund) = (money(), money(), money())
        (row.requestedAt, row.expectedConfirmationDate, row.expectedRefundDate) = (day(), day(), day())
        row.ageDays = some(random.below(200))
        row.cancelReason = text()
        row.webhookCount = random.below(20)
        row.queriedAt = text()
        for _ in 0..<random.below(3) { row.webhookSources.append(place()) }
        row.effectiveWebhookSource = some(place())
        row.querySource = some(place())
        row.queryError = text()
        row.queryErrorDetail = text()
        return row
    }
}
