import Files
import Glibc
import Memory
import Query
import Refunds
import TestSupport
import Testing

/// A working journal that was damaged: what is whole is relied on, the rest is asked again, and the outcome is always that of
/// a run to which nothing happened.
@Suite("A damaged working journal")
struct JournalDamageTests {
    private let folder: Folder
    init() throws { folder = try Folder() }

    private static let questions = [
        StatusQuestion(orderNo: "ORDER0", carrier: "U2", refundCode: "R0"),
        StatusQuestion(orderNo: nil, airlinePNR: "A\"B", carrier: "FR", refundCode: "R1"),
        StatusQuestion(orderNo: "ORDER2", airlinePNR: "é", carrier: "U2", refundCode: "R2"),
    ]

    /// What a run over the journal that is there comes to.
    private struct Result: Equatable {
        /// The journal that would be published.
        var published: [UInt8]
        var resumed: Int
        var notes: [String]
    }

    private func run(
        _ questions: [StatusQuestion] = questions, answers: @escaping @Sendable (StatusQuestion) -> Void = { _ in }
    ) async throws -> Result {
        var settings = Fake.settings
        settings.concurrency = 1
        let transport = FakeTransport { question, _, _ in
            answers(question)
            return Fake.ok(question)
        }
        let stage = QueryStage(transport: transport, settings: settings, clock: JumpClock(), judge: Fake.judge)
        let outcome = try await stage.run(questions, workingJournal: folder.file())
        try outcome.writeLines(toPath: folder.file("published"))
        return Result(
            published: try folder.bytes("published"), resumed: outcome.counts.resumed,
            notes: outcome.notes + [outcome.warning].compactMap { $0 })
    }

    /// The journal of a run that was killed when it had asked all of the questions.
    private func whole() async throws -> (journal: [UInt8], published: [UInt8]) {
        let result = try await run()
        return (try folder.bytes(), result.published)
    }

    /// Runs over a damaged journal, and once more over what that run leaves.
    private func check(
        _ journal: [UInt8], _ published: [UInt8], resumed: Int? = nil, notes: Int? = nil,
        _ what: @autoclosure () -> String
    ) async throws {
        try folder.write(journal)
        let result = try await run()
        #expect(result.published == published, "\(what())")
        if let resumed { #expect(result.resumed == resumed, "\(what())") }
        if let notes { #expect(result.notes.count == notes, "\(what()): \(result.notes)") }
        let again = try await run()
        #expect(again.published == published, "\(what()), again")
        #expect(again.resumed == Self.questions.count, "\(what()), again")
    }

    @Test func everyBitFlipped() async throws {
        let (journal, published) = try await whole()
        let ends = journal.indices.filter { journal[$0] == 0x0A }
        try #require(ends.count == 3)
        for bit in stride(from: 0, to: journal.count * 8, by: Seeded.soak > 1 ? 1 : 11) {
            var damaged = journal
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            // Of two lines that lost the end between them the second is still known by its beginning. A line that is cut in two
            // by a line end, or whose end is the file's, is one place or two.
            try await check(damaged, published, resumed: 2, "bit \(bit)")
        }
    }

    /// Blocks of zeros, of other bytes, of other places of the journal; cut out, put in; again and again.
    @Test func anyDamage() async throws {
        let (journal, published) = try await whole()
        let firstSeed = Seeded().seed
        for seed in 0..<UInt64(150 * Seeded.soak) {
            var random = Seeded(seed: firstSeed &+ seed)
            var damaged = journal
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let start = Int.random(in: 0...damaged.count, using: &random)
                let end = min(damaged.count, start + Int.random(in: 0...300, using: &random))
                let count = Int.random(in: 0...300, using: &random)
                let place = Int.random(in: 0..<journal.count, using: &random)
                let blocks: [[UInt8]] = [
                    [], Array(repeating: 0, count: count), Array(journal[place...].prefix(count)), Array("\n".utf8),
                    (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) },
                ]
                damaged.replaceSubrange(start..<end, with: blocks[Int.random(in: 0..<blocks.count, using: &random)])
            }
            try await check(damaged, published, "seed \(firstSeed &+ seed)")
        }
    }

    /// Whatever stands before a line or between two, the lines are kept.
    @Test(
        arguments: [
            [0xEF, 0xBB, 0xBF], [0], Array(repeating: 0, count: 4096), Array("{\"schema\":1,\"orderNo\":\"OR".utf8),
            Array("x\n".utf8), Array("\n\n".utf8), Array("\0\0\n".utf8), Array("[]\r\n".utf8), [0xFF, 0xFE],
        ] as [[UInt8]])
    func wholeLinesAreKept(_ junk: [UInt8]) async throws {
        let (journal, published) = try await whole()
        let second = try #require(journal.firstIndex(of: 0x0A)) + 1
        for place in [0, second] {
            let damaged = journal[..<place] + junk + journal[place...]
            try await check(Array(damaged), published, resumed: 3, notes: 1, "\(junk) at \(place)")
        }
        let isTorn = junk.last != 0x0A
        try await check(journal + junk, published, resumed: 3, notes: 1, "\(junk) at the end")
        // Nothing is glued to what was torn; what has an end stays where it is.
        #expect(try folder.bytes() == (isTorn ? journal : journal + junk))
    }

    /// As a power failure may leave it, larger than any line.
    @Test func longerThanALine() async throws {
        let (journal, published) = try await whole()
        let zeros = [UInt8](repeating: 0, count: 9 << 20)
        try await check(zeros + journal, published, resumed: 3, notes: 1, "before")
        try await check(journal + zeros, published, resumed: 3, notes: 1, "after")
        try await check(zeros, published, resumed: 0, notes: 1, "alone")
    }

    @Test(arguments: [
        "orderNo,currency\nA,USD\n", "x", "[]\n", "{\"orderNo\":1}\n", "{\"schema\":2,", "\u{FEFF}", "\0",
    ])
    func nothingOfAJournal(_ text: String) async throws {
        let published = try await whole().published
        let before = try folder.bytes()
        try await check(Array(text.utf8), published, resumed: 0, notes: 1, text)
        #expect(try folder.bytes().suffix(before.count) == before[...])
    }

    /// A line of a version that wrote no checksums may be damaged, and nobody would see it.
    @Test func linesWithoutChecksum() async throws {
        let (journal, published) = try await whole()
        try folder.write(published + journal)
        let result = try await run()
        #expect(result.published == published)
        try #require(result.notes.count == 1, "\(result.notes)")
        #expect(result.notes[0].contains("3 lines have no checksum"), "\(result.notes)")
        try await check(published, published, resumed: 0, notes: 1, "without any")
    }

    /// The last line that is whole counts, and a failed one does not.
    @Test func aLaterLineCounts() async throws {
        func line(_ amount: String, _ outcome: String = "ok", error: String = "null") -> String {
            Fake.withChecksum(
                #"{"schema":1,"orderNo":"ORDER0","refundCode":"R0","airlinePNR":null,"carrier":"U2","queriedAt":"x","#
                    + #""attempts":1,"httpStatus":200,"outcome":"\#(outcome)","error":\#(error),"#
                    + #""body":{"refundOrders":[{"amount":\#(amount)}],"status":0}}"#)
        }
        func published(_ lines: String...) async throws -> String {
            try folder.write(lines.joined().utf8)
            return String(decoding: try await run([Self.questions[0]]).published, as: UTF8.self)
        }
        #expect(try await published(line("1"), line("2")).contains(#""amount":2}"#))
        let failed = line("2", "failed", error: #""timeout""#)
        #expect(try await published(line("1"), failed).contains(#""amount":1}"#))
        #expect(try await published(line("1"), line("2").replacing("2}", with: "3}")).contains(#""amount":1}"#))
    }

    /// A digit of an amount that another took the place of is damage, not a line of an older version.
    @Test func aChangedDigitIsDamage() async throws {
        let journal = String(decoding: try await whole().journal, as: UTF8.self)
        let changed = journal.replacing(#""amount":1.10"#, with: #""amount":1.11"#, maxReplacements: 1)
        try #require(changed != journal)
        try folder.write(changed.utf8)
        let notes = try await run().notes
        #expect(
            notes == ["\(folder.file()) is damaged in one place, at byte 0; what was answered there is asked again"])
    }

    /// Every line is checked once more when it is copied for the report.
    @Test func damagedWhileTheRunIsAtWork() async throws {
        let (journal, published) = try await whole()
        let place = try #require(journal.firstIndex(of: UInt8(ascii: "R")))
        try folder.write(journal[..<(try #require(journal.firstIndex(of: 0x0A)) + 1)])
        let path = folder.file()
        await #expect(throws: WorkingJournalError.damaged(path: path, offset: 0)) {
            _ = try await run { question in
                guard question.refundCode == "R2" else { return }
                let file = open(path, O_WRONLY)
                defer { close(file) }
                #expect(pwrite(file, "X", 1, off_t(place)) == 1)
            }
        }
        let result = try await run()
        #expect(result.published == published)
        #expect(result.resumed == 2)
    }
}
