import Glibc
import Memory
import Night
import Refunds
import Run
import Testing

/// `verify --redo`: whatever was changed in a report is found, whoever changed it, and what cannot be proved is said.
@Suite struct RedoForgeryTests {
    // MARK: Reports that were changed

    /// Each file of a report, changed alone.
    @Test func everyFileCounts() async throws {
        let folder = try TemporaryFolder()
        let report = try await Redo.nightly(folder / "out", [])
        for name in Redo.allFiles {
            let content = try Files.read("\(report)/\(name)")
            let place = content.count / 2
            var changed = content
            changed[place] ^= 1
            try Files.write(changed, to: "\(report)/\(name)")
            let line = content[..<place].count { $0 == 0x0A } + 1
            let answer = try await Redo.ask(report)
            #expect(answer.differences == ["\(name), byte \(place + 1), line \(line)"], "\(answer.text)")
            #expect(answer.finished.code == 1)
            try Files.write(content.dropLast(), to: "\(report)/\(name)")
            let cut = try await Redo.ask(report)
            try #require(cut.differences.count == 1)
            #expect(cut.differences[0].hasPrefix("\(name), byte \(content.count),"))
            Files.remove("\(report)/\(name)")
            let missing = try await Redo.ask(report)
            #expect(missing.differences == ["\(name) is missing"], "\(missing.text)")
            try Files.write(content, to: "\(report)/\(name)")
        }
        try Files.move("\(report)/summary.json", to: folder / "summary.json")
        symlink(folder / "summary.json", "\(report)/summary.json")
        #expect(try await Redo.ask(report).differences == ["summary.json, which is not a file that can be read"])
        Files.remove("\(report)/summary.json")
        try Files.move(folder / "summary.json", to: "\(report)/summary.json")
        try Files.write([], to: "\(report)/breaks.csv")
        #expect(try await Redo.ask(report).differences == ["breaks.csv is not a file that a run writes"])
    }

    /// A report that was made from another webhook and passed off as made from the true one: every file agrees with
    /// every other, all hashes and the chain are made anew. Only making it again finds it.
    @Test func aForgeryInWhichAllFilesAgree() async throws {
        let folder = try TemporaryFolder()
        for name in ["true", "forged"] {
            try Files.makeFolder(folder / name)
            var night = SmallNight(orders: [.init(orderNo: "A"), .init(orderNo: "B")])
            night.webhooks = [.init(orderNo: "A", final: name == "true" ? "88.00" : "68.00")]
            _ = try night.arguments(in: folder, "\(name)/n")
        }
        let run = [
            "run", "--as-of", SmallNight.asOf, "--orders", "n-orders.csv", "--webhooks", "n-webhooks.jsonl",
            "--status-journal", "n-journal.jsonl", "--formats", "csv,jsonl,html", "--output", folder / "out",
        ]
        let report = try await Redo.publish(run, folder / "out/\(SmallNight.asOf)", folder: folder / "forged")
        let name = "n-webhooks.jsonl"
        let (ours, theirs) = (folder / "true/\(name)", folder / "forged/\(name)")
        let sums = try await Command.shell("sha256sum \"$@\" | cut -c1-64", [ours, theirs]).outputLines.map(String.init)
        for file in ["manifest.json", "report.html"] {
            try Redo.replace(sums[1], with: sums[0], in: "\(report)/\(file)")
        }
        try await Redo.mendHashes(report)
        let verified = try await Command.run(["verify", report])
        #expect(verified.code == 0, "a forgery that another check finds proves nothing here: \(verified.outputText)")
        let answer = try await Redo.ask(report, folder: folder / "true")
        #expect(answer.finished.code == 1, "\(answer.text)")
        let found = answer.differences.map { $0.split(separator: ",")[0] }
        for file in ["exceptions.csv", "reconciliation.csv", "reconciliation.jsonl", "report.html", "summary.json"] {
            #expect(found.contains { $0 == file }, "\(file): \(answer.text)")
        }
        #expect(answer.differences.contains { $0.hasPrefix("reconciliation.csv, byte ") && $0.hasSuffix(", line 2") })
    }

    /// What is stated of it in the manifest alone.
    @Test(arguments: [
        ("\"rows\": 283", "\"rows\": 284", "manifest.json: outputs"),
        ("\"records\": 312", "\"records\": 313", "manifest.json: inputs"),
        ("\"USD\": \"0.05\"", "\"USD\": \"9.99\"", "summary.json, byte"),
        ("\"asOf\": \"2025-09-30\"", "\"asOf\": \"2025-09-29\"", "summary.json, byte"),
    ])
    func forgedManifest(old: String, new: String, says: String) async throws {
        let folder = try TemporaryFolder()
        let report = try await Redo.nightly(folder / "out")
        try Redo.replace(old, with: new, in: "\(report)/manifest.json")
        let answer = try await Redo.ask(report)
        #expect(answer.differences.contains { $0.hasPrefix(says) }, "\(answer.text)")
    }

    /// Figures that no run writes: they are refused where the manifest is read, and nothing is calculated from them.
    @Test(arguments: [
        ("\"cases\": 280", "\"cases\": 1000000000000000000", "cases in usualPopulation"),
        ("\"minimumPercentOfUsual\": 50", "\"minimumPercentOfUsual\": 9223372036854775807", "minimumPercentOfUsual"),
        ("\"minimumPercentOfUsual\": 50", "\"minimumPercentOfUsual\": 0", "minimumPercentOfUsual"),
        ("\"requeryAfterDays\": 5", "\"requeryAfterDays\": 9223372036854775807", "requeryAfterDays"),
    ])
    func figuresThatNoRunWrites(old: String, new: String, says: String) async throws {
        let folder = try TemporaryFolder()
        for day in ["2025-09-29", "2025-09-30"] {
            _ = try await Redo.publish(
                Sample.Nightly.run(folder / "out") + Sample.Nightly.journal + Redo.few + [
                    "--as-of", day, "--min-share-of-usual", "50", "--state", folder / "state", "--requery-after", "5",
                ], folder / "out/\(day)")
        }
        let report = folder / "out/2025-09-30"
        try Redo.replace(old, with: new, in: "\(report)/manifest.json")
        let answer = try await Redo.ask(report)
        #expect(answer.finished.code == 65, "\(answer.text)")
        #expect(answer.finished.errorText.contains(says), "\(answer.text)")
    }

    // MARK: What cannot be proved

    @Test(arguments: ["toolVersion", "rulesVersion"]) func anotherVersion(member: String) async throws {
        let folder = try TemporaryFolder()
        let report = try await Redo.nightly(folder / "out")
        let manifest = try Files.text("\(report)/manifest.json")
        let line = try #require(manifest.split(separator: "\n").first { $0.contains("\"\(member)\"") })
        let changed = member == "toolVersion" ? "\"toolVersion\": \"0.0.9\"," : "\"rulesVersion\": 0,"
        try Redo.replace(String(line), with: changed, in: "\(report)/manifest.json")
        let answer = try await Redo.ask(report)
        #expect(answer.finished.code == 1)
        #expect(answer.lines.count == 1, "\(answer.text)")
        #expect(answer.notProved.count == 1, "\(answer.text)")
        #expect(answer.notProved.first?.contains("was made by version") == true)
    }

    /// Whatever decides about bytes of a report must be in its manifest, or it cannot be made again: a parameter that is
    /// added is added here when it is.
    @Test func everyParameterIsKnown() {
        let parameters = Mirror(reflecting: RunParameters(asOf: CalendarDate(daysSinceEpoch: 0)))
        let inManifest: Set = [
            "asOf", "tolerances", "formats", "mostWorkbookRows", "audits", "expectations", "night",
            // Its inputs, by role; a live run is one that has a journal of its own.
            "orders", "webhooks", "statusSource",
        ]
        let decidesNothing: Set = ["output", "signingKey", "threads", "shownInputs"]
        #expect(Set(parameters.children.compactMap(\.label)) == inManifest.union(decidesNothing))
        func labels(_ value: Any) -> [String] { Mirror(reflecting: value).children.compactMap(\.label) }
        #expect(labels(AuditParameters()) == ["rules", "feeSchedule"])
        #expect(labels(NightParameters()) == ["state", "requeryAfterDays", "rememberDays", "dispositions"])
        #expect(
            labels(Expectations()) == ["orderRecords", "amounts", "minimumCases", "minimumPercentOfUsual"])
    }
}
