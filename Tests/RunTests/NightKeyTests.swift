import JSON
import Memory
import Refunds
import Testing

/// Refunds that are known by PNR and carrier, from night to night: their order number comes from an answer.
@Suite struct NightKeyTests {
    private static let byPNR =
        #"{"airlinePNR":"PNR1","carrier":"U2","refundCode":"R1","currency":"USD","originalTotalFareAmount":"100.00","#
        + #""airlinePenaltyAmount":"10.00","transactionFee":"2.00","requestedAt":"2026-01-01"}"#
    private static let byNumber = byPNR.replacing(#""airlinePNR":"PNR1","carrier":"U2","#, with: #""orderNo":"X","#)

    /// The answer to a question by PNR and carrier, as a line of a journal.
    private static func answer(_ orderNo: String) -> String {
        #"{"schema":1,"orderNo":null,"refundCode":"R1","airlinePNR":"PNR1","carrier":"U2","queriedAt":"t","attempts":1,"#
            + #""httpStatus":200,"outcome":"ok","error":null,"body":{"status":0,"refundOrders":[{"orderNo":"\#(orderNo)","#
            + #""refundCode":"R1","refundStatus":1,"refundMethod":"CashBackToOriginalPayment","refundFareAmount":"#
            + #"{"currency":"USD","originalFareAmount":100,"estimatedRefundAmount":90},"serviceFee":{"currency":"USD","#
            + #""transactionFee":2}}]}}"#
    }

    /// Runs a night; gives its rows.
    private func run(
        _ nights: Nights, _ day: String, _ orders: [String], _ journal: [String]
    ) async throws -> [[String: String]] {
        let orders = try nights.folder.write("\(day)-o.jsonl", orders.joined(separator: "\n"))
        let journal = try nights.folder.write("\(day)-j.jsonl", journal.joined(separator: "\n"))
        let finished = try await Command.run([
            "run", "--orders", orders, "--status-journal", journal, "--state", nights.state, "--as-of", day,
            "--output", nights.output, "--formats", "csv", "--allow-empty", "--allow-incomplete",
        ])
        #expect(finished.code == 0, "\(day): \(finished.errorText)")
        return csvRecords(try Files.read("\(nights.output)/\(day)/reconciliation.csv"))
    }

    /// The order is remembered once, also where it is looked at on some nights only.
    @Test func aCaseWhoseOrderBecomesKnown() async throws {
        let nights = try Nights()
        // Another that has ended is remembered in the part that has the first version of this one.
        let ended = Self.byPNR.replacing("PNR1", with: "PNR2")
        let paid = Self.answer("").replacing(#""orderNo":"""#, with: #""orderNo":null"#)
            .replacing("PNR1", with: "PNR2").replacing(#""refundStatus":1"#, with: #""refundStatus":2"#)
        let first = try await run(nights, "2026-01-10", [Self.byPNR, ended], [paid])
        #expect(first.map { $0["orderNo"] } == ["", ""])
        for (day, orderNo) in [("2026-01-11", "X"), ("2026-01-12", "X"), ("2026-01-13", "Y"), ("2026-01-14", "X")] {
            let rows = try await run(nights, day, [], [Self.answer(orderNo)])
            #expect(rows.map { $0["orderNo"] } == [orderNo], "\(day)")
            #expect(rows.allSatisfy { $0["exceptions"]?.contains("DUPLICATE") == false }, "\(day)")
            let export = try await Command.run(["state", "export", nights.state])
            #expect(export.outputLines.count { $0.contains(#""type":"order""#) } == 2, "\(day): \(export.outputText)")
        }
    }

    /// One refund under two keys stays one, although only one of them was answered, and on an earlier night.
    @Test(arguments: [true, false]) func oneRefundUnderTwoKeys(numberFirst: Bool) async throws {
        let nights = try Nights()
        let records = numberFirst ? [Self.byNumber, Self.byPNR] : [Self.byPNR, Self.byNumber]
        for (day, orders, journal) in [
            ("2026-01-10", records, [Self.answer("X")]), ("2026-01-11", [], []), ("2026-01-12", [], []),
        ] {
            let rows = try await run(nights, day, orders, journal)
            #expect(rows.map { $0["orderNo"] } == ["X"], "\(day)")
            #expect(rows.map { $0["outcome"] } == ["pending"], "\(day)")
            #expect(rows.map { $0["exceptions"] } == ["DUPLICATE_ORDER"], "\(day)")
        }
    }

    /// The answer names an order that the night did not recall: all is read again with it, what came through a pipe too.
    @Test func aPipeIsReadAgain() async throws {
        let nights = try Nights()
        let paid = Self.answer("X").replacing(#""orderNo":null"#, with: #""orderNo":"X""#)
            .replacing(#""refundStatus":1"#, with: #""refundStatus":2"#)
        #expect(try await run(nights, "2026-01-10", [Self.byNumber], [paid]).map { $0["orderNo"] } == ["X"])
        let orders = try nights.folder.write("o.jsonl", Self.byPNR.replacing("\"R1\"", with: "\"R2\""))
        let journal = try nights.folder.write("j.jsonl", Self.answer("X").replacing("\"R1\"", with: "\"R2\""))
        let finished = try await Command.shell(
            #"cat "$1" | "$0" run --orders - --status-journal "$2" --state "$3" --as-of 2026-01-11 --output "$4" "#
                + "--formats csv --allow-incomplete", [orders, journal, nights.state, nights.output])
        #expect(finished.code == 0, "\(finished.errorText)")
        let rows = csvRecords(try Files.read("\(nights.output)/2026-01-11/reconciliation.csv"))
        #expect(rows.map { $0["refundCode"] } == ["R1", "R2"])
        #expect(rows.map { $0["orderNo"] } == ["X", "X"])
    }
}
