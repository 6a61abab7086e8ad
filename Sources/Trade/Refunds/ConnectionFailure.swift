import Memory

/// Why a connection brought no whole answer. The raw values are the words for it, wherever a person reads them; the journal
/// has them as `errorDetail`.
public enum ConnectionFailure: String, Sendable, CaseIterable {
    case refused = "connection refused"
    case reset = "connection reset"
    /// It ended before the answer did.
    case closedEarly = "connection closed early"
    /// The host's name has no address, or no name server answered.
    case nameNotFound = "name not found"
    case noRoute = "no route to host"
    case notHTTP = "answer is not HTTP"
    /// Expired, of an issuer that this machine does not know, or none at all.
    case certificateNotTrusted = "TLS: certificate not trusted"
    case certificateOfAnotherHost = "TLS: certificate of another host"
    /// The other end does not speak TLS, or none that is acceptable.
    case handshake = "TLS: handshake failed"
    case other = "connection failed"

    /// Whether the next connection would fail in the same way: the machine that answers is not the one that is meant.
    public var isFinal: Bool {
        switch self {
        case .certificateNotTrusted, .certificateOfAnotherHost, .handshake: true
        case .refused, .reset, .closedEarly, .nameNotFound, .noRoute, .notHTTP, .other: false
        }
    }

    /// Whether the request may have been received: everything but a connection that was never made.
    public var mayHaveBeenReceived: Bool {
        switch self {
        case .refused, .nameNotFound, .certificateNotTrusted, .certificateOfAnotherHost, .handshake: false
        case .reset, .closedEarly, .noRoute, .notHTTP, .other: true
        }
    }
}
