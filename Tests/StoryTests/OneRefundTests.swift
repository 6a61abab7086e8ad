import Foundation
import Testing

@Suite("One refund, from its quotation to the nightly report", .serialized)
struct OneRefundTests {
    /// What the night makes of it.
    struct Night {
        let finalPenalty: Int
        let row: [(column: String, value: String)]
    }

    private static let nights = [
        Night(
            finalPenalty: 20,
            row: [
                ("outcome", "matched"), ("exceptions", "null"), ("expectedRefundAmount", "128.00"),
                ("finalRefundAmount", "128.00"), ("refundVariance", "0.00"),
            ]),
        Night(
            finalPenalty: 45,
            row: [
                ("outcome", "variance"), ("exceptions", #"["REFUND_SHORT","PENALTY_VARIANCE"]"#),
                ("expectedPenaltyAmount", "20.00"), ("finalPenaltyAmount", "45.00"), ("penaltyVariance", "25.00"),
                ("farePenaltyVariance", "25.00"), ("ancillaryPenaltyVariance", "0.00"),
                ("expectedRefundAmount", "128.00"), ("finalRefundAmount", "103.00"), ("refundVariance", "-25.00"),
                ("unexplainedVariance", "0.00"),
            ]),
    ]

    @Test(arguments: nights)
    func quotedRefundedNotifiedReconciled(_ night: Night) throws {
        let order = StoryOrder(finalPenalty: night.finalPenalty)
        try RunningSandbox.serving([order.sandboxLine]) { command, sandbox in
            try quote(order, command, sandbox)
            try refund(order, command, sandbox)
            try command.write(order.webhookLine + "\n", to: "webhooks.jsonl")
            try reconcile(night, order, command, sandbox)
            #expect(try sandbox.requestCount() == 3)
        }
    }

    private func quote(_ order: StoryOrder, _ command: Command, _ sandbox: RunningSandbox) throws {
        let quote = try command.run(
            ["atlas", "quote", "--url", sandbox.baseURL, "--capture", "captured.jsonl"] + order.passengerOptions)
        #expect(quote.exitCode == 0)
        #expect(quote.errors.isEmpty)
        #expect(
            quote.output == """
                order                            STORY20250601
                offer                            q_7f1c0a
                quote type                       AccurateQuote
                refundable                       yes
                method                           CashBackToOriginalPayment
                confirmation expected by         2025-06-10
                refund expected by               2025-07-01

                original                         150.00 USD
                expected penalty                  20.00 USD
                estimated refund before the fee  130.00 USD
                transaction fee                    2.00 USD
                expected refund after the fee    128.00 USD

                """)
    }

    private func refund(_ order: StoryOrder, _ command: Command, _ sandbox: RunningSandbox) throws {
        let refund = try command.run([
            "atlas", "refund", "--url", sandbox.baseURL, "--order", order.orderNo, "--offer", StoryOrder.offer, "--yes",
            "--capture", "captured.jsonl",
        ])
        #expect(refund.exitCode == 0)
        #expect(refund.output.contains("refund code                      \(StoryOrder.refundCode)\n"))
        let captured = try command.text("captured.jsonl")
        #expect(try JSONLine.values(captured, "operation") == ["refundQuotation", "refund"])
        #expect(try JSONLine.values(captured, "paymentMethod") == ["deposit", "deposit"])
        // Digit for digit: 120.50 stays 120.50, and 29.5 stays 29.5.
        #expect(captured.contains(#""originalFareAmount":120.50,"#))
        #expect(captured.contains(#""originalPostTicketingServiceAmount":29.5,"#))
        #expect(!captured.contains(Command.clientSecret))
        #expect(!captured.contains(Command.clientID))
    }

    private func reconcile(
        _ night: Night, _ order: StoryOrder, _ command: Command, _ sandbox: RunningSandbox
    ) throws {
        let run = try command.run([
            "run", "--orders", "captured.jsonl", "--webhooks", "webhooks.jsonl", "--atlas-url", sandbox.baseURL,
            "--as-of", "2025-06-30", "--formats", "jsonl", "--output", "Reports",
        ])
        #expect(run.exitCode == 0, "\(run.errors)")
        let rows = try command.text("Reports/2025-06-30/reconciliation.jsonl")
        #expect(try JSONLine.values(rows, "orderNo") == [order.orderNo])
        #expect(try JSONLine.values(rows, "refundCode") == [StoryOrder.refundCode])
        #expect(try JSONLine.values(rows, "source") == ["captured.jsonl:2"])
        #expect(try JSONLine.values(rows, "finalSource") == ["webhook"])
        for (column, value) in night.row {
            let values = try JSONLine.values(rows, column)
            #expect(values == [value], "\(column)")
        }
    }
}
