import AtlasClient
import Dispatch
import Query
import Synchronization

/// Answers only when `width` requests are in flight, again and again.
actor BarrierTransport: StatusTransport {
    private let width: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(width: Int) { self.width = width }

    func ask(_ question: StatusQuestion, timeout: Duration) async -> Attempt {
        await withCheckedContinuation { continuation in
            waiting.append(continuation)
            guard waiting.count == width else { return }
            waiting.forEach { $0.resume() }
            waiting = []
        }
        return Attempt(Fake.ok(question))
    }
}

/// Lets every attempt run into its timeout.
struct SlowTransport: StatusTransport {
    let clock: JumpClock
    let note: @Sendable (Duration) -> Void

    func ask(_ question: StatusQuestion, timeout: Duration) async -> Attempt {
        note(timeout)
        clock.advance(by: timeout)
        return Attempt(.failed(.timeout))
    }
}

/// Answers some requests, and none after them until it is cancelled.
final class HangingTransport: StatusTransport {
    private let requests = Mutex(0)
    private let limit: Int
    private let hanging: AsyncStream<Void>
    private let hang: AsyncStream<Void>.Continuation

    init(after limit: Int) {
        self.limit = limit
        (hanging, hang) = AsyncStream.makeStream()
    }

    /// Returns when so many requests hang, or none will any more.
    func hangs(_ count: Int) async {
        var hangs = 0
        for await _ in hanging {
            hangs += 1
            if hangs == count { return }
        }
    }

    /// No more requests will come.
    func stop() { hang.finish() }

    func ask(_ question: StatusQuestion, timeout: Duration) async -> Attempt {
        let number = requests.withLock { requests in
            requests += 1
            return requests
        }
        if number <= limit { return Attempt(Fake.ok(question)) }
        hang.yield()
        do { try await Task.sleep(for: .seconds(3600)) } catch { return Attempt(.failed(.cancelled)) }
        return Attempt(.failed(.timeout))
    }
}

/// Answers everything, and counts the requests that came from its own executor.
final class ExecutorTransport: StatusTransport {
    private final class Executor: TaskExecutor {
        static let mark = DispatchSpecificKey<Bool>()
        private let queue = DispatchQueue(label: "ExecutorTransport")

        init() { queue.setSpecific(key: Self.mark, value: true) }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }

    private let executor = Executor()
    private let count = Mutex(0)

    var taskExecutor: (any TaskExecutor)? { executor }
    var requestsOnExecutor: Int { count.withLock { $0 } }

    func ask(_ question: StatusQuestion, timeout: Duration) async -> Attempt {
        if DispatchQueue.getSpecific(key: Executor.mark) == true { count.withLock { $0 += 1 } }
        return Attempt(Fake.ok(question))
    }
}
