import CCurl
import Memory
import Refunds

/// The state that all transfers of a client share.
struct TransferSettings: Sendable {
    let baseURL: String
    let headers: [String]
    let concurrency: Int
}

/// A request to be sent.
struct TransferRequest: Sendable {
    let path: String
    let body: [UInt8]
    let timeout: Duration
    /// Whether it may be sent twice.
    let isSafe: Bool
}

/// The transfers that are under way, and libcurl's pool of connections. It belongs to one thread.
final class Transfers {
    private let multi: UnsafeMutableRawPointer
    private let settings: TransferSettings
    private let headers: UnsafeMutablePointer<curl_slist>?
    private let pool = PooledConnections()
    private var running: [Int: (transfer: Transfer, continuation: CheckedContinuation<Attempt, Never>)] = [:]
    /// Transfers over the limit, first come, first served. libcurl has such a queue too, but no time limit in it.
    private var waiting: [Waiting] = []

    private struct Waiting {
        let request: TransferRequest
        let number: Int
        let deadline: ContinuousClock.Instant
        let continuation: CheckedContinuation<Attempt, Never>
    }

    init(multi: UnsafeMutableRawPointer, settings: TransferSettings) {
        self.multi = multi
        self.settings = settings
        headers = settings.headers.reduce(nil) { list, header in curl_slist_append(list, header) ?? list }
        ccurl_multi_set_number(multi, CURLMOPT_MAX_HOST_CONNECTIONS, settings.concurrency)
        ccurl_multi_set_number(multi, CURLMOPT_MAXCONNECTS, settings.concurrency)
    }

    /// Begins a transfer, or has it wait for others to end. Its number must not be in use.
    func start(_ request: TransferRequest, _ number: Int, _ continuation: CheckedContinuation<Attempt, Never>) {
        let deadline = ContinuousClock.now + request.timeout
        waiting.append(
            Waiting(request: request, number: number, deadline: deadline, continuation: continuation))
        startWaiting()
    }

    private func startWaiting() {
        while running.count < settings.concurrency, !waiting.isEmpty {
            let next = waiting.removeFirst()
            let transfer = Transfer(
                next.request, number: next.number, deadline: next.deadline, baseURL: settings.baseURL, headers: headers,
                pool: pool)
            guard let transfer else {
                next.continuation.resume(returning: Attempt(.failed(.connection(.other)), requestCount: 0))
                continue
            }
            running[next.number] = (transfer, next.continuation)
            curl_multi_add_handle(multi, transfer.handle)
        }
    }

    /// Ends a transfer, and its connection with it; none if it has ended already.
    func cancel(_ number: Int) {
        if let place = waiting.firstIndex(where: { $0.number == number }) {
            waiting.remove(at: place).continuation.resume(returning: Attempt(.failed(.cancelled), requestCount: 0))
        }
        guard let (transfer, _) = running[number] else { return }
        curl_multi_remove_handle(multi, transfer.handle)
        finish(transfer, .failed(.cancelled))
    }

    func cancelAll() {
        for number in waiting.map(\.number) + Array(running.keys) { cancel(number) }
    }

    /// Sends and receives as much as is possible without waiting.
    func perform() {
        var count: Int32 = 0
        curl_multi_perform(multi, &count)
        while let message = curl_multi_info_read(multi, &count) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle,
                let pointer = ccurl_private(handle)
            else { continue }
            let (transfer, code) = (Transfer.from(pointer), ccurl_result(message))
            transfer.noteConnection()
            // The message goes with this.
            curl_multi_remove_handle(multi, handle)
            ended(transfer, code)
        }
        expire()
        startWaiting()
    }

    private func expire() {
        guard !waiting.isEmpty else { return }
        let now = ContinuousClock.now
        let late = waiting.filter { $0.deadline <= now }
        waiting.removeAll { $0.deadline <= now }
        for late in late { late.continuation.resume(returning: Attempt(.failed(.timeout), requestCount: 0)) }
    }

    private func ended(_ transfer: Transfer, _ code: CURLcode) {
        guard transfer.mayBeSentAgain(after: code), let (_, continuation) = running[transfer.number],
            let again = Transfer(
                transfer.request, number: transfer.number, deadline: transfer.deadline, baseURL: settings.baseURL,
                headers: headers, pool: pool, former: transfer)
        else { return finish(transfer, transfer.result(code)) }
        running[transfer.number] = (again, continuation)
        curl_multi_add_handle(multi, again.handle)
    }

    private func finish(_ transfer: Transfer, _ result: AttemptResult) {
        guard let (_, continuation) = running.removeValue(forKey: transfer.number) else { return }
        continuation.resume(returning: Attempt(result, requestCount: transfer.requestCount))
    }

    /// Waits until there is something to do, or another thread wakes this one.
    func wait() {
        var milliseconds = 60_000.0
        for waiting in waiting {
            milliseconds = min(milliseconds, ContinuousClock.now.duration(to: waiting.deadline) / .milliseconds(1))
        }
        curl_multi_poll(multi, nil, 0, Int32(max(0, milliseconds.rounded(.up))), nil)
    }

    /// Closes all connections; nothing may be running.
    func close() {
        curl_multi_cleanup(multi)
        curl_slist_free_all(headers)
    }
}
