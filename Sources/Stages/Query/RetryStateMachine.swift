/// The kinds of results of an attempt, for the decision about the next step.
package enum AttemptVerdict: Sendable, Equatable {
    /// An answer that can be used.
    case ok
    /// Likely to be better next time: 408, 500, 502, 503, 504, no connection, a timeout, a passing status of Atlas's, a body
    /// that is not JSON.
    case transient(code: String, retryAfter: Duration? = nil)
    /// 429
    case throttled(code: String, retryAfter: Duration? = nil)
    /// The same if it is asked again at once. `isOutage` says whether the service rather than the question is to blame: then it
    /// may be another later in the night.
    case final(code: String, isOutage: Bool = false)
    /// No question would be answered.
    case unauthorized(CredentialsRefusal)

    /// Whether it counts against the service in the circuit breaker.
    var isOutage: Bool {
        switch self {
        case .ok, .unauthorized: false
        case .transient, .throttled: true
        case .final(_, let isOutage): isOutage
        }
    }
}

/// How Atlas says that it does not accept the credentials.
package enum CredentialsRefusal: Sendable, Equatable, CustomStringConvertible {
    /// 401 or 403
    case http(Int)
    /// 900 or 902, in the body of an answer.
    case atlas(Int)

    package var description: String {
        switch self {
        case .http(let status): "HTTP \(status)"
        case .atlas(let status): "status \(status)"
        }
    }
}

/// One question's way through its attempts of a round, as a pure state machine: events in, next step out.
package struct RetryStateMachine: Sendable {
    package enum Action: Sendable, Equatable {
        case send
        /// Wait, then report `waited`.
        case wait(until: Duration)
        case done
        /// Failed for good, with its stable code.
        case giveUp(code: String)
        /// Failed for a reason that may pass, with its stable code: to be asked in a later round, which the server wants to be
        /// no earlier than `notBefore`.
        case putBack(code: String, notBefore: Duration? = nil)
        /// Nothing can be sent in this round, neither this question nor another: `circuit-open` or `deadline`.
        case holdBack(code: String)
        /// The whole stage must stop.
        case stop(CredentialsRefusal)
    }

    private let policy: RetryPolicy
    private let deadline: Duration?
    /// How many requests were sent, in earlier rounds too.
    package private(set) var attempts: Int
    /// The tokens that the latest retry took from the quota.
    private var latestCost: Int?
    /// Why the latest attempt of this round failed.
    package private(set) var latestCode: String?

    /// - Parameter attempts: requests that earlier rounds sent. When they reach the policy's number, each further round sends
    ///   one.
    package init(policy: RetryPolicy, deadline: Duration?, attempts: Int = 0) {
        self.policy = policy
        self.deadline = deadline
        self.attempts = attempts
    }

    /// The first action.
    package mutating func begin(now: Duration) -> Action { waited(now: now) }

    /// A wait is over.
    package mutating func waited(now: Duration) -> Action {
        if let deadline, now >= deadline { return .holdBack(code: "deadline") }
        return .send
    }

    /// The request is on its way.
    package mutating func sent() { attempts += 1 }

    /// An attempt has ended.
    package mutating func received(
        _ verdict: AttemptVerdict, now: Duration, jitter: Double, quota: inout RetryQuota
    ) -> Action {
        switch verdict {
        case .ok:
            quota.giveBack(latestCost)
            return .done
        case .transient(let code, let retryAfter):
            return retry(code, retryAfter, RetryQuota.transientCost, now: now, jitter: jitter, quota: &quota)
        case .throttled(let code, let retryAfter):
            return retry(code, retryAfter, RetryQuota.throttledCost, now: now, jitter: jitter, quota: &quota)
        case .final(let code, let isOutage):
            return isOutage ? .putBack(code: code) : .giveUp(code: code)
        case .unauthorized(let refusal):
            return .stop(refusal)
        }
    }

    private mutating func retry(
        _ code: String, _ retryAfter: Duration?, _ cost: Int, now: Duration, jitter: Double, quota: inout RetryQuota
    ) -> Action {
        latestCode = code
        let later = Action.putBack(code: code, notBefore: retryAfter.map { now + $0 })
        guard attempts < policy.attempts else { return later }
        let wait = max(policy.backoff(retry: attempts, jitter: jitter), retryAfter ?? .zero)
        // Asking sooner than the server wants, or later than the answer is of use, helps nobody.
        if let deadline, now + wait >= deadline { return later }
        if wait > policy.longestRetryAfter { return later }
        guard quota.take(cost) else { return later }
        latestCost = cost
        return .wait(until: now + wait)
    }
}
