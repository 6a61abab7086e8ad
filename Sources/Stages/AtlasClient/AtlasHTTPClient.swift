import Atlas
import HTTP
import Memory
import Refunds

/// The HTTP side of Atlas's API: one client a run (`HTTPClient`).
package final class AtlasHTTPClient: Sendable {
    /// The largest answer, packed or unpacked (FORMATS.md: an answer over 4 MiB is `bad-body`).
    package static let largestBodyByteCount = 4 * 1024 * 1024

    private let baseURL: AtlasBaseURL
    private let client: HTTPClient

    /// Shut it down when the run ends.
    package init(baseURL: AtlasBaseURL, credentials: AtlasCredentials, concurrency: Int) {
        self.baseURL = baseURL
        client = HTTPClient(
            HTTPSettings(
                baseURL: baseURL.description,
                headers: [
                    "Accept: application/json", "Content-Type: application/json",
                    "x-atlas-client-id: \(credentials.clientID)", "x-atlas-client-secret: \(credentials.clientSecret)",
                ],
                concurrency: concurrency, largestBodyByteCount: Self.largestBodyByteCount))
    }

    /// Runs tasks on the thread of the connections: to ask from there saves each request several changes of threads.
    package var taskExecutor: any TaskExecutor { client.taskExecutor }

    /// Closes every connection; the client is of no use afterwards.
    package func shutdown() async { await client.shutdown() }

    /// Asks once. The time limit covers all of it, from connecting to the body's last byte.
    package func attempt(_ operation: AtlasOperation, body: [UInt8], timeout: Duration) async -> AttemptResult {
        await countedAttempt(operation, body: body, timeout: timeout).result
    }

    /// Asks once, and says how many requests that took.
    package func countedAttempt(_ operation: AtlasOperation, body: [UInt8], timeout: Duration) async -> Attempt {
        let attempt = await client.send(
            HTTPRequest(
                // Nobody knows what became of a refund that was asked for and not answered.
                path: operation.path, body: body, timeout: timeout, isSafe: operation == .queryRefundOrders))
        return Attempt(AttemptResult(attempt.result), requestCount: attempt.requestCount)
    }
}

extension AttemptResult {
    fileprivate init(_ result: HTTPResult) {
        self =
            switch result {
            case .answer(let answer):
                .answer(HTTPAnswer(httpStatus: answer.status, body: answer.body, retryAfter: answer.retryAfter))
            case .failed(.timeout): .failed(.timeout)
            case .failed(.connection(let fault)): .failed(.connection(ConnectionFailure(fault)))
            case .failed(.bodyTooLarge(let status)): .failed(.bodyTooLarge(httpStatus: status))
            case .failed(.badEncoding(let status)): .failed(.badEncoding(httpStatus: status))
            case .failed(.cancelled): .failed(.cancelled)
            }
    }
}

extension ConnectionFailure {
    fileprivate init(_ fault: ConnectionFault) {
        self =
            switch fault {
            case .refused: .refused
            case .reset: .reset
            case .closedEarly: .closedEarly
            case .nameNotFound: .nameNotFound
            case .noRoute: .noRoute
            case .notHTTP: .notHTTP
            case .certificateNotTrusted: .certificateNotTrusted
            case .certificateOfAnotherHost: .certificateOfAnotherHost
            case .handshake: .handshake
            case .other: .other
            }
    }
}

extension AtlasHTTPClient: CustomStringConvertible, CustomReflectable {
    package var description: String { "AtlasHTTPClient(\(baseURL))" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
