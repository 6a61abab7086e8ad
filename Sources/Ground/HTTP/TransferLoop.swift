import CCurl
import Glibc
import Synchronization
import Processes

/// The thread that sends a client's requests and receives their answers; the tasks that ask run on it too.
///
/// libcurl's handles belong to this thread. Requests of other threads come through the inbox.
@safe final class TransferLoop: TaskExecutor {
    private enum Order {
        case start(HTTPRequest, number: Int, CheckedContinuation<HTTPAttempt, Never>)
        case cancel(number: Int)
    }

    private struct Inbox {
        var jobs: [UnownedJob] = []
        var orders: [Order] = []
        var latestNumber = 0
        /// Whether the thread waits for the network, and has to be woken.
        var isAsleep = false
        var isClosing = false
        /// The thread is gone, or about to go; or there was never one, for want of memory.
        var hasEnded = false
        var waitingForTheEnd: [CheckedContinuation<Void, Never>] = []

        var isEmpty: Bool { jobs.isEmpty && orders.isEmpty }
    }

    private let inbox = Mutex(Inbox())
    private let settings: HTTPSettings
    /// Used by the thread alone, but for waking it, which any thread may do.
    private nonisolated(unsafe) let multi: UnsafeMutableRawPointer?

    /// Once in a process, before anything else of libcurl's.
    private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    init(_ settings: HTTPSettings) {
        self.settings = settings
        unsafe multi = unsafe Self.isLibraryReady ? curl_multi_init() : nil
        guard unsafe multi != nil else {
            inbox.withLock { $0.hasEnded = true }
            return
        }
        // It lives as long as its thread, which ends when it is closed.
        let own = unsafe Unmanaged.passRetained(self)
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<TransferLoop>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, unsafe own.toOpaque())
        guard code == 0 else {
            unsafe own.release()
            inbox.withLock { $0.hasEnded = true }
            return
        }
        pthread_detach(thread)
    }

    // MARK: From any thread

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isTaken = inbox.withLock { inbox in
            guard !inbox.hasEnded else { return false }
            inbox.jobs.append(job)
            wake(&inbox)
            return true
        }
        if !isTaken { globalConcurrentExecutor.enqueue(ExecutorJob(job)) }
    }

    /// Sends a request and waits for its answer; cancelled with its task.
    func transfer(_ request: HTTPRequest) async -> HTTPAttempt {
        let number = inbox.withLock { inbox in
            inbox.latestNumber += 1
            return inbox.latestNumber
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                order(.start(request, number: number, continuation))
                // The handler may have been called before there was anything to cancel.
                if Task.isCancelled { order(.cancel(number: number)) }
            }
        } onCancel: {
            order(.cancel(number: number))
        }
    }

    private func order(_ order: Order) {
        let isTaken = inbox.withLock { inbox in
            guard !inbox.isClosing, !inbox.hasEnded else { return false }
            inbox.orders.append(order)
            wake(&inbox)
            return true
        }
        if !isTaken, case .start(_, _, let continuation) = order {
            continuation.resume(returning: HTTPAttempt(.failed(.cancelled), requestCount: 0))
        }
    }

    /// Ends all transfers and closes all connections, soon.
    func close() {
        inbox.withLock { inbox in
            inbox.isClosing = true
            wake(&inbox)
        }
    }

    /// Returns when all connections are closed.
    func closed() async {
        close()
        await withCheckedContinuation { continuation in
            let hasEnded = inbox.withLock { inbox in
                if !inbox.hasEnded { inbox.waitingForTheEnd.append(continuation) }
                return inbox.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    /// Within the lock: when the thread has ended, the handle is gone.
    private func wake(_ inbox: inout Inbox) {
        guard inbox.isAsleep else { return }
        inbox.isAsleep = false
        unsafe curl_multi_wakeup(multi)
    }

    // MARK: On its own thread

    private func run() {
        guard let multi = unsafe multi else { return }
        // The TLS library writes to connections that the other end may have closed: an error is enough.
        Signals.blockBrokenPipesOnThisThread()
        let transfers = unsafe Transfers(multi: multi, settings: settings)
        while true {
            let (jobs, orders, isClosing) = takeInbox()
            for job in jobs { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
            for order in orders {
                switch order {
                case .start(let request, let number, let continuation): transfers.start(request, number, continuation)
                case .cancel(let number): transfers.cancel(number)
                }
            }
            if isClosing {
                // Whoever waited for an answer still runs here.
                transfers.cancelAll()
                if mayEnd() { break }
                continue
            }
            transfers.perform()
            if fallsAsleep() {
                transfers.wait()
                inbox.withLock { $0.isAsleep = false }
            }
        }
        transfers.close()
        for continuation in inbox.withLock({ $0.waitingForTheEnd }) { continuation.resume() }
    }

    private func takeInbox() -> (jobs: [UnownedJob], orders: [Order], isClosing: Bool) {
        inbox.withLock { inbox in
            defer {
                inbox.jobs.removeAll()
                inbox.orders.removeAll()
            }
            return (inbox.jobs, inbox.orders, inbox.isClosing)
        }
    }

    private func fallsAsleep() -> Bool {
        inbox.withLock { inbox in
            inbox.isAsleep = inbox.isEmpty && !inbox.isClosing
            return inbox.isAsleep
        }
    }

    private func mayEnd() -> Bool {
        inbox.withLock { inbox in
            inbox.hasEnded = inbox.isEmpty
            return inbox.hasEnded
        }
    }
}
