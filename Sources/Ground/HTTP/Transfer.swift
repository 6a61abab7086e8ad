import CCurl
import Glibc

/// One request and its answer, by a handle of libcurl's. It belongs to one thread.
///
/// Each request has a handle of its own, the second one of an attempt too: libcurl 7.88 keeps a pointer to the last header
/// of a handle's former answer, and a server can make it write there.
@safe final class Transfer {
    let handle: UnsafeMutableRawPointer
    let request: HTTPRequest
    let number: Int
    let deadline: ContinuousClock.Instant
    /// How many requests were sent in this attempt.
    private(set) var requestCount: Int
    private let pool: PooledConnections
    /// libcurl's message for the failure.
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var collector: AnswerCollector
    /// It has a new connection, so nobody else can be the cause of its failure.
    private let isAlone: Bool
    /// The last request was sent, or was to be sent, on a connection that has served others.
    private var isPooled = false

    /// libcurl itself sends a request again when the connection that it had from the pool turns out to be closed. No more
    /// often than this; then on a new connection.
    private static let largestPooledRequestCount = 3
    private static let connectTimeoutMilliseconds = 10_000

    /// - Parameters:
    ///   - headers: must outlive the handle.
    ///   - former: the attempt's first transfer, whose connection had gone bad.
    init?(
        _ request: HTTPRequest, number: Int, deadline: ContinuousClock.Instant, settings: HTTPSettings,
        headers: UnsafeMutablePointer<curl_slist>?, pool: PooledConnections, former: Transfer? = nil
    ) {
        guard let handle = unsafe curl_easy_init() else { return nil }
        unsafe self.handle = handle
        self.request = request
        self.number = number
        self.deadline = deadline
        self.pool = pool
        requestCount = former?.requestCount ?? 0
        collector = AnswerCollector(largestBodyByteCount: settings.largestBodyByteCount)
        // On a connection from the pool, libcurl would send the request again if it were closed.
        isAlone = former != nil || !request.isSafe
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        unsafe ccurl_set_pointer(handle, CURLOPT_PRIVATE, Unmanaged.passUnretained(self).toOpaque())
        unsafe ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
        unsafe ccurl_set_pointer(handle, CURLOPT_HTTPHEADER, headers)
        unsafe ccurl_set_text(handle, CURLOPT_URL, settings.baseURL + request.path)
        unsafe request.body.withUnsafeBytes { _ = unsafe ccurl_set_body(handle, $0.baseAddress, $0.count) }
        unsafe ccurl_set_number(handle, CURLOPT_FRESH_CONNECT, isAlone ? 1 : 0)
        let milliseconds = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
        unsafe ccurl_set_number(handle, CURLOPT_TIMEOUT_MS, Int(max(1, min(milliseconds.rounded(.up), 1e9))))
        setSafeguards()
        setReceivers()
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
        unsafe errorText.deallocate()
    }

    static func from(_ pointer: UnsafeMutableRawPointer) -> Transfer {
        unsafe Unmanaged<Transfer>.fromOpaque(pointer).takeUnretainedValue()
    }

    private func setSafeguards() {
        unsafe ccurl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        unsafe ccurl_set_text(handle, CURLOPT_PROXY, "")
        unsafe ccurl_set_number(handle, CURLOPT_FOLLOWLOCATION, 0)
        unsafe ccurl_set_number(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        unsafe ccurl_set_number(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        unsafe ccurl_set_number(handle, CURLOPT_SSL_VERIFYPEER, 1)
        unsafe ccurl_set_number(handle, CURLOPT_SSL_VERIFYHOST, 2)
        unsafe ccurl_set_number(handle, CURLOPT_PATH_AS_IS, 1)
        unsafe ccurl_set_number(handle, CURLOPT_CONNECTTIMEOUT_MS, Self.connectTimeoutMilliseconds)
        // Bodies are unpacked by `ContentCoding`, within bounds.
        unsafe ccurl_set_number(handle, CURLOPT_HTTP_CONTENT_DECODING, 0)
        unsafe ccurl_set_number(handle, CURLOPT_NOSIGNAL, 1)
        unsafe ccurl_close_on_exec(handle)
        // Without it the thread would wait for a name server when the time of a transfer is over.
        unsafe ccurl_set_number(handle, CURLOPT_QUICK_EXIT, 1)
    }

    private func setReceivers() {
        let own = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe ccurl_set_pointer(handle, CURLOPT_HEADERDATA, own)
        unsafe ccurl_set_receiver(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, own in
            guard let bytes = unsafe bytes, let own = unsafe own else { return 0 }
            return unsafe Transfer.from(own).receiveHeadLine(slice(bytes, size * count))
        }
        unsafe ccurl_set_pointer(handle, CURLOPT_WRITEDATA, own)
        unsafe ccurl_set_receiver(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, own in
            guard let bytes = unsafe bytes, let own = unsafe own else { return 0 }
            return unsafe Transfer.from(own).receiveBody(slice(bytes, size * count))
        }
        unsafe ccurl_set_pointer(handle, CURLOPT_PREREQDATA, own)
        unsafe ccurl_set_before_request(handle) { own, _, _, _, localPort in
            guard let own = unsafe own else { return CURL_PREREQFUNC_ABORT }
            return unsafe Transfer.from(own).isToBeSent(localPort) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }
    }

    // MARK: On its way

    /// The connection is there: whether the request is to be sent on it.
    private func isToBeSent(_ localPort: Int32) -> Bool {
        isPooled = unsafe ccurl_number(handle, CURLINFO_NUM_CONNECTS) == 0
        guard requestCount == 0 || request.isSafe, isAlone || requestCount < Self.largestPooledRequestCount else {
            return false
        }
        if isPooled, pool.hasInput(localPort: localPort) { return false }
        requestCount += 1
        return true
    }

    private func receiveHeadLine(_ line: ArraySlice<UInt8>) -> Int {
        let status = unsafe ccurl_number(handle, CURLINFO_RESPONSE_CODE)
        return collector.receiveHeadLine(line, httpStatus: status) ? line.count : 0
    }

    private func receiveBody(_ piece: ArraySlice<UInt8>) -> Int {
        collector.receiveBody(piece) ? piece.count : 0
    }

    // MARK: Its end

    /// Whether the request came to grief on a connection that had served others, and may be sent once more.
    ///
    /// The other end may have closed it behind its last answer, or sent what nobody asked for: that is not the doing of the
    /// request which happened to be next. Once its own answer has begun, what happens is.
    func mayBeSentAgain(after code: CURLcode) -> Bool {
        guard request.isSafe, !isAlone, isPooled, code != CURLE_OPERATION_TIMEDOUT, collector.end == nil else {
            return false
        }
        // By 408 and its end a server says good-bye to a connection on which it had heard nothing (RFC 9110, 15.5.9).
        return collector.head.map { $0.status == 408 && collector.isLast } ?? true
    }

    /// Remembers the connection, which goes back to the pool. Call it before the handle is removed.
    func noteConnection() {
        let socket = unsafe ccurl_socket(handle)
        guard socket >= 0 else { return }
        unsafe pool.note(socket, localPort: Int32(ccurl_number(handle, CURLINFO_LOCAL_PORT)))
    }

    func result(_ code: CURLcode) -> HTTPResult {
        if code == CURLE_OK { return collector.wholeAnswer() }
        let failure = failure(code)
        // An answer that broke off after its head is one all the same if its body decides nothing.
        guard let head = collector.head, !AnswerCollector.isSuccess(head.status), failure != .timeout else {
            return .failed(failure)
        }
        return .answer(head)
    }

    private func failure(_ code: CURLcode) -> HTTPFailure {
        if code == CURLE_OPERATION_TIMEDOUT { return .timeout }
        if collector.end == .bodyTooLarge { return .bodyTooLarge(status: collector.head?.status ?? 0) }
        return unsafe .connection(
            ConnectionFault(
                code, systemError: ccurl_number(handle, CURLINFO_OS_ERRNO),
                text: String(cString: errorText)))
    }
}

/// A copy of the bytes that libcurl hands over.
private func slice(_ bytes: UnsafePointer<CChar>, _ count: Int) -> ArraySlice<UInt8> {
    unsafe UnsafeRawBufferPointer(start: bytes, count: count).withMemoryRebound(to: UInt8.self) {
        unsafe Array($0)[...]
    }
}
