import JSON
import Memory
import Refunds
import Testing
@testable import Report

/// What changed between two reports (the command `diff`).
@Suite struct ComparisonTests {
    private func row(_ order: String, _ outcome: String, expected: String, final: String = "", variance: String = "")
        -> ComparedRow
    {
        let fields = [
            "rowType": "case", "orderNo": order, "refundCode": "R1", "airlinePNR": "PNR", "carrier": "U2",
            "currency": "USD", "outcome": outcome, "expectedRefundAmount": expected, "finalRefundAmount": final,
            "refundVariance": variance,
        ]
        return ComparedRow { fields[$0] ?? "" }
    }

    private func report(_ rows: [ComparedRow], _ totals: (Int128, Int128, Int128)? = nil) throws -> ComparedReport {
        var report = ComparedReport()
        for row in rows { report.add(row) }
        if let totals {
            report.totals[try SampleRows.currency("USD")] = ComparedTotals(
                expectedRefund: Total(minorUnits: totals.0), finalRefund: Total(minorUnits: totals.1),
                refundVariance: Total(minorUnits: totals.2))
        }
        return report
    }

    private func sample() throws -> ReportComparison {
        ReportComparison(
            before: try report(
                [
                    row("SAME", "matched", expected: "1.00", final: "1.00", variance: "0.00"),
                    row("GONE", "pending", expected: "2.00"), row("MOVED", "pending", expected: "1234.00"),
                    row("PAID", "variance", expected: "5.00", final: "4.00", variance: "-1.00"),
                ], (124_200, 500, -100)),
            after: try report(
                [
                    row("=NEW", "rejected", expected: "7.00"),
                    row("PAID", "variance", expected: "5.00", final: "4.50", variance: "-0.50"),
                    row("MOVED", "matched", expected: "1234.00", final: "1234.00", variance: "0.00"),
                    row("SAME", "matched", expected: "1.00", final: "1.00", variance: "0.00"),
                ], (124_700, 123_950, -50)))
    }

    @Test func everyKindOfChange() throws {
        let comparison = try sample()
        #expect(comparison.entries.map(\.change) == [.appeared, .amountsChanged, .outcomeChanged, .gone])
        #expect(
            comparison.entries.map { ($0.after ?? $0.before)?.orderNo } == ["=NEW", "PAID", "MOVED", "GONE"])
        #expect(comparison.totals.map { $0.difference?.minorUnits } == [500, 123_450, 50])
        #expect(!comparison.isEmpty)
    }

    @Test func equalReportsDoNotDiffer() throws {
        let rows = [row("A", "matched", expected: "1.00"), row("B", "pending", expected: "2.00")]
        let comparison = ReportComparison(
            before: try report(rows, (300, 0, 0)), after: try report(rows.reversed(), (300, 0, 0)))
        #expect(comparison.isEmpty)
        #expect(comparison.text() == "Nothing changed.")
        // Totals alone can differ: a final that changed its currency.
        #expect(!ReportComparison(before: try report(rows, (300, 0, 0)), after: try report(rows, (300, 1, 0))).isEmpty)
        #expect(!ReportComparison(before: try report(rows), after: try report(rows, (1, 0, 0))).isEmpty)
    }

    @Test func rowsOfOneKeyAreToldApart() throws {
        let twice = [row("A", "matched", expected: "1.00"), row("A", "pending", expected: "2.00")]
        let comparison = ReportComparison(before: try report(twice), after: try report([twice[0]]))
        #expect(comparison.entries.map(\.change) == [.gone])
        #expect(comparison.entries.first?.before?.outcome == "pending")
        // Canonically equivalent order numbers are two.
        let accents = ReportComparison(
            before: try report([row("\u{E9}", "matched", expected: "1.00")]),
            after: try report([row("e\u{301}", "matched", expected: "1.00")]))
        #expect(accents.entries.map(\.change) == [.appeared, .gone])
    }

    @Test func withoutOrderNumberTheRecordLocatorAndCarrierAreTheKey() throws {
        var other = row("", "matched", expected: "1.00")
        let first = other
        other.carrier = "FR"
        #expect(
            ReportComparison(before: try report([first]), after: try report([other])).entries.map(\.change) == [
                .appeared, .gone,
            ])
        #expect(ReportComparison(before: try report([first]), after: try report([first])).entries.isEmpty)
    }

    /// What cannot be told apart is not guessed: two cases that could be the one of which more is known.
    @Test func identityIsNotGuessed() throws {
        func unnamed(_ code: String) -> ComparedRow {
            var row = row("", "unverified", expected: "1.00")
            row.refundCode = code
            return row
        }
        let later = try report([row("A", "matched", expected: "1.00"), row("B", "matched", expected: "1.00")])
        let comparison = ReportComparison(before: try report([unnamed("R1")]), after: later)
        #expect(comparison.entries.map(\.change) == [.appeared, .appeared, .gone])
        // Of another refund code, and of another carrier, it is another refund.
        let other = ReportComparison(
            before: try report([unnamed("R2")]), after: try report([row("A", "matched", expected: "1.00")]))
        #expect(other.entries.map(\.change) == [.appeared, .gone])
        let one = ReportComparison(
            before: try report([unnamed("R1")]), after: try report([row("A", "matched", expected: "1.00")]))
        #expect(one.entries.map(\.change) == [.outcomeChanged])
    }

    /// The currency of the final is compared where both reports say it.
    @Test(arguments: [("USD", "EUR", true), ("USD", "USD", false), (nil, "EUR", false), ("", "EUR", true)])
    func finalCurrency(_ currencies: (before: String?, after: String?, isChange: Bool)) throws {
        let rows = [currencies.before, currencies.after].map { currency in
            var row = row("A", "variance", expected: "1.00", final: "2.00")
            row.finalCurrency = currency
            return row
        }
        let comparison = ReportComparison(before: try report([rows[0]]), after: try report([rows[1]]))
        #expect(comparison.entries.map(\.change) == (currencies.isChange ? [.amountsChanged] : []))
        #expect(comparison.text().contains("final currency ") == currencies.isChange)
    }

    @Test func tables() throws { try Golden.check("diff.txt", try sample().text()) }

    @Test func comparisonAsCSV() throws {
        let lines = String(decoding: try sample().csv(), as: UTF8.self).split(separator: "\r\n")
        #expect(lines.count == 5)
        #expect(
            lines[0].hasPrefix("change,rowType,orderNo,refundCode,airlinePNR,carrier,currencyBefore,currencyAfter,"))
        #expect(lines[0].hasSuffix(",refundVarianceBefore,refundVarianceAfter,finalCurrencyBefore,finalCurrencyAfter"))
        #expect(lines[1] == "appeared,case,'=NEW,R1,PNR,U2,,USD,,rejected,,,,,,,,,,,,,,7.00,,,,,,")
        #expect(
            lines[2]
                == "amounts changed,case,PAID,R1,PNR,U2,USD,USD,variance,variance,,,,,,,,,,,,,5.00,5.00,4.00,4.50,-1.00,-0.50,,"
        )
        #expect(lines.allSatisfy { $0.count { $0 == "," } == 29 })
    }

    @Test func comparisonAsJSON() throws {
        let bytes = try sample().json()
        let read = JSONTree(parsing: bytes.span)
        let root = try #require(read)
        let changes = try #require(root["changes"]).elements
        #expect(changes.map { $0["change"]?.string } == ["appeared", "amounts changed", "outcome changed", "gone"])
        #expect(changes[0]["before"]?.isNull == true)
        #expect(changes[3]["after"]?.isNull == true)
        #expect(changes[1]["before"]?["refundVariance"]?.string == "-1.00")
        #expect(root["totals"]?["USD"]?["finalRefund"]?["change"]?.string == "1234.50")
    }

    @Test func totalsAreReadExactly() throws {
        let usd = try SampleRows.currency("USD")
        let yen = try SampleRows.currency("JPY")
        let good: [(String, Currency, Int128)] = [
            ("0.00", usd, 0), ("-0.05", usd, -5), ("1234.50", usd, 123_450), ("-7", yen, -7),
            ("1701411834604692317316873037158841057.27", usd, .max),
            ("-1701411834604692317316873037158841057.28", usd, .min),
        ]
        for (text, currency, minorUnits) in good {
            #expect(Total(written: text, currency)?.minorUnits == minorUnits)
        }
        for text in [
            "", "-", ".", "1", "1.0", "1.000", "01.00", "1,000.00", "+1.00", "1.00 ", "--1.00", "-0.00", "1e2",
        ] {
            #expect(Total(written: text, usd) == nil, "\(text)")
        }
        #expect(Total(written: "1701411834604692317316873037158841057.28", usd) == nil)
    }
}
