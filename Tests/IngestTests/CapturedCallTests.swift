import Ingest
import Memory
import Refunds
import Testing

/// FORMATS.md, "Captured calls": what Atlas itself answered, one call a line.
@Suite struct CapturedCallTests {
    static let flat =
        #"{"status":0,"refundCode":"R1","refundOfferId":"O1","currency":"USD","originalTotalFareAmount":100.00,"originalTotalAncillaryAmount":"10","airlinePenaltyAmountForFare":5,"estimatedRefundAmount":105.00,"transactionFee":2.00,"refundQuoteType":"AccurateQuote"}"#
    static let request = #"{"orderNo":"A1","airlinePNR":"P1","carrier":"U2","refundOfferId":"OTHER"}"#

    static func call(_ response: String, operation: String = #""refund""#, request: String = request, more: String = "")
        -> String
    {
        #"{"operation":\#(operation),"capturedAt":"2025-09-01T12:00:00Z"\#(more),"request":\#(request),"response":\#(response)}"#
    }

    private static let fare =
        #""refundFareAmount":{"currency":"USD","originalFareAmount":"100.00","estimatedRefundAmount":95}"#
    private static let services =
        #""refundPostTicketingServiceAmounts":[{"currency":"USD","originalPostTicketingServiceAmount":7,"estimatedRefundAmount":6},{"currency":"USD","originalPostTicketingServiceAmount":3,"estimatedRefundAmount":3}]"#
    private static let fee = #""serviceFee":{"currency":"USD","transactionFee":2}"#

    static func nested(_ parts: String...) -> String {
        (#"{"status":0,"refundCode":"R1""#) + parts.filter { !$0.isEmpty }.map { "," + $0 }.joined() + "}"
    }

    private static func only(_ line: String) async throws -> RefundCase {
        let ingest = try await readOrders(line, "o.jsonl")
        #expect(ingest.rejects.isEmpty)
        #expect(ingest.controls.accepted == 1)
        #expect(ingest.controls.balances)
        return try #require(ingest.cases.first)
    }

    @Test func theLegacyFlatShape() async throws {
        let record = try await Self.only(Self.call(Self.flat, more: #","paymentMethod":"vcc""#))
        #expect(record.orderNo == "A1")
        #expect(record.airlinePNR == "P1")
        #expect(record.carrier == "U2")
        #expect(record.refundCode == "R1")
        #expect(record.refundOfferID == "O1")
        #expect(record.paymentMethod == .vcc)
        #expect(record.requestedAt.description == "2025-09-01")
        let side = record.expected
        #expect(side.original?.minorUnits == 11000)
        #expect(side.penalty?.minorUnits == 500)
        #expect(side.refund?.minorUnits == 10300)
    }

    @Test(
        "the nested shape; services may be an array or one object",
        arguments: [
            (Self.services, 11000, 600),
            (
                #""refundPostTicketingServiceAmounts":{"currency":"USD","originalPostTicketingServiceAmount":10,"estimatedRefundAmount":9}"#,
                11000, 600
            ),
            (#""refundPostTicketingServiceAmounts":[]"#, 10000, 500),
            (#""refundPostTicketingServiceAmounts":null"#, 10000, 500),
            (#""refundPostTicketingServiceAmounts":"""#, 10000, 500), ("", 10000, 500),
            // Vouchers do not count where there is a fare, whatever they are.
            (#""refundVouchers":[{"currency":"XXX","estimatedRefundAmount":"x"}]"#, 10000, 500),
            // The display amounts are never used.
            (
                #""displayCurrency":"JPY","displayRefundFareAmount":{"currency":"JPY","originalFareAmount":1.5}"#,
                10000, 500
            ),
        ] as [(String, Int64, Int64)])
    func nestedShape(_ services: String, _ original: Int64, _ penalty: Int64) async throws {
        let side = try await Self.only(Self.call(Self.nested(Self.fare, services, Self.fee))).expected
        #expect(side.original?.minorUnits == original)
        #expect(side.penalty?.minorUnits == penalty)
        #expect(side.fee?.minorUnits == 200)
        #expect(side.farePenalty?.minorUnits == 500)
        #expect(side.refund?.minorUnits == original - penalty - 200)
    }

    @Test(
        "a voucher refund promises the vouchers less the fee",
        arguments: [#""refundFareAmount":null,"#, #""refundFareAmount":"","#, ""])
    func voucher(_ fare: String) async throws {
        let vouchers =
            #""refundVouchers":[{"currency":"USD","estimatedRefundAmount":50},{"currency":"USD","estimatedRefundAmount":"20.50"}]"#
        // Services are of no account without a fare.
        let ignored = #""refundPostTicketingServiceAmounts":[{"currency":"EUR"}]"#
        let side = try await Self.only(Self.call(Self.nested(fare + vouchers, Self.fee, ignored))).expected
        #expect(side.refund?.minorUnits == 6850)
        #expect(side.original == nil)
        #expect(side.penalty == nil)
        #expect(side.farePenalty == nil)
        #expect(side.fee?.minorUnits == 200)
    }

    @Test(
        "what the response lacks is taken from the request",
        arguments: ["orderNo", "refundCode", "refundOfferId", "airlinePNR", "carrier"])
    func fromRequest(_ key: String) async throws {
        func value(_ record: RefundCase) -> Text? {
            [
                "orderNo": record.orderNo, "refundCode": record.refundCode, "refundOfferId": record.refundOfferID,
                "airlinePNR": record.airlinePNR, "carrier": record.carrier,
            ][key] ?? nil
        }
        let body =
            #""status":0,"currency":"USD","originalTotalFareAmount":1,"airlinePenaltyAmount":0,"transactionFee":0"#
        for (answered, expected) in [
            ("\"\(key)\":\"Z\",", "Z"), ("\"\(key)\":null,", "Q"), ("\"\(key)\":\" \",", "Q"), ("", "Q"),
        ] as [(String, Text)] {
            let request = #"{"orderNo":"A","\#(key == "orderNo" ? "x" : key)":"Q"}"#
            let stated = key == "orderNo" ? #"{"orderNo":"Q"}"# : request
            #expect(value(try await Self.only(Self.call("{\(answered)\(body)}", request: stated))) == expected)
        }
    }

    @Test(
        "refused",
        arguments: [
            // operation, then response, then api-status.
            (call("[]", operation: "7"), "bad-json"), (call("[]", operation: "null"), "missing-field"),
            (call("{}", operation: #""cancel""#), "bad-enum"), (call("{}", operation: #""Refund""#), "bad-enum"),
            (call("null"), "missing-field"), (call("\"\""), "missing-field"),
            (#"{"operation":"refund"}"#, "missing-field"), (#"{"response":{"status":0}}"#, "missing-field"),
            (call("[]"), "bad-json"), (call("\"text\""), "bad-json"), (call("7"), "bad-json"),
            (call("{}"), "api-status"), (call(#"{"status":1}"#), "api-status"),
            (call(#"{"status":"301","orderNo":""}"#), "api-status"), (call(#"{"status":null}"#), "api-status"),
            (call(#"{"status":true}"#), "api-status"), (call(#"{"status":"x"}"#), "api-status"),
            (call(#"{"status":9,"currency":"XXX"}"#, request: "{}"), "api-status"),
            // Then the key, and the fields.
            (call(#"{"status":0,"currency":"XXX"}"#, request: "{}"), "missing-key"),
            (call(#"{"status":0,"currency":"XXX"}"#, request: "null"), "missing-key"),
            (call(#"{"status":0,"currency":"XXX"}"#), "bad-currency"), (call(#"{"status":0}"#), "missing-field"),
            (call(flat, request: #"{"orderNo":5}"#), "bad-json"),
            (call(flat, more: #","paymentMethod":"cash""#), "bad-enum"),
            (#"{"operation":"refund","request":\#(request),"response":\#(flat)}"#, "missing-field"),
            (#"{"operation":"refund","capturedAt":"yesterday","request":\#(request),"response":\#(flat)}"#, "bad-date"),
            (#"{"operation":"refund","capturedAt":20250901,"request":\#(request),"response":\#(flat)}"#, "bad-date"),
            // The parts.
            (call(nested(fare)), "missing-field"), (call(nested(fee)), "missing-field"),
            (call(nested(fee, #""refundVouchers":[]"#)), "missing-field"),
            (call(nested(#""refundFareAmount":{}"#, fee)), "missing-field"),
            (call(nested(#""refundFareAmount":{"currency":"USD","originalFareAmount":1}"#, fee)), "missing-field"),
            (call(nested(#""refundFareAmount":{"currency":"USD","estimatedRefundAmount":1}"#, fee)), "missing-field"),
            (call(nested(#""refundFareAmount":[]"#, fee)), "bad-json"),
            (call(nested(#""refundFareAmount":5"#, fee)), "bad-json"),
            (call(nested(fare, #""refundPostTicketingServiceAmounts":[5]"#, fee)), "bad-json"),
            (call(nested(fare, #""serviceFee":[]"#)), "bad-json"),
            (
                call(
                    nested(
                        #""refundFareAmount":{"currency":"USD","originalFareAmount":1,"estimatedRefundAmount":1.001}"#,
                        fee)), "amount-precision"
            ),
            (
                call(
                    nested(
                        #""refundFareAmount":{"currency":"USD","originalFareAmount":1,"estimatedRefundAmount":-1}"#, fee
                    )), "negative-amount"
            ),
            (
                call(
                    nested(
                        #""refundFareAmount":{"currency":"USD","originalFareAmount":1,"estimatedRefundAmount":1.01}"#,
                        fee)), "negative-amount"
            ),
            (
                call(
                    nested(
                        #""refundFareAmount":{"currency":"USD","originalFareAmount":"1,5","estimatedRefundAmount":1}"#,
                        fee)), "bad-amount"
            ),
            (
                call(
                    nested(
                        #""refundFareAmount":{"currency":"USD","originalFareAmount":1e15,"estimatedRefundAmount":1}"#,
                        fee)), "amount-range"
            ),
            (
                call(
                    nested(
                        #""refundFareAmount":{"currency":"USD","originalFareAmount":999999999999999.99,"estimatedRefundAmount":1}"#,
                        services, fee)), "amount-range"
            ),
            (
                call(
                    nested(
                        fare,
                        #""refundPostTicketingServiceAmounts":{"currency":"USD","originalPostTicketingServiceAmount":1,"estimatedRefundAmount":2}"#,
                        fee)), "negative-amount"
            ),
            (call(nested(fare, #""serviceFee":{"currency":"EUR","transactionFee":2}"#)), "bad-currency"),
            (call(nested(fare, #""serviceFee":{"currency":"XXX","transactionFee":2}"#)), "bad-currency"),
            (
                call(
                    nested(
                        fare,
                        #""refundPostTicketingServiceAmounts":{"currency":"EUR","originalPostTicketingServiceAmount":1,"estimatedRefundAmount":1}"#,
                        fee)), "bad-currency"
            ),
            (
                call(
                    nested(
                        #""refundVouchers":[{"currency":"USD","estimatedRefundAmount":1},{"currency":"EUR","estimatedRefundAmount":1}]"#,
                        fee)), "bad-currency"
            ),
            (call(nested(fare, fee), request: #"{"orderNo":"A","orderNo":"A"}"#), "duplicate-key"),
            // The currency comes before the amounts, as in the table of fields.
            (
                call(
                    nested(
                        #""refundFareAmount":{"currency":"USD","originalFareAmount":"x","estimatedRefundAmount":1}"#,
                        #""serviceFee":{"currency":"XXX","transactionFee":2}"#)), "bad-currency"
            ),
            (
                call(
                    nested(
                        #""refundFareAmount":{"currency":"USD","originalFareAmount":-1,"estimatedRefundAmount":1}"#,
                        #""serviceFee":{"currency":"EUR","transactionFee":2}"#)), "bad-currency"
            ),
            (
                call(
                    nested(
                        #""refundVouchers":[{"currency":"USD"},{"currency":"EUR","estimatedRefundAmount":1}]"#, fee)),
                "bad-currency"
            ),
        ])
    func refused(_ line: String, _ code: String) async throws {
        let ingest = try await readOrders("\n" + line, "o.jsonl")
        #expect(Refusal.list(ingest.rejects) == [Refusal(line: 2, code: code)], "\(line)")
        #expect(ingest.cases.isEmpty)
        #expect(ingest.controls.balances)
        // A quotation is judged alike.
        let quotation = line.replacing(#""operation":"refund","#, with: #""operation":"refundQuotation","#)
        let quoted = try await readOrders(quotation, "o.jsonl")
        #expect(Refusal.list(quoted.rejects) == [Refusal(line: 1, code: code)])
        #expect(quoted.controls.quotedOnly == 0)
    }

    @Test func aQuotationIsCountedAndNeverACase() async throws {
        let quotation = Self.call(Self.flat, operation: #""refundQuotation""#)
        let lines = [
            quotation, Self.call(Self.flat), quotation,
            Self.call(Self.nested(Self.fare, Self.fee), operation: #""refundQuotation""#),
        ]
        let ingest = try await readOrders(lines.joined(separator: "\n"), "o.jsonl")
        #expect(ingest.cases.map(\.source.line) == [2])
        #expect(ingest.controls.quotedOnly == 3)
        #expect(ingest.controls.accepted == 1)
        #expect(ingest.controls.lines == 4)
    }
}
