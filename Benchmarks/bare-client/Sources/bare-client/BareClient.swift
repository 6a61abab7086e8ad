import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOHTTPCompression

/// Asks like a run, but does nothing with the answers: no rate, no retries, no circuit, no journal, and nothing is judged.
///
///     bare-client documented|tuned URL CONCURRENCY < BODIES
///
/// `documented` uses the library as its documentation shows; `tuned` as a run does. It prints what a run prints.
@main
struct BareClient {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let concurrency = Int(arguments[3]), concurrency > 0 else {
            fatalError("bare-client documented|tuned URL CONCURRENCY < BODIES")
        }
        var bodies: [ByteBuffer] = []
        while let line = readLine() { bodies.append(ByteBuffer(string: line)) }
        let bare = try BareClient(isTuned: arguments[1] == "tuned", url: arguments[2], concurrency: concurrency)
        let start = ContinuousClock.now
        let latencies = try await bare.ask(bodies, concurrency).sorted()
        let seconds = start.duration(to: .now) / .seconds(1)
        func milliseconds(_ permille: Int) -> String {
            let tenths = Int(latencies[(latencies.count - 1) * permille / 1000] / .microseconds(100))
            return "\(tenths / 10).\(tenths % 10) ms"
        }
        print("\(Int(Double(latencies.count) / seconds)) a second, p50 \(milliseconds(500)), p99 \(milliseconds(990))")
        try await bare.client.shutdown()
    }

    private let client: HTTPClient
    private let executor: (any TaskExecutor)?
    private let request: HTTPClient.Request

    /// The settings are those of `AtlasHTTPClient`.
    init(isTuned: Bool, url: String, concurrency: Int) throws {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.decompression = .enabled(limit: .size(4 * 1024 * 1024))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = concurrency
        if isTuned {
            configuration.tracing.tracer = nil
            configuration.http1_1ConnectionDebugInitializer = { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(FlushConsolidation(), position: .first)
                }
            }
            let eventLoop = HTTPClient.defaultEventLoopGroup.any()
            executor = EventLoopExecutor(eventLoop: eventLoop)
            client = HTTPClient(eventLoopGroupProvider: .shared(eventLoop), configuration: configuration)
        } else {
            executor = nil
            client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        }
        let headers: HTTPHeaders = [
            "Accept": "application/json", "Content-Type": "application/json", "Accept-Encoding": "gzip",
            "x-atlas-client-id": "benchmark", "x-atlas-client-secret": "benchmark",
        ]
        request = try HTTPClient.Request(url: url, method: .POST, headers: headers)
    }

    /// A sliding window; how long each request took.
    private func ask(_ bodies: [ByteBuffer], _ concurrency: Int) async throws -> [Duration] {
        try await withTaskExecutorPreference(executor) {
            try await withThrowingTaskGroup(of: Duration.self) { group in
                var rest = bodies[...]
                var latencies: [Duration] = []
                func addNext() {
                    guard let body = rest.popFirst() else { return }
                    group.addTask {
                        let start = ContinuousClock.now
                        let byteCount = executor == nil ? try await askAsDocumented(body) : try await askTuned(body)
                        guard byteCount > 0 else { throw NoAnswer() }
                        return start.duration(to: .now)
                    }
                }
                for _ in 0..<concurrency { addNext() }
                while let latency = try await group.next() {
                    latencies.append(latency)
                    addNext()
                }
                return latencies
            }
        }
    }

    private struct NoAnswer: Error {}

    private func askAsDocumented(_ body: ByteBuffer) async throws -> Int {
        var request = HTTPClientRequest(url: request.url.absoluteString)
        request.method = .POST
        request.headers = self.request.headers
        request.body = .bytes(body)
        let response = try await client.execute(request, timeout: .seconds(30))
        return try await response.body.collect(upTo: 4 * 1024 * 1024).readableBytes
    }

    private func askTuned(_ body: ByteBuffer) async throws -> Int {
        var request = request
        request.body = .byteBuffer(body)
        return try await client.execute(request: request, deadline: .now() + .seconds(30)).get().body?.readableBytes
            ?? 0
    }
}
