import Atlas
import AtlasClient

/// Asks one question, once: over HTTP, or as a test wants it.
package protocol StatusTransport: Sendable {
    /// One attempt, which must end within the timeout, or soon after its task is cancelled.
    func ask(_ question: StatusQuestion, timeout: Duration) async -> Attempt

    /// Where it is best asked from; nil if that makes no difference.
    var taskExecutor: (any TaskExecutor)? { get }
}

extension StatusTransport {
    package var taskExecutor: (any TaskExecutor)? { nil }
}

/// Asks Atlas.
package struct AtlasStatusTransport: StatusTransport {
    private let client: AtlasHTTPClient

    package init(client: AtlasHTTPClient) { self.client = client }

    package var taskExecutor: (any TaskExecutor)? { client.taskExecutor }

    package func ask(_ question: StatusQuestion, timeout: Duration) async -> Attempt {
        await client.countedAttempt(.queryRefundOrders, body: question.request.encoded(), timeout: timeout)
    }
}
