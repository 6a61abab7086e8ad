import CCurl

/// The transfers that are under way, and libcurl's pool of connections. It belongs to one thread.
@safe final class Transfers {
    private let multi: UnsafeMutableRawPointer
    private let settings: HTTPSettings
    private let headers: UnsafeMutablePointer<curl_slist>?
    private let pool = PooledConnections()
    private var running: [Int: (transfer: Transfer, continuation: CheckedContinuation<HTTPAttempt, Never>)] = [:]
    /// Transfers over the limit, first come, first served. libcurl has such a queue too, but no time limit in it.
    private var waiting: [Waiting] = []

    private struct Waiting {
        let request: HTTPRequest
        let number: Int
        let deadline: ContinuousClock.Instant
        let continuation: CheckedContinuation<HTTPAttempt, Never>
    }

    init(multi: UnsafeMutableRawPointer, settings: HTTPSettings) {
        unsafe self.multi = multi
        self.settings = settings
        unsafe headers = unsafe settings.headers.reduce(nil) { list, header in
            unsafe curl_slist_append(list, header) ?? list
        }
        unsafe ccurl_multi_set_number(multi, CURLMOPT_MAX_HOST_CONNECTIONS, settings.concurrency)
        unsafe ccurl_multi_set_number(multi, CURLMOPT_MAXCONNECTS, settings.concurrency)
    }

    /// Begins a transfer, or has it wait for others to end. Its number must not be in use.
    func start(_ request: HTTPRequest, _ number: Int, _ continuation: CheckedContinuation<HTTPAttempt, Never>) {
        let deadline = ContinuousClock.now + request.timeout
        waiting.append(
            Waiting(request: request, number: number, deadline: deadline, continuation: continuation))
        startWaiting()
    }

    private func startWaiting() {
        while running.count < settings.concurrency, !waiting.isEmpty {
            let next = waiting.removeFirst()
            let transfer = unsafe Transfer(
                next.request, number: next.number, deadline: next.deadline, settings: settings, headers: headers,
                pool: pool)
            guard let transfer else {
                next.continuation.resume(returning: HTTPAttempt(.failed(.connection(.other)), requestCount: 0))
                continue
            }
            running[next.number] = (transfer, next.continuation)
            unsafe curl_multi_add_handle(multi, transfer.handle)
        }
    }

    /// Ends a transfer, and its connection with it; none if it has ended already.
    func cancel(_ number: Int) {
        if let place = waiting.firstIndex(where: { $0.number == number }) {
            waiting.remove(at: place).continuation.resume(returning: HTTPAttempt(.failed(.cancelled), requestCount: 0))
        }
        guard let (transfer, _) = running[number] else { return }
        unsafe curl_multi_remove_handle(multi, transfer.handle)
        finish(transfer, .failed(.cancelled))
    }

    func cancelAll() {
        for number in waiting.map(\.number) + Array(running.keys) { cancel(number) }
    }

    /// Sends and receives as much as is possible without waiting.
    func perform() {
        var count: Int32 = 0
        unsafe curl_multi_perform(multi, &count)
        while let message = unsafe curl_multi_info_read(multi, &count) {
            guard unsafe message.pointee.msg == CURLMSG_DONE, let handle = unsafe message.pointee.easy_handle,
                let pointer = unsafe ccurl_private(handle)
            else { continue }
            let (transfer, code) = unsafe (Transfer.from(pointer), ccurl_result(message))
            transfer.noteConnection()
            // The message goes with this.
            unsafe curl_multi_remove_handle(multi, handle)
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
        for late in late { late.continuation.resume(returning: HTTPAttempt(.failed(.timeout), requestCount: 0)) }
    }

    private func ended(_ transfer: Transfer, _ code: CURLcode) {
        guard transfer.mayBeSentAgain(after: code), let (_, continuation) = running[transfer.number],
            let again = unsafe Transfer(
                transfer.request, number: transfer.number, deadline: transfer.deadline, settings: settings,
                headers: headers, pool: pool, former: transfer)
        else { return finish(transfer, transfer.result(code)) }
        running[transfer.number] = (again, continuation)
        unsafe curl_multi_add_handle(multi, again.handle)
    }

    private func finish(_ transfer: Transfer, _ result: HTTPResult) {
        guard let (_, continuation) = running.removeValue(forKey: transfer.number) else { return }
        continuation.resume(returning: HTTPAttempt(result, requestCount: transfer.requestCount))
    }

    /// Waits until there is something to do, or another thread wakes this one.
    func wait() {
        var milliseconds = 60_000.0
        for waiting in waiting {
            milliseconds = min(milliseconds, ContinuousClock.now.duration(to: waiting.deadline) / .milliseconds(1))
        }
        unsafe curl_multi_poll(multi, nil, 0, Int32(max(0, milliseconds.rounded(.up))), nil)
    }

    /// Closes all connections; nothing may be running.
    func close() {
        unsafe curl_multi_cleanup(multi)
        unsafe curl_slist_free_all(headers)
    }
}
