import Files
import Glibc
import Ingest
import Refunds
import TestSupport
import Testing

/// FORMATS.md, "Files": which files of a folder are read, in which order, and what is said of the rest.
@Suite struct FolderTests {
    private static func names(_ names: [String]) throws -> [String] {
        let folder = try InputFolder()
        for name in names { try folder.write(name, "") }
        return try InputList([folder.path]).files.map(\.name)
    }

    @Test(
        "name order, numbers as numbers; rotated logs oldest first",
        arguments: [
            ["B.ndjson", "a.csv", "a.jsonl", "b.csv", "ä.csv"],
            ["A.CSV", "A.Csv.GZ", "a.JSONL", "a.NdJson.gZ"],
            ["day9.jsonl", "day010.jsonl", "day10.jsonl", "day11.jsonl", "day11a.jsonl"],
            ["x1y2.csv", "x1y10.csv", "x02y1.csv", "x3.csv", "x3a.csv", "x20.csv"],
            ["18446744073709551616.csv", "18446744073709551617.csv"],
            ["a.jsonl.10.gz", "a.jsonl.9", "a.jsonl.2.gz", "a.jsonl.1", "a.jsonl", "b.jsonl"],
            ["a.jsonl-20241231.gz", "a.jsonl-20250929", "a.jsonl.2025-09-30", "a.jsonl-2025-10-01", "a.jsonl"],
            ["a.csv.20250929", "a.csv.12", "a.csv.1", "a.csv", "a.csv.gz"],
            ["a.jsonl.1", "a.jsonl", "a1.jsonl.2", "a1.jsonl"],
        ])
    func order(_ expected: [String]) throws {
        #expect(try Self.names(expected) == expected)
        #expect(try Self.names(expected.reversed()) == expected)
    }

    @Test func whatIsNotReadIsTold() throws {
        let folder = try InputFolder()
        for name in ["a.csv", "z.txt", ".hidden.csv", "c.csv.bak", "w.jsonl.bad"] { try folder.write(name, "") }
        #expect(mkdir("\(folder.path)/sub.csv", 0o755) == 0)
        #expect(symlink("\(folder.path)/a.csv", "\(folder.path)/l.csv") == 0)
        #expect(mkfifo("\(folder.path)/p.csv", 0o644) == 0)
        defer {
            rmdir("\(folder.path)/sub.csv")
            for name in ["l.csv", "p.csv"] { unlink("\(folder.path)/\(name)") }
        }
        let list = try InputList([folder.path])
        #expect(list.files.map(\.name) == ["a.csv"])
        #expect(
            list.passedOver.map { "\($0.name): \($0.why)" } == [
                ".hidden.csv: hidden", "c.csv.bak: another extension", "l.csv: a link", "p.csv: not a regular file",
                "sub.csv: a folder", "w.jsonl.bad: another extension", "z.txt: another extension",
            ])
        #expect(list.passedOver.allSatisfy { $0.folder == folder.path })
        #expect(
            InputList.notes(list.passedOver) == [
                "\(folder.path): not read: .hidden.csv (hidden), c.csv.bak (another extension), l.csv (a link), "
                    + "p.csv (not a regular file), sub.csv (a folder), w.jsonl.bad (another extension), "
                    + "z.txt (another extension)"
            ])
    }

    @Test func aNoteNamesAFewAndCountsTheRest() {
        let many = (1...11).map { PassedOver(folder: "f", name: "\($0)", why: "w") }
        let other = PassedOver(folder: "g", name: "x", why: "a link")
        #expect(
            InputList.notes(many + [other]) == [
                "f: not read: 1 (w), 2 (w), 3 (w), 4 (w), 5 (w), 6 (w), 7 (w), 8 (w) and 3 more",
                "g: not read: x (a link)",
            ])
    }

    @Test("a name that is not UTF-8 is read and shown") func otherNames() throws {
        let folder = try InputFolder()
        let name: [UInt8] = [0x61, 0xFC, 0xC3, 0xBC, 0x2E, 0x63, 0x73, 0x76]
        let path = (Array("\(folder.path)/".utf8) + name + [0]).map { CChar(bitPattern: $0) }
        close(try #require(Optional(open(path, O_CREAT | O_WRONLY, 0o644)).flatMap { $0 < 0 ? nil : $0 }))
        defer { unlink(path) }
        let files = try InputList([folder.path]).files
        #expect(files.map(\.name) == ["a\\xFCü.csv"])
        #expect(files.map(\.path) == ["\(folder.path)/a\\xFCü.csv"])
    }

    @Test func whatIsNamedItselfMayBeALink() throws {
        let folder = try InputFolder()
        try folder.write("a.csv", "x")
        #expect(symlink("\(folder.path)/a.csv", "\(folder.path)/l.csv") == 0)
        defer { unlink("\(folder.path)/l.csv") }
        let input = try InputBytes(path: "\(folder.path)/l.csv")
        let text = String(decoding: input.textBytes, as: UTF8.self)
        #expect(text == "x")
    }

    @Test func oneFileTwiceIsRefused() throws {
        let folder = try InputFolder()
        let (a, b) = (try folder.write("a.csv", ""), try folder.write("b.csv", ""))
        let hard = "\(folder.path)/hard.csv"
        #expect(link(a, hard) == 0)
        defer { unlink(hard) }
        try InputList.checkDistinct(try InputList([a, b]).files)
        for other in [a, "\(folder.path)/./a.csv", hard] {
            #expect(throws: InputError.givenTwice(path: other, other: a)) {
                try InputList.checkDistinct(try InputList([a, b, other]).files)
            }
        }
    }

    @Test func aFolderWithoutInputsCannotBeOpened() throws {
        let folder = try InputFolder()
        for name in ["a.txt", "b.csv.zip"] { try folder.write(name, "") }
        #expect(throws: InputError.self) { try InputList([folder.path]) }
    }
}
