/// Takes one answer as it comes, line by line of its head and piece by piece of its body, and no more of it than is of use.
struct AnswerCollector {
    /// Why no more of an answer is wanted.
    enum End {
        /// The rest of the body makes no difference.
        case unwanted
        case bodyTooLarge
        case headTooLarge
    }

    /// A head of more bytes is no answer of any use. Informational heads before it count too.
    private static let largestHeadByteCount = 128 * 1024

    /// The largest body that is taken, packed or unpacked.
    let largestBodyByteCount: Int
    /// Status and Retry-After, once the head has come.
    private(set) var head: HTTPResponse?
    /// Whether the head says that the connection ends with this answer.
    private(set) var isLast = false
    /// Why the transfer was ended by us.
    private(set) var end: End?
    private var headByteCount = 0
    private var retryAfter: [String] = []
    private var contentEncoding: [String] = []
    private var body: [UInt8] = []
    private var bodyByteCount = 0

    init(largestBodyByteCount: Int) { self.largestBodyByteCount = largestBodyByteCount }

    /// Takes one line of a head, its line end included; the empty line ends it. False if no more is wanted.
    ///
    /// - Parameter httpStatus: of the head that the line belongs to.
    mutating func receiveHeadLine(_ line: ArraySlice<UInt8>, httpStatus: Int) -> Bool {
        headByteCount += line.count
        guard headByteCount <= Self.largestHeadByteCount else { return stop(.headTooLarge) }
        // Fields after the body (trailers).
        guard head == nil else { return true }
        let text = line.split(whereSeparator: { $0 == 0x0D || $0 == 0x0A }).first ?? []
        guard !text.isEmpty else { return endHead(httpStatus) }
        if text.starts(with: "HTTP/".utf8) {
            retryAfter = []
            contentEncoding = []
            isLast = false
        } else if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            let value = String(decoding: Self.trimmed(text[(colon + 1)...]), as: UTF8.self)
            switch String(decoding: text[..<colon], as: UTF8.self).lowercased() {
            case "retry-after": retryAfter.append(value)
            case "content-encoding": contentEncoding.append(value)
            case "connection": isLast = value.lowercased() == "close"
            default: break
            }
        }
        return true
    }

    private mutating func endHead(_ httpStatus: Int) -> Bool {
        // Informational: the answer's own head is to come.
        guard httpStatus >= 200 else { return true }
        head = HTTPResponse(status: httpStatus, retryAfter: retryAfter)
        return bodyByteLimit(httpStatus: httpStatus) == nil ? stop(.unwanted) : true
    }

    /// Takes a piece of the body. False if no more is wanted.
    mutating func receiveBody(_ piece: ArraySlice<UInt8>) -> Bool {
        guard let status = head?.status, let limit = bodyByteLimit(httpStatus: status) else {
            return stop(.unwanted)
        }
        bodyByteCount += piece.count
        let isUsed = Self.isSuccess(status)
        guard bodyByteCount <= limit else { return stop(isUsed ? .bodyTooLarge : .unwanted) }
        if isUsed { body += piece }
        return true
    }

    private mutating func stop(_ end: End) -> Bool {
        self.end = end
        return false
    }

    /// The whole answer, its body unpacked; call it once the last byte has come.
    func wholeAnswer() -> HTTPResult {
        guard var answer = head else { return .failed(.connection(.closedEarly)) }
        do {
            let codings = try ContentCoding.codings(contentEncoding)
            let limit = largestBodyByteCount
            answer.body = Self.withoutByteOrderMark(try ContentCoding.unpack(body, codings, limit: limit))
            return .answer(answer)
        } catch {
            guard Self.isSuccess(answer.status) else { return .answer(answer) }
            let isTooLarge = error == .tooLarge
            return .failed(
                isTooLarge
                    ? .bodyTooLarge(status: answer.status) : .badEncoding(status: answer.status))
        }
    }

    static func isSuccess(_ httpStatus: Int) -> Bool { (200..<300).contains(httpStatus) }

    /// How much of a body is read; nil for none. A short body of an error is read to its end so that the connection can be
    /// used again; its content makes no difference.
    private func bodyByteLimit(httpStatus: Int) -> Int? {
        if Self.isSuccess(httpStatus) { return largestBodyByteCount }
        return httpStatus < 400 || httpStatus == 401 || httpStatus == 403 ? nil : 65_536
    }

    /// A browser drops a byte order mark before JSON, and so may any reader (RFC 8259, 8.1).
    private static func withoutByteOrderMark(_ body: [UInt8]) -> [UInt8] {
        body.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(body.dropFirst(3)) : body
    }

    private static func trimmed(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        let rest = value.drop(while: isSpace)
        guard let last = rest.lastIndex(where: { !isSpace($0) }) else { return rest }
        return rest[...last]
    }
}
