import AtlasClient
import Memory
import Query
import Refunds
import Synchronization
import Testing

@Suite("The query stage")
struct QueryStageTests {
    private let folder: Folder
    init() throws { folder = try Folder() }

    private func run(
        _ questions: [StatusQuestion], _ transport: FakeTransport, settings: QuerySettings = Fake.settings,
        clock: JumpClock = JumpClock(), progress: (@Sendable (QueryProgress) -> Void)? = nil
    ) async throws -> QueryOutcome {
        let stage = QueryStage(
            transport: transport, settings: settings, clock: clock, jitter: JitterSource(seed: 1), judge: Fake.judge)
        return try await stage.run(questions, workingJournal: folder.file(), progress: progress)
    }

    @Test(arguments: [1, 8, 64])
    func neverMoreInFlightThanAllowed(_ concurrency: Int) async throws {
        var settings = Fake.settings
        settings.concurrency = concurrency
        let transport = FakeTransport(yields: 20) { question, _, _ in Fake.ok(question) }
        let outcome = try await run(Fake.questions(500), transport, settings: settings)
        #expect(transport.peak <= concurrency)
        #expect(outcome.counts.peakInFlight == transport.peak || outcome.counts.peakInFlight <= concurrency)
        #expect(outcome.counts.ok == 500)
        #expect(outcome.counts.attempts == 500)
        #expect(outcome.counts.failed == 0)
        #expect(outcome.lines.count == 500)
    }

    /// Every request waits until as many as allowed are in flight: so that the bound is reached, not only kept.
    @Test(arguments: [1, 8, 64])
    func asManyInFlightAsAllowed(_ concurrency: Int) async throws {
        var settings = Fake.settings
        settings.concurrency = concurrency
        let transport = BarrierTransport(width: concurrency)
        let stage = QueryStage(
            transport: transport, settings: settings, clock: JumpClock(), jitter: JitterSource(seed: 1),
            judge: Fake.judge)
        let outcome = try await stage.run(Fake.questions(concurrency * 3), workingJournal: folder.file())
        #expect(outcome.counts.peakInFlight == concurrency)
        #expect(outcome.counts.ok == concurrency * 3)
    }

    @Test(arguments: [0, 1, 7])
    func fewerQuestionsThanTheBound(_ count: Int) async throws {
        let outcome = try await run(Fake.questions(count), FakeTransport { question, _, _ in Fake.ok(question) })
        #expect(outcome.lines.count == count)
        #expect(outcome.counts.asked == count)
        try outcome.writeLines(toPath: folder.file("ordered"))
        #expect(try folder.lines("ordered").count == count)
    }

    @Test func aLineIsExactlyTheContracts() async throws {
        let question = StatusQuestion(orderNo: nil, airlinePNR: "AB\"C", carrier: "U2", refundCode: "202505-0013")
        let body =
            "{\r\n  \"refundOrders\" : [ {\"amount\": 1.10, \"note\":\"a \\n \\\" b\\u00e9\"} ],\n\t\"status\":0}"
        _ = try await run([question], FakeTransport { _, _, _ in Fake.body(body) })
        let expected =
            #"{"schema":1,"orderNo":null,"refundCode":"202505-0013","airlinePNR":"AB\"C","carrier":"U2","#
            + #""queriedAt":"2025-10-01T01:00:00.000Z","attempts":1,"httpStatus":200,"outcome":"ok","error":null,"#
            + #""body":{"refundOrders":[{"amount":1.10,"note":"a \n \" b\u00e9"}],"status":0}}"#
        #expect(try folder.lines() == [expected])
    }

    @Test func aBodyOnOneLineStaysAsItIs() async throws {
        let body = #"{ "refundOrders": [], "status": 0 }"#
        _ = try await run(Fake.questions(1), FakeTransport { _, _, _ in Fake.body("  " + body + "\n") })
        #expect(try folder.lines()[0].hasSuffix(#""body":\#(body)}"#))
    }

    /// What each failure is called, how many requests it takes, and what of it the journal keeps: its HTTP status, its body,
    /// and why it cannot be used.
    @Test(arguments: [
        (AttemptResult.failed(.timeout), "timeout", 4, "null", "null"),
        (.failed(.connection(.refused)), "connection", 4, "null", #"null,"errorDetail":"connection refused""#),
        (.failed(.connection(.nameNotFound)), "connection", 4, "null", #"null,"errorDetail":"name not found""#),
        (
            .failed(.connection(.certificateNotTrusted)), "connection", 1, "null",
            #"null,"errorDetail":"TLS: certificate not trusted""#
        ),
        (
            .failed(.bodyTooLarge(httpStatus: 200)), "bad-body", 1, "200",
            #"null,"errorDetail":"the answer has more than 4 MiB""#
        ),
        (
            .failed(.badEncoding(httpStatus: 200)), "bad-body", 4, "200",
            #"null,"errorDetail":"the compressed body is damaged or cut short""#
        ),
        (Fake.status(408), "http-408", 4, "408", "null"), (Fake.status(429), "http-429", 4, "429", "null"),
        (Fake.status(500), "http-500", 4, "500", "null"), (Fake.status(502), "http-502", 4, "502", "null"),
        (Fake.status(503), "http-503", 4, "503", "null"), (Fake.status(504), "http-504", 4, "504", "null"),
        (Fake.status(501), "http-501", 1, "501", "null"), (Fake.status(404), "http-404", 1, "404", "null"),
        (Fake.status(307), "http-307", 1, "307", "null"), (Fake.status(204), "http-204", 1, "204", "null"),
        (Fake.body("<html>"), "bad-body", 4, "200", notJSON(1)), (Fake.body(""), "bad-body", 4, "200", notJSON(1)),
        (Fake.body(#"{"status":0,"refundOrders":[]"#), "bad-body", 4, "200", notJSON(30)),
        (Fake.body(#"{"status":0,}"#), "bad-body", 4, "200", notJSON(13)),
        (Fake.body(#"{"status":-1}"#), "api-status--1", 4, "200", #"{"status":-1}"#),
        (Fake.body(#"{"status":2}"#), "api-status-2", 4, "200", #"{"status":2}"#),
        (Fake.body(#"{"status":705}"#), "api-status-705", 4, "200", #"{"status":705}"#),
        (Fake.body(#"{"status":9999}"#), "api-status-9999", 4, "200", #"{"status":9999}"#),
        (Fake.body(#"{"status":7}"#), "api-status-7", 1, "200", #"{"status":7}"#),
        (Fake.body(#"{"status":901}"#), "api-status-901", 1, "200", #"{"status":901}"#),
        (Fake.body(#"{"status":"2"}"#), "bad-body", 1, "200", #"{"status":"2"}"#),
        (
            Fake.body(#"{"status":0}"#), "bad-body", 1, "200",
            #"{"status":0},"errorDetail":"no \"refundOrders\"""#
        ),
        (
            Fake.body(#"{"status":0,"status":0}"#), "bad-body", 1, "200",
            #"null,"errorDetail":"the key status occurs twice in one object of the body""#
        ),
        (Fake.body("[1]"), "bad-body", 1, "200", notAnObject), (Fake.body("null"), "bad-body", 1, "200", notAnObject),
    ])
    func failures(
        _ result: AttemptResult, _ code: String, _ attempts: Int, _ httpStatus: String, _ body: String
    ) async throws {
        let transport = FakeTransport { _, _, _ in result }
        let outcome = try await run(Fake.questions(1), transport, settings: Fake.oneRound)
        #expect(outcome.counts.failed == 1)
        #expect(outcome.counts.ok == 0)
        #expect(transport.requests == attempts)
        let line = try folder.lines()[0]
        let end =
            #""attempts":\#(attempts),"httpStatus":\#(httpStatus),"outcome":"failed","error":"\#(code)","body":\#(body)}"#
        #expect(line.hasSuffix(end), "\(line)")
    }

    private static func notJSON(_ byte: Int) -> String {
        #"null,"errorDetail":"the body is not JSON: see its byte \#(byte)""#
    }

    private static let notAnObject = #"null,"errorDetail":"the body is not a JSON object""#

    /// Atlas knows no such order: that is an answer.
    @Test(arguments: [703, 801])
    func notFoundIsAnAnswer(_ status: Int) async throws {
        let transport = FakeTransport { _, _, _ in Fake.body(#"{"status":\#(status),"msg":"?"}"#) }
        let outcome = try await run(Fake.questions(1), transport)
        #expect(outcome.counts.ok == 1)
        #expect(transport.requests == 1)
        let end = #""attempts":1,"httpStatus":200,"outcome":"ok","error":null,"body":{"status":\#(status),"msg":"?"}}"#
        #expect(try folder.lines()[0].hasSuffix(end))
    }

    @Test func bytesThatAreNoTextAreNoJSON() async throws {
        let bytes = Array(#"{"status":0,"refundOrders":[],"x":""#.utf8) + [0xFF] + Array(#""}"#.utf8)
        let transport = FakeTransport { _, _, _ in .answer(HTTPAnswer(httpStatus: 200, body: bytes)) }
        _ = try await run(Fake.questions(1), transport, settings: Fake.oneRound)
        #expect(transport.requests == 4)
        let end = #""error":"bad-body","body":null,"errorDetail":"the body is not UTF-8"}"#
        #expect(try folder.lines()[0].hasSuffix(end))
    }

    @Test func aLaterAttemptMayAnswer() async throws {
        let transport = FakeTransport { question, attempt, _ in attempt < 4 ? Fake.status(503) : Fake.ok(question) }
        let outcome = try await run(Fake.questions(3), transport)
        #expect(outcome.counts.ok == 3)
        #expect(outcome.counts.attempts == 12)
        #expect(try folder.lines().allSatisfy { $0.contains(#""attempts":4,"httpStatus":200,"outcome":"ok""#) })
    }

    @Test func retryAfterIsHonoured() async throws {
        let clock = JumpClock()
        let waits: [[String]] = [["30"], ["Wed, 01 Oct 2025 01:01:30 GMT"], ["1e9", "NaN", "-1"]]
        let transport = FakeTransport { question, attempt, _ in
            attempt <= waits.count ? Fake.status(429, retryAfter: waits[attempt - 1]) : Fake.ok(question)
        }
        let outcome = try await run(Fake.questions(1), transport, clock: clock)
        #expect(outcome.counts.ok == 1)
        // 30 s, then up to the date 90 s after the start, then an ordinary backoff of less than 200 ms.
        #expect(clock.now >= .seconds(90))
        #expect(clock.now < .milliseconds(90_200))
    }

    @Test func whatIsNotAskedInTimeSaysSo() async throws {
        let clock = JumpClock()
        let transport = FakeTransport { question, _, _ in Fake.ok(question) }
        var settings = Fake.settings
        settings.ratePerSecond = 10
        settings.deadlineSeconds = 2
        settings.concurrency = 1
        let outcome = try await run(Fake.questions(50), transport, settings: settings, clock: clock)
        #expect(transport.requests == 20)
        #expect(outcome.counts.ok == 20)
        #expect(outcome.counts.failed == 30)
        let unasked = #""attempts":0,"httpStatus":null,"outcome":"failed","error":"deadline","body":null}"#
        #expect(try folder.lines().count { $0.hasSuffix(unasked) } == 30)
    }

    @Test func anAttemptGetsNoMoreThanTheStageHas() async throws {
        let clock = JumpClock()
        let timeouts = Mutex<[Duration]>([])
        let transport = SlowTransport(clock: clock) { timeout in timeouts.withLock { $0.append(timeout) } }
        var settings = Fake.settings
        settings.deadlineSeconds = 40
        settings.concurrency = 1
        let stage = QueryStage(
            transport: transport, settings: settings, clock: clock, jitter: JitterSource(seed: 1), judge: Fake.judge)
        _ = try await stage.run(Fake.questions(2), workingJournal: folder.file())
        let asked = timeouts.withLock { $0 }
        try #require(asked.count == 2)
        #expect(asked[0] == .seconds(30))
        #expect(asked[1] < .seconds(10))
        #expect(try folder.lines()[0].contains(#""error":"deadline""#))
    }

    /// Refusals as they come, as they are thrown, and what the journal's line says.
    private static let refusals: [(AttemptResult, CredentialsRefusal, String)] = [
        (Fake.status(401), .http(401), #"401,"outcome":"failed","error":"unauthorized","body":null"#),
        (Fake.status(403), .http(403), #"403,"outcome":"failed","error":"unauthorized","body":null"#),
        (
            Fake.body(#"{"status":900}"#), .atlas(900),
            #"200,"outcome":"failed","error":"unauthorized","body":{"status":900}"#
        ),
        (
            Fake.body(#"{"status":902}"#), .atlas(902),
            #"200,"outcome":"failed","error":"unauthorized","body":{"status":902}"#
        ),
    ]

    @Test(arguments: refusals)
    func refusedCredentialsStopTheRun(
        _ result: AttemptResult, _ refusal: CredentialsRefusal, _ line: String
    ) async throws {
        let transport = FakeTransport { question, _, request in request == 20 ? result : Fake.ok(question) }
        await #expect(throws: QueryError.unauthorized(refusal)) {
            _ = try await run(Fake.questions(1000), transport)
        }
        #expect(transport.requests < 100)
        #expect(try folder.lines().count { $0.contains(#""httpStatus":"# + line) } == 1)
        #expect(try folder.bytes().last == 0x0A)
    }

    @Test func linesInTheQuestionsOrder() async throws {
        let transport = FakeTransport(yields: 3) { question, attempt, request in
            request.isMultiple(of: 3) && attempt == 1 ? Fake.status(500) : Fake.ok(question)
        }
        let questions = Fake.questions(200)
        let outcome = try await run(questions, transport)
        try outcome.writeLines(toPath: folder.file("ordered"))
        let lines = try folder.lines("ordered")
        #expect(lines.count == 200)
        for (line, question) in zip(lines, questions) {
            #expect(line.hasPrefix(#"{"schema":1,"orderNo":"\#(question.identity.orderNo ?? "")","#))
        }
        #expect(Set(lines) == Set(try folder.lines()))
    }

    @Test func questionsAreAskedWhereTheTransportWants() async throws {
        let transport = ExecutorTransport()
        let stage = QueryStage(transport: transport, settings: Fake.settings, clock: JumpClock(), judge: Fake.judge)
        let outcome = try await stage.run(Fake.questions(50), workingJournal: folder.file())
        #expect(outcome.counts.ok == 50)
        #expect(transport.requestsOnExecutor == 50)
    }

    @Test func progressIsToldNowAndThen() async throws {
        let told = Mutex<[QueryProgress]>([])
        let clock = JumpClock()
        let transport = FakeTransport { question, _, _ in
            clock.advance(by: .milliseconds(100))
            return Fake.ok(question)
        }
        var settings = Fake.settings
        settings.concurrency = 1
        _ = try await run(Fake.questions(100), transport, settings: settings, clock: clock) { progress in
            told.withLock { $0.append(progress) }
        }
        let all = told.withLock { $0 }
        #expect(all.count >= 30)
        #expect(all.count <= 42)
        #expect(all.last?.done == 100)
        #expect(all.last?.ok == 100)
        #expect(all.last?.remainingSeconds == 0)
        #expect(all.dropFirst().allSatisfy { $0.perSecond <= 10.1 })
    }

    @Test func cancellationEndsSoonAndLeavesAWholeJournal() async throws {
        let transport = HangingTransport(after: 25)
        let path = folder.file()
        let stage = QueryStage(transport: transport, settings: Fake.settings, judge: Fake.judge)
        let start = ContinuousClock.now
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await stage.run(Fake.questions(100), workingJournal: path) }
                await transport.hangs(8)
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        #expect(start.duration(to: .now) < .seconds(120))
        #expect(try folder.bytes().last == 0x0A)
        #expect(try folder.lines().count == 25)
        // The same call goes on from there.
        let rest = FakeTransport { question, _, _ in Fake.ok(question) }
        let outcome = try await run(Fake.questions(100), rest)
        #expect(rest.requests == 75)
        #expect(outcome.counts.resumed == 25)
        #expect(outcome.counts.ok == 100)
    }
}

@Suite("Killed and started again")
struct ResumeTests {
    private static let count = 120

    private func stage(_ transport: some StatusTransport) -> QueryStage {
        QueryStage(transport: transport, settings: Fake.settings, clock: JumpClock(), judge: Fake.judge)
    }

    /// Runs until some request hangs, and is interrupted there; nil then.
    private func interruptedRun(after requests: Int, _ path: String) async throws -> QueryOutcome? {
        let transport = HangingTransport(after: requests)
        let stage = stage(transport)
        return try await withThrowingTaskGroup(of: QueryOutcome?.self) { group in
            group.addTask {
                defer { transport.stop() }
                do {
                    return try await stage.run(Fake.questions(Self.count), workingJournal: path)
                } catch is CancellationError { return nil }
            }
            await transport.hangs(1)
            group.cancelAll()
            return try await group.next() ?? nil
        }
    }

    /// However often a run is interrupted, and whatever is torn off its journal's end, what it leaves is what one run leaves.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func theResultIsThatOfOneRun(_ seed: UInt64) async throws {
        let folder = try Folder()
        let answering = FakeTransport { question, _, _ in Fake.ok(question) }
        let whole = try await stage(answering).run(Fake.questions(Self.count), workingJournal: folder.file("whole"))
        try whole.writeLines(toPath: folder.file("expected"))
        let random = JitterSource(seed: seed)
        var outcome: QueryOutcome?
        var runs = 0
        while outcome == nil, runs < 1000 {
            runs += 1
            outcome = try await interruptedRun(after: Int(random.next() * 40), folder.file())
            guard outcome == nil else { break }
            let bytes = try folder.bytes()
            try folder.write(bytes.dropLast(Int(random.next() * 600)))
        }
        #expect(runs > 1)
        try #require(outcome).writeLines(toPath: folder.file("ordered"))
        #expect(try folder.bytes("ordered") == (try folder.bytes("expected")))
    }
}

@Suite("The jitter")
struct JitterSourceTests {
    @Test func theSameSeedTheSameNumbers() {
        let (one, other) = (JitterSource(seed: 7), JitterSource(seed: 7))
        let numbers = (0..<1000).map { _ in one.next() }
        #expect(numbers == (0..<1000).map { _ in other.next() })
        #expect(numbers.allSatisfy { (0..<1).contains($0) })
        #expect(Set(numbers).count == 1000)
        #expect(JitterSource().next() != JitterSource().next())
    }
}

@Suite("The progress line")
struct ProgressLineTests {
    @Test func text() async throws {
        let folder = try Folder()
        let told = Mutex<QueryProgress?>(nil)
        let transport = FakeTransport { question, _, _ in Fake.ok(question) }
        let stage = QueryStage(transport: transport, settings: Fake.settings, clock: JumpClock(), judge: Fake.judge)
        _ = try await stage.run(Fake.questions(1), workingJournal: folder.file()) { progress in
            told.withLock { $0 = progress }
        }
        var progress = try #require(told.withLock { $0 })
        progress.total = 1_234_567
        (progress.done, progress.ok, progress.failed) = (1234, 1200, 34)
        progress.perSecond = 19.84
        let cases: [(Int?, String)] = [
            (443, ", 7m23s to go"), (9, ", 9s to go"), (7500, ", 2h05m to go"), (nil, ""),
        ]
        for (seconds, end) in cases {
            progress.remainingSeconds = seconds
            #expect(ProgressLine.text(progress) == "1,234/1,234,567 asked, 1,200 ok, 34 failed, 19.8/s" + end)
        }
    }
}
