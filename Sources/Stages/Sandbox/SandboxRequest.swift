import NIOHTTP1

/// One request as it was read from a connection, its body whole.
struct SandboxRequest {
    /// A larger body is read to its end but not kept.
    static let maximumBodyBytes = 1 << 20

    let head: HTTPRequestHead
    var body: [UInt8] = []
    var isTooLarge = false

    init(head: HTTPRequestHead) { self.head = head }

    /// The path without its query string.
    var path: String { String(head.uri.prefix { $0 != "?" }) }

    /// Whether no other request can follow on the connection: the client says so, or it wants to leave HTTP, which the
    /// sandbox does not do and after which its decoder reads no more.
    var isLast: Bool { !head.isKeepAlive || head.method == .CONNECT || head.headers.contains(name: "upgrade") }

    /// Whether Accept-Encoding allows gzip (RFC 9110, 12.5.3): named, or by `*`, with a weight that is not 0.
    var acceptsGzip: Bool {
        var byStar = false
        var byName: Bool?
        for coding in head.headers[canonicalForm: "accept-encoding"] {
            let parts = coding.lowercased().split(separator: ";").map { trimmed($0) }
            let isAllowed = !parts.dropFirst().contains(where: isZeroWeight)
            switch parts.first {
            case "gzip", "x-gzip": byName = isAllowed
            case "*": byStar = isAllowed
            default: break
            }
        }
        return byName ?? byStar
    }

    private func isZeroWeight(_ parameter: String) -> Bool {
        guard parameter.hasPrefix("q=") else { return false }
        return parameter.dropFirst(2).allSatisfy { $0 == "0" || $0 == "." }
    }

    /// Whether the body is said to be JSON as this API takes it: no encoding, UTF-8 if a charset is named at all.
    var isJSON: Bool {
        let types = head.headers["content-type"]
        guard types.count == 1, let type = types.first else { return false }
        let parts = type.lowercased().split(separator: ";").map { trimmed($0) }
        guard parts.first == "application/json" else { return false }
        let codings = head.headers[canonicalForm: "content-encoding"]
        guard codings.allSatisfy({ $0.lowercased() == "identity" }) else { return false }
        return parts.dropFirst().allSatisfy { parameter in
            guard parameter.hasPrefix("charset=") else { return true }
            return ["utf-8", "\"utf-8\"", "utf8"].contains(String(parameter.dropFirst("charset=".count)))
        }
    }

    private func trimmed(_ text: Substring) -> String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return String(text.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
