import JSON
import Memory
import Refunds
import Schema
import TestSupport
import Testing
@testable import Report

/// Rows as the formats of text write them, beside the same cells written by other means.
@Suite struct CellWriterTests {
    private static let files = ["=orders,\"1.csv", "webhooks.jsonl"]

    /// Whatever a row holds, a line of CSV is its cells one by one.
    @Test func csvIsItsCells() {
        var random = Seeded()
        for _ in 0..<3000 * Seeded.soak {
            let row = Self.row(&random)
            let fields = ReportColumns().cells(of: row).map { CellTexts(files: Self.files).csv($0) }
            #expect(csvLine(row, Self.files) == fields.joined(separator: ",") + "\r\n", "seed \(random.seed)")
        }
    }

    @Test func jsonIsItsCells() {
        var random = Seeded()
        for _ in 0..<3000 * Seeded.soak {
            let row = Self.row(&random)
            #expect(jsonLine(row, Self.files) == Self.expectedLine(row), "seed \(random.seed)")
        }
    }

    /// The cells and the evidence by the writer of trees.
    private static func expectedLine(_ row: ResultRow) -> [UInt8] {
        let texts = CellTexts(files: files)
        let members = zip(ReportColumns.contract, ReportColumns().cells(of: row)).map { column, cell in
            JSONTree.Member(column.title, texts.json(cell))
        }
        let query = row.querySource.map { texts.json(.place($0)) }
        let evidence: [JSONTree.Member] = [
            .init("webhooks", .array(row.webhookSources.map { texts.json(.place($0)) })),
            .init("query", query ?? .null),
            .init("queryError", .text(row.queryError?.string)),
            .init("queryErrorDetail", .text(row.queryErrorDetail?.string)),
        ]
        return JSONTree.object(members + [.init("evidence", .object(evidence))]).encoded() + [0x0A]
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
        let csv = csvLine(row, Self.files)
        let fields = ReportColumns().cells(of: row).map { CellTexts(files: Self.files).csv($0) }
        #expect(csv == fields.joined(separator: ",") + "\r\n")
        #expect(csv.utf8.count > 4 * 10_000)
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

/// Cells written in the simplest way.
private struct CellTexts {
    let files: [String]

    func csv(_ cell: Cell) -> String {
        switch cell {
        case .outsideText(let text): quoted(text.string)
        case .place(let place): quoted(place.text(files))
        case .codes(let codes): codes.map(\.rawValue).joined(separator: ";")
        default: plain(cell)
        }
    }

    func json(_ cell: Cell) -> JSONTree {
        switch cell {
        case .empty: .null
        case .count(let count): .int(count)
        case .codes(let codes): .array(codes.map { .string($0.rawValue) })
        case .place(let place): .string(place.text(files))
        default: .string(plain(cell))
        }
    }

    private func plain(_ cell: Cell) -> String {
        switch cell {
        case .empty: ""
        case .outsideText(let text), .word(let text): text.string
        case .amount(let amount, let currency): amount.formatted(currency)
        case .date(let date): date.description
        case .count(let count): String(count)
        case .id(let id): id.description
        case .codes, .place: preconditionFailure("each format has its own")
        }
    }

    private func quoted(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let safe = scalars.first.map { "=+-@\t\r".unicodeScalars.contains($0) } == true ? "'" + text : text
        guard scalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return safe }
        var doubled = ""
        for scalar in safe.unicodeScalars { doubled += scalar == "\"" ? "\"\"" : String(scalar) }
        return "\"" + doubled + "\""
    }
}
