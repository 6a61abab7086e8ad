import Ingest
import Memory
import Refunds
import Testing

/// One refund under two keys: a record keyed by PNR and carrier, whose answer names the order of another record.
@Suite struct TwoKeysTests {
    private static let named = Record.order
    private static let keyed = Record.order.with(["orderNo": ""])

    private func read(_ records: [Record]) async throws -> OrdersIngest {
        try await readOrders(([records[0].csvHeader] + records.map(\.csv)).joined(separator: "\n"), "orders.csv")
    }

    /// An answer with an entry for each refund code of an order.
    private func answer(_ orderNo: Text?, _ codes: Text..., line: Int32) -> StatusAnswer {
        let entries = codes.map {
            RefundOrderEntry(
                orderNo: orderNo, refundCode: $0, refundStatus: .refunded, isVoucher: false, amounts: QueriedAmounts())
        }
        return StatusAnswer(
            outcome: .ok(RefundOrderEntries(entries)), queriedAt: nil, source: SourceLine(file: 9, line: line))
    }

    @Test func theFirstReadIsTheCaseAndTheOtherIsDropped() async throws {
        for records in [[Self.named, Self.keyed], [Self.keyed, Self.named]] {
            var orders = try await read(records)
            try #require(orders.cases.count == 2)
            let answers = StatusAnswers([answer("A1", "R1", line: 1), answer("A1", "R1", line: 2)])
            let found = orders.mergeRefundsUnderTwoKeys(answers)
            let merged = try #require(found)
            #expect(orders.cases.map(\.source.line) == [2])
            #expect(orders.cases[0].droppedDuplicates == 1)
            #expect(orders.controls.accepted == 1)
            #expect(orders.controls.duplicate == 1)
            #expect(orders.controls.rejected == 0)
            #expect(orders.queryable == 1)
            #expect(merged.answers.map { $0?.source?.line } == [1])
            #expect(merged.others.map(\.answer.source?.line) == [2])
            let amounts = orders.amounts()
            let dollars = try #require(amounts.values.first)
            #expect(dollars.read == Total(minorUnits: 220_00))
            #expect(dollars.duplicate == Total(minorUnits: 110_00))
            #expect(dollars.cases == Total(minorUnits: 110_00))
        }
    }

    @Test func theAnswerThatHoldsTheRefundIsReliedOn() async throws {
        var orders = try await read([Self.named, Self.keyed])
        let failed = StatusAnswer(outcome: .failed("timeout"), queriedAt: nil, source: SourceLine(file: 9, line: 1))
        let found = orders.mergeRefundsUnderTwoKeys(
            StatusAnswers([failed, answer("A1", "R1", "R9", line: 2)]))
        let merged = try #require(found)
        #expect(merged.answers.map { $0?.source?.line } == [2])
        #expect(merged.answers.okCount == 1)
        #expect(merged.answers.failedCount == 0)
        #expect(merged.answers.mayNameOtherRefunds == [0])
    }

    @Test func aRecordThatDisagreesIsRefused() async throws {
        var orders = try await read([Self.named, Self.keyed.with(["transactionFee": "2.01"])])
        _ = orders.mergeRefundsUnderTwoKeys(
            StatusAnswers([answer("A1", "R1", line: 1), answer("A1", "R1", line: 2)]))
        #expect(orders.cases.count == 1)
        #expect(orders.cases[0].hasConflict)
        #expect(Refusal.list(orders.rejects) == [Refusal(line: 3, code: "conflicting-order")])
        #expect(orders.controls.rejected == 1)
        let amounts = orders.amounts()
        #expect(amounts.values.map(\.read) == [Total(minorUnits: 110_00)], "a refused record counts nowhere")
    }

    /// It is as if the keys had been equal from the start: what was held against the second record is held against the first.
    @Test func laterRecordsAreHeldAgainstTheFirst() async throws {
        let records = [
            Self.keyed.with(["refundReason": ""]),
            // The case of its own key until now; it agrees with the first.
            Self.named.with(["paymentMethod": ""]),
            // Agreed with the second record, and contradicts the first.
            Self.named.with(["paymentMethod": "deposit"]),
            // Contradicted neither.
            Self.named,
            // Was refused for a value that only the second record gives, and agrees with the first.
            Self.named.with(["refundReason": "4"]),
        ]
        var orders = try await read(records)
        #expect(Refusal.list(orders.rejects) == [Refusal(line: 6, code: "conflicting-order")])
        _ = orders.mergeRefundsUnderTwoKeys(
            StatusAnswers([answer("A1", "R1", line: 1), answer("A1", "R1", line: 2)]))
        #expect(orders.cases.map(\.source.line) == [2])
        #expect(Refusal.list(orders.rejects) == [Refusal(line: 4, code: "conflicting-order")])
        #expect(orders.cases[0].droppedDuplicates == 3)
        #expect(orders.controls.accepted == 1)
        #expect(orders.controls.duplicate == 3)
        #expect(orders.controls.rejected == 1)
        #expect(orders.controls.balances)
    }

    @Test func twoLocatorsOfOneOrderAreOneRefundThatContradictsItself() async throws {
        var orders = try await read([Self.keyed, Self.keyed.with(["airlinePNR": "PNR2"])])
        let merged = orders.mergeRefundsUnderTwoKeys(
            StatusAnswers([answer("A1", "R1", line: 1), answer("A1", "R1", line: 2)]))
        #expect(merged != nil)
        #expect(Refusal.list(orders.rejects) == [Refusal(line: 3, code: "conflicting-order")])
    }

    @Test func nothingElseIsBroughtTogether() async throws {
        let others: [(String, [StatusAnswer?])] = [
            ("another order", [answer("A1", "R1", line: 1), answer("A2", "R1", line: 2)]),
            ("no order named", [answer("A1", "R1", line: 1), answer(nil, "R1", line: 2)]),
            ("another code", [answer("A1", "R1", line: 1), answer("A1", "R2", line: 2)]), ("no answer", [nil, nil]),
        ]
        for (what, answers) in others {
            var orders = try await read([Self.named, Self.keyed])
            #expect(orders.mergeRefundsUnderTwoKeys(StatusAnswers(answers)) == nil, "\(what)")
            #expect(orders.cases.count == 2, "\(what)")
        }
    }
}
