import Atlas
import JSON
import Memory
import Refunds
import Testing

@Suite("Captured calls")
struct CapturedCallTests {
    private func line(_ response: String, _ payment: PaymentMethod = .deposit) throws -> String {
        try parsedJSON(response) { value in
            String(
                decoding: CapturedCall.line(
                    .refund, capturedAt: Instant(secondsSinceEpoch: 1_747_735_445, nanoseconds: 120_000_000),
                    paymentMethod: payment, request: Array(#"{"orderNo":"A","refundOfferId":"q"}"#.utf8),
                    response: value), as: UTF8.self)
        }
    }

    @Test func isTheLineOfTheFormat() throws {
        #expect(
            try line(#"{"status":0,  "estimatedRefundAmount":45.260,"msg":"\u00e9"}"#, .vcc)
                == #"{"operation":"refund","capturedAt":"2025-05-20T10:04:05.120Z","paymentMethod":"vcc","request":{"orderNo":"A","refundOfferId":"q"},"response":{"status":0,  "estimatedRefundAmount":45.260,"msg":"\u00e9"}}"#
                + "\n")
    }

    @Test func anAnswerOfAnyDepthIsRecorded() throws {
        let depth = 200_000
        let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(try line("{\n\"status\":0,\"more\":\(nested)}").hasSuffix(#"{"status":0,"more":\#(nested)}}"# + "\n"))
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func anAnswerOfSeveralLinesIsPutOnOneDigitForDigit(_ lineEnd: String) throws {
        let line = try line("{\(lineEnd)\"status\": 0,\(lineEnd)\"amounts\": [1.50, 2E1, -0]\(lineEnd)}")
        #expect(line.hasSuffix(#","response":{"status":0,"amounts":[1.50,2E1,-0]}}"# + "\n"))
        #expect(line.utf8.count { $0 == 0x0A || $0 == 0x0D } == 1)
    }
}
