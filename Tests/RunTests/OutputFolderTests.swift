import Files
import Glibc
import JSON
import Memory
import Refunds
import Run
import Testing
@testable import Publish

/// How a report gets to its place and the one before it out of it, on file systems of every kind and after every kill.
@Suite struct OutputFolderTests {
    private static let day = "2025-09-30"
    private static let asOf = CalendarDate(daysSinceEpoch: 20_361)

    /// A way to exchange two paths, or none: as a file system that refuses says it.
    struct Way: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let exchange: FileSystem.Exchange
    }

    /// Fails as a file system does that says EIO; one that cannot exchange at all gives false.
    private static let failing: FileSystem.Exchange = { (_, _) throws(SystemError) in throw SystemError(code: EIO) }

    private static let ways = [
        Way(testDescription: "exchange", exchange: FileSystem.exchange),
        Way(testDescription: "none, as on NFS", exchange: { _, _ in false }),
    ]

    private static func manifest(_ sequence: Int) -> String {
        """
        {"sequence":\(sequence),"asOf":"\(day)","endedAt":"2025-10-01T00:00:0\(sequence).000Z","host":"h\(sequence)","user":"u"}

        """
    }

    private static func isLocked(_ error: any Error) -> Bool {
        if case .locked = error as? PublishError { true } else { false }
    }

    private static func cannotWrite(_ error: any Error) -> Bool {
        if case .cannotWrite = error as? PublishError { true } else { false }
    }

    /// Writes and publishes the report of that number.
    @discardableResult
    private static func publish(_ sequence: Int, _ output: OutputFolder) throws -> Publication {
        let staging = try output.makeStaging(asOf)
        try Files.write(Array(manifest(sequence).utf8), to: "\(staging)/manifest.json")
        return try output.publish(staging, asOf)
    }

    private static func sequence(_ folder: String) throws -> Int? {
        try parsedJSON(Files.read("\(folder)/manifest.json"))["sequence"]?.int
    }

    private static func expectMark(_ folder: String, by sequence: Int) throws {
        let mark = try parsedJSON(Files.read("\(folder)/SUPERSEDED"))
        #expect(mark["supersededBy"]?["sequence"]?.int == sequence)
        let hash = SHA256Sum.hex(of: Array(manifest(sequence).utf8))
        #expect(mark["supersededBy"]?["manifestSHA256"]?.string == hash)
        #expect(mark["at"]?.string == "2025-10-01T00:00:0\(sequence).000Z")
        #expect(mark["by"]?["host"]?.string == "h\(sequence)")
        #expect(mark["by"]?["user"]?.string == "u")
    }

    @Test(arguments: ways) func aFormerReportIsMarkedAndKept(_ way: Way) throws {
        let folder = try TemporaryFolder()
        let output = try OutputFolder(path: folder / "out", exchange: way.exchange)
        #expect(try Self.publish(1, output).former == nil)
        #expect(try Self.publish(2, output).former == folder / "out/\(Self.day).1")
        #expect(try Self.publish(3, output).former == folder / "out/\(Self.day).2")
        #expect(Files.names(folder / "out") == [".lock", Self.day, "\(Self.day).1", "\(Self.day).2"])
        #expect(try Self.sequence(folder / "out/\(Self.day)") == 3)
        #expect(Files.names(folder / "out/\(Self.day)") == ["manifest.json"])
        for number in 1...2 {
            #expect(try Self.sequence(folder / "out/\(Self.day).\(number)") == number)
            #expect(Files.names(folder / "out/\(Self.day).\(number)") == ["SUPERSEDED", "manifest.json"])
            try Self.expectMark(folder / "out/\(Self.day).\(number)", by: number + 1)
        }
    }

    @Test func anotherErrorOfTheExchangeLeavesEverythingAsItWas() throws {
        let folder = try TemporaryFolder()
        try Self.publish(1, OutputFolder(path: folder / "out"))
        let output = try OutputFolder(path: folder / "out", exchange: Self.failing)
        #expect { try Self.publish(2, output) } throws: { Self.cannotWrite($0) }
        #expect(Files.names(folder / "out") == [".lock", Self.day])
        #expect(try Self.sequence(folder / "out/\(Self.day)") == 1)
        #expect(Files.names(folder / "out/\(Self.day)") == ["manifest.json"])
    }

    /// What a run leaves that is killed at each step, and what the next one makes of it.
    struct Kill: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// The folders by the number of the report in them.
        let left: [(name: String, sequence: Int)]
        let settled: [(name: String, sequence: Int)]
    }

    private static let kills = [
        Kill(
            testDescription: "before the exchange", left: [(".replaced-\(day)", 2), (day, 1)], settled: [(day, 1)]),
        Kill(
            testDescription: "after the exchange", left: [(".replaced-\(day)", 1), (day, 2)],
            settled: [(day, 2), ("\(day).1", 1)]),
        Kill(
            testDescription: "with an empty place", left: [(".former-\(day)", 1), (".replaced-\(day)", 2)],
            settled: [(day, 1)]),
        Kill(
            testDescription: "with the former one aside", left: [(".former-\(day)", 1), (day, 2)],
            settled: [(day, 2), ("\(day).1", 1)]),
        Kill(
            testDescription: "with a report in the next place",
            left: [(".replaced-\(day)", 2), (day, 3), ("\(day).1", 1)],
            settled: [(day, 3), ("\(day).1", 1), ("\(day).2", 2)]),
    ]

    @Test(arguments: kills) func theNextRunSettlesWhatAKillLeft(_ kill: Kill) throws {
        let folder = try TemporaryFolder()
        try Files.makeFolder(folder / "out")
        for (name, sequence) in kill.left {
            try Files.makeFolder(folder / "out/\(name)")
            try Files.write(Array(Self.manifest(sequence).utf8), to: folder / "out/\(name)/manifest.json")
        }
        // Until then every report that was published is part of the chain.
        let published = kill.left.filter {
            $0.name != ".replaced-\(Self.day)" || $0.sequence < 2 || kill.left.count > 2
        }
        #expect(ManifestChain.links(in: folder / "out").map(\.sequence).sorted() == published.map(\.sequence).sorted())
        _ = try OutputFolder(path: folder / "out")
        #expect(Files.names(folder / "out") == [".lock"] + kill.settled.map(\.name))
        for (name, sequence) in kill.settled {
            #expect(try Self.sequence(folder / "out/\(name)") == sequence)
            let isMarked = name != Self.day && !kill.left.contains { $0.name == name }
            #expect(Files.exists(folder / "out/\(name)/SUPERSEDED") == isMarked)
            if isMarked { try Self.expectMark(folder / "out/\(name)", by: sequence + 1) }
        }
    }

    /// A mark that was cut off by a kill is written anew.
    @Test func aHalfWrittenMark() throws {
        let folder = try TemporaryFolder()
        for (name, sequence) in [(".replaced-\(Self.day)", 1), (Self.day, 2)] {
            try Files.makeFolder(folder / "out")
            try Files.makeFolder(folder / "out/\(name)")
            try Files.write(Array(Self.manifest(sequence).utf8), to: folder / "out/\(name)/manifest.json")
        }
        try folder.write("out/.replaced-\(Self.day)/.SUPERSEDED.new", "{")
        _ = try OutputFolder(path: folder / "out")
        #expect(Files.names(folder / "out/\(Self.day).1") == ["SUPERSEDED", "manifest.json"])
        try Self.expectMark(folder / "out/\(Self.day).1", by: 2)
    }

    // MARK: The lock

    @Test(arguments: [false, true]) func aLockFileThatIsTakenAway(isReplaced: Bool) throws {
        let folder = try TemporaryFolder()
        let first = try OutputFolder(path: folder / "out")
        let staging = try first.makeStaging(Self.asOf)
        try Files.write(Array(Self.manifest(1).utf8), to: "\(staging)/manifest.json")
        #expect(unlink(folder / "out/.lock") == 0)
        let second = isReplaced ? try OutputFolder(path: folder / "out") : nil
        let others = try second?.makeStaging(Self.asOf)
        #expect { try first.publish(staging, Self.asOf) } throws: {
            Self.isLocked($0) || (isReplaced && Self.cannotWrite($0))
        }
        #expect(!Files.exists(folder / "out/\(Self.day)"))
        if let others { #expect(Files.exists(others)) }
    }

    @Test func theLockIsHeld() throws {
        let folder = try TemporaryFolder()
        let first = try OutputFolder(path: folder / "out")
        #expect { _ = try OutputFolder(path: folder / "out") } throws: { Self.isLocked($0) }
        try first.checkLock()
    }

    /// What is published stays so: only a warning says that it may not outlive a power failure.
    @Test func aFolderThatCannotBeSynced() throws {
        let folder = try TemporaryFolder()
        let output = try OutputFolder(path: folder / "out")
        let staging = try output.makeStaging(Self.asOf)
        try Files.write(Array(Self.manifest(1).utf8), to: "\(staging)/manifest.json")
        let publication = try output.publish(staging, Self.asOf) { path throws(WriteError) in
            if path == output.path { throw WriteError(path: path, cause: SystemError(code: EIO)) }
        }
        #expect(publication.folder == folder / "out/\(Self.day)")
        #expect(publication.warnings.count == 1)
        #expect(publication.warnings.first?.hasPrefix("the report is published, but ") == true)
        #expect(Files.names(publication.folder) == ["manifest.json"])
    }
}
