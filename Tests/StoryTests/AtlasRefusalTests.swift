import Testing

@Suite("What Atlas refuses a person, and why", .serialized)
struct AtlasRefusalTests {
    private static let existing = """
        order                            STORY20250601
        refund code                      202506-0001
        status                           2, refunded

        """

    /// A refund exists, says Atlas: it is not asked for again, its status is shown.
    @Test(arguments: [814, 816, 817, 818])
    func aRefundThatExistsIsShown(_ status: Int) throws {
        let order = StoryOrder(refundRefusal: status)
        try RunningSandbox.serving([order.sandboxLine]) { command, sandbox in
            let refund = try command.run([
                "atlas", "refund", "--url", sandbox.baseURL, "--order", order.orderNo, "--offer", StoryOrder.offer,
                "--yes", "--refund-code", StoryOrder.refundCode, "--capture", "captured.jsonl",
            ])
            #expect(refund.exitCode == 0, "\(refund.errors)")
            #expect(refund.output.hasPrefix(Self.existing), "\(refund.output)")
            let said = "Atlas said status \(status): Refund exists (a refund of this order exists: "
            #expect(refund.errors.contains(said), "\(refund.errors)")
            #expect(refund.errors.hasSuffix("Nothing was submitted. Refund 202506-0001 of order STORY20250601:\n"))
            #expect(try command.text("captured.jsonl").isEmpty)
            #expect(try sandbox.requestCount() == 2)
        }
    }

    /// Where the code of the refund is known from: the calls that were captured, of this order; else all are asked for.
    @Test(arguments: [("STORY20250601", "Refund 202506-0001 of"), ("ANOTHER", "All refunds of")])
    func theCodeOfARefundThatExists(_ captured: (orderNo: String, said: String)) throws {
        let order = StoryOrder(quotationRefusal: 816)
        try RunningSandbox.serving([order.sandboxLine]) { command, sandbox in
            let calls = ["0009", "0001"].map { code in
                #"{"operation":"refund","request":{"orderNo":"\#(captured.orderNo)"},"response":{"refundCode":"202506-\#(code)"}}"#
            }
            try command.write(calls.joined(separator: "\n") + "\n{\"operation\":\"ref", to: "captured.jsonl")
            let refund = try command.run(
                ["atlas", "refund", "--url", sandbox.baseURL, "--yes", "--capture", "captured.jsonl"]
                    + order.passengerOptions)
            #expect(refund.exitCode == 0, "\(refund.errors)")
            #expect(refund.output.hasPrefix(Self.existing), "\(refund.output)")
            #expect(refund.errors.contains("Nothing was submitted. \(captured.said) order STORY20250601"))
            #expect(try sandbox.requestCount() == 2)
        }
    }

    /// That a refund exists, of which Atlas shows nothing, is no answer.
    @Test func aRefundThatExistsAndIsNotThere() throws {
        let order = StoryOrder(refundRefusal: 816)
        try RunningSandbox.serving([order.sandboxLine]) { command, sandbox in
            let refund = try command.run([
                "atlas", "refund", "--url", sandbox.baseURL, "--order", order.orderNo, "--offer", StoryOrder.offer,
                "--yes", "--refund-code", "202506-0002",
            ])
            #expect(refund.exitCode == 1)
            #expect(
                refund.errors.hasSuffix(
                    "refund-recon: Atlas says that a refund exists, and its answer does not have it\n"))
        }
    }

    /// What Atlas refuses it has not taken in; what to do about it is told.
    @Test(arguments: [
        ("809", "wait until the order is ticketed"), ("811", "name every segment of the itinerary"),
        ("822", "it is too late for a void: ask for a refund, by another --reason"),
        ("823", "a void is of all passengers of the order: name them all, or ask for a refund, by another --reason"),
        ("901", "the request lacks a field, or has one that is wrong"),
    ])
    func aRefusalIsToldWithAdvice(_ refusal: (status: String, advice: String)) throws {
        let order = StoryOrder(faults: ["status-\(refusal.status)"])
        try RunningSandbox.serving([order.sandboxLine]) { command, sandbox in
            let refund = try command.run([
                "atlas", "refund", "--url", sandbox.baseURL, "--order", order.orderNo, "--offer", StoryOrder.offer,
                "--yes",
            ])
            #expect(refund.exitCode == 1)
            #expect(refund.errors.hasSuffix(" (\(refusal.advice))\n"), "\(refund.errors)")
            #expect(try sandbox.requestCount() == 1)
        }
    }

    /// A quotation asks for nothing, so that it shows no status.
    @Test func aQuotationOfAnOrderWithARefund() throws {
        let order = StoryOrder(quotationRefusal: 814)
        try RunningSandbox.serving([order.sandboxLine]) { command, sandbox in
            let quote = try command.run(["atlas", "quote", "--url", sandbox.baseURL] + order.passengerOptions)
            #expect(quote.exitCode == 1)
            #expect(
                quote.errors.hasSuffix("(a refund of this order exists: ask for its status, do not submit it again)\n"))
            #expect(try sandbox.requestCount() == 1)
        }
    }
}
