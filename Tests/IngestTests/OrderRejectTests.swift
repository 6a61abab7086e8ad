import Files
import Ingest
import Memory
import Refunds
import Testing

/// FORMATS.md, "Reject codes": those of orders, and the order in which a record's faults are judged.
@Suite struct OrderRejectTests {
    private static let fine = Record.order.with(["orderNo": "FINE"])

    /// A change of a good record and the code that it earns, as CSV and as JSON strings.
    private static let faults: [([String: String], String)] = [
        (["orderNo": "", "airlinePNR": ""], "missing-key"), (["orderNo": "", "carrier": ""], "missing-key"),
        (["orderNo": "  ", "airlinePNR": "\t"], "missing-key"),
        (["refundReason": "2"], "bad-enum"), (["refundReason": "01"], "bad-enum"),
        (["refundReason": "voluntary"], "bad-enum"),
        (["paymentMethod": "card"], "bad-enum"), (["paymentMethod": "VCC"], "bad-enum"),
        (["refundQuoteType": "accuratequote"], "bad-enum"), (["refundMethod": "Cash"], "bad-enum"),
        (["currency": ""], "missing-field"), (["currency": "XAU"], "bad-currency"),
        (["currency": "XXX"], "bad-currency"), (["currency": "US"], "bad-currency"),
        (["currency": "840"], "bad-currency"),
        (["originalTotalFareAmount": ""], "missing-field"), (["originalTotalFareAmount": "1.2.3"], "bad-amount"),
        (["originalTotalFareAmount": "1."], "bad-amount"), (["originalTotalFareAmount": "$1"], "bad-amount"),
        (["originalTotalFareAmount": "NaN"], "bad-amount"),
        (["originalTotalFareAmount": "1000000000000000"], "amount-range"),
        (["originalTotalFareAmount": "100.001"], "amount-precision"),
        (["originalTotalFareAmount": "-1"], "negative-amount"),
        (["originalTotalAncillaryAmount": "-0.01"], "negative-amount"),
        (["originalTotalAmount": "-110"], "negative-amount"),
        (["airlinePenaltyAmountForFare": "-5"], "negative-amount"),
        (["airlinePenaltyAmountForAncillaries": "-1"], "negative-amount"),
        (["airlinePenaltyAmount": "-6"], "negative-amount"),
        (["estimatedRefundAmount": "-104"], "negative-amount"), (["transactionFee": "-2"], "negative-amount"),
        (["transactionFee": ""], "missing-field"), (["transactionFee": "", "refundQuoteType": ""], "missing-field"),
        (["currency": "JPY", "originalTotalFareAmount": "100.5"], "amount-precision"),
        // What is derived keeps the limits.
        (
            [
                "originalTotalFareAmount": "999999999999999.99", "originalTotalAncillaryAmount": "0.01",
                "originalTotalAmount": "",
            ], "amount-range"
        ),
        (
            [
                "airlinePenaltyAmountForFare": "999999999999999.99", "airlinePenaltyAmountForAncillaries": "0.01",
                "airlinePenaltyAmount": "",
            ], "amount-range"
        ),
        (
            [
                "estimatedRefundAmount": "110.01", "airlinePenaltyAmount": "", "airlinePenaltyAmountForFare": "",
                "airlinePenaltyAmountForAncillaries": "",
            ], "negative-amount"
        ),
        (
            [
                "estimatedRefundAmount": "", "airlinePenaltyAmount": "", "airlinePenaltyAmountForFare": "",
                "airlinePenaltyAmountForAncillaries": "",
            ], "missing-expected-penalty"
        ),
        (["requestedAt": ""], "missing-field"), (["requestedAt": "20250931"], "bad-date"),
        (["requestedAt": "2025-09-01T10:00:00"], "bad-date"), (["requestedAt": "01.09.2025"], "bad-date"),
        (["expectedConfirmationDate": "2025-13-01"], "bad-date"), (["expectedRefundDate": "soon"], "bad-date"),
        (["isRefundable": "maybe"], "bad-boolean"), (["isRefundable": "True"], "bad-boolean"),
        (["isRefundable": "Y"], "bad-boolean"), (["isRefundable": "2"], "bad-boolean"),
    ]

    @Test("one fault, in CSV and in JSON", arguments: faults)
    func fault(_ changes: [String: String], _ code: String) async throws {
        let broken = Record.order.with(changes)
        let csv = try await readOrders(
            [broken.csvHeader, Self.fine.csv, broken.csv, ""].joined(separator: "\n"), "o.csv")
        #expect(Refusal.list(csv.rejects) == [Refusal(line: 3, code: code)])
        #expect(csv.cases.map { $0.orderNo } == ["FINE"])
        let json = try await readOrders([Self.fine.json, broken.json, ""].joined(separator: "\n"), "o.jsonl")
        #expect(Refusal.list(json.rejects) == [Refusal(line: 2, code: code)])
        #expect(json.cases.map { $0.orderNo } == ["FINE"])
        for ingest in [csv, json] {
            #expect(ingest.controls.balances)
            #expect(ingest.controls.rejected == 1)
            #expect(ingest.controls.accepted == 1)
        }
        #expect(csv.rejects.first?.raw == Array(broken.csv.utf8))
        #expect(json.rejects.first?.raw == Array(broken.json.utf8))
    }

    @Test(
        "values of a kind that only JSON has",
        arguments: [
            ("orderNo", "5", "bad-json"), ("airlinePNR", "true", "bad-json"), ("carrier", "[]", "bad-json"),
            ("refundCode", "1e5", "bad-json"), ("refundOfferId", "{}", "bad-json"), ("paymentMethod", "1", "bad-json"),
            ("currency", "840", "bad-json"), ("refundQuoteType", "0", "bad-json"),
            ("refundMethod", "false", "bad-json"), ("orderNo", #""\ud800""#, "bad-json"),
            ("refundCode", #""x\udc00""#, "bad-json"),
            ("refundReason", "2", "bad-enum"), ("refundReason", "1.0", "bad-enum"), ("refundReason", "-1", "bad-enum"),
            ("originalTotalFareAmount", "true", "bad-amount"), ("originalTotalFareAmount", "[1]", "bad-amount"),
            ("originalTotalFareAmount", "{}", "bad-amount"), ("originalTotalFareAmount", "100.001", "amount-precision"),
            ("originalTotalFareAmount", "1e15", "amount-range"),
            ("originalTotalFareAmount", "1e-3", "amount-precision"),
            ("originalTotalFareAmount", "-1e0", "negative-amount"), ("originalTotalFareAmount", #""1e""#, "bad-amount"),
            ("requestedAt", "20250901", "bad-date"), ("requestedAt", "true", "bad-date"),
            ("expectedRefundDate", "20250901", "bad-date"),
            ("isRefundable", #""true""#, "bad-boolean"), ("isRefundable", "1", "bad-boolean"),
            ("isRefundable", "0", "bad-boolean"), ("isRefundable", #""yes""#, "bad-boolean"),
            ("isRefundable", "[]", "bad-boolean"),
        ])
    func jsonKind(_ field: String, _ value: String, _ code: String) async throws {
        let ingest = try await readOrders(Record.order.json(raw: [field: value]) + "\n", "o.ndjson")
        #expect(Refusal.list(ingest.rejects) == [Refusal(line: 1, code: code)])
    }

    @Test("an exponent is no amount in CSV") func csvExponent() async throws {
        let record = Record.order.with(["originalTotalFareAmount": "1e2"])
        #expect(
            Refusal.list(try await readOrders(record.csvHeader + "\n" + record.csv, "o.csv").rejects) == [
                Refusal(line: 2, code: "bad-amount")
            ])
        #expect(try await readOrders(record.json, "o.jsonl").cases.first?.originalTotalFareAmount?.minorUnits == 10000)
    }

    /// Values that break their field, in the order of the contract's table.
    private static let broken: [(String, String)] = [
        ("refundReason", "9"), ("paymentMethod", "x"), ("currency", "XXX"), ("originalTotalFareAmount", "x"),
        ("originalTotalAncillaryAmount", "1e"), ("originalTotalAmount", "x"),
        ("airlinePenaltyAmountForFare", "-1"), ("airlinePenaltyAmountForAncillaries", "x"),
        ("airlinePenaltyAmount", "0.001"), ("estimatedRefundAmount", "x"), ("transactionFee", "-9"),
        ("refundQuoteType", "x"), ("isRefundable", "x"), ("refundMethod", "x"), ("requestedAt", "x"),
        ("expectedConfirmationDate", "x"), ("expectedRefundDate", "x"),
    ]

    @Test("of two fields at fault the first of the table is named", arguments: broken.indices)
    func precedence(_ first: Int) async throws {
        let later = Self.broken[(first + 1)...].map { [Self.broken[first].0: Self.broken[first].1, $0.0: $0.1] }
        let records =
            later.map { Record.order.with($0) } + [Record.order.with([Self.broken[first].0: Self.broken[first].1])]
        let csv = ([Record.order.csvHeader] + records.map(\.csv)).joined(separator: "\n")
        let json = records.map(\.json).joined(separator: "\n")
        for rejects in [try await readOrders(csv, "o.csv").rejects, try await readOrders(json, "o.jsonl").rejects] {
            #expect(rejects.count == records.count)
            for reject in rejects { #expect(reject.message.hasPrefix(Self.broken[first].0), "\(reject.message)") }
        }
        // An absent key comes before all of them, a text that is a number before the key.
        let keyless = records.map { $0.with(["orderNo": "", "carrier": ""]) }
        let missing = try await readOrders(keyless.map(\.json).joined(separator: "\n"), "o.jsonl")
        #expect(missing.rejects.allSatisfy { $0.code == .missingKey })
        let numbers = keyless.map { $0.json(raw: ["refundOfferId": "5"]) }.joined(separator: "\n")
        #expect(try await readOrders(numbers, "o.jsonl").rejects.allSatisfy { $0.code == .badJSON })
    }

    @Test(
        "faults of a record before those of its fields, in their order",
        arguments: [
            // duplicate-key before the fields, bad-json before duplicate-key, bad-utf8 before both.
            (#"{"orderNo":"A","orderNo":"A","currency":"XXX"}"#, "duplicate-key"),
            (#"{"orderNo":"A","orderNo":"A""#, "bad-json"), (#"[{"a":1,"a":2}]"#, "bad-json"),
            (#"{"a":1}{"a":1}"#, "bad-json"),
            ("7", "bad-json"), ("null", "bad-json"), (#""text""#, "bad-json"), ("[]", "bad-json"),
            ("{}", "missing-key"), ("orderNo,currency", "bad-json"), ("{'orderNo':'A'}", "bad-json"),
            (#"{"request":{"x":1,"x":2},"operation":"nonsense"}"#, "duplicate-key"),
            (#"{"orderNo":"A","\u006frderNo":"A"}"#, "duplicate-key"),
        ])
    func recordFaults(_ line: String, _ code: String) async throws {
        let ingest = try await readOrders("\n\(line)\n", "o.jsonl")
        #expect(Refusal.list(ingest.rejects) == [Refusal(line: 2, code: code)])
        #expect(ingest.controls.lines == 2)
        #expect(ingest.controls.blank == 1)
    }

    @Test(
        "no UTF-8, whatever else is wrong",
        arguments: [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3], [0xE2, 0x82],
            [0xF8, 0x88, 0x80, 0x80, 0x80], [0x80],
        ] as [[UInt8]])
    func badUTF8(_ bytes: [UInt8]) async throws {
        let json = try await readOrders(
            Array("{\"orderNo\":\"A\",\"orderNo\":\"".utf8) + bytes + Array("\"\n".utf8), "o.jsonl")
        #expect(Refusal.list(json.rejects) == [Refusal(line: 1, code: "bad-utf8")])
        let csv = Array("orderNo,currency,originalTotalFareAmount,requestedAt\n\"A\"x,".utf8) + bytes + Array("\n".utf8)
        #expect(Refusal.list(try await readOrders(csv, "o.csv").rejects) == [Refusal(line: 2, code: "bad-utf8")])
    }

    @Test func aRecordMayHaveOneMebibyteAndNoMore() async throws {
        let limit = 1 << 20
        let json = Record.order.json(raw: ["pad": "\"\""])
        func padded(_ size: Int) -> [UInt8] {
            Array(json.dropLast(2).utf8) + [UInt8](repeating: 0x78, count: size - json.utf8.count) + Array("\"}".utf8)
        }
        #expect(padded(limit).count == limit)
        let fits = try await readOrders(padded(limit) + [0x0D, 0x0A], "o.jsonl")
        #expect(fits.cases.count == 1)
        #expect(fits.rejects.isEmpty)
        // Too long comes before no UTF-8 and no JSON.
        let long = try await readOrders([0xFF] + padded(limit) + [0x0A] + Array(json.utf8), "o.jsonl")
        #expect(Refusal.list(long.rejects) == [Refusal(line: 1, code: "line-too-long")])
        #expect(long.cases.count == 1)
        #expect(long.rejects.first?.raw.count ?? 0 <= 4096)
        // The whole record, newlines included.
        let half = String(repeating: "x", count: limit / 2)
        let record = Record.order.with(["note": "\(half)\n\(half)\""])
        let csv = try await readOrders(
            record.csvHeader + "\n" + record.csv + "\n" + record.with(["note": ""]).csv, "o.csv")
        #expect(Refusal.list(csv.rejects) == [Refusal(line: 2, code: "line-too-long")])
        #expect(csv.cases.map(\.source.line) == [4])
        // White space is blank however long it is.
        let blank = [UInt8](repeating: 0x20, count: limit + 1)
        for name in ["o.jsonl", "o.csv"] {
            let head = name == "o.csv" ? Array((record.csvHeader + "\n").utf8) : []
            let ingest = try await readOrders(head + blank + [0x0A], name)
            #expect(ingest.controls.lines == 1)
            #expect(ingest.controls.blank == 1)
            #expect(ingest.rejects.isEmpty)
        }
    }
}
