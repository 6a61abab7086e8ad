/// Where Atlas's API is, such as `https://sandbox.example.com`; Atlas has several hosts, so there is no default.
package struct AtlasBaseURL: Sendable, Equatable, CustomStringConvertible {
    /// Without a slash at its end.
    package let description: String
    package let isSecure: Bool
    package let host: String

    /// - Parameter allowInsecureHTTP: plain HTTP sends the secret in the clear, so it is taken for loopback hosts only, but
    ///   where the caller insists.
    package init(_ text: String, allowInsecureHTTP: Bool = false) throws(AtlasBaseURLError) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .malformed }
        let (scheme, rest): (String, Substring)
        if let range = text.firstRange(of: "://") {
            (scheme, rest) = (text[..<range.lowerBound].lowercased(), text[range.upperBound...])
        } else {
            throw .malformed
        }
        guard scheme == "https" || scheme == "http" else { throw .schemeNotHTTP }
        // A user name or password in a URL would be printed with it; a query or fragment cannot have a path appended.
        guard !rest.contains(where: { "@?#\\\"<>".contains($0) }) else { throw .malformed }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        guard let host = Self.host(of: rest[..<slash]) else { throw .malformed }
        isSecure = scheme == "https"
        self.host = host
        guard isSecure || allowInsecureHTTP || Self.isLoopback(host) else { throw .insecure }
        var path = rest[slash...]
        while path.last == "/" { path.removeLast() }
        description = "\(scheme)://\(rest[..<slash])\(path)"
    }

    /// The host of `host`, `host:port`, `[IPv6]` or `[IPv6]:port`; nil if it is none of them.
    private static func host(of authority: Substring) -> String? {
        let host: Substring
        let port: Substring
        if authority.first == "[" {
            guard let bracket = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<bracket]
            port = authority[authority.index(after: bracket)...]
            guard host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return nil }
        } else {
            let colon = authority.firstIndex(of: ":") ?? authority.endIndex
            (host, port) = (authority[..<colon], authority[colon...])
            guard host.allSatisfy({ $0.isLetter || $0.isNumber || "-._~".contains($0) }) else { return nil }
        }
        guard !host.isEmpty else { return nil }
        if !port.isEmpty {
            guard port.first == ":", port.dropFirst().allSatisfy(\.isNumber), let number = UInt16(port.dropFirst()),
                number > 0
            else { return nil }
        }
        return host.lowercased()
    }

    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

/// Why a text is no base URL of Atlas's API.
package enum AtlasBaseURLError: Error, Sendable, Equatable, CustomStringConvertible {
    case malformed
    case schemeNotHTTP
    case insecure

    package var description: String {
        switch self {
        case .malformed: "the URL must be https://host[:port][/path], without user, query or fragment"
        case .schemeNotHTTP: "the URL must begin with https:// (http:// for loopback hosts only)"
        case .insecure: "plain http:// would send the secret in the clear; it is taken for loopback hosts only"
        }
    }
}
