import JSON
import Testing

/// `diff` says what changed between two nights.
@Suite struct DiffTests {
    private static let first = SmallNight(
        orders: ["SAME", "SETTLED", "SHORT", "GONE", "REQUOTED"].map { .init(orderNo: $0) },
        webhooks: [
            .init(orderNo: "SAME"), .init(orderNo: "SETTLED", status: 1), .init(orderNo: "SHORT", final: "80.00"),
            .init(orderNo: "GONE"), .init(orderNo: "REQUOTED", final: "81.00"), .init(orderNo: "UNKNOWN"),
        ])
    private static let second = SmallNight(
        orders: [
            .init(orderNo: "SAME"), .init(orderNo: "SETTLED"), .init(orderNo: "SHORT"),
            .init(orderNo: "REQUOTED", penalty: "11.00"), .init(orderNo: "NEW"),
        ],
        webhooks: [
            .init(orderNo: "SAME"), .init(orderNo: "SETTLED"), .init(orderNo: "SHORT", final: "81.00"),
            .init(orderNo: "REQUOTED", final: "81.00"), .init(orderNo: "NEW", status: 1),
        ])

    private static func publish(_ night: SmallNight, _ name: String, in folder: TemporaryFolder) async throws -> String
    {
        let finished = try await Command.run(
            night.arguments(in: folder, name) + ["--output", folder / name, "--formats", "csv"])
        #expect(finished.code == 0, "\(finished.errorText)")
        return folder / "\(name)/\(SmallNight.asOf)"
    }

    /// The lines that say something, without the blanks that align them.
    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    }

    private static let changedLines = [
        "Appeared: 1", "Order Refund Cur What", "NEW USD pending; expected 88.00", "Gone: 2", "Order Refund Cur What",
        "GONE USD matched; expected 88.00; final 88.00", "UNKNOWN USD orphanWebhook; final 88.00",
        "Outcome changed: 1", "Order Refund Cur What",
        "SETTLED USD pending → matched; finalOriginalAmount none → 100.00; "
            + "finalPenaltyAmount none → 10.00; finalTransactionFee none → 2.00; finalRefundAmount none → 88.00; refundVariance none → 0.00",
        "Amounts changed: 2", "Order Refund Cur What",
        "SHORT USD finalRefundAmount 80.00 → 81.00; refundVariance -8.00 → -7.00",
        "REQUOTED USD expectedPenaltyAmount 10.00 → 11.00; expectedRefundAmount 88.00 → 87.00; "
            + "refundVariance -7.00 → -6.00",
        "Total Before After Change", "USD expected refund 440.00 439.00 -1.00", "USD final refund 337.00 338.00 +1.00",
        "USD refund variance -15.00 -13.00 +2.00", "1 appeared, 2 gone, 1 outcome changed, 2 amounts changed",
    ]

    @Test func changes() async throws {
        let folder = try TemporaryFolder()
        let before = try await Self.publish(Self.first, "first", in: folder)
        let after = try await Self.publish(Self.second, "second", in: folder)
        let finished = try await Command.run(["diff", before, after])
        #expect(finished.code == 1)
        #expect(finished.errorText == "")
        #expect(Self.lines(finished.outputText) == Self.changedLines)
        let json = try await Command.run(["diff", "--json", before, after])
        #expect(json.code == 1)
        let tree = try parsedJSON(json.output)
        let changes = tree["changes"]?.elements ?? []
        #expect(changes.map { $0["orderNo"]?.string } == ["SETTLED", "SHORT", "REQUOTED", "NEW", "GONE", "UNKNOWN"])
        #expect(changes.first?["change"]?.string == "outcome changed")
        #expect(changes.first?["before"]?["outcome"]?.string == "pending")
        #expect(changes.first?["after"]?["finalRefundAmount"]?.string == "88.00")
        #expect(tree["totals"]?["USD"]?["refundVariance"]?["change"]?.string == "2.00")
        // The other way round, what appeared is gone.
        let back = try await Command.run(["diff", after, before])
        #expect(back.outputText.hasSuffix("2 appeared, 1 gone, 1 outcome changed, 2 amounts changed\n"))
    }

    private static let header =
        "orderNo,airlinePNR,carrier,refundCode,currency,originalTotalFareAmount,airlinePenaltyAmount,transactionFee,requestedAt"

    /// One refund of which more is known the second night: what its record says, and what the answer's order number is.
    private static let learnt: [(first: String, second: String, answered: String?, says: String)] = [
        (",PNR1,U2,RC-1", ",PNR1,U2,RC-1", "ORD1", "order number none → ORD1"),
        (",PNR1,U2,RC-1", "ORD1,PNR1,U2,RC-1", nil, "order number none → ORD1"),
        ("ORD1,PNR1,U2,", "ORD1,PNR1,U2,RC-1", nil, "refund code none → RC-1"),
        (",PNR1,U2,", ",PNR1,U2,RC-1", nil, "order number none → ORD1; refund code none → RC-1"),
    ]

    @Test(arguments: learnt)
    func identityThatBecomesKnown(_ night: (first: String, second: String, answered: String?, says: String))
        async throws
    {
        let folder = try TemporaryFolder()
        for (name, record) in [("first", night.first), ("second", night.second)] {
            let fields = record.split(separator: ",", omittingEmptySubsequences: false)
            let answer = """
                {"schema":1,"orderNo":\(fields[0].isEmpty ? "null" : "\"\(fields[0])\""),"refundCode":"RC-1",\
                "airlinePNR":"PNR1","carrier":"U2","queriedAt":"2025-05-20T01:00:00Z","attempts":1,"httpStatus":200,\
                "outcome":"ok","error":null,"body":{"status":0,"refundOrders":[{"orderNo":"\(night.answered ?? "ORD1")",\
                "refundCode":"RC-1","refundStatus":2,"refundFareAmount":{"currency":"USD","originalFareAmount":"100",\
                "estimatedRefundAmount":"90"},"serviceFee":{"currency":"USD","transactionFee":"2"}}]}}
                """
            let finished = try await Command.run([
                "run", "--orders",
                folder.write("\(name).csv", "\(Self.header)\n\(record),USD,100,10,2,2025-05-01\n"),
                "--status-journal", folder.write("\(name).jsonl", name == "first" ? "" : answer), "--as-of",
                "2025-05-20",
                "--output", folder / name, "--formats", "csv", "--allow-incomplete",
            ])
            #expect(finished.code == 0, "\(finished.errorText)")
        }
        let paths = ["first", "second"].map { folder / "\($0)/2025-05-20" }
        let finished = try await Command.run(["diff"] + paths)
        #expect(finished.outputText.contains("unverified → matched; \(night.says); "), "\(finished.outputText)")
        #expect(finished.outputText.hasSuffix("\n0 appeared, 0 gone, 1 outcome changed, 0 amounts changed\n"))
        let back = try await Command.run(["diff"] + paths.reversed())
        #expect(back.outputText.hasSuffix("\n0 appeared, 0 gone, 1 outcome changed, 0 amounts changed\n"))
    }

    @Test func aTableThatIsNoReport() async throws {
        let folder = try TemporaryFolder()
        try Files.makeFolder(folder / "a")
        try folder.write("a/reconciliation.csv", "rowType,orderNo\r\ncase,A\r\n")
        let finished = try await Command.run(["diff", folder / "a", folder / "a"])
        #expect(finished.code == 65)
        #expect(finished.errorText.contains("reconciliation.csv: no column refundCode"), "\(finished.errorText)")
    }

    @Test func nothingChanged() async throws {
        let folder = try TemporaryFolder()
        let before = try await Self.publish(Self.first, "first", in: folder)
        let after = try await Self.publish(Self.first, "second", in: folder)
        let finished = try await Command.run(["diff", before, after])
        #expect(finished.code == 0)
        #expect(finished.outputText == "Nothing changed.\n")
        let json = try await Command.run(["diff", before, after, "--json"])
        #expect(json.code == 0)
        #expect(try parsedJSON(json.output)["changes"] == .array([]))
        #expect(try parsedJSON(json.output)["totals"] == .object([]))
    }
}
