import Memory
import Refunds
import Testing
import XLSX
@testable import Report

/// What the workbook says, apart from how it is written.
@Suite struct WorkbookContentTests {
    @Test func theResultOfTheVerdictIsTheFirstThatApplies() throws {
        var fixture = WorkbookFixture([])
        #expect(Verdict(fixture.context).result == .reconciled)
        for outcome in [Outcome.pending, .overdue, .unverified] {
            fixture.context.summary.cases = [outcome: 2]
            #expect(Verdict(fixture.context).result == .outstanding, "\(outcome)")
        }
        fixture.context.summary.exceptions[.missingWebhook] = 1
        #expect(Verdict(fixture.context).result == .outstanding)
        for outcome in [Outcome.variance, .unquoted] {
            fixture.context.summary.cases = [outcome: 1]
            #expect(Verdict(fixture.context).result == .breaks, "\(outcome)")
        }
        fixture.context.summary.cases = [.matched: 1]
        #expect(Verdict(fixture.context).result == .reconciled)
        fixture.context.summary.exceptions[.refundShort] = 1
        #expect(Verdict(fixture.context).result == .breaks)
    }

    @Test func theVerdictIsCompleteOnlyIfAllCameAndWasAnswered() throws {
        var complete = WorkbookFixture([]).context
        complete.controls.orders.accepted = 1
        #expect(Verdict(complete).isComplete)
        let lacks: [(String, (inout ReportContext) -> Void)] = [
            ("no case", { $0.controls.orders.accepted = 0 }), ("a query failed", { $0.controls.queries.failed = 1 }),
            ("an order was refused", { $0.controls.orders.rejected = 1 }),
            ("a webhook was refused", { $0.controls.webhooks.rejected = 3 }),
            ("too few came", { $0.additions.shortfalls = ["3 order records came where 4 were stated"] }),
        ]
        for (what, change) in lacks {
            var context = complete
            change(&context)
            #expect(!Verdict(context).isComplete, "\(what)")
        }
    }

    /// The verdict as it is read: what is missing, then what is known.
    @Test func theVerdictInWords() throws {
        var base = WorkbookFixture([]).context
        base.controls.orders.accepted = 1
        base.controls.rows.case = 1
        let nights: [(String, (inout ReportContext) -> Void, [Tone])] = [
            ("COMPLETE · RECONCILED", { _ in }, [.good, .good]),
            ("COMPLETE · RECONCILED: 5 rows to look at", { $0.rowsToLookAt.withWarningsOnly = 5 }, [.good, .good]),
            ("COMPLETE · OUTSTANDING: 1 refund outstanding", { $0.summary.cases[.pending] = 1 }, [.good, .wait]),
            (
                "COMPLETE · BREAKS: 1,044 rows with errors, 28 with warnings only, 25 refunds outstanding",
                {
                    $0.summary.exceptions[.refundShort] = 1050
                    $0.summary.cases = [.pending: 18, .overdue: 5, .unverified: 2]
                    ($0.rowsToLookAt.withErrors, $0.rowsToLookAt.withWarningsOnly) = (1044, 28)
                }, [.good, .bad]
            ),
            (
                "INCOMPLETE: 20 records refused, 3 of 280 queries unanswered: HTTP 503 2, timeout 1 · BREAKS: 1 row with errors",
                {
                    $0.controls.orders.rejected = 15
                    $0.controls.webhooks.rejected = 5
                    $0.controls.queries.queryable = 280
                    $0.controls.queries.failed = 3
                    for code: Text in ["http-503", "timeout", "http-503"] { $0.queryFailures.add(QueryFailure(code)) }
                    $0.summary.exceptions[.queryFailed] = 3
                    $0.rowsToLookAt.withErrors = 1
                }, [.unknown, .bad]
            ),
            (
                "INCOMPLETE: 1 of 1 query unanswered: connection refused 1 · RECONCILED",
                {
                    $0.controls.queries.queryable = 1
                    $0.controls.queries.failed = 1
                    $0.queryFailures.add(QueryFailure("connection", detail: "connection refused"))
                }, [.unknown, .unknown]
            ),
            (
                "INCOMPLETE: 3 order records came where 4 were stated · RECONCILED",
                { $0.additions.shortfalls = ["3 order records came where 4 were stated"] }, [.unknown, .unknown]
            ),
            (
                "INCOMPLETE: not one case was read",
                {
                    $0.controls.orders.accepted = 0
                    $0.controls.rows.case = 0
                }, [.unknown]
            ),
            (
                "INCOMPLETE: not one case was read · BREAKS: 1 row with errors",
                {
                    ($0.controls.orders.accepted, $0.controls.rows.case) = (0, 0)
                    $0.controls.rows.orphanWebhook = 1
                    $0.summary.exceptions[.orphanWebhook] = 1
                    $0.rowsToLookAt.withErrors = 1
                }, [.unknown, .bad]
            ),
        ]
        for (words, change, tones) in nights {
            var context = base
            change(&context)
            let text = VerdictText(context)
            #expect(text.line == words)
            #expect(text.parts.map(\.tone) == tones, "\(words)")
        }
    }

    @Test func theBridgeAddsUp() throws {
        let totals = WorkbookFixture.summarise(try SampleRows.mixed()).totals
        try #require(!totals.isEmpty)
        for (currency, sums) in totals {
            let bridge = Bridge(sums)
            let walked = bridge.steps.reduce(bridge.expected.minorUnits) { $0 + $1.change.minorUnits }
            #expect(walked == bridge.final.minorUnits, "\(currency)")
            #expect(bridge.steps.last == Bridge.Step(name: "Other", change: Total()), "\(currency)")
            #expect(bridge.values.count == Bridge.names.count)
        }
        let dollars = Bridge(totals[try SampleRows.currency("USD")] ?? CurrencyTotals())
        #expect(dollars.values.map(\.minorUnits) == [50_380, -10_000, -36_348, 0, 500, 0, -800, 0, 3732])
    }

    @Test func theBarsOfTheWaterfallTouch() throws {
        var totals = CurrencyTotals()
        totals.expected.refund = Total(minorUnits: 100)
        totals.inProgress = Total(minorUnits: 30)
        totals.variance.original = Total(minorUnits: 5)
        totals.final.refund = Total(minorUnits: 75)
        let bars = try #require(Bridge(totals).bars)
        #expect(bars.map(\.base.minorUnits) == [0, 70, 70, 70, 75, 75, 75, 75, 0])
        #expect(bars.map(\.fall.minorUnits) == [0, 30, 0, 0, 0, 0, 0, 0, 0])
        #expect(bars.map(\.rise.minorUnits) == [0, 0, 0, 5, 0, 0, 0, 0, 0])
        #expect(bars.map(\.whole.minorUnits) == [100, 0, 0, 0, 0, 0, 0, 0, 75])
        totals.atRisk = Total(minorUnits: 80)
        #expect(Bridge(totals).bars == nil)
    }

    @Test func carriersAreOrderedByGrossVariance() throws {
        var carriers = CarrierVariances()
        for (carrier, refund) in [("AA", 100), ("AA", -100), ("BB", 150), ("CC", 0), ("DD", -150)] as [(Text, Int64)] {
            var row = try SampleRows.expecting("USD", line: 1, original: 1000, penalty: 0, fee: 0)
            row.carrier = carrier
            carriers.add(
                SampleRows.paid(row, original: 1000, penalty: 0, fee: 0, refund: 1000 + refund, outcome: .variance))
        }
        let found = carriers.largest(2, in: try SampleRows.currency("USD"))
        #expect(found.map(\.carrier) == ["AA", "BB"])
        #expect(found.map(\.sum.gross.minorUnits) == [200, 150])
        #expect(found.map(\.sum.net.minorUnits) == [0, 150])
        #expect(carriers.largest(9, in: try SampleRows.currency("USD")).map(\.carrier) == ["AA", "BB", "DD"])
        #expect(carriers.largest(9, in: try SampleRows.currency("EUR")).isEmpty)
    }

    @Test func exceptionsComeByCurrencyAndSize() throws {
        let folder = try TemporaryFolder()
        func row(_ code: String, _ line: Int32, _ refund: Int64) throws -> ResultRow {
            SampleRows.paid(
                try SampleRows.expecting(code, line: line, original: 1000, penalty: 0, fee: 0), original: 1000,
                penalty: 0, fee: 0, refund: refund, outcome: .variance, .refundShort)
        }
        var unknown = ResultRow(.orphanWebhook, source: SourceLine(file: 1, line: 1))
        unknown.orderNo = "NONE"
        unknown.exceptions.insert(.orphanWebhook)
        var unpaid = try SampleRows.expecting("EUR", line: 9, original: 1000, penalty: 0, fee: 0)
        unpaid.exceptions.insert(.noEvidence)
        var quiet = try SampleRows.expecting("EUR", line: 10, original: 1000, penalty: 0, fee: 0)
        quiet.exceptions.insert(.duplicateWebhook)
        let rows = [
            unknown, try row("USD", 1, 900), try row("USD", 2, 1200), unpaid, quiet, try row("EUR", 3, 999),
            try row("EUR", 4, 1001),
        ]
        let path = folder.path + "/a.xlsx"
        try WorkbookFixture(rows).write(to: path, temporaryDirectory: folder.path)
        let book = try ReadWorkbook(path: path)
        let orders = (1...7).compactMap { book.cell("Exceptions", $0, 6)?.value }
        #expect(orders == ["ORD3", "ORD4", "ORD9", "ORD2", "ORD1", "NONE"])
        #expect(book.cell("Exceptions", 1, 15)?.value == "Reconciliation 7")
        #expect(book.cell("Exceptions", 1, 0)?.value == "error")
    }

    /// The summary's figures stand where a person looks for them.
    @Test func theSummaryStatesTheFigures() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a.xlsx"
        try WorkbookFixture(try SampleRows.mixed()).write(to: path, temporaryDirectory: folder.path)
        let book = try ReadWorkbook(path: path)
        let cells = book.cells["Summary"] ?? [:]
        #expect(cells["A2"]?.value == "COMPLETE")
        #expect(cells["A3"]?.value == "BREAKS: 5 rows with errors, 2 refunds outstanding")
        #expect(cells["B5"]?.value == "2025-09-30")
        let dollars = (0..<10).map { book.cell("Summary", 14, $0)?.cached }
        #expect(dollars == ["USD", "4", "503.8", "37.32", "-3", "3", "-3", "0", "363.48", "100"])
    }

    /// Parts of the rows, added up apart and merged, give what all rows give.
    @Test func theRowsAddUpTheSameInParts() throws {
        var rows = try SampleRows.mixed()
        // Two amounts too long for numbers, whose sum is not.
        for refund in [CellNumber.limit, -CellNumber.limit] {
            rows.append(
                SampleRows.paid(
                    try SampleRows.expecting("GBP", line: 9, original: 0, penalty: 0, fee: 0), original: 0, penalty: 0,
                    fee: 0, refund: Int64(refund), outcome: .variance))
        }
        var (whole, merged) = (TieOut(), TieOut())
        for row in rows {
            var part = TieOut()
            part.add(row)
            merged.merge(part)
            whole.add(row)
        }
        #expect(merged.rowTypes == whole.rowTypes)
        #expect(merged.outcomes == whole.outcomes)
        #expect(merged.exceptions == whole.exceptions)
        for code in ["USD", "JPY", "KWD", "EUR", "GBP"] {
            for index in Figure.all.indices {
                let (one, other) = (merged.sum(index, currency(code)), whole.sum(index, currency(code)))
                #expect(one.total == other.total, "\(Figure.all[index].name) in \(code)")
                #expect(one.hasText == other.hasText, "\(Figure.all[index].name) in \(code)")
            }
        }
        let refund = try #require(Figure.all.firstIndex { $0.name == "finalRefund" })
        #expect(merged.sum(refund, currency("GBP")).hasText)
        #expect(merged.sum(refund, currency("GBP")).total == Total())
    }
}
