import AtlasClient
import Foundation
import Memory
import Query
import Refunds
import Testing

@Suite("The working journal")
struct WorkingJournalTests {
    private let folder: Folder
    init() throws { folder = try Folder() }

    private func run(_ questions: [StatusQuestion], _ transport: FakeTransport) async throws -> QueryOutcome {
        var settings = Fake.settings
        settings.concurrency = 1
        let stage = QueryStage(
            transport: transport, settings: settings, clock: JumpClock(), jitter: JitterSource(seed: 1),
            judge: Fake.judge)
        return try await stage.run(questions, workingJournal: folder.file())
    }

    private let answering = { FakeTransport { question, _, _ in Fake.ok(question) } }

    /// A run that was killed at any byte of its last two lines and started again leaves what one run would have left.
    @Test func cutAtEveryByteOfItsLastTwoLines() async throws {
        let questions = Fake.questions(4)
        let whole = try await run(questions, answering())
        try whole.writeLines(toPath: folder.file("expected"))
        let (bytes, expected) = (try folder.bytes(), try folder.bytes("expected"))
        let ends = bytes.indices.filter { bytes[$0] == 0x0A }
        for cut in (ends[1] + 1)...bytes.count {
            try folder.write(bytes[..<cut])
            let transport = answering()
            let outcome = try await run(questions, transport)
            let isWhole = cut == ends[1] + 1 || cut == ends[2] + 1 || cut == bytes.count
            #expect(outcome.notes.isEmpty == isWhole, "cut at \(cut)")
            let kept = ends.count { $0 < cut }
            #expect(transport.requests == 4 - kept, "cut at \(cut)")
            #expect(outcome.counts.resumed == kept, "cut at \(cut)")
            #expect(outcome.counts.ok == 4, "cut at \(cut)")
            #expect(try folder.bytes() == bytes, "cut at \(cut)")
            guard isWhole || cut.isMultiple(of: 16) else { continue }
            try outcome.writeLines(toPath: folder.file("again"))
            #expect(try folder.bytes("again") == expected, "cut at \(cut)")
        }
    }

    @Test func failedOnesAreAskedAgain() async throws {
        let questions = Fake.questions(10)
        let failing = FakeTransport { question, _, _ in
            question.refundCode == "R3" ? Fake.status(404) : Fake.ok(question)
        }
        let first = try await run(questions, failing)
        #expect(first.counts.failed == 1)
        let transport = answering()
        let second = try await run(questions, transport)
        #expect(transport.requests == 1)
        #expect(transport.requests("R3") == 1)
        #expect(second.counts.resumed == 9)
        #expect(second.counts.ok == 10)
        #expect(second.counts.failed == 0)
        #expect(second.counts.asked == 1)
        try second.writeLines(toPath: folder.file("ordered"))
        #expect(try folder.lines("ordered").allSatisfy { $0.contains(#""outcome":"ok""#) })
        #expect(try folder.lines().count == 11)
        let third = answering()
        #expect(try await run(questions, third).counts.resumed == 10)
        #expect(third.requests == 0)
    }

    /// A line counts only if it says ok and its body is good.
    @Test(arguments: [
        (#""ok","error":null,"body":{"status":0,"refundOrders":[]}"#, true),
        (#""ok","error":null,"body":{"status":9}"#, false), (#""ok","error":null,"body":null"#, false),
        (#""failed","error":"bad-body","body":{"status":0,"refundOrders":[]}"#, false),
    ])
    func whatIsNotReliedOnIsAskedForAgain(_ end: String, _ isKept: Bool) async throws {
        let line =
            #"{"schema":1,"orderNo":"ORDER0","refundCode":"R0","airlinePNR":null,"carrier":"U2","queriedAt":"x","#
            + #""attempts":1,"httpStatus":200,"outcome":"# + end + "}"
        try folder.write(Fake.withChecksum(line).utf8)
        let transport = answering()
        #expect(try await run(Fake.questions(1), transport).counts.resumed == (isKept ? 1 : 0))
        #expect(transport.requests == (isKept ? 0 : 1))
    }

    @Test func theKeyIsTheOrderElseTheRecordLocator() async throws {
        let byOrder = StatusQuestion(orderNo: "A", airlinePNR: "P", carrier: "U2", refundCode: "1")
        let byLocator = StatusQuestion(orderNo: nil, airlinePNR: "P", carrier: "U2", refundCode: "1")
        _ = try await run([byOrder, byLocator], answering())
        let sameOrder = StatusQuestion(orderNo: "A", refundCode: "1")
        let others = [
            StatusQuestion(orderNo: "A", refundCode: "2"), StatusQuestion(orderNo: "P", refundCode: "1"),
            StatusQuestion(orderNo: nil, airlinePNR: "P", carrier: "W6", refundCode: "1"),
        ]
        let transport = answering()
        let outcome = try await run([sameOrder, byLocator] + others, transport)
        #expect(outcome.counts.resumed == 2)
        #expect(transport.requests == 3)
    }

    @Test func twoQuestionsOfOneKeyShareALine() async throws {
        _ = try await run(Fake.questions(1), answering())
        let outcome = try await run(Fake.questions(1) + Fake.questions(1), answering())
        #expect(outcome.counts.resumed == 2)
        #expect(outcome.lines[0] == outcome.lines[1])
    }

    @Test func aFullDiskIsAnError() async throws {
        let stage = QueryStage(
            transport: answering(), settings: Fake.settings, clock: JumpClock(), judge: Fake.judge)
        await #expect(throws: WorkingJournalError.self) {
            _ = try await stage.run(Fake.questions(1), workingJournal: "/dev/full")
        }
        await #expect(throws: WorkingJournalError.cannotOpen(path: folder.path + "/none/j", errno: ENOENT)) {
            _ = try await stage.run(Fake.questions(1), workingJournal: folder.path + "/none/j")
        }
        let outcome = try await run(Fake.questions(3), answering())
        #expect(throws: WorkingJournalError.cannotWrite(path: "/dev/full", errno: ENOSPC)) {
            try outcome.writeLines(toPath: "/dev/full")
        }
    }

    @Test func twoRunsDoNotShareIt() async throws {
        let path = folder.file()
        let held = open(path, O_RDWR | O_CREAT, 0o600)
        defer { close(held) }
        #expect(flock(held, LOCK_EX | LOCK_NB) == 0)
        await #expect(throws: WorkingJournalError.inUse(path: path)) {
            _ = try await run(Fake.questions(1), answering())
        }
    }

    @Test func itIsForItsOwnerOnly() async throws {
        _ = try await run(Fake.questions(1), answering())
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.file())
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }
}
