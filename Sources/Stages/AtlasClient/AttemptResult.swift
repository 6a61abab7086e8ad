import Memory
import Refunds

/// The result of an attempt, and the number of requests it took.
package struct Attempt: Sendable, Equatable {
    package let result: AttemptResult
    /// More than one where a connection had gone bad, and none where there was no connection.
    package let requestCount: Int

    package init(_ result: AttemptResult, requestCount: Int = 1) {
        self.result = result
        self.requestCount = requestCount
    }
}

/// The result of one HTTP request.
package enum AttemptResult: Sendable, Equatable {
    /// A whole answer. The body is there for a 2xx only: no other is used, and some are never read.
    case answer(HTTPAnswer)
    case failed(AttemptFailure)
}

/// A whole HTTP answer.
package struct HTTPAnswer: Sendable, Equatable {
    package var httpStatus: Int
    package var body: [UInt8]
    /// The values of every Retry-After header, as received.
    package var retryAfter: [String]

    package init(httpStatus: Int, body: [UInt8] = [], retryAfter: [String] = []) {
        self.httpStatus = httpStatus
        self.body = body
        self.retryAfter = retryAfter
    }
}

/// Why there is no whole answer. It carries no text of the library's errors, which could quote a header.
package enum AttemptFailure: Sendable, Equatable {
    /// Not whole, body included, within the attempt's time.
    case timeout
    /// No whole answer came over the connection.
    case connection(ConnectionFailure)
    /// More than the largest body, packed or unpacked; the status of its head.
    case bodyTooLarge(httpStatus: Int)
    /// The packed body is damaged or cut short; the status of its head.
    case badEncoding(httpStatus: Int)
    /// The task was cancelled; nothing is known of the request.
    case cancelled
}
