import Compression
import AtlasClient
import Files
import Foundation
import JSON
import Memory
import Query
import Refunds
import Synchronization

/// A clock on which a sleep takes no time: it is simply later.
final class JumpClock: QueryClock {
    /// 2025-10-01T01:00:00Z
    static let epoch: Int64 = 1_759_280_400
    private let time = Mutex(Duration.zero)

    var now: Duration { time.withLock { $0 } }

    var date: Instant {
        let (seconds, attoseconds) = now.components
        return Instant(
            secondsSinceEpoch: Self.epoch + seconds, nanoseconds: Int32(attoseconds / 1_000_000_000))
    }

    func sleep(until time: Duration) async throws {
        try Task.checkCancellation()
        self.time.withLock { $0 = max($0, time) }
        await Task.yield()
    }

    func advance(by duration: Duration) { time.withLock { $0 += duration } }
}

/// Answers as a function of the question and of how many requests there were before.
final class FakeTransport: StatusTransport {
    private struct State {
        var requests = 0
        var inFlight = 0
        var peak = 0
        var byCode: [Text: Int] = [:]
    }

    private let state = Mutex(State())
    /// How often an attempt lets others run before it answers.
    private let yields: Int
    private let answer: @Sendable (_ question: StatusQuestion, _ attempt: Int, _ request: Int) -> AttemptResult

    init(
        yields: Int = 0,
        _ answer: @escaping @Sendable (_ question: StatusQuestion, _ attempt: Int, _ request: Int) -> AttemptResult
    ) {
        self.yields = yields
        self.answer = answer
    }

    var requests: Int { state.withLock { $0.requests } }
    var peak: Int { state.withLock { $0.peak } }
    func requests(_ code: Text) -> Int { state.withLock { $0.byCode[code] ?? 0 } }

    func ask(_ question: StatusQuestion, timeout: Duration) async -> Attempt {
        let (attempt, request) = state.withLock { state in
            state.requests += 1
            state.inFlight += 1
            state.peak = max(state.peak, state.inFlight)
            state.byCode[question.refundCode, default: 0] += 1
            return (state.byCode[question.refundCode] ?? 0, state.requests)
        }
        for _ in 0..<yields { await Task.yield() }
        let result = answer(question, attempt, request)
        state.withLock { $0.inFlight -= 1 }
        return Attempt(result)
    }
}

enum Fake {
    static func questions(_ count: Int) -> [StatusQuestion] {
        (0..<count).map { StatusQuestion(orderNo: Text("ORDER\($0)"), carrier: "U2", refundCode: Text("R\($0)")) }
    }

    static func ok(_ question: StatusQuestion) -> AttemptResult {
        body(#"{"refundOrders":[{"refundCode":"\#(question.refundCode)","amount":1.10}],"status":0}"#)
    }

    static func body(_ text: String, status: Int = 200, retryAfter: [String] = []) -> AttemptResult {
        .answer(HTTPAnswer(httpStatus: status, body: Array(text.utf8), retryAfter: retryAfter))
    }

    static func status(_ status: Int, retryAfter: [String] = []) -> AttemptResult {
        .answer(HTTPAnswer(httpStatus: status, retryAfter: retryAfter))
    }

    /// As the answer's decoder judges: the status first, then whether it is about the question.
    static let judge: AnswerJudge = { body, question in
        guard let status = body["status"]?.int else { return AnswerFault("bad-body") }
        if status == 703 || status == 801 { return nil }
        guard status == 0 else { return AnswerFault("api-status-\(status)") }
        return body["refundOrders"] == nil ? AnswerFault("bad-body", detail: "no \"refundOrders\"") : nil
    }

    /// A line as the working journal has it, with its end.
    static func withChecksum(_ line: String) -> String {
        let content = line.dropLast()
        let sum = CRC32(Array(content.utf8)).value
        return content + ",\"checksum\":\"" + String(String(UInt64(sum) + 1 << 32, radix: 16).dropFirst()) + "\"}\n"
    }

    /// No rate, so that the clock stands still but for waits that are meant.
    static var settings: QuerySettings {
        var settings = QuerySettings()
        settings.ratePerSecond = 0
        return settings
    }

    /// So little time that no later round begins, and enough for the first.
    static var oneRound: QuerySettings {
        var settings = settings
        settings.deadlineSeconds = 4
        settings.attemptTimeoutSeconds = 1
        return settings
    }
}

/// A folder of a test's own, gone with it.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/query-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String = "journal.jsonl") -> String { path + "/" + name }

    func bytes(_ name: String = "journal.jsonl") throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(name))))
    }

    func write(_ bytes: some Sequence<UInt8>, _ name: String = "journal.jsonl") throws {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    }

    /// The lines of a journal as they are published, without the checksums that the working journal has.
    func lines(_ name: String = "journal.jsonl") throws -> [String] {
        String(decoding: try bytes(name), as: UTF8.self).split(separator: "\n").map {
            String($0).replacing(/,"checksum":"[0-9a-f]{8}"}$/, with: "}")
        }
    }
}
