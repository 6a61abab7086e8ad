import Dispatch
import Glibc

/// SIGINT or SIGTERM came.
struct Interruption: Error {
    let signal: Int32
}

/// Runs an operation until it ends or SIGINT or SIGTERM comes; then cancels it, waits for it, and throws `Interruption`.
func interruptible<Result: Sendable>(_ operation: @escaping @Sendable () async throws -> Result) async throws -> Result
{
    let (signals, continuation) = AsyncStream<Int32>.makeStream()
    let sources = [SIGINT, SIGTERM].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { continuation.yield(number) }
        source.resume()
        return source
    }
    defer { for source in sources { source.cancel() } }
    return try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await operation() }
        group.addTask {
            for await number in signals { throw Interruption(signal: number) }
            return nil
        }
        defer { group.cancelAll() }
        while let result = try await group.next() {
            if let result { return result }
        }
        throw CancellationError()
    }
}
