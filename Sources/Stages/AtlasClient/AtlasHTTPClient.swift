import Atlas

/// The HTTP side of Atlas's API, by libcurl: one client a run, connections kept alive, at most `concurrency` of them.
///
/// Redirects are refused, for a custom header such as the secret would be forwarded to another host. A proxy is never used,
/// even if the environment names one, and TLS verification cannot be turned off.
///
/// A connection that goes bad harms no other request than the one that it was opened for or that was answered on it:
/// a query that was sent on a connection which had served others, and was not answered, is sent once more on a new one
/// (`Transfer.mayBeSentAgain`).
package final class AtlasHTTPClient: Sendable {
    /// The largest answer, packed or unpacked (FORMATS.md: an answer over 4 MiB is `bad-body`).
    package static let largestBodyByteCount = 4 * 1024 * 1024

    private let baseURL: AtlasBaseURL
    private let loop: TransferLoop

    /// Shut it down when the run ends.
    package init(baseURL: AtlasBaseURL, credentials: AtlasCredentials, concurrency: Int) {
        self.baseURL = baseURL
        loop = TransferLoop(
            TransferSettings(
                baseURL: baseURL.description,
                headers: [
                    "Accept: application/json", "Content-Type: application/json", "Accept-Encoding: gzip",
                    // libcurl would ask for leave to send a larger body.
                    "Expect:",
                    "x-atlas-client-id: \(credentials.clientID)", "x-atlas-client-secret: \(credentials.clientSecret)",
                ],
                concurrency: max(concurrency, 1)))
    }

    deinit { loop.close() }

    /// Runs tasks on the thread of the connections: to ask from there saves each request several changes of threads.
    package var taskExecutor: any TaskExecutor { loop }

    /// Closes every connection; the client is of no use afterwards.
    package func shutdown() async { await loop.closed() }

    /// Asks once. The time limit covers all of it, from connecting to the body's last byte.
    package func attempt(_ operation: AtlasOperation, body: [UInt8], timeout: Duration) async -> AttemptResult {
        await countedAttempt(operation, body: body, timeout: timeout).result
    }

    /// Asks once, and says how many requests that took.
    package func countedAttempt(_ operation: AtlasOperation, body: [UInt8], timeout: Duration) async -> Attempt {
        await loop.transfer(
            TransferRequest(
                // Nobody knows what became of a refund that was asked for and not answered.
                path: operation.path, body: body, timeout: timeout, isSafe: operation == .queryRefundOrders))
    }
}

extension AtlasHTTPClient: CustomStringConvertible, CustomReflectable {
    package var description: String { "AtlasHTTPClient(\(baseURL))" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
