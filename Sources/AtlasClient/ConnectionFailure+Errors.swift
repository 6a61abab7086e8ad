import AsyncHTTPClient
import Core
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

extension ConnectionFailure {
    /// Classifies what the libraries throw when a connection cannot be made or breaks. No text of theirs is kept: it could
    /// quote a header.
    init(_ error: any Error) {
        self =
            switch error {
            case let error as NIOConnectionError: Self.unconnected(error)
            case let error as IOError: Self.system(error)
            case let error as ChannelError: Self.channel(error)
            case let error as HTTPClientError: error == .remoteConnectionClosed ? .closedEarly : .other
            case let error as HTTPParserError: error == .invalidEOFState ? .closedEarly : .notHTTP
            case is StatusLineCheck.ImpossibleStatus: .notHTTP
            default: Self.tls(error) ?? .other
            }
    }

    /// No address of the host could be connected to. Where they failed differently, the first one that was tried counts.
    private static func unconnected(_ error: NIOConnectionError) -> ConnectionFailure {
        if let first = error.connectionErrors.first { return ConnectionFailure(first.error) }
        return error.dnsAError == nil && error.dnsAAAAError == nil ? .other : .nameNotFound
    }

    private static func system(_ error: IOError) -> ConnectionFailure {
        switch error.errnoCode {
        case ECONNREFUSED: .refused
        case ECONNRESET, EPIPE, ECONNABORTED: .reset
        case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN: .noRoute
        default: .other
        }
    }

    private static func channel(_ error: ChannelError) -> ConnectionFailure {
        switch error {
        case .eof, .inputClosed, .outputClosed, .alreadyClosed, .ioOnClosedChannel: .closedEarly
        default: .other
        }
    }

    /// The TLS library is no dependency of ours: its errors are known by their module and their names.
    private static func tls(_ error: any Error) -> ConnectionFailure? {
        guard String(reflecting: type(of: error)).hasPrefix("NIOSSL.") else { return nil }
        let name = String(describing: error)
        // A connection that ends without TLS's own goodbye was cut, not refused.
        if name == "uncleanShutdown" || name.contains("EOF during handshake") { return .closedEarly }
        if name.contains("failedToValidateHostname") { return .certificateOfAnotherHost }
        let isUntrusted = name.contains("CERTIFICATE_VERIFY_FAILED") || name == "unableToValidateCertificate"
        return isUntrusted ? .certificateNotTrusted : .handshake
    }
}
