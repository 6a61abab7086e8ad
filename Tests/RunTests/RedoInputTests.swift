import Glibc
import JSON
import Testing

/// `verify --redo`: where it finds the inputs of a report, and that it takes nothing else for them.
@Suite struct RedoInputTests {
    private static let night = SmallNight(
        orders: [.init(orderNo: "A"), .init(orderNo: "B")], webhooks: [.init(orderNo: "A", final: "87.00")])
    private static let names = ["n-orders.csv", "n-webhooks.jsonl", "n-journal.jsonl"]

    /// Inputs in `in`, and a report that was made there, by names that mean nothing elsewhere.
    private struct Made {
        let folder: TemporaryFolder
        let report: String
        var inputs: String { folder / "in" }

        init(_ orders: String = "n-orders.csv", prepare: (TemporaryFolder) async throws -> Void = { _ in }) async throws
        {
            folder = try TemporaryFolder()
            try Files.makeFolder(folder / "in")
            _ = try night.arguments(in: folder, "in/n")
            try await prepare(folder)
            report = try await Redo.publish(
                [
                    "run", "--as-of", SmallNight.asOf, "--orders", orders, "--webhooks", "n-webhooks.jsonl",
                    "--status-journal", "n-journal.jsonl", "--formats", "csv,jsonl,html", "--output", "../out",
                ], folder / "out/\(SmallNight.asOf)", folder: folder / "in")
        }
    }

    @Test func whereTheManifestSays() async throws {
        let made = try await Made()
        try await Redo.expectProved(made.report, folder: made.inputs)
    }

    /// From elsewhere the folder is to be given. Names do not matter, nor how deep a file is.
    @Test func fromElsewhere() async throws {
        let made = try await Made()
        let lost = try await Redo.ask(made.report)
        #expect(lost.finished.code == 66, "\(lost.text)")
        #expect(lost.lines.isEmpty, "\(lost.text)")
        let sums = try await Command.shell("sha256sum \"$1\"/* | cut -c1-64", [made.inputs]).outputLines
        #expect(sums.count == 3)
        for text in sums.map(String.init) + Self.names + ["--inputs"] {
            #expect(lost.finished.errorText.contains(text), "\(text): \(lost.finished.errorText)")
        }
        #expect(lost.finished.errorLines.count == 1)
        try await Redo.expectProved(made.report, ["--inputs", made.inputs])
        for (index, name) in Self.names.enumerated() {
            try Files.makeFolder(made.folder / "in/\(index)")
            try Files.move(made.inputs + "/" + name, to: made.inputs + "/\(index)/copy.\(index)")
        }
        try await Redo.expectProved(made.report, ["--inputs", made.folder.path])
        #expect(try await Redo.ask(made.report, ["--inputs", made.folder / "nowhere"]).finished.code == 66)
        #expect(try await Command.run(["verify", made.report, "--inputs", made.inputs]).code == 64)
    }

    /// A byte of an input that was changed, and one that was added or taken away: nothing is run.
    @Test(arguments: names) func changedInput(name: String) async throws {
        let made = try await Made()
        let path = made.inputs + "/" + name
        let content = try Files.read(path)
        var changed = content
        if changed.isEmpty { return }
        changed[changed.count / 2] ^= 1
        for (other, what) in [(changed, "changed"), (Array(content.dropLast()), "cut")] {
            try Files.write(other, to: path)
            for options in [[], ["--inputs", made.inputs]] {
                let answer = try await Redo.ask(made.report, options, folder: made.inputs)
                #expect(answer.finished.code == 1, "\(what)")
                #expect(answer.lines.count == 1, "\(what): \(answer.text)")
                #expect(answer.differences.first?.contains("input \(name)") == true, "\(what): \(answer.text)")
            }
        }
        // Under another name the true one is found all the same.
        try Files.write(content, to: made.folder / "true")
        Files.remove(path)
        try await Redo.expectProved(made.report, ["--inputs", made.folder.path], folder: made.inputs)
    }

    /// A log that has grown since is read as far as it was read then; one that was rotated is found beside its place.
    @Test func aLogThatHasGrown() async throws {
        let made = try await Made()
        let log = made.inputs + "/n-webhooks.jsonl"
        let more = try Files.read(log) + Array("\n{\"cid\":\"later\"}\n".utf8)
        try Files.write(more, to: log)
        try await Redo.expectProved(made.report, folder: made.inputs)
        try Files.move(log, to: log + ".1")
        try Files.write(Array("{\"cid\":\"new\"}\n".utf8), to: log)
        try await Redo.expectProved(made.report, folder: made.inputs)
        // Other bytes at its beginning are another log.
        try Files.write([0x20] + more, to: log + ".1")
        let answer = try await Redo.ask(made.report, folder: made.inputs)
        #expect(answer.finished.code == 1, "\(answer.text)")
        #expect(answer.differences.count == 1, "\(answer.text)")
    }

    @Test func gzip() async throws {
        let made = try await Made("n-orders.csv.gz") { folder in
            let packed = try await Command.shell("gzip -n \"$1\"", [folder / "in/n-orders.csv"])
            #expect(packed.code == 0, "\(packed.errorText)")
        }
        try await Redo.expectProved(made.report, folder: made.inputs)
        try Files.move(made.inputs + "/n-orders.csv.gz", to: made.inputs + "/stored")
        try await Redo.expectProved(made.report, ["--inputs", made.inputs], folder: made.inputs)
    }

    /// A folder stands for the files that it had then.
    @Test func folderOfInputs() async throws {
        let made = try await Made("orders") { folder in
            try Files.makeFolder(folder / "in/orders")
            try Files.move(folder / "in/n-orders.csv", to: folder / "in/orders/2.csv")
            try folder.write("in/orders/1.jsonl", "")
            try folder.write("in/orders/readme.txt", "passed over")
        }
        try folder(made).write("in/orders/3.csv", "no header of ours")
        try await Redo.expectProved(made.report, folder: made.inputs)
    }

    private func folder(_ made: Made) -> TemporaryFolder { made.folder }

    /// Two inputs that are the same to the byte are two inputs, wherever one is found.
    @Test func twoAlike() async throws {
        let made = try await Made("orders") { folder in
            try Files.makeFolder(folder / "in/orders")
            let content = try Files.read(folder / "in/n-orders.csv")
            try Files.write(content, to: folder / "in/orders/1.csv")
            try Files.write(content, to: folder / "in/orders/2.csv")
        }
        Files.remove(made.inputs + "/orders/2.csv")
        try await Redo.expectProved(made.report, folder: made.inputs)
    }

    /// What came through a pipe is found by its hash.
    @Test func standardInput() async throws {
        let folder = try TemporaryFolder()
        for (name, content) in [
            (
                "csv",
                Array(
                    "orderNo,currency,originalTotalFareAmount,airlinePenaltyAmount,transactionFee,requestedAt\nA,USD,9,1,1,2025-05-01\n"
                        .utf8)
            ),
            (
                "jsonl",
                Array(
                    " {\"orderNo\":\"A\",\"currency\":\"USD\",\"originalTotalFareAmount\":9,\"transactionFee\":1,\"airlinePenaltyAmount\":1,\"requestedAt\":\"2025-05-01\"}\n"
                        .utf8)
            ),
        ] {
            let report = try await Redo.publish(
                [
                    "run", "--as-of", SmallNight.asOf, "--orders", "-", "--status-journal",
                    try folder.write("journal.jsonl", ""), "--formats", "csv,jsonl", "--output", folder / name,
                ], folder / "\(name)/\(SmallNight.asOf)", input: content)
            let rows = try csvRecords(Files.read("\(report)/reconciliation.csv"))
            #expect(rows.first?["source"]?.hasPrefix("'-:") == true)
            let lost = try await Redo.ask(report)
            #expect(lost.finished.code == 66, "\(lost.text)")
            #expect(lost.finished.errorText.contains("(standard input)"), "\(lost.text)")
            try folder.write("kept-\(name)", content)
            try await Redo.expectProved(report, ["--inputs", folder.path])
        }
    }

    /// Inputs that share their last part are named as they were, wherever they are found.
    @Test func inputsThatShareTheirName() async throws {
        let folder = try TemporaryFolder()
        for part in ["in", "in/eu", "in/us"] { try Files.makeFolder(folder / part) }
        let header = "orderNo,currency,originalTotalFareAmount,airlinePenaltyAmount,transactionFee,requestedAt\n"
        let paths = ["orders.csv", "eu/orders.csv", "us/orders.csv"]
        for (index, path) in paths.enumerated() {
            try folder.write("in/\(path)", header + "A\(index),USD,9,1,1,2025-05-01\n")
        }
        let report = try await Redo.publish(
            ["run"] + paths.flatMap { ["--orders", $0] } + [
                "--as-of", SmallNight.asOf, "--status-journal", try folder.write("journal.jsonl", ""), "--output",
                folder / "out",
            ], folder / "out/\(SmallNight.asOf)", folder: folder / "in")
        let rows = try csvRecords(Files.read("\(report)/reconciliation.csv"))
        let resolved = try #require(rows.first?["source"])
        #expect(resolved.hasPrefix("/"), "\(resolved)")
        #expect(resolved.hasSuffix("/in/orders.csv:2"), "\(resolved)")
        #expect(rows.dropFirst().map { $0["source"] } == ["eu/orders.csv:2", "us/orders.csv:2"])
        try Files.move(folder / "in", to: folder / "moved")
        try await Redo.expectProved(report, ["--inputs", folder / "moved"])
    }

    /// An archive has many files of one name; none of the others is called a difference.
    @Test func anArchiveWithoutTheInput() async throws {
        let made = try await Made()
        for day in ["1", "2"] {
            try Files.makeFolder(made.folder / day)
            for name in Self.names { try made.folder.write("\(day)/\(name)", "another day's \(day)") }
        }
        for name in Self.names { try Files.move(made.inputs + "/" + name, to: made.folder / "kept-\(name)") }
        try Files.makeFolder(made.folder / "archive")
        for day in ["1", "2"] { try Files.move(made.folder / day, to: made.folder / "archive/\(day)") }
        let answer = try await Redo.ask(made.report, ["--inputs", made.folder / "archive"])
        #expect(answer.finished.code == 66, "\(answer.text)")
        #expect(answer.lines.isEmpty, "\(answer.text)")
        try Files.move(made.folder / "kept-n-orders.csv", to: made.folder / "archive/1/kept")
        try Files.move(made.folder / "kept-n-webhooks.jsonl", to: made.folder / "archive/2/kept")
        try Files.move(made.folder / "kept-n-journal.jsonl", to: made.folder / "archive/kept")
        try await Redo.expectProved(made.report, ["--inputs", made.folder / "archive"])
    }

    /// A pipe or a link in a folder of inputs holds nobody up and is not followed.
    @Test func whatIsNoFile() async throws {
        let made = try await Made()
        let finished = try await Command.shell(
            "cd \"$1\" && mkdir other && mkfifo other/n-orders.csv && ln -s / other/root && ln -s nowhere other/n-webhooks.jsonl",
            [made.folder.path])
        #expect(finished.code == 0, "\(finished.errorText)")
        let answer = try await Redo.ask(made.report, ["--inputs", made.folder / "other"])
        #expect(answer.finished.code == 66, "\(answer.text)")
    }

    /// The fee schedule is an input like any other.
    @Test func feeSchedule() async throws {
        let folder = try TemporaryFolder()
        let fees = try folder.write("fees.csv", Files.read(Repository.resources + "/audit/fees.csv"))
        let report = try await Redo.publish(
            Sample.Atlas.run(folder / "out") + ["--formats", "csv", "--fee-schedule", fees],
            folder / "out/\(Sample.Atlas.asOf)")
        try await Redo.expectProved(report)
        try Files.write(try Files.read(fees) + [0x0A], to: fees)
        // It has grown: its beginning is what was read.
        try await Redo.expectProved(report)
        try Files.write([0x0A] + (try Files.read(fees)), to: fees)
        #expect(try await Redo.ask(report).differences.first?.contains("input fees.csv") == true)
    }
}
