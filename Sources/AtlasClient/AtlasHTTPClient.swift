import AsyncHTTPClient
import Atlas
import Core
import NIOCore
import NIOHTTP1
import NIOHTTPCompression

/// The HTTP side of Atlas's API: one client a run, connections kept alive, at most `concurrency` of them.
///
/// The library's defaults are not ours: redirects are refused, for a custom header such as the secret would be forwarded to
/// another host; connections are not retried by the library, since the run counts its attempts; the time limit is a timer of
/// each attempt's own. TLS verification cannot be turned off.
public final class AtlasHTTPClient: Sendable {
    /// The largest answer, packed or unpacked (FORMATS.md: an answer over 4 MiB is `bad-body`).
    public static let largestBodyByteCount = 4 * 1024 * 1024

    /// Runs tasks on the thread of the connections: to ask from there saves each request several changes of threads.
    public let taskExecutor: any TaskExecutor

    private let baseURL: AtlasBaseURL
    /// By operation, complete but for the body; none if the library takes the URL for none.
    private let requests: [AtlasOperation: HTTPClient.Request]
    private let eventLoop: any EventLoop
    private let client: HTTPClient

    /// Shut it down when the run ends.
    public init(baseURL: AtlasBaseURL, credentials: AtlasCredentials, concurrency: Int) {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.decompression = .enabled(limit: .size(Self.largestBodyByteCount))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(concurrency, 1)
        configuration.timeout.connect = .seconds(10)
        configuration.connectionPool.retryConnectionEstablishment = false
        // Nobody reads traces, but the library would put one together for every request.
        configuration.tracing.tracer = nil
        configuration.http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHandler(FlushConsolidation(), position: .first)
                let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
                try pipeline.addHandler(StatusLineCheck(), position: .after(decoder))
            }
        }
        self.baseURL = baseURL
        requests = Self.requests(baseURL, credentials)
        // One thread: it asks more than Atlas would answer, and on several each request costs more.
        eventLoop = HTTPClient.defaultEventLoopGroup.any()
        taskExecutor = EventLoopExecutor(eventLoop: eventLoop)
        client = HTTPClient(eventLoopGroupProvider: .shared(eventLoop), configuration: configuration)
    }

    private static func requests(
        _ baseURL: AtlasBaseURL, _ credentials: AtlasCredentials
    ) -> [AtlasOperation: HTTPClient.Request] {
        let headers: HTTPHeaders = [
            "Accept": "application/json", "Content-Type": "application/json", "Accept-Encoding": "gzip",
            "x-atlas-client-id": credentials.clientId, "x-atlas-client-secret": credentials.clientSecret,
        ]
        var requests: [AtlasOperation: HTTPClient.Request] = [:]
        for operation in AtlasOperation.allCases {
            requests[operation] = try? HTTPClient.Request(
                url: baseURL.description + operation.path, method: .POST, headers: headers)
        }
        return requests
    }

    /// Closes every connection; the client is of no use afterwards.
    ///
    /// The library waits for connections that are being made, for up to their time limit. Nobody who interrupts a run wants
    /// to, so this returns after a second at the latest, and the library ends by itself.
    public func shutdown() async throws {
        let (closed, closing) = AsyncThrowingStream<Never, any Error>.makeStream()
        client.shutdown { [client] error in
            // The client must live until it is closed.
            withExtendedLifetime(client) { closing.finish(throwing: error) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for try await _ in closed {} }
            group.addTask { try await Task.sleep(for: .seconds(1)) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Sends one request, once. The time limit covers all of it, from connecting to the body's last byte.
    public func attempt(_ operation: AtlasOperation, body: [UInt8], timeout: Duration) async -> AttemptResult {
        guard var request = requests[operation] else { return .failed(.connection(.other)) }
        request.body = .byteBuffer(ByteBuffer(bytes: body))
        let collector = AnswerCollector()
        let exchange = client.execute(request: request, delegate: collector)
        do {
            let expiry = try eventLoop.scheduleCallback(in: TimeAmount(timeout), handler: Expiry(exchange: exchange))
            defer { expiry.cancel() }
            return .answer(
                try await withTaskCancellationHandler {
                    try await exchange.get()
                } onCancel: {
                    exchange.cancel()
                })
        } catch {
            return Self.result(error, head: collector.head)
        }
    }

    /// Ends an exchange whose time is over. The library's own deadline would name an earlier fault of another connection
    /// instead if this exchange still waits for one.
    private struct Expiry: NIOScheduledCallbackHandler, Sendable {
        let exchange: HTTPClient.Task<HTTPAnswer>

        func handleScheduledCallback(eventLoop: some EventLoop) {
            exchange.fail(reason: HTTPClientError.deadlineExceeded)
        }
    }

    /// An answer that ended with an error after its head is one all the same if its body decides nothing.
    private static func result(_ error: any Error, head: HTTPAnswer?) -> AttemptResult {
        let failure = failure(error, httpStatus: head?.httpStatus ?? 0)
        guard let head, !AnswerCollector.isSuccess(head.httpStatus), failure != .cancelled, failure != .timeout else {
            return .failed(failure)
        }
        return .answer(head)
    }

    private static func failure(_ error: any Error, httpStatus: Int = 0) -> AttemptFailure {
        if error is CancellationError { return .cancelled }
        if error is NIOTooManyBytesError { return .bodyTooLarge(httpStatus: httpStatus) }
        if let error = error as? HTTPClientError { return failure(error) }
        if let error = error as? NIOHTTPDecompression.DecompressionError {
            return error == .limit ? .bodyTooLarge(httpStatus: httpStatus) : .badEncoding(httpStatus: httpStatus)
        }
        if error is NIOHTTPDecompression.ExtraDecompressionError { return .badEncoding(httpStatus: httpStatus) }
        return .connection(ConnectionFailure(error))
    }

    private static func failure(_ error: HTTPClientError) -> AttemptFailure {
        switch error {
        case .cancelled: .cancelled
        case .connectTimeout, .readTimeout, .writeTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout,
            .tlsHandshakeTimeout:
            .timeout
        default: .connection(ConnectionFailure(error))
        }
    }
}

extension AtlasHTTPClient: CustomStringConvertible, CustomReflectable {
    public var description: String { "AtlasHTTPClient(\(baseURL))" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
