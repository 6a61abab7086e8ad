import Memory

/// Why a status query failed: the journal's code, and further details.
public struct QueryFailure: Sendable, Hashable {
    /// The stable code of FORMATS.md, "Statuses: the query and its journal"; of a journal by other hands, any text.
    public let code: Text
    /// The same in words, where more is known than the code.
    public let detail: Text?

    public init(_ code: Text, detail: Text? = nil) {
        self.code = code
        self.detail = detail
    }

    /// The cause in a few words, the same wherever it is named: in the verdict, the metrics and the sentence of a row. Of
    /// unusable answers there is one cause, whatever is wrong with each; `detail` says that.
    public var cause: String {
        let name = code.string
        switch name {
        case "timeout": return "timeout"
        case "connection": return connection?.rawValue ?? "connection failed"
        case "bad-body": return "unusable answer"
        case "circuit-open": return "held back"
        case "deadline": return "deadline"
        case "unauthorized": return "credentials refused"
        case "not-in-journal": return "not in the journal"
        default: break
        }
        if let status = Self.number(name, after: "http-"), (100...999).contains(status) { return "HTTP \(status)" }
        if let status = Self.number(name, after: "api-status-") { return "Atlas status \(status)" }
        return Self.other
    }

    /// The words of a code that is none of ours.
    public static let other = "other reasons"

    /// How the connection failed, where that is known.
    private var connection: ConnectionFailure? { detail.flatMap { ConnectionFailure(rawValue: $0.string) } }

    /// The cause of this one query, and further details.
    public var sentence: String {
        let cause = cause == Self.other ? code.string : cause
        guard let detail = detail?.string, detail != cause else { return cause }
        return "\(cause) (\(detail))"
    }

    /// The number of `http-503`; nil of any other text, such as `http-0503`.
    private static func number(_ text: String, after prefix: String) -> Int? {
        guard text.hasPrefix(prefix), let number = Int(text.dropFirst(prefix.count)),
            text == prefix + String(number)
        else { return nil }
        return number
    }
}

/// How many queries failed for which reason.
public struct QueryFailures: Sendable, Equatable {
    private var counts: [QueryFailure: Int] = [:]

    public init() {}

    public mutating func add(_ failure: QueryFailure) {
        // The fault of each single answer is not a cause of its own.
        let isOfConnection = failure.code == "connection"
        counts[isOfConnection ? failure : QueryFailure(failure.code), default: 0] += 1
    }

    public var count: Int { counts.values.reduce(0, +) }

    /// Those with a code for which `isMeant` holds.
    public func filter(_ isMeant: (_ code: String) -> Bool) -> QueryFailures {
        var some = QueryFailures()
        some.counts = counts.filter { isMeant($0.key.code.string) }
        return some
    }

    /// The causes with the most queries, the largest first; beyond `most` of them the rest are `other reasons`, which come
    /// last.
    public func byCause(most: Int) -> [(cause: String, count: Int)] {
        let all = Dictionary(counts.map { ($0.key.cause, $0.value) }, uniquingKeysWith: +)
        let known = all.filter { $0.key != QueryFailure.other }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let rest = known.dropFirst(most).reduce(all[QueryFailure.other, default: 0]) { $0 + $1.value }
        return known.prefix(most).map { ($0.key, $0.value) } + (rest > 0 ? [(QueryFailure.other, rest)] : [])
    }
}

extension StatusAnswers {
    /// Why queries failed; as many as `failedCount`.
    public var failures: QueryFailures {
        var failures = QueryFailures()
        if failedCount == 0 { return failures }
        let view = view
        for place in indices {
            if case .failed(let code, let detail) = view[place]?.outcome {
                failures.add(QueryFailure(code, detail: detail))
            }
        }
        for failure in failedTonight.values { failures.add(failure) }
        return failures
    }
}
