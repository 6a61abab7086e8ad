/// A fault of one answer. The raw value is the kind's name in a fault plan.
package enum FaultKind: String, Sendable, CaseIterable {
    /// The connection is reset before the first byte of an answer. (Which order is meant is known only when the request
    /// has been read, so the request is read and then dropped.)
    case resetBefore = "reset-before"
    /// The connection is reset in the middle of the header fields.
    case resetInHeaders = "reset-in-headers"
    /// The connection is reset when the header fields are out and the body is not begun.
    case resetAfterHeaders = "reset-after-headers"
    /// The connection is reset in the middle of the body.
    case resetMidBody = "reset-mid-body"
    /// The header fields come one byte at a time (`FaultPlan.dripMilliseconds` apart); then the true answer.
    case slowHeaders = "slow-headers"
    /// Half the body comes, then nothing more; the connection stays open until the client leaves.
    case stalledBody = "stalled-body"
    /// A chunked body that never ends, as fast as the client reads it (at most some 30 MiB a second).
    case endlessBody = "endless-body"
    /// The body is the first half of a gzip stream, with a Content-Length that fits that half.
    case truncatedGzip = "truncated-gzip"
    /// A gzip body of some 64 KiB that is 64 MiB of valid JSON when it is inflated.
    case bombGzip = "bomb-gzip"
    /// Content-Length says less than the body has; the rest of it follows all the same.
    case wrongLengthShort = "wrong-length-short"
    /// Content-Length says more than the body has; then the connection is closed in good order.
    case wrongLengthLong = "wrong-length-long"
    /// The true answer, followed by bytes that belong to no answer.
    case surplusBytes = "surplus-bytes"
    /// The true answer; then the connection is closed, which the header fields do not say.
    case closeAfter = "close-after"
    /// The true answer; then, unasked, an answer with status 408, as servers say good-bye to a connection, and the end.
    case unasked408 = "408-unasked"
    /// An HTML page with status 200, as a proxy or a maintenance page gives it.
    case html200 = "html-200"
    /// Valid JSON of another shape, with status 200.
    case otherShape = "other-shape"
    /// The true answer, but that its outermost object has the key `status` twice, with different values.
    case duplicateKeys = "duplicate-keys"
    /// The answer of another order. A client that asked by PNR and carrier cannot notice.
    case otherOrder = "other-order"
    /// HTTP status 200 and a body with that `status` of Atlas's: passing ones (-1, 2, 705, 9999),
    case statusMinus1 = "status--1"
    case status2 = "status-2"
    case status705 = "status-705"
    case status9999 = "status-9999"
    /// final ones: a field is missing, illegal data,
    case status100 = "status-100"
    case status901 = "status-901"
    /// the order is not there,
    case status703 = "status-703"
    case status801 = "status-801"
    /// refused credentials,
    case status900 = "status-900"
    case status902 = "status-902"
    /// and Atlas's statuses for a quotation or a refund: not ticketed, itinerary not complete, submission in progress,
    case status809 = "status-809"
    case status811 = "status-811"
    case status814 = "status-814"
    /// submitted already,
    case status816 = "status-816"
    case status817 = "status-817"
    case status818 = "status-818"
    /// void: too late, not all passengers.
    case status822 = "status-822"
    case status823 = "status-823"
    /// HTTP status 000 with a body, which HTTP does not have.
    case status000 = "000"
    /// Status 429 without Retry-After.
    case tooManyRequests = "429"
    /// Status 429 with Retry-After in seconds (`FaultPlan.retryAfterSeconds`).
    case tooManyRequestsSeconds = "429-seconds"
    /// Status 429 with Retry-After as an HTTP date, `FaultPlan.retryAfterSeconds` from now, rounded up.
    case tooManyRequestsDate = "429-date"
    /// Status 429 with a Retry-After that is no time: `soon`, `NaN`, `-1` or `1e9`, by attempt.
    case tooManyRequestsNonsense = "429-nonsense"
    /// Status 401, although the credentials are right.
    case unauthorized = "401"
    /// Status 403.
    case forbidden = "403"
    /// Status 408, as of a server that waited for the request in vain.
    case requestTimeout = "408"
    /// Status 500.
    case internalServerError = "500"
    /// Status 502, with an HTML body, as a gateway gives it.
    case badGateway = "502"
    /// Status 503, without Retry-After.
    case serviceUnavailable = "503"
    /// Status 504, with an HTML body, as a gateway gives it.
    case gatewayTimeout = "504"
    /// Status 307 to `/redirected.do` at this sandbox under another host name (`localhost` for 127.0.0.1, and the other
    /// way): the statistics show whether anybody followed.
    case redirect
}

extension FaultKind {
    /// The `status` of Atlas's that the body has; nil for a fault of another kind.
    var atlasStatus: (code: Int, message: String)? {
        switch self {
        case .statusMinus1: (-1, "Common error")
        case .status2: (2, "System error")
        case .status705: (705, "Retrieval timed out")
        case .status9999: (9999, "System error")
        case .status100: (100, "Required field is missing")
        case .status901: (901, "Illegal request data")
        case .status703: (703, "No order found")
        case .status801: (801, "Order does not exist")
        case .status900: (900, "Unauthorized")
        case .status902: (902, "Access denied")
        case .status809: (809, "Order is not ticketed")
        case .status811: (811, "Itinerary is not complete")
        case .status814: (814, "Refund submission in progress")
        case .status816, .status817, .status818: (Int(rawValue.dropFirst(7)) ?? 816, "Refund was submitted already")
        case .status822: (822, "Void deadline has passed")
        case .status823: (823, "Void needs all passengers")
        default: nil
        }
    }
}
