import Dispatch
import Glibc
import Synchronization

/// SIGINT, SIGTERM or SIGHUP came.
package struct Interruption: Error {
    package let signal: Int32
    /// How the command ended, in a sentence; nil for the usual end.
    package var consequence: String?

    /// The one that came during an operation which had its result all the same; nil if none did.
    package static var pending: Interruption? {
        let number = firstSignal.load(ordering: .sequentiallyConsistent)
        return number == 0 ? nil : Interruption(signal: number)
    }
}

/// Runs an operation until it ends or SIGINT, SIGTERM or SIGHUP comes; then cancels it, waits for it, and throws
/// `Interruption`. An operation that comes to its result all the same gives it: a report that was published is published.
///
/// A second signal ends the process at once, even while it waits for something.
package func interruptible<Result: Sendable>(
    _ operation: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    if let pending = Interruption.pending { throw pending }
    // Signals are caught before the operation makes anything that it would have to clean up.
    let watch = SignalWatch()
    defer { watch.end() }
    // The task is awaited here in any case. It is not a child: it must be cancelled when all threads of the pool are at work.
    let task = Task { try await operation() }
    watch.start { task.cancel() }
    do { return try await task.value } catch { throw Interruption.pending ?? error }
}

/// Watches for the signals that interrupt, between `init` and `end`; before and after they end the process.
private final class SignalWatch {
    /// A signal that follows this soon is the first one once more: timeout(1) sends it to the process and to its group, and
    /// when a terminal goes away, both the kernel and the shell send SIGHUP.
    fileprivate static let echoMilliseconds: Int64 = 50

    private let numbers: [Int32]
    private let ends: [Int32]
    private let source: any DispatchSourceRead

    /// Catches the signals; one that comes before `start` is acted on then.
    init() {
        // Whoever started us with nohup does not want SIGHUP to end the run.
        var hangup = sigaction()
        unsafe sigaction(SIGHUP, nil, &hangup)
        // SIG_IGN is the number 1.
        let isHeeded = unsafe hangup.__sigaction_handler.sa_handler.map { unsafe unsafeBitCast($0, to: Int.self) } != 1
        numbers = [SIGINT, SIGTERM] + (isHeeded ? [SIGHUP] : [])
        var ends: [Int32] = [-1, -1]
        unsafe pipe(&ends)
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        self.ends = ends
        // A queue of its own has a thread of its own when it needs one.
        source = DispatchSource.makeReadSource(fileDescriptor: ends[0], queue: DispatchQueue(label: "signals"))
        wakeEnd.store(ends[1], ordering: .sequentiallyConsistent)
        for number in numbers { signal(number, take) }
    }

    /// Calls `interrupted` when the first signal comes. To be called once.
    func start(_ interrupted: @escaping @Sendable () -> Void) {
        let ends = ends
        source.setEventHandler {
            var byte: UInt8 = 0
            if unsafe read(ends[0], &byte, 1) == 1 { interrupted() }
        }
        source.setCancelHandler { for end in ends { close(end) } }
        source.resume()
    }

    func end() {
        for number in numbers { signal(number, SIG_DFL) }
        wakeEnd.store(-1, ordering: .sequentiallyConsistent)
        source.cancel()
    }
}

private let firstSignal = Atomic<Int32>(0)
private let firstSignalMilliseconds = Atomic<Int64>(0)
private let wakeEnd = Atomic<Int32>(-1)

/// The signal handler: calls only functions that are safe in one.
private func take(_ number: Int32) {
    let code = errno
    defer { errno = code }
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    let now = Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    let isFirst = firstSignal.compareExchange(expected: 0, desired: number, ordering: .sequentiallyConsistent).exchanged
    if isFirst {
        firstSignalMilliseconds.store(now, ordering: .sequentiallyConsistent)
        var byte: UInt8 = 1
        unsafe write(wakeEnd.load(ordering: .sequentiallyConsistent), &byte, 1)
    } else if now - firstSignalMilliseconds.load(ordering: .sequentiallyConsistent) > SignalWatch.echoMilliseconds {
        _exit(128 + number)
    }
}
