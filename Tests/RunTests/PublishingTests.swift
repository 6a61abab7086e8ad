import Glibc
import Testing

/// Publishing is all or nothing, and what was published is kept.
@Suite struct PublishingTests {
    private static let asOf = Sample.Atlas.asOf

    private static func publish(_ output: String) async throws {
        let finished = try await Command.run(Sample.Atlas.run(output))
        #expect(finished.code == 0, "\(finished.errorText)")
    }

    private static func verify(_ report: String) async throws {
        let finished = try await Command.run(["verify", report])
        #expect(finished.code == 0, "\(finished.outputText)")
    }

    @Test func earlierReportsAreKept() async throws {
        let folder = try TemporaryFolder()
        let output = folder / "new/folder"
        var published: [[String: [UInt8]]] = []
        for _ in 1...3 {
            try await Self.publish(output)
            published.append(try Files.contents("\(output)/\(Self.asOf)"))
        }
        #expect(Files.names(output) == [".lock", Self.asOf, "\(Self.asOf).1", "\(Self.asOf).2", "CHAIN"])
        for number in 1...2 {
            var kept = try Files.contents("\(output)/\(Self.asOf).\(number)")
            #expect(kept.removeValue(forKey: "SUPERSEDED") != nil)
            #expect(kept == published[number - 1])
        }
        #expect(published[0]["manifest.json"] != published[1]["manifest.json"])
        for name in Files.names(output) where name.hasPrefix(Self.asOf) { try await Self.verify("\(output)/\(name)") }
    }

    /// What coreutils say of it, not we.
    @Test func checksums() async throws {
        let folder = try TemporaryFolder()
        try await Self.publish(folder / "out")
        let report = folder / "out/\(Self.asOf)"
        let finished = try await Command.shell("cd \"$1\" && sha256sum --strict -c SHA256SUMS", [report])
        #expect(finished.code == 0, "\(finished.errorText)")
        let checked = finished.outputText.split(separator: "\n").map { String($0) }
        #expect(checked == Files.names(report).filter { $0 != "SHA256SUMS" }.map { "\($0): OK" })
    }

    @Test func leftoversOfAKilledRun() async throws {
        let folder = try TemporaryFolder()
        for name in [".staging-\(Self.asOf)", ".staging-2024-02-29"] {
            try Files.makeFolder(folder / "out")
            try Files.makeFolder(folder / "out/\(name)")
            try folder.write("out/\(name)/reconciliation.csv", "half a rep")
        }
        try folder.write("out/notes.txt", "of a person")
        try await Self.publish(folder / "out")
        #expect(Files.names(folder / "out") == [".lock", Self.asOf, "CHAIN", "notes.txt"])
        try await Self.verify(folder / "out/\(Self.asOf)")
    }

    /// A run is killed after the reports were exchanged, before the former one had its name: it is in nobody's way, and kept.
    @Test func killedBetweenExchangeAndRename() async throws {
        let folder = try TemporaryFolder()
        let output = folder / "out"
        for _ in 1...2 { try await Self.publish(output) }
        let former = try Files.contents("\(output)/\(Self.asOf).1")
        try Files.move("\(output)/\(Self.asOf).1", to: "\(output)/.replaced-\(Self.asOf)")
        try await Self.publish(output)
        #expect(Files.names(output) == [".lock", Self.asOf, "\(Self.asOf).1", "\(Self.asOf).2", "CHAIN"])
        #expect(try Files.contents("\(output)/\(Self.asOf).1") == former)
        for name in Files.names(output) where name.hasPrefix(Self.asOf) { try await Self.verify("\(output)/\(name)") }
    }

    /// Until the next run settles it, the former report is in the chain under the name that it was left with.
    @Test(arguments: [".replaced-", ".former-"]) func verifiedBeforeItIsSettled(prefix: String) async throws {
        let folder = try TemporaryFolder()
        let output = folder / "out"
        for _ in 1...3 { try await Self.publish(output) }
        let unsettled = "\(output)/\(prefix)\(Self.asOf)"
        try Files.move("\(output)/\(Self.asOf).2", to: unsettled)
        for report in ["\(output)/\(Self.asOf)", "\(output)/\(Self.asOf).1"] { try await Self.verify(report) }
        // A report of another day does not belong there.
        try Files.move(unsettled, to: "\(output)/\(prefix)2024-02-29")
        let renamed = try await Command.run(["verify", "\(output)/\(Self.asOf)"])
        #expect(renamed.code == 1)
    }

    /// What was not published when the run was killed is not in the chain.
    @Test func verifiedBeforeTheExchange() async throws {
        let folder = try TemporaryFolder()
        let output = folder / "out"
        for _ in 1...2 { try await Self.publish(output) }
        try Files.move("\(output)/\(Self.asOf)", to: "\(output)/.replaced-\(Self.asOf)")
        try Files.move("\(output)/\(Self.asOf).1", to: "\(output)/\(Self.asOf)")
        Files.remove("\(output)/\(Self.asOf)/SUPERSEDED")
        let chain = try Files.read("\(output)/CHAIN")
        try Files.write(Array(chain.prefix(chain.count / 2)), to: "\(output)/CHAIN")
        try await Self.verify("\(output)/\(Self.asOf)")
    }

    /// A run is killed before the exchange: its report was not published, and goes.
    @Test func killedBeforeExchange() async throws {
        let folder = try TemporaryFolder()
        let output = folder / "out"
        for _ in 1...2 { try await Self.publish(output) }
        let published = try Files.contents("\(output)/\(Self.asOf).1").filter { $0.key != "SUPERSEDED" }
        try Files.move("\(output)/\(Self.asOf)", to: "\(output)/.replaced-\(Self.asOf)")
        try Files.move("\(output)/\(Self.asOf).1", to: "\(output)/\(Self.asOf)")
        // What was not published was not noted either.
        let chain = try Files.read("\(output)/CHAIN")
        try Files.write(Array(chain.prefix(chain.count / 2)), to: "\(output)/CHAIN")
        try await Self.publish(output)
        #expect(Files.names(output) == [".lock", Self.asOf, "\(Self.asOf).1", "CHAIN"])
        #expect(try Files.contents("\(output)/\(Self.asOf).1").filter { $0.key != "SUPERSEDED" } == published)
        for name in Files.names(output) where name.hasPrefix(Self.asOf) { try await Self.verify("\(output)/\(name)") }
    }

    /// What a link as output stands for is written to, and the link stays.
    @Test func symbolicLink() async throws {
        let folder = try TemporaryFolder()
        try Files.makeFolder(folder / "real")
        #expect(symlink("real", folder / "link") == 0)
        for output in [folder / "link", folder / "link/"] { try await Self.publish(output) }
        var status = stat()
        #expect(lstat(folder / "link", &status) == 0)
        #expect(status.st_mode & S_IFMT == S_IFLNK)
        #expect(Files.names(folder / "real") == [".lock", Self.asOf, "\(Self.asOf).1", "CHAIN"])
        for report in ["link/\(Self.asOf)", "real/\(Self.asOf).1"] { try await Self.verify(folder / report) }
    }

    /// Only what was asked for is written, and what is written is always the same beside.
    @Test(arguments: [
        ("csv", ["exceptions.csv", "reconciliation.csv"]), ("jsonl", ["reconciliation.jsonl"]),
        ("xlsx", ["reconciliation.xlsx"]), ("html", ["report.html"]),
        (
            "csv,jsonl,xlsx",
            ["exceptions.csv", "reconciliation.csv", "reconciliation.jsonl", "reconciliation.xlsx"]
        ),
        ("jsonl,csv", ["exceptions.csv", "reconciliation.csv", "reconciliation.jsonl"]),
    ])
    func formats(list: String, files: [String]) async throws {
        let folder = try TemporaryFolder()
        let finished = try await Command.run(Sample.Atlas.run(folder / "out") + ["--formats", list])
        #expect(finished.code == 0, "\(finished.errorText)")
        let always = ["SHA256SUMS", "manifest.json", "rejects.csv", "summary.json"]
        #expect(Files.names(folder / "out/\(Self.asOf)") == (files + always).sorted())
        try await Self.verify(folder / "out/\(Self.asOf)")
    }
}
