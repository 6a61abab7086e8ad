import CCurl
import Glibc

/// Why a connection brought no whole answer.
package enum ConnectionFault: Sendable, Equatable {
    case refused
    case reset
    /// It ended before the answer did.
    case closedEarly
    /// The host's name has no address, or no name server answered.
    case nameNotFound
    case noRoute
    case notHTTP
    /// Expired, of an issuer that this machine does not know, or none at all.
    case certificateNotTrusted
    case certificateOfAnotherHost
    /// The other end does not speak TLS, or none that is acceptable.
    case handshake
    case other
}

extension ConnectionFault {
    /// Classifies how libcurl says that a connection could not be made, or broke. No text of its is kept: it could quote a
    /// header.
    ///
    /// - Parameters:
    ///   - systemError: the errno of the system call that failed; 0 for none.
    ///   - text: libcurl's message; only it says how a handshake ended and why a certificate was refused.
    init(_ code: CURLcode, systemError: Int, text: String) {
        self =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST: .nameNotFound
            case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE: .closedEarly
            // The connection ended within the head.
            case CURLE_OK: .closedEarly
            case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_WRITE_ERROR:
                .notHTTP
            case CURLE_COULDNT_CONNECT: Self.system(systemError) ?? .other
            case CURLE_SEND_ERROR: Self.system(systemError) ?? .closedEarly
            // Without an error of the system it is the framing that was not understood.
            case CURLE_RECV_ERROR: Self.system(systemError) ?? (text.contains("SSL_read") ? .closedEarly : .notHTTP)
            case CURLE_PEER_FAILED_VERIFICATION:
                // The name is compared once the certificate was found valid.
                text.contains("subject name") ? .certificateOfAnotherHost : .certificateNotTrusted
            case CURLE_SSL_CONNECT_ERROR: Self.handshake(systemError, text)
            // Files that this machine must have for TLS.
            case CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR,
                CURLE_SSL_CRL_BADFILE, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_INVALIDCERTSTATUS:
                .handshake
            default: .other
            }
    }

    private static func system(_ code: Int) -> ConnectionFault? {
        switch Int32(truncatingIfNeeded: code) {
        case ECONNREFUSED: .refused
        case ECONNRESET, EPIPE, ECONNABORTED: .reset
        case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN: .noRoute
        default: nil
        }
    }

    /// A connection that ends without TLS's own goodbye was cut, not refused.
    private static func handshake(_ systemError: Int, _ text: String) -> ConnectionFault {
        if text.contains("Connection reset") { return .reset }
        return text.contains("SSL_ERROR_SYSCALL") || text.contains("unexpected eof") ? .closedEarly : .handshake
    }
}
