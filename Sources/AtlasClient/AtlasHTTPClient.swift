import AsyncHTTPClient
import Atlas
import NIOCore
import NIOHTTP1
import NIOHTTPCompression

/// The HTTP side of Atlas's API: one client a run, connections kept alive, at most `concurrency` of them.
///
/// The library's defaults are not ours: redirects are refused, for a custom header such as the secret would be forwarded to
/// another host; connections are not retried by the library, since the run counts its attempts; the time limit covers the
/// whole answer, which the library's own does not. TLS verification cannot be turned off.
public final class AtlasHTTPClient: Sendable {
    /// The largest answer, packed or unpacked (FORMATS.md: an answer over 4 MiB is `bad-body`).
    public static let largestBodyByteCount = 4 * 1024 * 1024

    private let baseURL: AtlasBaseURL
    private let credentials: AtlasCredentials
    private let client: HTTPClient

    /// Shut it down when the run ends.
    public init(baseURL: AtlasBaseURL, credentials: AtlasCredentials, concurrency: Int) {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.decompression = .enabled(limit: .size(Self.largestBodyByteCount))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(concurrency, 1)
        configuration.timeout.connect = .seconds(10)
        configuration.connectionPool.retryConnectionEstablishment = false
        self.baseURL = baseURL
        self.credentials = credentials
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
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
        await withTaskGroup(of: AttemptResult.self) { group in
            group.addTask { await self.exchange(operation, body) }
            group.addTask {
                do { try await Task.sleep(for: timeout) } catch { return .failed(.cancelled) }
                return .failed(.timeout)
            }
            let first = await group.next() ?? .failed(.cancelled)
            group.cancelAll()
            return Task.isCancelled ? .failed(.cancelled) : first
        }
    }

    private func request(_ operation: AtlasOperation, _ body: [UInt8]) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: baseURL.description + operation.path)
        request.method = .POST
        request.headers = [
            "Accept": "application/json", "Content-Type": "application/json", "Accept-Encoding": "gzip",
            "x-atlas-client-id": credentials.clientId, "x-atlas-client-secret": credentials.clientSecret,
        ]
        request.body = .bytes(ByteBuffer(bytes: body))
        return request
    }

    private func exchange(_ operation: AtlasOperation, _ body: [UInt8]) async -> AttemptResult {
        let response: HTTPClientResponse
        do {
            // The attempt's own clock ends it; the library's deadline ends at the head and is set out of the way.
            response = try await client.execute(request(operation, body), deadline: .distantFuture)
        } catch {
            return .failed(Self.failure(error))
        }
        let status = Int(response.status.code)
        var answer = HTTPAnswer(httpStatus: status, retryAfter: response.headers["retry-after"])
        guard (200..<300).contains(status) else {
            // A short body is read to its end so that the connection can be used again; what it says decides nothing.
            if status >= 400, status != 401, status != 403 {
                _ = try? await response.body.collect(upTo: Self.largestErrorBodyByteCount)
            }
            return .answer(answer)
        }
        do {
            answer.body = Array(buffer: try await response.body.collect(upTo: Self.largestBodyByteCount))
            // A body that is read by a cancelled task may end early without an error.
            return Task.isCancelled ? .failed(.cancelled) : .answer(answer)
        } catch {
            return .failed(Self.failure(error, httpStatus: status))
        }
    }

    private static let largestErrorBodyByteCount = 65_536

    private static func failure(_ error: any Error, httpStatus: Int = 0) -> AttemptFailure {
        if error is CancellationError { return .cancelled }
        if error is NIOTooManyBytesError { return .bodyTooLarge(httpStatus: httpStatus) }
        if let error = error as? HTTPClientError { return failure(error) }
        if let error = error as? NIOHTTPDecompression.DecompressionError {
            return error == .limit ? .bodyTooLarge(httpStatus: httpStatus) : .badEncoding(httpStatus: httpStatus)
        }
        if error is NIOHTTPDecompression.ExtraDecompressionError { return .badEncoding(httpStatus: httpStatus) }
        // The TLS library is no dependency of ours; its errors are known by their module. A connection that ends without
        // TLS's own goodbye was cut, not refused.
        let isTLS = String(reflecting: type(of: error)).hasPrefix("NIOSSL.")
        return isTLS && String(describing: error) != "uncleanShutdown" ? .tls : .connection
    }

    private static func failure(_ error: HTTPClientError) -> AttemptFailure {
        switch error {
        case .cancelled: .cancelled
        case .connectTimeout, .readTimeout, .writeTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout,
            .tlsHandshakeTimeout:
            .timeout
        default: .connection
        }
    }
}

extension AtlasHTTPClient: CustomStringConvertible, CustomReflectable {
    public var description: String { "AtlasHTTPClient(\(baseURL))" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
