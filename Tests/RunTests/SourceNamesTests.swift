import Glibc
import Testing

@testable import Run

/// FORMATS.md: how the report names inputs that share the last part of their paths.
@Suite struct SourceNamesTests {
    @Test(arguments: [
        (["a/orders.csv", "b/webhooks.jsonl", "-"], ["orders.csv", "webhooks.jsonl", "-"]),
        (["eu/orders.csv", "us/orders.csv", "us/journal.jsonl"], ["eu/orders.csv", "us/orders.csv", "journal.jsonl"]),
        // As many parts as needed, for each by itself.
        (
            ["x/eu/o.csv", "y/eu/o.csv", "y/us/o.csv", "z/o.csv"],
            ["x/eu/o.csv", "y/eu/o.csv", "us/o.csv", "z/o.csv"]
        ),
        // Of all kinds together.
        (["in/data.jsonl", "log/data.jsonl"], ["in/data.jsonl", "log/data.jsonl"]),
        // What a path says in a roundabout way is resolved first.
        (["./eu/../eu//o.csv", "us/./o.csv"], ["eu/o.csv", "us/o.csv"]),
        // Where all parts of one path end another, only the absolute path tells them apart.
        (["/eu/o.csv", "/x/eu/o.csv"], ["/eu/o.csv", "x/eu/o.csv"]),
    ]) func names(paths: [String], names: [String]) {
        #expect(SourceNames.names(of: paths) == names)
        #expect(SourceNames.names(of: paths.reversed()) == names.reversed(), "whatever their order")
        #expect(Set(names).count == names.count)
    }

    /// A path that leaves the working folder is named by the folders that it leads to.
    @Test func twoDotsAreNoName() throws {
        let working = try #require(getcwd(nil, 0))
        defer { free(working) }
        let folders = String(cString: working).split(separator: "/")
        try #require(folders.count >= 2)
        let above = try #require(folders.dropLast().last)
        #expect(SourceNames.names(of: ["../y/o.csv", "../o.csv"]) == ["y/o.csv", "\(above)/o.csv"])
        #expect(SourceNames.names(of: ["../o.csv"]) == ["o.csv"])
    }

    @Test func aRelativePathThatEndsAnotherIsMadeAbsolute() throws {
        let folder = try #require(getcwd(nil, 0))
        defer { free(folder) }
        #expect(
            SourceNames.names(of: ["o.csv", "eu/o.csv"]) == [String(cString: folder) + "/o.csv", "eu/o.csv"])
    }
}
