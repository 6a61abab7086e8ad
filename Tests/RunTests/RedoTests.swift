import Core
import Glibc
import JSON
import Run
import Testing

/// `verify --redo`: a report is what its inputs give, byte for byte, or it says where it is not.
@Suite struct RedoTests {
    private static let asOf = Sample.Nightly.asOf
    private static let allFiles = [
        "exceptions.csv", "reconciliation.csv", "reconciliation.jsonl", "reconciliation.xlsx", "rejects.csv",
        "report.html", "summary.json",
    ]
    private static let few: [String] = ["--formats", "csv,jsonl"]
    private static let fewFiles = [
        "exceptions.csv", "reconciliation.csv", "reconciliation.jsonl", "rejects.csv", "summary.json",
    ]

    /// The nightly sample from its journal.
    private static func publish(_ output: String, _ options: [String] = few) async throws -> String {
        try await Redo.publish(
            Sample.Nightly.run(output) + Sample.Nightly.journal + options, "\(output)/\(asOf)")
    }

    // MARK: Reports that are as they were made

    @Test func fromAJournal() async throws {
        let folder = try TemporaryFolder()
        try await Redo.expectProved(try await Self.publish(folder / "out", []), files: Self.allFiles)
    }

    /// What Atlas answered is in the report, and serves in its place: no network is asked.
    @Test func ofALiveRun() async throws {
        let folder = try TemporaryFolder()
        let report = try await Redo.publish(
            Sample.Nightly.run(folder / "out") + Sample.Nightly.sandbox, folder / "out/\(Self.asOf)")
        let answer = try await Redo.ask(report)
        #expect(answer.finished.code == 0, "\(answer.text)")
        #expect(answer.same == Self.allFiles)
        #expect(answer.finished.outputText.contains("that Atlas answered what status-journal.jsonl says"))
    }

    @Test func nothingIsTouched() async throws {
        let folder = try TemporaryFolder()
        let report = try await Self.publish(folder / "out")
        let (before, names) = (try Files.contents(report), Files.names(folder / "out"))
        let chain = try Files.read(folder / "out/CHAIN")
        // Another run may hold the folder's lock meanwhile.
        let finished = try await Command.shell(
            "exec flock \"$1/.lock\" \"$0\" verify \"$2\" --redo", [folder / "out", report])
        #expect(finished.code == 0, "\(finished.outputText) \(finished.errorText)")
        #expect(try Files.contents(report) == before)
        #expect(Files.names(folder / "out") == names)
        #expect(try Files.read(folder / "out/CHAIN") == chain)
    }

    struct Options: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let arguments: [String]

        init(_ testDescription: String, _ arguments: [String]) {
            self.testDescription = testDescription
            self.arguments = arguments
        }
    }

    /// What a run can be told that decides about bytes of its report.
    private static let optionSets = [
        Options("one format", ["--formats", "csv"]), Options("the page only", ["--formats", "html"]),
        Options("a small workbook", ["--formats", "xlsx", "--workbook-rows", "10"]),
        Options("rules", few + ["--audit-rules"]),
        Options("fees", few + ["--fee-schedule", Repository.resources + "/audit/fees.csv"]),
        Options("expectations that are met", few + ["--expect-orders", "326", "--min-cases", "5"]),
        Options(
            "expectations that are not",
            few + ["--expect-orders", "7", "--expect-amount", "USD=1.00", "--min-share-of-usual", "90"]),
        Options("one thread", few + ["--threads", "1"]),
    ]

    @Test(arguments: optionSets) func options(options: Options) async throws {
        let folder = try TemporaryFolder()
        try await Redo.expectProved(try await Self.publish(folder / "out", options.arguments))
    }

    @Test func signed() async throws {
        let folder = try TemporaryFolder()
        let keys = try await SigningKeys.make(in: folder)
        let report = try await Self.publish(folder / "out", ["--signing-key", keys.secret])
        Files.remove(keys.secret)
        try await Redo.expectProved(report, files: Self.allFiles)
    }

    /// A day that was run again: both reports of it, and those of the days around it, with the cases that were usual then.
    @Test func aDayThatWasRunAgain() async throws {
        let folder = try TemporaryFolder()
        let output = folder / "out"
        let night = SmallNight(orders: [.init(orderNo: "A"), .init(orderNo: "B")])
        var more = night
        more.orders.append(.init(orderNo: "C"))
        let options = ["--output", output, "--formats", "csv,html", "--min-share-of-usual", "50"]
        func run(_ night: SmallNight, _ asOf: String) async throws {
            let arguments = try night.arguments(in: folder, "\(night.orders.count)") + options + ["--as-of", asOf]
            _ = try await Redo.publish(arguments, output)
        }
        try await run(night, "2025-05-20")
        try await run(night, "2025-05-21")
        try await run(more, "2025-05-20")
        try await run(more, "2025-05-22")
        for report in ["2025-05-20.1", "2025-05-20", "2025-05-21", "2025-05-22"] {
            try await Redo.expectProved("\(output)/\(report)")
        }
        // Whoever leaves a report out of what it names, or names another.
        let manifest = try Files.read("\(output)/2025-05-20/manifest.json")
        let replaces = try #require(Self.member("replaces", of: manifest))
        try Redo.replace(replaces, with: "null", in: "\(output)/2025-05-20/manifest.json")
        #expect(
            try await Redo.ask("\(output)/2025-05-20").differences
                .contains("manifest.json: this report replaces 2025-05-20.1"))
        try Files.write(manifest, to: "\(output)/2025-05-20/manifest.json")
        let usual = try #require(Self.member("usualPopulation", of: Files.read("\(output)/2025-05-21/manifest.json")))
        try Redo.replace(usual, with: "[]", in: "\(output)/2025-05-21/manifest.json")
        #expect(
            try await Redo.ask("\(output)/2025-05-21").differences
                .contains("manifest.json: the report of 2025-05-20 is left out of the usual ones"))
        // The report of a day before says another number now.
        try Redo.replace("\"accepted\": 3", with: "\"accepted\": 4", in: "\(output)/2025-05-20/summary.json")
        let answer = try await Redo.ask("\(output)/2025-05-22")
        #expect(answer.differences == ["manifest.json: the report of 2025-05-20 has 4 cases, not 3"], "\(answer.text)")
        Files.remove("\(output)/2025-05-20/summary.json")
        let gone = try await Redo.ask("\(output)/2025-05-22")
        #expect(gone.notProved.count == 1 && gone.finished.code == 1, "\(gone.text)")
    }

    /// A member of a manifest as it is written.
    private static func member(_ name: String, of manifest: [UInt8]) -> String? {
        manifest.withUnsafeBufferPointer { text in
            let document = JSONDocument()
            guard document.parse(text) == nil else { return nil }
            return document.root.members.first { $0.key == name }.map { String(decoding: $0.value.raw, as: UTF8.self) }
        }
    }

    // MARK: Reports that were changed

    /// Each file of a report, changed alone.
    @Test func everyFileCounts() async throws {
        let folder = try TemporaryFolder()
        let report = try await Self.publish(folder / "out", [])
        for name in Self.allFiles {
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
            #expect(cut.differences.count == 1 && cut.differences[0].hasPrefix("\(name), byte \(content.count),"))
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
        #expect(try await Redo.ask(report).differences == ["breaks.csv: no run writes it"])
    }

    /// A report that was made from another notification and passed off as made from the true one: every file agrees with
    /// every other, all hashes and the chain are made anew. Only making it again finds it.
    @Test func aForgeryInWhichAllFilesAgree() async throws {
        let folder = try TemporaryFolder()
        for name in ["true", "forged"] {
            try Files.makeFolder(folder / name)
            var night = SmallNight(orders: [.init(orderNo: "A"), .init(orderNo: "B")])
            night.notifications = [.init(orderNo: "A", final: name == "true" ? "88.00" : "68.00")]
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
        let report = try await Self.publish(folder / "out")
        try Redo.replace(old, with: new, in: "\(report)/manifest.json")
        let answer = try await Redo.ask(report)
        #expect(answer.differences.contains { $0.hasPrefix(says) }, "\(answer.text)")
    }

    // MARK: What cannot be proved

    @Test(arguments: ["toolVersion", "rulesVersion"]) func anotherVersion(member: String) async throws {
        let folder = try TemporaryFolder()
        let report = try await Self.publish(folder / "out")
        let manifest = try Files.text("\(report)/manifest.json")
        let line = try #require(manifest.split(separator: "\n").first { $0.contains("\"\(member)\"") })
        let changed = member == "toolVersion" ? "\"toolVersion\": \"0.0.9\"," : "\"rulesVersion\": 0,"
        try Redo.replace(String(line), with: changed, in: "\(report)/manifest.json")
        let answer = try await Redo.ask(report)
        #expect(answer.finished.code == 1)
        #expect(answer.lines.count == 1 && answer.notProved.count == 1, "\(answer.text)")
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
        #expect(labels(NightParameters()) == ["state", "requeryAfterDays", "dispositions"])
        #expect(
            labels(Expectations()) == ["orderRecords", "amounts", "minimumCases", "minimumPercentOfUsual"])
    }

    // MARK: Interruption

    /// It ends at once, and leaves nothing.
    @Test func interrupted() async throws {
        let folder = try TemporaryFolder()
        let made = try await Command.run([
            "generate", "--cases", "30000", "--as-of", Self.asOf, "--output", folder / "in",
        ])
        #expect(made.code == 0, "\(made.errorText)")
        let report = try await Redo.publish(
            [
                "run", "--orders", folder / "in/orders.csv", "--webhooks", folder / "in/webhooks.jsonl",
                "--status-journal", folder / "in/status-journal.jsonl", "--as-of", Self.asOf, "--formats", "csv",
                "--output", folder / "out",
            ], folder / "out/\(Self.asOf)")
        try Files.makeFolder(folder / "tmp")
        let process = try Command.start(["verify", report, "--redo"], environment: ["TMPDIR": folder / "tmp"])
        try await eventually("the report that is made again") {
            Files.names(folder / "tmp").contains { Files.exists(folder / "tmp/\($0)/report") }
        }
        process.signal(SIGTERM)
        let finished = try await process.finish()
        #expect(finished.code == 143, "\(finished.outputText) \(finished.errorText)")
        #expect(Files.names(folder / "tmp").isEmpty)
    }
}
