import AtlasClient
import Memory
import Query
import Refunds
import Synchronization
import Testing

/// The figures that a night with trouble must reach, on a clock that jumps (DECISIONS.md, "Asking").
@Suite("A troubled night")
struct TroubledNightTests {
    private static let count = 1000
    private let folder: Folder
    private let clock = JumpClock()
    init() throws { folder = try Folder() }

    private func run(
        _ transport: some StatusTransport, count: Int = Self.count, ratePerSecond: Double = 20,
        deadlineSeconds: Double? = nil, seed: UInt64 = 1, note: @escaping @Sendable (String) -> Void = { _ in },
        progress: (@Sendable (QueryProgress) -> Void)? = nil
    ) async throws -> QueryOutcome {
        var settings = Fake.settings
        settings.ratePerSecond = ratePerSecond
        settings.deadlineSeconds = deadlineSeconds
        let stage = QueryStage(
            transport: transport, settings: settings, clock: clock, jitter: JitterSource(seed: seed),
            judge: Fake.judge)
        return try await stage.run(
            Fake.questions(count), workingJournal: folder.file(), progress: progress, note: note)
    }

    /// What passes: refused and reset connections, wrong lengths, bodies cut short, and what the service says of itself.
    private static let passing: [AttemptResult] = [
        .failed(.connection(.refused)), .failed(.connection(.reset)), .failed(.timeout),
        .failed(.badEncoding(httpStatus: 200)), Fake.status(408),
        Fake.status(429), Fake.status(500), Fake.status(502), Fake.status(503), Fake.status(504), Fake.status(501),
        Fake.body(#"{"status":2}"#), Fake.body(#"{"status":-1}"#), Fake.body(#"{"status":705}"#),
        Fake.body(#"{"status":9999}"#), Fake.body("<html>"), Fake.body(#"{"status":0,"refundOrders":[]"#),
    ]

    /// Answers, but for a share of the attempts.
    private static func faulty(
        _ share: Double, seed: UInt64, isDown: @escaping @Sendable (_ request: Int) -> Bool = { _ in false }
    ) -> FakeTransport {
        let random = JitterSource(seed: seed)
        return FakeTransport { question, _, request in
            if isDown(request) { return .failed(.connection(.refused)) }
            guard random.next() < share else { return Fake.ok(question) }
            return passing[Int(random.next() * Double(passing.count))]
        }
    }

    private func expectNoneLost(_ outcome: QueryOutcome, _ transport: FakeTransport, within share: Double) {
        #expect(outcome.counts.ok == Self.count)
        #expect(outcome.counts.failed == 0)
        #expect(outcome.counts.waiting == 0)
        #expect(outcome.lines.count == Self.count)
        #expect(outcome.counts.attempts == transport.requests)
        #expect(Double(transport.requests) <= share * Double(Self.count), "\(transport.requests)")
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>) func aFifthOfTheAttemptsFails(_ seed: UInt64) async throws {
        let transport = Self.faulty(0.2, seed: seed)
        let outcome = try await run(transport, seed: seed)
        expectNoneLost(outcome, transport, within: 1.35)
    }

    struct Outage: Sendable, CustomTestStringConvertible {
        /// The request with which it begins.
        var from: Int
        var seconds: Int
        var rate: Double
        var deadlineSeconds: Double?
        var testDescription: String { "\(seconds) s from request \(from) on, rate \(rate)" }
    }

    private static let outages: [Outage] =
        [1, 300, 900].flatMap { from in
            [0.3, 1.5, 60, 600].flatMap { seconds in
                [0, 20].map { Outage(from: from, seconds: Int(seconds.rounded(.up)), rate: $0) }
            }
        } + [Outage(from: 300, seconds: 40, rate: 0, deadlineSeconds: 60)]

    /// Every connection is refused for a while.
    @Test(arguments: outages) func anOutageInMidRun(_ outage: Outage) async throws {
        let clock = clock
        let start = Mutex<Duration?>(nil)
        let transport = Self.faulty(0, seed: 1) { request in
            guard request >= outage.from else { return false }
            let began = start.withLock { start in
                start = start ?? clock.now
                return start ?? .zero
            }
            return clock.now < began + .seconds(outage.seconds)
        }
        let outcome = try await run(transport, ratePerSecond: outage.rate, deadlineSeconds: outage.deadlineSeconds)
        expectNoneLost(outcome, transport, within: 1.2)
        // A short one is outlasted by retries where the rate is low.
        #expect(outcome.counts.rounds > 1 || outage.seconds < 60)
        // It goes on soon after: within a pause as long as the outage, and no longer than the longest.
        let asking = outage.rate > 0 ? 1.2 * Double(Self.count) / outage.rate : 0
        #expect(clock.now < .seconds(asking + Double(outage.seconds) * 2.1 + 10))
    }

    /// When the probe is answered the others have their retries, as in the first round.
    @Test func theOthersHaveTheirRetries() async throws {
        let fails = Set((120..<160).map { Text("R\($0)") })
        let tried = Mutex<Set<Text>>([])
        let transport = FakeTransport { question, _, request in
            if request <= 100 { return .failed(.connection(.refused)) }
            let isFirst = tried.withLock { $0.insert(question.refundCode).inserted }
            return isFirst && fails.contains(question.refundCode) ? Fake.status(503) : Fake.ok(question)
        }
        let outcome = try await run(transport, ratePerSecond: 0)
        expectNoneLost(outcome, transport, within: 1.14)
        #expect(outcome.counts.rounds == 2)
    }

    /// Orders that always fail do not stand in the way of the others, nor use up what those need.
    @Test(arguments: 1...4 as ClosedRange<UInt64>) func someOrdersAlwaysFail(_ seed: UInt64) async throws {
        let random = JitterSource(seed: seed)
        let poisoned = Set((0..<40).map { Text("R\($0 * 25)") })
        let transport = FakeTransport { question, _, _ in
            poisoned.contains(question.refundCode) || random.next() < 0.05 ? Fake.status(500) : Fake.ok(question)
        }
        let outcome = try await run(transport, seed: seed)
        #expect(outcome.counts.ok == Self.count - poisoned.count)
        #expect(outcome.counts.failed == poisoned.count)
        #expect(transport.requests < 1350)
    }

    /// A carrier whose orders, one after another, always fail does not use up the probes after an outage: neither where the
    /// outage fails in another way nor where it fails in the same.
    @Test(arguments: 1...60 as ClosedRange<UInt64>) func ordersThatFailTogetherAndAnOutage(_ seed: UInt64) async throws
    {
        let clock = clock
        let random = JitterSource(seed: seed)
        func among(_ range: ClosedRange<Int>) -> Int { range.lowerBound + Int(random.next() * Double(range.count)) }
        let (count, first, failing) = (300, among(0...250), among(30...50))
        let poisoned = Set((first..<first + failing).map { Text("R\($0)") })
        let (failure, begins, lasts) = (Self.passing[among(0...16)], among(1...300), Duration.seconds(among(20...400)))
        let progress = Mutex<(asked: Int, outage: Duration?)>((0, nil))
        let transport = FakeTransport { question, _, _ in
            let isDown = progress.withLock { progress in
                progress.asked += 1
                if progress.asked >= begins, progress.outage == nil { progress.outage = clock.now }
                return progress.outage.map { clock.now < $0 + lasts } ?? false
            }
            if poisoned.contains(question.refundCode) { return Fake.status(503) }
            return isDown ? failure : Fake.ok(question)
        }
        let outcome = try await run(transport, count: count, ratePerSecond: seed.isMultiple(of: 2) ? 0 : 20, seed: seed)
        #expect(outcome.counts.ok == count - poisoned.count)
        #expect(outcome.counts.failed == poisoned.count)
    }

    /// The load of a night in which nothing is answered: a first round, then one request a pause.
    @Test func nothingIsAnswered() async throws {
        let clock = clock
        let times = Mutex<[Duration]>([])
        let transport = FakeTransport { _, _, _ in
            times.withLock { $0.append(clock.now) }
            return Fake.status(503)
        }
        let notes = Mutex<[String]>([])
        let outcome = try await run(transport, note: { note in notes.withLock { $0.append(note) } })
        let sent = times.withLock { $0 }
        let pauses = zip(sent.dropFirst(), sent).map { $0 - $1 }
        let firstPause = try #require(pauses.firstIndex { $0 >= .seconds(5) })
        #expect(firstPause + 1 <= 1200, "the first round sends \(firstPause + 1)")
        let later = Array(pauses[firstPause...])
        try #require(later.count > 20)
        #expect(later.allSatisfy { $0 >= .seconds(5) && $0 <= .seconds(300) }, "\(later)")
        for (index, longest) in [5, 10, 20, 40, 80, 160, 300, 300].enumerated() {
            #expect(later[index] <= .seconds(longest), "pause \(index)")
            #expect(later[index] >= .seconds(longest) * 4 / 5, "pause \(index)")
        }
        // Two hours after the first round has ended.
        let end = try #require(sent.last) - sent[firstPause]
        #expect(end > .seconds(7190))
        #expect(end < .seconds(7200))
        #expect(outcome.counts.failed == Self.count)
        #expect(outcome.counts.rounds == later.count + 1)
        #expect(outcome.lines.count == Self.count)
        try await checkFailedLines(outcome, requests: sent.count)
        let first = try #require(notes.withLock { $0.first })
        #expect(first.hasPrefix("1,000 status queries wait (circuit-open "))
        #expect(first.hasSuffix("): one is asked in 5s, the others if it is answered"))
        #expect(notes.withLock { $0.count } == later.count)
    }

    /// What counts is the last line of each question: its last failure, and all requests that were sent for it.
    private func checkFailedLines(_ outcome: QueryOutcome, requests: Int) async throws {
        try outcome.writeLines(toPath: folder.file("ordered"))
        let lines = try folder.lines("ordered")
        let unasked = #""attempts":0,"httpStatus":null,"outcome":"failed","error":"circuit-open","body":null"#
        let attempts = lines.map { line in
            (0...100).first {
                line.contains(#""attempts":\#($0),"httpStatus":503,"outcome":"failed","error":"http-503""#)
            }
        }
        #expect(zip(lines, attempts).allSatisfy { $1 != nil || $0.contains(unasked) })
        #expect(attempts.reduce(0) { $0 + ($1 ?? 0) } == requests)
    }

    /// A rest that the server wants ends the question's round, and not its chance.
    @Test(arguments: [
        ("7200", 3600.0, 5.0, 30.0), ("900", 3600, 900, 930), ("30", 3600, 30, 31), ("999999999", nil, 5, 30),
    ])
    func retryAfter(_ value: String, _ deadlineSeconds: Double?, _ from: Double, _ to: Double) async throws {
        let clock = clock
        let transport = FakeTransport { question, attempt, _ in
            attempt == 1 && question.refundCode == "R3" ? Fake.status(429, retryAfter: [value]) : Fake.ok(question)
        }
        let outcome = try await run(transport, count: 10, ratePerSecond: 0, deadlineSeconds: deadlineSeconds)
        #expect(outcome.counts.ok == 10)
        #expect(transport.requests == 11)
        #expect(clock.now >= .seconds(from))
        #expect(clock.now < .seconds(to))
    }

    @Test func progressTellsWhatWaits() async throws {
        let transport = FakeTransport { question, attempt, _ in
            attempt < 5 && question.refundCode == "R3" ? Fake.status(500) : Fake.ok(question)
        }
        let told = Mutex<[QueryProgress]>([])
        _ = try await run(
            transport, count: 10, ratePerSecond: 0, progress: { progress in told.withLock { $0.append(progress) } })
        let pause = try #require(told.withLock { $0.first { $0.nextRoundInSeconds != nil } })
        #expect(ProgressLine.text(pause) == "9/10 asked, 9 ok, 0 failed, 1 waiting, next round in 5s")
        #expect(told.withLock { $0.last?.waiting } == 0)
    }

    /// Nobody waits for a pause who wants to end; the same call goes on with what waits.
    @Test func cancelledInAPause() async throws {
        let path = folder.file()
        var settings = Fake.settings
        settings.rounds.shortestPause = .seconds(3600)
        let stage = QueryStage(
            transport: FakeTransport { question, _, _ in
                question.refundCode == "R3" ? Fake.status(503) : Fake.ok(question)
            }, settings: settings, judge: Fake.judge)
        let (pauses, pause) = AsyncStream<Void>.makeStream()
        let start = ContinuousClock.now
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { pause.finish() }
                    _ = try await stage.run(
                        Fake.questions(10), workingJournal: path, note: { _ in pause.yield() })
                }
                for await _ in pauses { break }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        #expect(start.duration(to: .now) < .seconds(120))
        // The journal says what waits.
        let waiting = try folder.lines().filter { $0.contains(#""outcome":"failed","error":"http-503""#) }
        #expect(waiting.count == 1)
        let rest = FakeTransport { question, _, _ in Fake.ok(question) }
        let outcome = try await run(rest, count: 10)
        #expect(rest.requests == 1)
        #expect(outcome.counts.ok == 10)
    }
}
