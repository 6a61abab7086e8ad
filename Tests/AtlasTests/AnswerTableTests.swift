import Atlas
import JSON
import Memory
import Refunds
import Testing

@Suite("Answers as a person reads them")
struct AnswerTableTests {
    private func table(_ body: String) throws -> String {
        try parsedJSON(body) { try AnswerTable($0).text }
    }

    @Test func theOlderQuotation() throws {
        let text = try parsedJSON(try AtlasSample.bytes("legacy-refundQuotation-answer")) {
            try AnswerTable($0).text
        }
        #expect(
            text == """
                offer                            7961ab5b202642628e9595498ffea083
                quote type                       –
                refundable                       yes
                method                           –
                confirmation expected by         –
                refund expected by               –

                original                         45.26 USD
                expected penalty                  0.00 USD
                estimated refund before the fee  45.26 USD
                transaction fee                   2.00 USD
                expected refund after the fee    43.26 USD
                """)
    }

    @Test func theCurrentRefund() throws {
        let text = try parsedJSON(try AtlasSample.bytes("current-refund-answer")) { try AnswerTable($0).text }
        #expect(
            text == """
                order                            TESTA20250512100600259
                refund code                      202505-0012
                status                           0, Atlas processing
                asked for as                     0, involuntary
                passengers                       ZHAO/YIER  S87579
                                                 QIAN/ERER  S87579
                offer                            q_a86cd9c605c04f9cb3890ca3b037b254
                quote type                       CannotQuote
                refundable                       yes
                method                           CashBackToOriginalPayment
                confirmation expected by         2025-05-22
                refund expected by               2025-07-01

                original                         165.48 USD
                expected penalty                 not quoted
                estimated refund before the fee  not quoted
                transaction fee                    3.00 USD
                expected refund after the fee    not quoted
                """)
    }

    private static let paid =
        #""refundFareAmount":{"currency":"USD","originalFareAmount":10,"estimatedRefundAmount":8},"serviceFee":{"currency":"USD","transactionFee":1}"#

    @Test func whatIsPaidIsNoEstimate() throws {
        let text = try table(#"{"refundStatus":2,"refundQuoteType":"CannotQuote",\#(Self.paid)}"#)
        #expect(text.contains("status                           2, refunded\n"))
        #expect(text.hasSuffix("refund after the fee              7.00 USD"))
        #expect(!text.contains("expected refund after"))
    }

    @Test(arguments: [(7, "7"), (-1, "-1"), (256, "256"), (6, "6, withdrew")])
    func aStatus(_ status: (number: Int, text: String)) throws {
        let text = try table(#"{"refundStatus":\#(status.number)}"#)
        #expect(text.hasPrefix("status                           \(status.text)\n"))
    }

    @Test func noLineIsWiderThan80Columns() throws {
        let reason = String(repeating: "the fare is not refundable ", count: 8)
        let word = String(repeating: "w", count: 200)
        let text = try table(#"{"status":0,"cancelReason":"\#(reason)","refundOfferId":"\#(word)"}"#)
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(text.contains("cancel reason                    the fare is not refundable the fare is not\n"))
        #expect(text.count { $0 == "w" } == 200)
    }

    @Test(arguments: [
        (#"\u001b[2Jx"#, "\u{FFFD}[2Jx"), (#"a\u0007b"#, "a\u{FFFD}b"), (#"a\u009bb"#, "a\u{FFFD}b"),
        (#"a\u202eb"#, "a[U+202E]b"), (#"a\u2066b"#, "a[U+2066]b"), (#"a\u200bb"#, "a[U+200B]b"),
        (#"a\u061cb"#, "a[U+061C]b"), (#"a\nb"#, "a b"),
    ])
    func controlCharactersAreNotShown(_ reason: (sent: String, shown: String)) throws {
        let text = try table(#"{"status":0,"cancelReason":"\#(reason.sent)"}"#)
        let isControl: (Unicode.Scalar) -> Bool = { scalar in
            scalar != "\n"
                && (scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format)
        }
        #expect(!text.unicodeScalars.contains(where: isControl))
        #expect(text.contains(reason.shown))
    }

    @Test func unusableAmountsAreSaidAndTheRestIsShown() throws {
        let text = try table(#"{"status":0,"refundCode":"C","currency":"USD","originalTotalAmount":37.325}"#)
        #expect(text.hasPrefix("refund code                      C\n"))
        let said =
            "The amounts are unusable: originalTotalAmount 37.325 has too many digits after the point: USD has 2 "
        #expect(text.replacing("\n", with: " ").hasSuffix(said + "(amount-precision)."))
        #expect(!text.contains("37.32 "))
        #expect(!text.contains("37.33"))
    }

    @Test func severalCurrenciesAreSaid() throws {
        let text = try table(
            #"{"status":0,"refundFareAmount":{"currency":"USD","originalFareAmount":1,"estimatedRefundAmount":1},"serviceFee":{"currency":"EUR","transactionFee":1}}"#
        )
        #expect(text.hasSuffix("\nThe amounts are in several currencies."))
        #expect(text.contains("original                         –\n"))
    }
}
