/// The settings that all requests of a client share.
package struct HTTPSettings: Sendable {
    /// The base to which every path is appended, such as `https://host`.
    package let baseURL: String
    /// Each as it is sent, such as `Accept: application/json`.
    package let headers: [String]
    /// The most requests, and so connections, at once.
    package let concurrency: Int
    /// The largest body of an answer that is taken, packed or unpacked.
    package let largestBodyByteCount: Int

    package init(baseURL: String, headers: [String], concurrency: Int, largestBodyByteCount: Int) {
        self.baseURL = baseURL
        // libcurl would ask for leave to send a larger body.
        self.headers = headers + ["Accept-Encoding: gzip", "Expect:"]
        self.concurrency = max(concurrency, 1)
        self.largestBodyByteCount = largestBodyByteCount
    }
}

/// A request to be sent, by POST.
package struct HTTPRequest: Sendable {
    package let path: String
    package let body: [UInt8]
    /// From connecting to the answer's last byte.
    package let timeout: Duration
    /// Whether it may be sent twice.
    package let isSafe: Bool

    package init(path: String, body: [UInt8], timeout: Duration, isSafe: Bool) {
        self.path = path
        self.body = body
        self.timeout = timeout
        self.isSafe = isSafe
    }
}

/// The result of a request, and how many times it was sent.
package struct HTTPAttempt: Sendable {
    package let result: HTTPResult
    /// More than one where a connection had gone bad, and none where there was no connection.
    package let requestCount: Int

    init(_ result: HTTPResult, requestCount: Int) {
        self.result = result
        self.requestCount = requestCount
    }
}

package enum HTTPResult: Sendable {
    /// A whole answer. The body is there for a 2xx only: no other is used, and some are never read.
    case answer(HTTPResponse)
    case failed(HTTPFailure)
}

/// A whole answer.
package struct HTTPResponse: Sendable {
    package let status: Int
    /// Unpacked, without a byte order mark.
    package internal(set) var body: [UInt8] = []
    /// The values of every Retry-After header, as received.
    package let retryAfter: [String]

    init(status: Int, retryAfter: [String]) {
        self.status = status
        self.retryAfter = retryAfter
    }
}

/// Why there is no whole answer. It carries no text of libcurl's, which could quote a header.
package enum HTTPFailure: Sendable, Equatable {
    /// Not whole, body included, within the request's time.
    case timeout
    /// No whole answer came over the connection.
    case connection(ConnectionFault)
    /// More than the largest body, packed or unpacked; the status of its head.
    case bodyTooLarge(status: Int)
    /// The packed body is damaged or cut short; the status of its head.
    case badEncoding(status: Int)
    /// The task was cancelled; nothing is known of the request.
    case cancelled
}

/// An HTTP client by libcurl: connections are kept alive, and there are never more than `concurrency` of them.
///
/// Redirects are refused, for a custom header such as a secret would be forwarded to another host. A proxy is never used,
/// even if the environment names one, and TLS verification cannot be turned off.
///
/// A connection that goes bad harms no other request than the one that it was opened for or that was answered on it:
/// a safe request that was sent on a connection which had served others, and was not answered, is sent once more on a new one
/// (`Transfer.mayBeSentAgain`).
package final class HTTPClient: Sendable {
    private let loop: TransferLoop

    /// Shut it down when it is no longer needed.
    package init(_ settings: HTTPSettings) { loop = TransferLoop(settings) }

    deinit { loop.close() }

    /// Runs tasks on the thread of the connections: to ask from there saves each request several changes of threads.
    package var taskExecutor: any TaskExecutor { loop }

    /// Closes every connection; the client is of no use afterwards.
    package func shutdown() async { await loop.closed() }

    /// Sends a request and waits for its answer; cancelled with its task.
    package func send(_ request: HTTPRequest) async -> HTTPAttempt { await loop.transfer(request) }
}
