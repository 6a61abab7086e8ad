import Foundation
import Testing

@Suite("The atlas commands where things go wrong", .serialized)
struct AtlasCommandTests {
    private static let looksAgain =
        "Atlas may have taken the refund in all the same: look there before you ask for it again.\n"

    @Test(arguments: [
        ("503", "HTTP 503"), ("status-2", "Atlas said status 2"),
        ("html-200", "Atlas's answer cannot be used: it is not JSON"),
        ("duplicate-keys", "Atlas's answer cannot be used: it has the key status twice"),
        ("reset-mid-body", "no answer from Atlas: connection reset"),
        ("stalled-body", "timeout: no answer from Atlas within 1 s"),
        ("truncated-gzip", "Atlas's answer cannot be used: its compression is damaged"),
    ])
    func aFailedRefundIsAskedOnceAndRecordedNever(_ fault: (kind: String, message: String)) throws {
        let order = StoryOrder(faults: [fault.kind])
        try RunningSandbox.serving([order.sandboxLine]) { command, sandbox in
            let refund = try command.run([
                "atlas", "refund", "--url", sandbox.baseURL, "--order", order.orderNo, "--offer", StoryOrder.offer,
                "--yes", "--timeout", "1", "--capture", "captured.jsonl",
            ])
            #expect(refund.exitCode == 1)
            #expect(refund.output.isEmpty)
            #expect(refund.errors.contains("refund-recon: \(fault.message)"), "\(refund.errors)")
            #expect(refund.errors.hasSuffix(Self.looksAgain))
            #expect(try command.text("captured.jsonl").isEmpty)
            #expect(try sandbox.requestCount() == 1)
        }
    }

    @Test(arguments: ["401", "403"])
    func refusedCredentials(_ fault: String) throws {
        let order = StoryOrder(faults: [fault])
        try RunningSandbox.serving([order.sandboxLine]) { command, sandbox in
            let quote = try command.run(["atlas", "quote", "--url", sandbox.baseURL] + order.passengerOptions)
            #expect(quote.exitCode == 77)
            #expect(quote.errors == "refund-recon: Atlas refused the credentials (HTTP \(fault))\n")
        }
    }

    /// Atlas says the same with a status of its own.
    @Test(arguments: ["900", "902"])
    func credentialsRefusedByAtlasOwnStatus(_ status: String) throws {
        let order = StoryOrder(faults: ["status-\(status)"])
        try RunningSandbox.serving([order.sandboxLine]) { command, sandbox in
            let quote = try command.run(["atlas", "quote", "--url", sandbox.baseURL] + order.passengerOptions)
            #expect(quote.exitCode == 77)
            #expect(quote.errors == "refund-recon: Atlas refused the credentials (status \(status))\n")
        }
    }

    @Test func aQuotationThatIsNotRefundableIsNotSubmittedUnseen() throws {
        let order = StoryOrder(isRefundable: false)
        try RunningSandbox.serving([order.sandboxLine]) { command, sandbox in
            let refund = try command.run(
                ["atlas", "refund", "--url", sandbox.baseURL, "--yes"] + order.passengerOptions)
            #expect(refund.exitCode == 1)
            #expect(refund.errors.contains("refund-recon: not submitted: "))
            #expect(try sandbox.requestCount() == 1)
        }
    }

    @Test func anAnswerOfAnotherOrderIsNeitherSubmittedNorReliedOn() throws {
        let orders = [StoryOrder(faults: ["other-order", "other-order"]), StoryOrder(orderNo: "ANOTHER20250601")]
        try RunningSandbox.serving(orders.map(\.sandboxLine)) { command, sandbox in
            let refund = try command.run(
                ["atlas", "refund", "--url", sandbox.baseURL, "--yes"] + orders[0].passengerOptions)
            #expect(refund.exitCode == 1)
            #expect(refund.errors.hasSuffix("refund-recon: not submitted: the quotation is of another order\n"))
            let status = try command.run([
                "atlas", "status", "--url", sandbox.baseURL, "--order", orders[0].orderNo, "--refund-code",
                StoryOrder.refundCode,
            ])
            #expect(status.exitCode == 1)
            #expect(status.errors.hasPrefix("refund-recon: a run would not rely on this answer (bad-body)"))
            #expect(try sandbox.requestCount() == 2)
        }
    }

    @Test func passengersFromAFileAreQuotedAndTheOfferIsSubmitted() throws {
        let order = StoryOrder()
        try RunningSandbox.serving([order.sandboxLine]) { command, sandbox in
            try command.write(
                #"[{"lastName":"ZHAO","firstName":"YIER","segments":[{"depDate":"20250613","flightNo":"U22437","depAirport":"LTN","arrAirport":"CDG"}],"refundReason":"1"}]"#,
                to: "passengers.json")
            // A line that was torn when a machine went down must not take the next one with it.
            try command.write(#"{"operation":"ref"#, to: "captured.jsonl")
            let refund = try command.run([
                "atlas", "refund", "--url", sandbox.baseURL, "--pnr", "K7TQ2M", "--carrier", "U2", "--passengers",
                "passengers.json", "--yes", "--json", "--capture", "captured.jsonl", "--payment-method", "vcc",
            ])
            #expect(refund.exitCode == 0, "\(refund.errors)")
            #expect(try JSONLine.values(refund.output, "refundCode") == [StoryOrder.refundCode])
            #expect(refund.errors.contains("expected refund after the fee    128.00 USD\n"))
            let lines = try command.text("captured.jsonl").split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count == 4)
            #expect(lines.last == "")
            #expect(lines[0] == #"{"operation":"ref"#)
            #expect(lines[1].contains(#""paymentMethod":"vcc","request":{"orderNo":null,"airlinePNR":"K7TQ2M""#))
            #expect(lines[2].contains(#""refundOfferId":"q_7f1c0a","refundRequestList":null},"response":{"#))
        }
    }

    @Test(arguments: [("y\n", 0 as Int32, 2), ("n\n", 1, 1), ("\n", 1, 1), ("yesterday\n", 1, 1), ("YES\n", 0, 2)])
    func asksOnATerminal(_ person: (answer: String, exitCode: Int32, requests: Int)) throws {
        let order = StoryOrder()
        try RunningSandbox.serving([order.sandboxLine]) { command, sandbox in
            let terminal = try PseudoTerminal(typed: person.answer)
            let refund = try command.run(
                ["atlas", "refund", "--url", sandbox.baseURL] + order.passengerOptions, terminal: terminal.user)
            let shown = terminal.shown()
            #expect(refund.exitCode == person.exitCode)
            #expect(shown.contains("expected refund after the fee    128.00 USD"))
            #expect(shown.contains("Submit this refund? [y/N] "))
            #expect(shown.contains("refund-recon: not submitted") == (person.exitCode != 0))
            #expect(refund.output.isEmpty == (person.exitCode != 0))
            #expect(try sandbox.requestCount() == person.requests)
        }
    }

    @Test func statusShowsTheRefundAskedAboutAndSaysIfItIsMissing() throws {
        let order = StoryOrder(finalPenalty: 45)
        try RunningSandbox.serving([order.sandboxLine]) { command, sandbox in
            let options = ["atlas", "status", "--url", sandbox.baseURL, "--order", order.orderNo, "--refund-code"]
            let known = try command.run(options + [StoryOrder.refundCode])
            #expect(known.exitCode == 0)
            #expect(known.output.contains("status                           2, refunded\n"))
            #expect(known.output.contains("refund after the fee             103.00 USD\n"))
            let unknown = try command.run(options + ["202506-0002"])
            #expect(unknown.exitCode == 0)
            #expect(unknown.output.hasPrefix("Atlas's answer has no refund 202506-0002.\n\n"))
            let json = try command.run(options + [StoryOrder.refundCode, "--json"])
            #expect(json.output.hasPrefix(#"{"refundOrders":[{"refundStatus":2,"#))
        }
    }

    private static let order = ["--url", "http://127.0.0.1:9", "--order", "A"]
    private static let person = ["--passenger", "A/B", "--segment", "20250613:U2:LTN:CDG", "--reason", "1"]

    private static let usages: [(arguments: [String], exitCode: Int32)] = [
        // Nothing is sent in any of them: the address answers nobody.
        (["quote", "--order", "A"] + person, 64),
        (["quote"] + order, 64),
        (["quote", "--pnr", "K7TQ2M"] + order + person, 64),
        (["quote", "--url", "http://atlas.example", "--order", "A"] + person, 64),
        (["quote"] + order + ["--passenger", "A/B", "--segment", "20250613:U2:LTN:CDG"], 64),
        (["quote"] + order + ["--passenger", "A", "--segment", "20250613:U2:LTN:CDG", "--reason", "1"], 64),
        (["quote", "--display-currency", "XAU"] + order + person, 64),
        (["refund", "--offer", "q"] + order, 64),
        (["refund", "--offer", "q", "--yes"] + order + person, 64),
        (["refund", "--yes"] + order, 64),
        (["status"] + order, 64),
        (["quote", "--passengers", "missing.json"] + order, 66),
        (["quote", "--passengers", "bad.json"] + order, 65),
        (["quote", "--credentials", "missing"] + order + person, 66),
        (["quote", "--credentials", "open"] + order + person, 77),
        (["refund", "--offer", "q", "--yes", "--capture", "no/such/folder.jsonl"] + order, 73),
        (["refund", "--offer", "q", "--yes", "--capture", "link.jsonl"] + order, 73),
        (["quote"] + order + person, 1),
    ]

    @Test(arguments: usages)
    func exitCodes(_ usage: (arguments: [String], exitCode: Int32)) throws {
        try Command.withFolder { command in
            try command.write("[]", to: "bad.json")
            try command.write("ATLAS_CLIENT_ID=a\nATLAS_CLIENT_SECRET=b\n", to: "open")
            try FileManager.default.createSymbolicLink(
                at: command.folder.appendingPathComponent("link.jsonl"),
                withDestinationURL: command.folder.appendingPathComponent("bad.json"))
            let path = command.folder.appendingPathComponent("open").path
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            let outcome = try command.run(["atlas"] + usage.arguments)
            #expect(outcome.exitCode == usage.exitCode, "\(outcome.errors)")
            #expect(outcome.output.isEmpty)
        }
    }

    @Test func theAddressMayComeFromTheEnvironmentAndCredentialsMustCome() throws {
        let order = StoryOrder()
        try RunningSandbox.serving([order.sandboxLine]) { command, sandbox in
            var environment = ["REFUND_RECON_ATLAS_URL": sandbox.baseURL]
            let none = try command.run(["atlas", "quote"] + order.passengerOptions, environment: environment)
            #expect(none.exitCode == 77)
            environment["ATLAS_CLIENT_ID"] = Command.clientID
            environment["ATLAS_CLIENT_SECRET"] = Command.clientSecret
            let quote = try command.run(["atlas", "quote"] + order.passengerOptions, environment: environment)
            #expect(quote.exitCode == 0, "\(quote.errors)")
        }
    }
}
