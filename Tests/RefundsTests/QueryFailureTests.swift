import Memory
import Refunds
import Testing

/// The words for why a query failed.
@Suite struct QueryFailureTests {
    @Test(
        arguments: [
            ("timeout", nil, "timeout"), ("connection", nil, "connection failed"),
            ("connection", "connection refused", "connection refused"),
            ("connection", "TLS: certificate not trusted", "TLS: certificate not trusted"),
            ("connection", "as somebody else words it", "connection failed"), ("http-503", nil, "HTTP 503"),
            ("http-408", nil, "HTTP 408"), ("http-0503", nil, "other reasons"), ("http-50x", nil, "other reasons"),
            ("http-1000", nil, "other reasons"), ("api-status-705", nil, "Atlas status 705"),
            ("api-status--1", nil, "Atlas status -1"), ("api-status-", nil, "other reasons"),
            ("bad-body", "status is missing", "unusable answer"), ("circuit-open", nil, "held back"),
            ("deadline", nil, "deadline"), ("unauthorized", nil, "credentials refused"),
            ("not-in-journal", nil, "not in the journal"), ("Timeout", nil, "other reasons"),
            ("", nil, "other reasons"),
        ] as [(Text, Text?, String)])
    func cause(_ code: Text, _ detail: Text?, _ cause: String) {
        #expect(QueryFailure(code, detail: detail).cause == cause)
    }

    /// No two kinds of failed connection look alike.
    @Test func wordsOfConnections() {
        let words = Set(ConnectionFailure.allCases.map(\.rawValue))
        #expect(words.count == ConnectionFailure.allCases.count)
    }

    @Test(
        arguments: [
            ("http-503", nil, "HTTP 503"), ("connection", "connection reset", "connection reset"),
            ("connection", "a cable was cut", "connection failed (a cable was cut)"),
            ("bad-body", "status is missing", "unusable answer (status is missing)"),
            ("strange", nil, "strange"), ("strange", "why", "strange (why)"),
        ] as [(Text, Text?, String)])
    func sentence(_ code: Text, _ detail: Text?, _ sentence: String) {
        #expect(QueryFailure(code, detail: detail).sentence == sentence)
    }

    private static let failures: QueryFailures = {
        var failures = QueryFailures()
        let all: [(Text, Text?, Int)] = [
            ("http-503", nil, 3), ("connection", "connection refused", 5), ("connection", "connection reset", 3),
            ("bad-body", "one thing", 1), ("bad-body", "another", 1), ("strange", nil, 4), ("stranger", nil, 4),
        ]
        for (code, detail, count) in all {
            for _ in 0..<count { failures.add(QueryFailure(code, detail: detail)) }
        }
        return failures
    }()

    private func lines(most: Int) -> [String] { Self.failures.byCause(most: most).map { "\($0.cause) \($0.count)" } }

    @Test func theLargestFirstAndTheRestTogether() {
        let known = ["connection refused 5", "HTTP 503 3", "connection reset 3", "unusable answer 2"]
        #expect(lines(most: 4) == known + ["other reasons 8"])
        #expect(lines(most: 2) == known.prefix(2) + ["other reasons 13"])
        #expect(Self.failures.count == 21)
        #expect(QueryFailures().byCause(most: 4).isEmpty)
    }

    @Test func ofSomeCodesOnly() {
        let some = Self.failures.filter { $0 == "connection" || $0 == "bad-body" }
        #expect(some.count == 10)
        #expect(some.byCause(most: 9).map(\.cause) == ["connection refused", "connection reset", "unusable answer"])
    }

    /// An answer of a night before that counts does not hide that its query failed tonight.
    @Test func failuresOfTheAnswers() {
        func answer(_ outcome: StatusAnswer.Outcome) -> StatusAnswer {
            StatusAnswer(outcome: outcome, queriedAt: nil, source: SourceLine(file: 0, line: 1))
        }
        var answers = StatusAnswers([
            answer(.ok([])), nil, answer(.failed("connection", detail: "connection reset")), answer(.failed("timeout")),
        ])
        answers.noteFailedTonight(0, QueryFailure("http-429"))
        let expected = ["HTTP 429", "connection reset", "timeout"]
        #expect(answers.failures.byCause(most: 9).map(\.cause) == expected)
        #expect(answers.failures.count == answers.failedCount)
    }
}
