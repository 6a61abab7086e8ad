import Ingest
import Memory
import Refunds
import Testing

/// FORMATS.md, "Orders": what accepted records say.
@Suite struct OrderValueTests {
    private static func only(_ ingest: OrdersIngest) throws -> RefundCase {
        #expect(ingest.rejects.isEmpty)
        #expect(ingest.cases.count == 1)
        var record = try #require(ingest.cases.first)
        record.source = SourceLine(file: 0, line: 0)
        return record
    }

    private static func full() throws -> RefundCase {
        var record = RefundCase(
            currency: try #require(Currency("USD")), requestedAt: try #require(CalendarDate("2025-09-01")),
            source: SourceLine(file: 0, line: 0))
        (record.orderNo, record.airlinePNR, record.carrier) = ("A1", "PNR1", "U2")
        (record.refundCode, record.refundOfferID) = ("R1", "O1")
        (record.refundReason, record.paymentMethod) = (.voluntary, .vcc)
        record.originalTotalFareAmount = Amount(minorUnits: 10000)
        record.originalTotalAncillaryAmount = Amount(minorUnits: 1000)
        record.originalTotalAmount = Amount(minorUnits: 11000)
        record.airlinePenaltyAmountForFare = Amount(minorUnits: 500)
        record.airlinePenaltyAmountForAncillaries = Amount(minorUnits: 100)
        record.airlinePenaltyAmount = Amount(minorUnits: 600)
        record.estimatedRefundAmount = Amount(minorUnits: 10400)
        record.transactionFee = Amount(minorUnits: 200)
        (record.refundQuoteType, record.isRefundable, record.refundMethod) = (.accurateQuote, true, .voucher)
        record.expectedConfirmationDate = CalendarDate("20250910")
        record.expectedRefundDate = CalendarDate("20250920")
        return record
    }

    @Test func everyShapeGivesTheSameRecord() async throws {
        let order = Record.order
        let full = try Self.full()
        let amounts = [
            "originalTotalFareAmount": "1e2", "originalTotalAncillaryAmount": "10.000", "originalTotalAmount": "1.1E+2",
            "airlinePenaltyAmountForFare": "5",
            "airlinePenaltyAmountForAncillaries": "1.0", "airlinePenaltyAmount": "600e-2",
            "estimatedRefundAmount": "104.0", "transactionFee": "2", "refundReason": "1",
        ]
        let reversed = Record(fields: order.fields.reversed())
        let quoted = order.fields.map { "\"\($0.value)\"" }.joined(separator: ",")
        let spaced = order.with(
            order.fields.reduce(into: [:]) { $0[$1.name] = " \t\($0.isEmpty ? "" : " ")\($1.value) \u{B}\u{C}" })
        let texts = [
            ("o.csv", order.csvHeader + "\n" + order.csv), ("o.csv", order.csvHeader + "\r\n" + order.csv + "\r\n"),
            ("o.csv", "\u{FEFF}" + order.csvHeader + "\n" + order.csv + "\n"),
            ("o.csv", reversed.csvHeader + "\n" + reversed.csv), ("o.csv", order.csvHeader + "\n" + quoted + "\n"),
            ("o.csv", order.csvHeader + "\r\n" + quoted), ("o.csv", order.csvHeader + "\r\n" + quoted + "\r"),
            ("o.csv", spaced.csvHeader + "\n" + spaced.csv),
            ("o.csv", order.fields.map { " \"\($0.name)\"".dropFirst() }.joined(separator: ",") + "\n" + order.csv),
            ("o.csv", "\n \t\n\r\n" + order.csvHeader + "\n\n" + order.csv + "\n\n"),
            ("o.jsonl", order.json), ("o.ndjson", order.json + "\r\n"), ("o.jsonl", "\u{FEFF}" + order.json + "\n"),
            ("o.jsonl", order.json(raw: amounts)), ("o.jsonl", reversed.json),
            ("o.jsonl", " \t" + spaced.with(["isRefundable": "true"]).json + " \r\n"),
            ("o.jsonl", order.json(raw: ["orderNo": #""\u0041\u0031\n""#])),
            (
                "o.jsonl",
                order.json(raw: ["operation": "null", "response": "\"\"", "unknown": #"{"orderNo":"B","orderno":1}"#])
            ),
        ]
        for (name, text) in texts { #expect(try Self.only(try await readOrders(text, name)) == full, "\(text)") }
    }

    @Test(
        "no value is an empty field, an empty string, white space, null and an absent key",
        arguments: [
            "orderNo", "airlinePNR", "refundCode", "refundOfferId", "refundReason", "paymentMethod",
            "originalTotalAncillaryAmount", "originalTotalAmount", "airlinePenaltyAmountForFare",
            "airlinePenaltyAmountForAncillaries", "airlinePenaltyAmount", "estimatedRefundAmount", "refundQuoteType",
            "isRefundable", "refundMethod", "expectedConfirmationDate", "expectedRefundDate",
        ])
    func noValue(_ field: String) async throws {
        let full = try Self.full()
        let without = Record(fields: Record.order.fields.filter { $0.name != field })
        let texts = [
            ("o.csv", without.csvHeader + "\n" + without.csv), ("o.jsonl", without.json),
            ("o.jsonl", Record.order.json(raw: [field: "null"])), ("o.jsonl", Record.order.json(raw: [field: "\"\""])),
            ("o.jsonl", Record.order.json(raw: [field: #"" \t\u0020""#])),
            ("o.csv", Record.order.csvHeader + "\n" + Record.order.with([field: " "]).csv),
            (
                "o.csv",
                Record.order.csvHeader + "\n"
                    + Record.order.fields.map { $0.name == field ? "\"\"" : $0.value }.joined(separator: ",")
            ),
            (
                "o.csv",
                Record.order.csvHeader + "\n"
                    + Record.order.fields.map { $0.name == field ? "\" \n \"" : $0.value }.joined(separator: ",")
            ),
        ]
        let first = try Self.only(try await readOrders(texts[0].1, texts[0].0))
        #expect(first != full)
        #expect(first.agrees(with: full))
        for (name, text) in texts { #expect(try Self.only(try await readOrders(text, name)) == first, "\(text)") }
    }

    @Test(
        "booleans of CSV",
        arguments: [
            ("true", true), ("TRUE", true), ("1", true), ("yes", true), ("false", false), ("FALSE", false),
            ("0", false), ("no", false),
        ])
    func booleans(_ text: String, _ value: Bool) async throws {
        let record = Record.order.with(["isRefundable": text])
        #expect(
            try Self.only(try await readOrders(record.csvHeader + "\n" + record.csv, "o.csv")).isRefundable == value)
    }

    @Test(
        "reasons, as number or text",
        arguments: [("0", RefundReason.involuntary), ("1", .voluntary), ("4", .void)])
    func reasons(_ text: String, _ reason: RefundReason) async throws {
        for raw in [text, "\"\(text)\"", "\" \(text) \""] {
            #expect(
                try Self.only(try await readOrders(Record.order.json(raw: ["refundReason": raw]), "o.jsonl"))
                    .refundReason == reason)
        }
    }

    @Test func theLeastThatARecordMayGive() async throws {
        let least = Record(fields: [
            ("airlinePNR", "P"), ("carrier", "U2"), ("currency", "kwd"), ("originalTotalFareAmount", "1.250"),
            ("refundQuoteType", "CannotQuote"), ("requestedAt", "2025-09-30T23:30:00-01:00"),
        ])
        for (name, text) in [("o.csv", least.csvHeader + "\n" + least.csv), ("o.jsonl", least.json)] {
            let record = try Self.only(try await readOrders(text, name))
            #expect(record.currency.code == "KWD")
            #expect(record.originalTotalFareAmount?.minorUnits == 1250)
            #expect(record.transactionFee == nil)
            #expect(record.requestedAt.description == "2025-10-01")
            #expect(record.expected.refund == nil)
            #expect(!record.isQueryable)
        }
    }

    @Test(
        "the largest amounts, in every number of digits",
        arguments: [
            ("JPY", "999999999999999"), ("USD", "999999999999999.99"), ("KWD", "999999999999999.999"),
            ("CLF", "100000000000000"), ("UYW", "99999999999999.9999"),
        ])
    func largest(_ currency: String, _ amount: String) async throws {
        let record = Record(fields: [
            ("orderNo", "A"), ("currency", currency), ("originalTotalFareAmount", amount),
            ("airlinePenaltyAmountForFare", amount), ("transactionFee", amount), ("requestedAt", "20250901"),
        ])
        let expected = try Self.only(try await readOrders(record.json, "o.jsonl")).expected
        #expect(expected.penalty == expected.original)
        #expect(expected.refund == expected.fee.map { .zero - $0 })
        let more = record.with([
            "originalTotalAncillaryAmount": currency == "JPY" ? "1" : "0.01", "airlinePenaltyAmountForAncillaries": "0",
        ])
        let rejects = try await readOrders(more.json, "o.jsonl").rejects
        #expect(Refusal.list(rejects) == [Refusal(line: 1, code: "amount-range")])
    }
}
