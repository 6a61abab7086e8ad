import Ingest
import Memory
import Refunds
import Testing

/// FORMATS.md, "Webhook log".
@Suite struct WebhookTests {
    private static let flat = Record.webhook.json
    private static func wrapped(_ data: String, type: String = #""order.refundComplete""#) -> String {
        #"{"cid":"C1","type":\#(type),"data":\#(data)}"#
    }
    private static func envelope(_ body: String, receivedAt: String = #""2025-09-30T10:00:00.5+02:00""#) -> String {
        #"{"receivedAt":\#(receivedAt),"body":\#(body)}"#
    }
    private static func quoted(_ json: String) -> String {
        "\"" + json.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    private static func only(_ text: String, _ name: String = "w.jsonl") async throws -> Webhook {
        let ingest = try await readWebhooks(text, name)
        #expect(ingest.rejects.isEmpty, "\(text)")
        #expect(ingest.controls.rejected == 0, "\(text)")
        #expect(ingest.controls.otherType == 0, "\(text)")
        var webhook = try #require(ingest.webhooks.first, "\(text)")
        #expect(ingest.webhooks.count == 1)
        webhook.source = SourceLine(file: 0, line: 0)
        return webhook
    }

    private static func sample() throws -> Webhook {
        var webhook = Webhook(
            orderNo: "A1", refundStatus: .refunded, currency: try #require(Currency("USD")),
            originalTotalAmount: Amount(minorUnits: 4732), airlinePenaltyAmount: .zero,
            finalRefundAmount: Amount(minorUnits: 3732), transactionFee: Amount(minorUnits: 200),
            source: SourceLine(file: 0, line: 0))
        webhook.originalTotalFare = Amount(minorUnits: 4232)
        webhook.originalTotalAncillaryAmount = Amount(minorUnits: 500)
        webhook.airlinePenaltyAmountForFare = Amount(minorUnits: 500)
        webhook.airlinePenaltyAmountForAncillaries = .zero
        return webhook
    }

    @Test func everyShapeGivesTheSameWebhook() async throws {
        let sample = try Self.sample()
        let numbers = Record.webhook.json(raw: [
            "refundStatus": "2", "originalTotalFare": "42.320", "originalTotalAmount": "4732e-2", "transactionFee": "2",
            "cid": #""c""#, "more": #"{"a":[]}"#,
        ])
        let otherName = Record(
            fields: Record.webhook.fields.map {
                ($0.name == "originalTotalFare" ? "originalTotalFareAmount" : $0.name, $0.value)
            })
        for data in [Self.flat, numbers, otherName.json] {
            let shapes = [
                data, Self.wrapped(data), Self.wrapped(data, type: #""order.refundCompleted""#),
                Self.wrapped(data, type: #"" order.refundComplete\t""#),
                #"{"data":\#(data),"type":"order.refundComplete"}"#,
                String(data.dropLast()) + #","type":null,"data":null,"body":""}"#,
                String(data.dropLast()) + #","type":"","data":" "}"#,
            ]
            for shape in shapes { #expect(try await Self.only(shape) == sample, "\(shape)") }
            var received = sample
            received.receivedAt = Instant(secondsSinceEpoch: 1_759_219_200, nanoseconds: 500_000_000)
            for shape in shapes {
                #expect(try await Self.only(Self.envelope(shape)) == received)
                #expect(try await Self.only(Self.envelope(Self.quoted(shape))) == received)
                for none in ["null", "\"\"", "\" \""] {
                    #expect(try await Self.only(Self.envelope(shape, receivedAt: none)) == sample)
                }
                #expect(
                    try await Self.only(#"{"body":\#(Self.quoted(" " + shape + " \n".replacing("\n", with: "")))}"#)
                        == sample)
            }
        }
        let record = Record.webhook
        let received = record.with(["cid": "C", "receivedAt": "2025-09-30T08:00:00.5Z"])
        #expect(try await Self.only(record.csvHeader + "\n" + record.csv, "w.csv") == sample)
        #expect(try await Self.only(otherName.csvHeader + "\r\n" + otherName.csv + "\r\n", "w.csv") == sample)
        let stamped = try await Self.only(received.csvHeader + "\n" + received.csv, "w.csv")
        #expect(stamped.receivedAt == Instant(secondsSinceEpoch: 1_759_219_200, nanoseconds: 500_000_000))
        #expect(stamped.content == sample.content)
    }

    @Test("every status, as number and text", arguments: RefundStatus.allCases)
    func statuses(_ status: RefundStatus) async throws {
        for raw in ["\(status.rawValue)", "\"\(status.rawValue)\"", "\" \(status.rawValue)\""] {
            #expect(try await Self.only(Record.webhook.json(raw: ["refundStatus": raw])).refundStatus == status)
        }
    }

    @Test func onlyAFinalRefundAmountMayBeNegative() async throws {
        #expect(
            try await Self.only(Record.webhook.json(raw: ["finalRefundAmount": "-5.00"])).finalRefundAmount
                .minorUnits == -500)
        let record = Record.webhook.with(["finalRefundAmount": "-5"])
        #expect(try await Self.only(record.csvHeader + "\n" + record.csv, "w.csv").finalRefundAmount.minorUnits == -500)
    }

    @Test(
        "an absent part is no value",
        arguments: [
            "originalTotalFare", "originalTotalAncillaryAmount", "airlinePenaltyAmountForFare",
            "airlinePenaltyAmountForAncillaries",
        ])
    func absentParts(_ field: String) async throws {
        let without = Record(fields: Record.webhook.fields.filter { $0.name != field })
        let first = try await Self.only(without.json)
        #expect(first.content != (try Self.sample()).content)
        #expect(try await Self.only(Record.webhook.json(raw: [field: "null"])) == first)
        #expect(try await Self.only(without.csvHeader + "\n" + without.csv, "w.csv") == first)
    }

    private static let faults: [([String: String], String)] = [
        (["orderNo": ""], "missing-field"), (["refundStatus": ""], "missing-field"),
        (["currency": ""], "missing-field"), (["originalTotalAmount": ""], "missing-field"),
        (["airlinePenaltyAmount": ""], "missing-field"),
        (["finalRefundAmount": " "], "missing-field"), (["transactionFee": ""], "missing-field"),
        (["refundStatus": "7"], "bad-status"), (["refundStatus": "-1"], "bad-status"),
        (["refundStatus": "02"], "bad-status"),
        (["refundStatus": "2.0"], "bad-status"), (["refundStatus": "+2"], "bad-status"),
        (["refundStatus": "2e0"], "bad-status"), (["refundStatus": "done"], "bad-status"),
        (["refundStatus": "/"], "bad-status"), (["refundStatus": ":"], "bad-status"),
        (["currency": "XDR"], "bad-currency"), (["originalTotalFare": "x"], "bad-amount"),
        (["originalTotalAncillaryAmount": "-1"], "negative-amount"),
        (["originalTotalAmount": "-47.32"], "negative-amount"),
        (["airlinePenaltyAmountForFare": "-1"], "negative-amount"),
        (["airlinePenaltyAmountForAncillaries": "0.001"], "amount-precision"),
        (["airlinePenaltyAmount": "-0.01"], "negative-amount"), (["finalRefundAmount": "37.325"], "amount-precision"),
        (["finalRefundAmount": "-1000000000000000"], "amount-range"), (["transactionFee": "-2"], "negative-amount"),
        (["transactionFee": "2,00"], "bad-amount"),
    ]

    @Test("one fault, in every shape", arguments: faults)
    func fault(_ changes: [String: String], _ code: String) async throws {
        let broken = Record.webhook.with(changes)
        let lines = [
            broken.json, Self.wrapped(broken.json), Self.envelope(broken.json),
            Self.envelope(Self.wrapped(broken.json)), Self.envelope(Self.quoted(broken.json)),
            Self.envelope(Self.quoted(Self.wrapped(broken.json))),
        ]
        let json = try await readWebhooks(([Self.flat] + lines).joined(separator: "\n"), "w.jsonl")
        #expect(Refusal.list(json.rejects) == (2...7).map { Refusal(line: $0, code: code) })
        #expect(json.webhooks.count == 1)
        #expect(json.controls.lines == 7)
        #expect(json.controls.rejected == 6)
        let csv = try await readWebhooks(
            [broken.csvHeader, broken.csv, Record.webhook.csv].joined(separator: "\n"), "w.csv")
        #expect(Refusal.list(csv.rejects) == [Refusal(line: 2, code: code)])
        #expect(csv.webhooks.count == 1)
    }

    @Test(
        "refused for its shape or kind",
        arguments: [
            (wrapped("null"), "missing-field"), (wrapped("\"\""), "missing-field"), (wrapped("[]"), "bad-json"),
            (wrapped("5"), "bad-json"), (wrapped(quoted(flat)), "bad-json"), (wrapped(flat, type: "5"), "bad-json"),
            (wrapped(flat, type: "true"), "bad-json"),
            (#"{"data":\#(flat)}"#, "missing-field"), (wrapped(flat, type: "null"), "missing-field"),
            (wrapped(flat, type: "\"\""), "missing-field"), (#"{"type":"order.refundComplete"}"#, "missing-field"),
            (String(flat.dropLast()) + #","data":{}}"#, "missing-field"), ("{}", "missing-field"), ("[]", "bad-json"),
            ("7", "bad-json"), ("x", "bad-json"),
            (#"{"orderNo":"A","orderNo":"A"}"#, "duplicate-key"), (wrapped(#"{"a":1,"a":1}"#), "duplicate-key"),
            (wrapped(#"{"a":1,"a":1}"#, type: #""other""#), "duplicate-key"),
            (envelope("[]"), "bad-json"), (envelope("5"), "bad-json"), (envelope("true"), "bad-json"),
            (envelope(#""text""#), "bad-json"), (envelope(quoted("[]")), "bad-json"),
            (envelope(quoted("[1,{\"a\":1,\"a\":1}]")), "bad-json"), (envelope(quoted("{\"a\":1")), "bad-json"),
            (envelope(#""\ud800""#), "bad-json"),
            (envelope(quoted(#"{"orderNo":"A","orderNo":"A"}"#)), "duplicate-key"),
            (envelope(quoted(#"{"a":1,"a":1"#)), "bad-json"),
            // Not opened twice.
            (envelope(envelope(flat)), "missing-field"), (envelope(quoted(envelope(flat))), "missing-field"),
            (envelope(quoted(quoted(flat))), "bad-json"),
            (envelope(flat, receivedAt: #""2025-09-30""#), "bad-date"),
            (envelope(flat, receivedAt: #""20250930""#), "bad-date"),
            (envelope(flat, receivedAt: "1759226400"), "bad-date"),
            (envelope(flat, receivedAt: #""2025-09-30T10:00:00""#), "bad-date"),
            (envelope(flat, receivedAt: #""2025-02-30T10:00:00Z""#), "bad-date"),
            (Record.webhook.json(raw: ["orderNo": "5"]), "bad-json"),
            (Record.webhook.json(raw: ["currency": "840"]), "bad-json"),
            (Record.webhook.json(raw: ["cid": "5"]), "bad-json"),
            (Record.webhook.json(raw: ["orderNo": "[]"]), "bad-json"),
            (Record.webhook.json(raw: ["refundStatus": "2.0"]), "bad-status"),
            (Record.webhook.json(raw: ["refundStatus": "true"]), "bad-status"),
            (Record.webhook.json(raw: ["refundStatus": "[2]"]), "bad-status"),
            (Record.webhook.json(raw: ["refundStatus": "20"]), "bad-status"),
            (Record.webhook.json(raw: ["transactionFee": "true"]), "bad-amount"),
            (Record.webhook.json(raw: ["transactionFee": "{}"]), "bad-amount"),
            (Record.webhook.json(raw: ["transactionFee": "2e-3"]), "amount-precision"),
        ])
    func refused(_ line: String, _ code: String) async throws {
        let ingest = try await readWebhooks("\r\n" + line + "\r\n", "w.ndjson")
        #expect(Refusal.list(ingest.rejects) == [Refusal(line: 2, code: code)], "\(line)")
        #expect(ingest.webhooks.isEmpty)
        #expect(ingest.controls.lines == 2)
        #expect(ingest.controls.blank == 1)
    }

    @Test("of two fields at fault the first of the list is named")
    func precedence() async throws {
        let broken = [
            ("orderNo", ""), ("refundStatus", "9"), ("currency", "XXX"), ("originalTotalFare", "x"),
            ("originalTotalAncillaryAmount", "x"), ("originalTotalAmount", "x"), ("airlinePenaltyAmountForFare", "x"),
            ("airlinePenaltyAmountForAncillaries", "x"), ("airlinePenaltyAmount", "x"), ("finalRefundAmount", "x"),
            ("transactionFee", "x"),
        ]
        for (index, first) in broken.enumerated() {
            let records = broken[index...].map { Record.webhook.with([first.0: first.1]).with([$0.0: $0.1]) }
            let rejects = try await readWebhooks(records.map(\.json).joined(separator: "\n"), "w.jsonl").rejects
            #expect(rejects.count == records.count)
            for reject in rejects { #expect(reject.message.hasPrefix(first.0), "\(reject.message)") }
        }
    }

    @Test(
        "another type is skipped and counted, whatever its data",
        arguments: [flat, "null", "[]", "5", #"{"orderNo":5}"#])
    func otherType(_ data: String) async throws {
        let lines = [
            Self.wrapped(data, type: #""order.ticketed""#),
            Self.envelope(Self.wrapped(data, type: #""ORDER.REFUNDCOMPLETE""#)), #"{"type":"x"}"#,
            Self.envelope(Self.quoted(#"{"type":"x"}"#)),
        ]
        let ingest = try await readWebhooks(lines.joined(separator: "\n"), "w.jsonl")
        #expect(ingest.controls.otherType == 4)
        #expect(ingest.controls.lines == 4)
        #expect(ingest.webhooks.isEmpty)
        #expect(ingest.rejects.isEmpty)
    }

    @Test func linesOfSeveralFiles() async throws {
        let folder = try InputFolder()
        let paths = [
            try folder.write("b.jsonl", "\n\(Self.flat)\n"),
            try folder.write("a.csv", Record.webhook.csvHeader + "\n\n" + Record.webhook.csv),
        ]
        let ingest = try await WebhooksIngest.read(try InputList(paths).files, firstFile: 3, threads: 2)
        #expect(ingest.webhooks.map(\.source) == [SourceLine(file: 3, line: 2), SourceLine(file: 4, line: 3)])
    }
}
