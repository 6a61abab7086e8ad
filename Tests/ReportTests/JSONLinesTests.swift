import JSON
import Memory
import Refunds
import Report
import Testing

/// FORMATS.md, "reconciliation.jsonl": the same rows as objects, with the evidence.
@Suite struct JSONLinesTests {
    /// The members of a line, as written, by our own strict reader.
    private func members(_ line: [UInt8]) throws -> [(key: String, value: JSONTree)] {
        try #require(line.last == 0x0A)
        try #require(!line.dropLast().contains(0x0A), "one line")
        let tree = JSONTree(parsing: line.span)
        return try #require(tree).members.map { ($0.key, $0.value) }
    }

    @Test func everyColumn() {
        #expect(
            String(decoding: jsonLine(fullRow(currency("USD"))), as: UTF8.self) == """
                {"rowType":"case","orderNo":"ORDER1","refundCode":"CODE1","airlinePNR":"PNR001","carrier":"FR",\
                "paymentMethod":"vcc","currency":"USD","outcome":"overdue",\
                "exceptions":["REFUND_SHORT","OVERDUE_REFUND","DUPLICATE_ORDER"],"refundStatus":3,\
                "statusSource":"query","finalSource":"webhook","expectedOriginalAmount":"0.25",\
                "finalOriginalAmount":"0.02","originalVariance":"0.03","expectedPenaltyAmount":"0.04",\
                "finalPenaltyAmount":"0.05","penaltyVariance":"0.06","farePenaltyVariance":"-0.07",\
                "ancillaryPenaltyVariance":"-0.08","expectedTransactionFee":"0.09","finalTransactionFee":"0.10",\
                "feeVariance":"0.11","expectedRefundAmount":"0.12","finalRefundAmount":"-0.13",\
                "refundVariance":"-0.14","unexplainedVariance":"0.00","requestedAt":"2026-01-01",\
                "expectedConfirmationDate":"2026-01-02","expectedRefundDate":"2026-01-03","ageDays":31,\
                "ageBucket":"31-60","cancelReason":"why","webhookCount":2,"queriedAt":"2026-02-01T00:00:00Z",\
                "source":"orders.csv:7","finalCurrency":"USD","webhookSource":"webhooks.jsonl:2",\
                "querySource":"status-journal.jsonl:4","evidence":{"webhooks":["webhooks.jsonl:3","webhooks.jsonl:2"],\
                "query":"status-journal.jsonl:4","queryError":null,"queryErrorDetail":null}}

                """)
    }

    @Test func noValueIsNull() throws {
        let members = try members(jsonLine(emptyRow()))
        #expect(members.map(\.key) == columnNames.split(separator: ",").map(String.init) + ["evidence"])
        for (key, value) in members {
            switch key {
            case "rowType": #expect(value == .string("case"))
            case "source": #expect(value == .string("orders.csv:1"))
            case "webhookCount": #expect(value == .number("0"))
            case "exceptions": #expect(value == .null || value == .array([]))
            case "evidence":
                let nothing: [JSONTree.Member] = [
                    .init("webhooks", .array([])), .init("query", .null), .init("queryError", .null),
                    .init("queryErrorDetail", .null),
                ]
                #expect(value == .object(nothing))
            default: #expect(value == .null, "\(key)")
            }
        }
    }

    @Test func failedQuery() throws {
        var row = emptyRow()
        row.queryError = "http-503"
        row.querySource = SourceLine(file: 2, line: 9)
        #expect(
            String(decoding: jsonLine(row), as: UTF8.self).hasSuffix(
                ",\"evidence\":{\"webhooks\":[],\"query\":\"status-journal.jsonl:9\",\"queryError\":\"http-503\",\"queryErrorDetail\":null}}\n"
            ))
        // Where no journal has a line there is no place to point at.
        row.queryError = "not-in-journal"
        row.querySource = nil
        #expect(
            String(decoding: jsonLine(row), as: UTF8.self).hasSuffix(
                ",\"evidence\":{\"webhooks\":[],\"query\":null,\"queryError\":\"not-in-journal\",\"queryErrorDetail\":null}}\n"
            ))
    }

    /// Whatever came from outside, a line is JSON, and says what came: nothing is neutralised here.
    @Test(arguments: [
        "=1+1", "-5", "\"", "\\", "a\nb", "a\r\nb", "\t", "\u{0}\u{1}\u{1F}\u{7F}", "é漢🙂", "\u{2028}\u{2029}",
        "</script>", "\\u0041", "\u{FFFE}\u{FEFF}", "{\"a\":1}", String(repeating: "\"\\\n", count: 1_000),
    ]) func outsideText(_ text: String) throws {
        var row = emptyRow()
        row.orderNo = Text(text)
        row.cancelReason = Text(text)
        row.queryError = Text(text)
        let members = try members(jsonLine(row, [text]))
        for key in ["orderNo", "cancelReason"] {
            #expect(members.first { $0.key == key }?.value == .string(text))
        }
        #expect(members.first { $0.key == "source" }?.value == .string(text + ":1"))
    }

    @Test(arguments: [("JPY", "-13"), ("USD", "-0.13"), ("KWD", "-0.013"), ("CLF", "-0.0013")])
    func amountsAreStrings(code: String, text: String) throws {
        let members = try members(jsonLine(fullRow(currency(code))))
        #expect(members.first { $0.key == "finalRefundAmount" }?.value == .string(text))
        #expect(members.first { $0.key == "currency" }?.value == .string(code))
    }
}
