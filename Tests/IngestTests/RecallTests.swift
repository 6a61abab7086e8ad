import Files
import Ingest
import Memory
import Refunds
import Testing

/// Records of nights before, put before tonight's: all are judged as if they had come in one file.
@Suite struct RecallTests {
    private static let uncoded = Record.order.with(["refundCode": ""])

    /// Tonight's orders.
    private func read(_ records: [Record]) async throws -> OrdersIngest {
        let folder = try InputFolder()
        let text = ([Record.order.csvHeader] + records.map(\.csv)).joined(separator: "\n")
        let path = try folder.write("orders.csv", Array(text.utf8))
        return try await OrdersIngest.read(
            [try InputFile(path: path)], firstFile: 2, threads: 1, mayBeRemembered: { _ in true })
    }

    /// Tonight's orders with records of nights before.
    private func night(
        remembered: [Record], cameAgain: Bool = false, tonight: [Record]
    ) async throws -> OrdersIngest {
        var recalled: [RecalledRecord] = []
        for (index, record) in remembered.enumerated() {
            var before = try #require(try await read([record]).cases.first)
            before.source = SourceLine(file: 0, line: Int32(index + 1))
            recalled.append(RecalledRecord(record: before, cameAgain: cameAgain))
        }
        var orders = try await read(tonight)
        orders.recall(recalled, file: 0, named: "carried-orders.jsonl")
        return orders
    }

    struct Again: Sendable {
        let what: String
        let tonight: [Record]
        var duplicates = 0
        var rejected = 0
        var readTonight = 1
    }

    @Test(arguments: [
        Again(what: "nothing", tonight: [], readTonight: 0),
        Again(what: "the same", tonight: [.order], duplicates: 1),
        Again(what: "the same twice", tonight: [.order, .order], duplicates: 2),
        Again(
            what: "fewer values", tonight: [Record.order.with(["expectedRefundDate": "", "paymentMethod": ""])],
            duplicates: 1),
        Again(
            what: "another value", tonight: [Record.order.with(["transactionFee": "3.00"])], rejected: 1, readTonight: 0
        ),
        Again(
            what: "another value, and the same", tonight: [Record.order.with(["transactionFee": "3.00"]), .order],
            duplicates: 1, rejected: 1),
        Again(
            what: "two that contradict each other, of which one agrees",
            tonight: [.order, Record.order.with(["transactionFee": "3.00"])], duplicates: 1, rejected: 1),
    ])
    func aRecordThatComesAgain(_ again: Again) async throws {
        let orders = try await night(remembered: [.order], tonight: again.tonight)
        try #require(orders.cases.count == 1)
        let refundCase = orders.cases[0]
        #expect(refundCase.source == SourceLine(file: 0, line: 1))
        #expect(refundCase.transactionFee == Amount(minorUnits: 2_00))
        #expect(refundCase.paymentMethod == .vcc)
        #expect(refundCase.expectedRefundDate == CalendarDate("2025-09-20"))
        #expect(refundCase.droppedDuplicates == again.duplicates)
        #expect(refundCase.hasConflict == (again.rejected > 0))
        #expect(orders.controls.accepted == 0)
        #expect(orders.carried == 1)
        #expect(orders.controls.duplicate == again.duplicates)
        #expect(orders.controls.rejected == again.rejected)
        #expect(orders.controls.balances)
        #expect(orders.rejects.count == again.rejected)
        for reject in orders.rejects {
            #expect(reject.message == "carried-orders.jsonl:1 says something else of this refund")
            #expect(String(decoding: reject.raw, as: UTF8.self).contains("3.00"), "the record as it came")
        }
        #expect(orders.readTonight == again.readTonight)
        let dollars = try #require(orders.amounts().values.first)
        #expect(dollars.carried == Total(minorUnits: 110_00))
        #expect(dollars.cases == Total(minorUnits: 110_00))
        #expect(dollars.read == dollars.duplicate)
    }

    /// What the nights before had of a refund is judged again as they judged it.
    @Test func recordsOfNightsBefore() async throws {
        let other = Record.order.with(["transactionFee": "3.00"])
        let orders = try await night(remembered: [.order, other], cameAgain: true, tonight: [])
        try #require(orders.cases.count == 1)
        #expect(orders.cases[0].hasConflict)
        #expect(orders.cases[0].droppedDuplicates == 1)
        #expect(orders.laterRecords.map(\.agrees) == [false])
        // No control of tonight counts them.
        #expect(orders.controls == Controls.Orders())
        #expect(orders.rejects.isEmpty)
    }

    struct Learnt: Sendable {
        let what: String
        let remembered: [Record]
        let tonight: [Record]
        let codes: [Text?]
    }

    @Test(arguments: [
        Learnt(what: "a code", remembered: [uncoded], tonight: [.order], codes: ["R1"]),
        Learnt(
            what: "two codes, of which the first agrees", remembered: [uncoded],
            tonight: [.order, Record.order.with(["refundCode": "R2"])], codes: ["R1", "R2"]),
        Learnt(
            what: "two codes, of which the second agrees", remembered: [uncoded],
            tonight: [Record.order.with(["transactionFee": "3.00"]), Record.order.with(["refundCode": "R2"])],
            codes: ["R2", "R1"]),
        Learnt(
            what: "a code of a record that says something else", remembered: [uncoded],
            tonight: [Record.order.with(["transactionFee": "3.00"])], codes: [nil, "R1"]),
        Learnt(what: "a code beside none", remembered: [uncoded], tonight: [.order, uncoded], codes: [nil, "R1"]),
        Learnt(
            what: "a code that another case has", remembered: [uncoded, .order], tonight: [.order], codes: [nil, "R1"]),
        Learnt(
            what: "number and code", remembered: [uncoded.with(["orderNo": ""])], tonight: [.order], codes: ["R1"]),
        Learnt(
            what: "a code under PNR and carrier", remembered: [uncoded.with(["orderNo": ""])],
            tonight: [Record.order.with(["orderNo": ""])], codes: ["R1"]),
        Learnt(
            what: "a code of another booking", remembered: [uncoded.with(["orderNo": ""])],
            tonight: [Record.order.with(["orderNo": "", "airlinePNR": "PNR2"])], codes: [nil, "R1"]),
    ])
    func aCodeThatIsLearnt(_ learnt: Learnt) async throws {
        let orders = try await night(remembered: learnt.remembered, tonight: learnt.tonight)
        #expect(orders.cases.map(\.refundCode) == learnt.codes)
        #expect(orders.queryable == learnt.codes.count { $0 != nil })
        #expect(orders.notQueryable == learnt.codes.count { $0 == nil })
        let former = try #require(try await read(learnt.remembered).cases.first).identity.lookupKey
        #expect(orders.renamed[former] == (learnt.codes[0] == nil ? nil : orders.cases[0].identity.lookupKey))
        #expect(orders.controls.balances)
    }
}
