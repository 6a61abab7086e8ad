import Files
import Ingest
import Memory
import Refunds
import Testing

/// FORMATS.md, "The same refund twice".
@Suite struct DuplicateOrderTests {
    /// A penalty stated in one form and in no other.
    private static func penaltyAs(
        _ total: String = "", parts: (String, String) = ("", ""), estimate: String = ""
    ) -> [String: String] {
        [
            "airlinePenaltyAmount": total, "airlinePenaltyAmountForFare": parts.0,
            "airlinePenaltyAmountForAncillaries": parts.1, "estimatedRefundAmount": estimate,
        ]
    }

    private static func key(_ changes: [String: String]) -> Record { Record.order.with(changes) }

    /// Lines of one file and what becomes of each: accepted, duplicate of the first, or conflict.
    @Test(
        "the first is the case; what agrees is dropped, what disagrees is refused",
        arguments: [
            ([key([:]), key([:]), key([:])], "add"),
            // What one of them lacks is no disagreement, in both directions.
            (
                [
                    key([:]),
                    key([
                        "originalTotalAncillaryAmount": "", "refundQuoteType": "", "isRefundable": "", "airlinePNR": "",
                    ]),
                ], "ad"
            ),
            (
                [
                    key([
                        "originalTotalAncillaryAmount": "", "refundQuoteType": "", "isRefundable": "", "airlinePNR": "",
                    ]), key([:]),
                ], "ad"
            ),
            // Compared as written: a default is no value that was given.
            ([key(["paymentMethod": ""]), key([:])], "ad"),
            (
                [
                    key(["originalTotalAmount": "", "originalTotalAncillaryAmount": ""]),
                    key(["originalTotalAncillaryAmount": ""]),
                ], "ad"
            ),
            // Other spellings of the same values.
            (
                [
                    key([:]),
                    key([
                        "originalTotalFareAmount": "0100.000", "requestedAt": "2025-09-01T23:00:00-00:30",
                        "currency": "usd", "orderNo": " A1 ",
                    ]),
                ], "ad"
            ),
            ([key([:]), key(["transactionFee": "2.01"])], "ac"), ([key([:]), key(["currency": "EUR"])], "ac"),
            ([key([:]), key(["requestedAt": "20250902"])], "ac"), ([key([:]), key(["carrier": "W6"])], "ac"),
            ([key([:]), key(["refundOfferId": "o1"])], "ac"),
            ([key([:]), key(["expectedRefundDate": "20250921"])], "ac"),
            ([key([:]), key(["isRefundable": "false"])], "ac"), ([key([:]), key(["refundReason": "4"])], "ac"),
            // A penalty in another form is the same penalty or another one.
            ([key(penaltyAs("6.00")), key(penaltyAs(estimate: "104.00"))], "ad"),
            ([key(penaltyAs("6.00")), key(penaltyAs(estimate: "104.01"))], "ac"),
            ([key(penaltyAs(estimate: "104.00")), key(penaltyAs(parts: ("5.00", "1.00")))], "ad"),
            ([key(penaltyAs(estimate: "104.00")), key(penaltyAs(parts: ("5.00", "")))], "ac"),
            (
                [
                    key(penaltyAs("6.00").merging(["refundQuoteType": "CannotQuote"]) { $1 }),
                    key(penaltyAs(estimate: "104.01").merging(["refundQuoteType": ""]) { $1 }),
                ], "ad"
            ),
            // Each is compared with the first, not with one that was dropped or refused.
            ([key(["paymentMethod": ""]), key(["paymentMethod": "vcc"]), key(["paymentMethod": "deposit"])], "add"),
            ([key([:]), key(["carrier": "W6"]), key(["carrier": "W6"]), key([:])], "accd"),
            // Other keys.
            (
                [
                    key([:]), key(["refundCode": "R2"]), key(["refundCode": ""]), key(["orderNo": "A2"]),
                    key(["orderNo": "a1"]),
                ], "aaaaa"
            ), ([key(["orderNo": "\u{E9}"]), key(["orderNo": "e\u{301}"])], "aa"),
            ([key(["refundCode": ""]), key(["refundCode": ""])], "ad"), ([key(["refundCode": ""]), key([:])], "aa"),
            // PNR and carrier where there is no order number; an order number is not replaced by them.
            (
                [
                    key(["orderNo": ""]), key(["orderNo": ""]), key(["orderNo": "", "carrier": "W6"]),
                    key(["orderNo": "", "airlinePNR": "Q"]), key([:]),
                ], "adaaa"
            ), ([key([:]), key(["airlinePNR": ""]), key(["airlinePNR": "Q"])], "adc"),
        ] as [([Record], String)])
    func becomes(_ records: [Record], _ expected: String) async throws {
        let folder = try InputFolder()
        let csv = try folder.write("o.csv", ([Record.order.csvHeader] + records.map(\.csv)).joined(separator: "\n"))
        let json = try folder.write("o.jsonl", "{}\n" + records.map(\.json).joined(separator: "\n"))
        // All in one file, and each in a file of its own.
        let single = try records.enumerated().map { try folder.write("o\($0.offset).jsonl", $0.element.json) }
        for paths in [[csv], [json], single] {
            let ingest = try await OrdersIngest.read(try InputList(paths).files, firstFile: 0, threads: 2)
            var found = Array(repeating: "d", count: records.count)
            func place(_ source: SourceLine) -> Int { paths.count > 1 ? Int(source.file) : Int(source.line) - 2 }
            for refundCase in ingest.cases { found[place(refundCase.source)] = "a" }
            for reject in ingest.rejects where reject.code == .conflictingOrder { found[place(reject.source)] = "c" }
            #expect(found.joined() == expected)
            let controls = ingest.controls
            #expect(controls.balances)
            let accepted = expected.filter { $0 == "a" }
            let dropped = expected.filter { $0 == "d" }
            #expect(controls.accepted == accepted.count)
            #expect(controls.duplicate == dropped.count)
            #expect(ingest.cases.reduce(0) { $0 + Int($1.droppedDuplicates) } == controls.duplicate)
            #expect(ingest.cases.contains(where: \.hasConflict) == expected.contains("c"))
            #expect(ingest.rejects.map(\.source) == ingest.rejects.map(\.source).sorted())
        }
    }

    @Test func aCaseKnowsItsOwnDuplicatesAndConflicts() async throws {
        let records = [
            Self.key([:]), Self.key(["orderNo": "B"]), Self.key(["orderNo": "B"]), Self.key(["transactionFee": "3"]),
            Self.key(["orderNo": "B"]),
        ]
        let ingest = try await readOrders(records.map(\.json).joined(separator: "\n"), "o.jsonl")
        #expect(ingest.cases.map(\.droppedDuplicates) == [0, 2])
        #expect(ingest.cases.map(\.hasConflict) == [true, false])
        #expect(ingest.rejects.first?.raw == Array(records[3].json.utf8))
    }

    /// The other record may stand in another file: the message names the place of the first.
    @Test func aConflictNamesThePlaceOfTheFirst() async throws {
        let folder = try InputFolder()
        let first = try folder.write("first.jsonl", "\n" + Self.key([:]).json)
        let second = try folder.write("second.jsonl", Self.key(["transactionFee": "3"]).json)
        let ingest = try await OrdersIngest.read(try InputList([first, second]).files, firstFile: 4, threads: 1)
        #expect(ingest.rejects.map(\.message) == ["first.jsonl:2 says something else of this refund"])
        #expect(ingest.rejects.map(\.source) == [SourceLine(file: 5, line: 1)])
    }

    @Test("formats and captured calls meet under one key") func acrossShapes() async throws {
        let folder = try InputFolder()
        let call = CapturedCallTests.call(CapturedCallTests.flat)
        let fields = [
            ("orderNo", "A1"), ("refundCode", "R1"), ("currency", "USD"), ("originalTotalFareAmount", "100"),
            ("airlinePenaltyAmountForFare", "5.00"), ("transactionFee", "2"), ("requestedAt", "2025-09-01"),
        ]
        let same = Record(fields: fields)
        let other = same.with(["transactionFee": "1"])
        let paths = [
            try folder.write("a.csv", same.csvHeader + "\n" + same.csv),
            try folder.write("b.jsonl", call + "\n" + other.json), try folder.write("c.jsonl", call),
        ]
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
            let ingest = try await OrdersIngest.read(
                try InputList(order.map { paths[$0] }).files, firstFile: 5, threads: 1)
            #expect(ingest.cases.count == 1)
            #expect(ingest.controls.duplicate == 2)
            #expect(ingest.cases.first?.hasConflict == true)
            #expect(ingest.rejects.map(\.source.line) == [2])
            #expect(ingest.cases.first?.source.file == 5)
        }
    }
}
