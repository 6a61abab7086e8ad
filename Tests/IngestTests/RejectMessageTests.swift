import Files
import Ingest
import Memory
import Refunds
import Testing

/// What a person is told about a refused record: what was found, what would be accepted, the field and the order.
@Suite struct RejectMessageTests {
    private static func only(_ rejects: [Reject]) throws -> Reject {
        try #require(rejects.count == 1)
        return rejects[0]
    }

    @Test(
        "the value and what would be accepted",
        arguments: [
            (
                ["originalTotalFareAmount": "31,10"],
                "originalTotalFareAmount \"31,10\" is not an amount: digits with a decimal point, no thousands separator, no currency sign"
            ),
            (
                ["originalTotalFareAmount": "100.001"],
                "originalTotalFareAmount \"100.001\" has too many digits after the point: USD has 2"
            ),
            (["transactionFee": "-2"], "transactionFee \"-2\" is negative"),
            (["paymentMethod": "cash"], "paymentMethod \"cash\" is not one of deposit, vcc"),
            (["refundReason": "2"], "refundReason \"2\" is not one of 0, 1, 4"),
            (
                ["currency": "XAU"],
                "currency \"XAU\" is not a currency of ISO 4217 with a minor unit, such as USD"
            ),
            (["currency": ""], "currency has no value"),
            (
                ["requestedAt": "01.09.2025"],
                "requestedAt \"01.09.2025\" is not a date: 2025-09-30, 20250930, or a date-time with offset, in the years 0001 to 9999 in UTC"
            ),
        ])
    func message(_ change: [String: String], _ expected: String) async throws {
        let record = Record.order.with(change)
        let csv = try Self.only(try await readOrders(record.csvHeader + "\n" + record.csv, "o.csv").rejects)
        let json = try Self.only(try await readOrders(record.json, "o.jsonl").rejects)
        for reject in [csv, json] {
            #expect(reject.message == expected)
            #expect(reject.field == change.keys.first)
            #expect(reject.orderNo == "A1")
        }
    }

    @Test func longValuesAreCut() async throws {
        let record = Record.order.with(["paymentMethod": String(repeating: "ü", count: 1000)])
        let reject = try Self.only(try await readOrders(record.json, "o.jsonl").rejects)
        let start = String(repeating: "ü", count: 24)
        #expect(reject.message == "paymentMethod \"\(start)…\" is not one of deposit, vcc")
    }

    @Test(
        "JSON that is not a record",
        arguments: [
            ("{\"a\": x}", "no valid JSON from byte 7 on: found x}"),
            ("{\"a\":1", "no valid JSON: it ends too early, after 6 bytes"),
            ("[1]", "the line is an array, not a JSON object"), ("null", "the line is null, not a JSON object"),
            ("{\"a\":1,\"a\":2}", "the key a is given twice"),
        ])
    func json(_ line: String, _ expected: String) async throws {
        for rejects in [try await readOrders(line, "o.jsonl").rejects, try await readWebhooks(line, "w.jsonl").rejects]
        {
            let reject = try Self.only(rejects)
            #expect(reject.message == expected)
            #expect(reject.orderNo == nil)
        }
    }

    @Test(
        "the order number, wherever the shape has it",
        arguments: [
            (#"{"orderNo":" N ","refundStatus":9}"#, "N"),
            (#"{"type":"order.refundComplete","data":{"orderNo":"N"}}"#, "N"),
            (#"{"body":{"orderNo":"N"}}"#, "N"),
            (#"{"body":{"type":"order.refundComplete","data":{"orderNo":"N"}}}"#, "N"),
            (#"{"body":"{\"orderNo\":\"N\"}"}"#, "N"), (#"{"orderNo":5}"#, nil), (#"{"refundStatus":2}"#, nil),
        ] as [(String, String?)])
    func orderNumber(_ line: String, _ expected: String?) async throws {
        #expect(try Self.only(try await readWebhooks(line, "w.jsonl").rejects).orderNo == expected)
    }

    // MARK: Encodings

    private static let header =
        "orderNo,refundCode,currency,originalTotalFareAmount,airlinePenaltyAmount,transactionFee,requestedAt,passenger\n"

    @Test(
        "the column and the byte that is not UTF-8",
        arguments: [
            (
                [0x4D, 0xFC, 0x6C], "passenger",
                "column passenger: byte 2 (0xFC) is not UTF-8; it looks like Windows-1252: convert with iconv -f WINDOWS-1252 -t UTF-8"
            ),
            ([0x81], "passenger", "column passenger: byte 1 (0x81) is not UTF-8"),
            ([0xC3, 0xBC, 0xFC], "passenger", "column passenger: byte 3 (0xFC) is not UTF-8"),
        ] as [([UInt8], String, String)])
    func encoding(_ bytes: [UInt8], _ column: String, _ expected: String) async throws {
        let text = Array((Self.header + "A,R,USD,1,0,0,20250901,").utf8) + bytes
        let reject = try Self.only(try await readOrders(text, "o.csv").rejects)
        #expect(reject.code == .badUTF8)
        #expect(reject.message == expected)
        #expect(reject.field == nil)
        let known = Array((Self.header + "A,R,").utf8) + bytes + Array(",1,0,0,20250901,x".utf8)
        #expect(try Self.only(try await readOrders(known, "o.csv").rejects).field == "currency")
    }

    @Test func aFileOfAnotherKindIsTold() async throws {
        let log = #"{"cid":"c","type":"order.refundComplete","data":{"orderNo":"N"}}"# + "\n"
        let foreign = try await readOrders(log + "\n" + log, "w.jsonl")
        #expect(foreign.notes == ["w.jsonl: none of its 2 records has a field of an order: is it a webhook log?"])
        #expect(try await readOrders(log + Record.order.json, "w.jsonl").notes == [])
        #expect(try await readOrders("\n", "w.jsonl").notes == [])
    }

    @Test func littleIsKeptOfVeryManyRejects() async throws {
        let line = String(repeating: "x", count: 3000) + "\n"
        let rejects = try await readOrders(String(repeating: line, count: 10_002), "o.jsonl").rejects
        try #require(rejects.count == 10_002)
        #expect(rejects[9_999].raw.count == 2048)
        #expect(rejects[10_000].raw.count == 128)
        #expect(rejects[10_001].source.line == 10_002)
    }
}

/// Years that an offset leads out of.
@Suite struct DatesAtTheEdgeTests {
    private static let beyond = ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-05:00"]

    @Test("a date outside the years 0001 to 9999 in UTC", arguments: beyond)
    func refused(_ date: String) async throws {
        for field in ["requestedAt", "expectedConfirmationDate", "expectedRefundDate"] {
            let record = Record.order.with([field: date])
            for ingest in [
                try await readOrders(record.json, "o.jsonl"),
                try await readOrders(record.csvHeader + "\n" + record.csv, "o.csv"),
            ] {
                #expect(Refusal.list(ingest.rejects).map(\.code) == ["bad-date"])
                #expect(ingest.rejects.first?.field == field)
            }
        }
        let log = #"{"receivedAt":"\#(date)","body":{"orderNo":"N"}}"#
        #expect(Refusal.list(try await readWebhooks(log, "w.jsonl").rejects).map(\.code) == ["bad-date"])
    }

    @Test(
        "the last days that can be written",
        arguments: ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9Z", "9999-12-31T23:59:59+05:00"])
    func accepted(_ date: String) async throws {
        let record = Record.order.with(["expectedRefundDate": date])
        #expect(try await readOrders(record.json, "o.jsonl").cases.count == 1)
    }
}
