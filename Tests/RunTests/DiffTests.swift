import JSON
import Testing

/// `diff` says what changed between two nights.
@Suite struct DiffTests {
    private static let first = SmallNight(
        orders: ["SAME", "SETTLED", "SHORT", "GONE", "REQUOTED"].map { .init(orderNo: $0) },
        notifications: [
            .init(orderNo: "SAME"), .init(orderNo: "SETTLED", status: 1), .init(orderNo: "SHORT", final: "80.00"),
            .init(orderNo: "GONE"), .init(orderNo: "REQUOTED", final: "81.00"), .init(orderNo: "UNKNOWN"),
        ])
    private static let second = SmallNight(
        orders: [
            .init(orderNo: "SAME"), .init(orderNo: "SETTLED"), .init(orderNo: "SHORT"),
            .init(orderNo: "REQUOTED", penalty: "11.00"), .init(orderNo: "NEW"),
        ],
        notifications: [
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

    @Test func changes() async throws {
        let folder = try TemporaryFolder()
        let before = try await Self.publish(Self.first, "first", in: folder)
        let after = try await Self.publish(Self.second, "second", in: folder)
        let finished = try await Command.run(["diff", before, after])
        #expect(finished.code == 1)
        #expect(finished.errorText == "")
        #expect(
            finished.outputText.split(separator: "\n") == [
                "outcome changed  SETTLED  USD  pending → matched",
                "amounts changed  SHORT  USD  finalRefundAmount 80.00 → finalRefundAmount 81.00",
                "amounts changed  REQUOTED  USD  expectedPenaltyAmount 10.00, expectedRefundAmount 88.00 → expectedPenaltyAmount 11.00, expectedRefundAmount 87.00",
                "appeared  NEW  USD  pending", "gone  GONE  USD  matched", "gone  UNKNOWN  USD  88.00",
                "1 appeared, 2 gone, 1 outcome changed, 2 amounts changed",
            ])
        let json = try await Command.run(["diff", "--json", before, after])
        #expect(json.code == 1)
        let entries = try parsedJSON(json.output).elements
        #expect(entries.map { $0["orderNo"]?.string } == ["SETTLED", "SHORT", "REQUOTED", "NEW", "GONE", "UNKNOWN"])
        #expect(
            String(decoding: entries[0].encoded(), as: UTF8.self)
                == #"{"change":"outcome changed","rowType":"case","orderNo":"SETTLED","refundCode":"","currency":"USD","before":"pending","after":"matched"}"#
        )
        // The other way round, what appeared is gone.
        let back = try await Command.run(["diff", after, before])
        #expect(back.outputText.hasSuffix("2 appeared, 1 gone, 1 outcome changed, 2 amounts changed\n"))
    }

    @Test func nothingChanged() async throws {
        let folder = try TemporaryFolder()
        let before = try await Self.publish(Self.first, "first", in: folder)
        let after = try await Self.publish(Self.first, "second", in: folder)
        let finished = try await Command.run(["diff", before, after])
        #expect(finished.code == 0)
        #expect(finished.outputText == "0 appeared, 0 gone, 0 outcome changed, 0 amounts changed\n")
        let json = try await Command.run(["diff", before, after, "--json"])
        #expect(json.code == 0)
        #expect(try parsedJSON(json.output) == .array([]))
    }
}
