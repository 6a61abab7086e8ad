import JSON
import Testing

/// docs/FORMATS.md, "manifest.json": by which its report can be found again, and the reports before and after it.
@Suite struct TrailTests {
    private static func manifest(_ folder: String) throws -> JSONTree {
        try parsedJSON(Files.read(folder + "/manifest.json"))
    }

    private static func hash(_ path: String) async throws -> String {
        let finished = try await Command.shell("sha256sum < \"$1\"", [path])
        return String(finished.outputText.prefix(64))
    }

    /// Carried files are where the report is published, with their records and sums; a report names the one that it
    /// replaces, and that one names it.
    @Test func aNightThatIsRunAgain() async throws {
        let nights = try Nights()
        _ = try await nights.run(
            "2026-01-10", [.init("OPEN"), .init("WAIT", original: "70.00")], [.init("ORPHAN", second: 1)],
            [.init("OPEN", 1), .init("WAIT", 1)])
        let second = try await nights.run(
            "2026-01-11", [], [], [.init("OPEN", 1), .init("WAIT", 2)], ["--formats", "csv,jsonl,html"])
        let first = try Self.manifest(second.folder)
        #expect(first["replaces"] == .null)
        let inputs = first["inputs"]?.elements ?? []
        func input(_ role: String) throws -> JSONTree { try #require(inputs.first { $0["role"]?.string == role }) }
        for (role, name, records) in [
            ("carriedOrders", "carried-orders.jsonl", 2), ("carriedWebhooks", "carried-webhooks.jsonl", 1),
            ("carriedAnswers", "carried-answers.jsonl", 2),
        ] {
            let carried = try input(role)
            #expect(carried["path"]?.string == "\(second.folder)/\(name)")
            #expect(carried["records"]?.int == records)
            #expect(try await Self.hash("\(second.folder)/\(name)") == carried["sha256"]?.string)
        }
        #expect(try input("carriedOrders")["sums"]?["originalTotalAmount"]?["USD"]?.string == "170.00")
        #expect(try input("carriedWebhooks")["sums"]?["finalRefundAmount"]?["USD"]?.string == "88.00")

        let again = try await nights.run(
            "2026-01-11", [], [], [.init("OPEN", 1), .init("WAIT", 2)], ["--formats", "csv,jsonl,html"])
        let replacing = try Self.manifest(again.folder)
        #expect(replacing["replaces"]?["sequence"]?.int == 2)
        let former = "\(again.folder).1"
        let formerHash = try await Self.hash("\(former)/manifest.json")
        #expect(replacing["replaces"]?["manifestSHA256"]?.string == formerHash)
        #expect(replacing["previousManifestSHA256"]?.string == formerHash)
        let mark = try parsedJSON(Files.read("\(former)/SUPERSEDED"))
        #expect(mark["supersededBy"]?["sequence"]?.int == 3)
        #expect(
            try await Self.hash("\(again.folder)/manifest.json") == mark["supersededBy"]?["manifestSHA256"]?.string)
        for (said, meant) in [("at", "endedAt"), ("host", "host"), ("user", "user")] {
            #expect((mark[said] ?? mark["by"]?[said]) == replacing[meant], "\(said)")
        }
        for folder in [former, again.folder] {
            let verified = try await Command.run(["verify", folder])
            #expect(verified.code == 0, "\(verified.outputText)")
        }
        let page = try Files.text("\(again.folder)/report.html")
        let isTied = page.contains("<dt>Run number</dt><dd><bdi>3</bdi></dd>") && page.contains(formerHash)
        #expect(isTied)
        // Nothing in the report is named by a place that is gone.
        for (name, content) in try Files.contents(again.folder) where !name.hasSuffix(".xlsx") {
            let namesStaging = String(decoding: content, as: UTF8.self).contains(".staging-")
            #expect(!namesStaging, "\(name)")
        }
    }
}
