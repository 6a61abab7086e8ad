import Files
import Memory
import Refunds
import Night
import Testing
@testable import Publish

/// A run was killed between writing a night and noting that its report is published. What became of the report is read from
/// the folder in which it was to be published, and from no other.
@Suite struct SettlingTests {
    private static let asOf = "2026-01-02"
    private static let manifest = manifest(2)

    private static func manifest(_ sequence: Int) -> [UInt8] {
        Array("{\"asOf\":\"2026-01-0\(sequence)\",\"sequence\":\(sequence)}".utf8)
    }

    private static func hash(_ bytes: [UInt8]) -> String { SHA256Sum.hex(of: bytes) }

    /// A folder of reports and a store with a night that is being published there.
    private struct Place {
        let folder: TemporaryFolder
        var output: String { folder / "out" }
        var state: String { folder / "state.sqlite" }

        /// Publishes a report of the first day, and prepares that of the second.
        init() throws {
            folder = try TemporaryFolder()
            try Files.makeFolder(folder / "out")
            try publish(1)
            let mark = try OutputFolder(path: output).mark()
            let store = try NightStore(path: state)
            let asOf = try #require(CalendarDate(SettlingTests.asOf))
            let draft = try store.draft(asOf, openedFrom: nil)
            _ = try draft.prepare(
                ReportPlace(
                    manifestSHA256: SettlingTests.hash(SettlingTests.manifest), folder: output, folderMark: mark.text))
        }

        func publish(_ sequence: Int) throws {
            let report = "\(output)/2026-01-0\(sequence)"
            try Files.makeFolder(report)
            try Files.write(SettlingTests.manifest(sequence), to: "\(report)/manifest.json")
            try ChainFile.note(output)
        }

        /// What is done to the folder after the run was killed.
        func change(_ how: Change) throws {
            switch how {
            case .nothing: break
            case .published: try publish(2)
            case .prunedSince:
                try publish(2)
                Files.remove("\(output)/\(SettlingTests.asOf)")
            case .superseded:
                try publish(2)
                try Files.move("\(output)/\(SettlingTests.asOf)", to: "\(output)/\(SettlingTests.asOf).1")
            case .gone: try Files.move(output, to: folder / "elsewhere")
            case .notMounted:
                try change(.gone)
                try Files.makeFolder(output)
            case .replacedByARun:
                try change(.notMounted)
                _ = try OutputFolder(path: output).mark()
            case .lockRemoved: Files.remove("\(output)/.lock")
            case .olderCopy:
                Files.remove("\(output)/2026-01-01")
                Files.remove("\(output)/CHAIN")
            case .manifestDamaged:
                try publish(2)
                Files.remove("\(output)/CHAIN")
                try Files.write(Array("{".utf8), to: "\(output)/\(SettlingTests.asOf)/manifest.json")
            }
        }
    }

    enum Change: CaseIterable {
        case nothing, published, prunedSince, superseded, gone, notMounted, replacedByARun, lockRemoved, olderCopy
        case manifestDamaged

        /// nil where the folder does not say.
        var isPublished: Bool? {
            switch self {
            case .nothing: false
            case .published, .prunedSince, .superseded: true
            case .gone, .notMounted, .replacedByARun, .lockRemoved, .olderCopy, .manifestDamaged: nil
            }
        }
    }

    @Test(arguments: Change.allCases) func isSettledByItsOwnFolder(change: Change) async throws {
        let place = try Place()
        try place.change(change)
        // To look settles nothing.
        for _ in 1...2 {
            let shown = try await Command.run(["state", "show", place.state])
            #expect(shown.code == 0, "\(shown.errorText)")
            #expect(shown.outputText.contains("being published"), "\(shown.outputText)")
            let checked = try await Command.run(["state", "verify", place.state])
            #expect(checked.code == 0, "\(checked.outputText)\(checked.errorText)")
        }
        let settled = try await Command.run(["state", "settle", place.state])
        switch change.isPublished {
        case .some(let isPublished):
            #expect(settled.code == 0, "\(settled.errorText)")
            #expect(settled.outputText == "\(Self.asOf): \(isPublished ? "published" : "not published")\n")
        case nil:
            #expect(settled.code == 66, "\(settled.outputText)")
            #expect(settled.errorText.contains("state settle"), "\(settled.errorText)")
            #expect(try NightStore(path: place.state).unsettled().count == 1)
        }
    }

    /// A person says what a folder does not; what it does say nobody can deny.
    @Test(arguments: Change.allCases, [true, false]) func isSettledByAPerson(change: Change, says: Bool) async throws {
        let place = try Place()
        try place.change(change)
        let settled = try await Command.run(
            ["state", "settle", place.state, says ? "--published" : "--not-published"])
        let isTaken = change.isPublished == nil || change.isPublished == says
        #expect(settled.code == (isTaken ? 0 : 64), "\(settled.errorText)")
        let store = try NightStore(path: place.state)
        #expect(try store.unsettled().count == (isTaken ? 0 : 1))
        #expect(try store.nights().count == (isTaken && says ? 1 : 0))
    }

    @Test func anOutputFolderKeepsItsIdentity() throws {
        let folder = try TemporaryFolder()
        let mark = try OutputFolder(path: folder / "out").mark()
        #expect(mark.lastManifest == nil)
        #expect(try OutputFolder(path: folder / "out").mark() == mark)
        #expect(FolderMark(mark.text) == mark)
        #expect(try OutputFolder(path: folder / "other").mark().identity != mark.identity)
        // A number that a full disk cut off is none.
        try Files.write(Array(mark.identity.utf8.prefix(7)), to: folder / "out/.lock")
        #expect(OutputFolder.identity(of: folder / "out") == nil)
        let anew = try OutputFolder(path: folder / "out").mark()
        #expect(anew.identity != mark.identity)
        #expect(OutputFolder.identity(of: folder / "out") == anew.identity)
    }
}
