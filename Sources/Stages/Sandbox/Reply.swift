import Compression
import JSON
import Memory
import NIOHTTP1
import Refunds

/// One answer before it is put on the wire.
///
/// The sandbox writes HTTP itself, byte for byte: a fault must be able to say one thing and send another.
struct Reply: Error {
    var status: Int
    var contentType = "application/json"
    var headers: [(name: String, value: String)] = []
    var body: [UInt8]
    var isGzip = false
    /// A wrong Content-Length; nil for the right one.
    var declaredLength: Int?
    var isChunked = false

    init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }

    /// An error body in Atlas's form: `{"status":2,"msg":"…"}`.
    init(status: Int, message: String, headers: [(name: String, value: String)] = []) {
        var body = Array("{\"status\":2,\"msg\":".utf8)
        body.append(jsonString: message)
        body.append(UInt8(ascii: "}"))
        self.init(status: status, body: body)
        self.headers = headers
    }

    /// The reply with its body as gzip.
    func compressed() -> Reply {
        guard let packed = try? CompressedFormat.gzip.deflate(body) else { return self }
        var reply = self
        reply.body = packed
        reply.isGzip = true
        return reply
    }

    /// The status line and the header fields, the empty line included.
    func head(for request: SandboxRequest, closes: Bool) -> [UInt8] {
        let reason = HTTPResponseStatus(statusCode: status).reasonPhrase
        var fields: [(name: String, value: String)] = [("Content-Type", contentType)]
        if isChunked {
            fields.append(("Transfer-Encoding", "chunked"))
        } else {
            fields.append(("Content-Length", String(declaredLength ?? body.count)))
        }
        if isGzip { fields.append(("Content-Encoding", "gzip")) }
        fields.append(("Vary", "Accept-Encoding"))
        if closes {
            fields.append(("Connection", "close"))
        } else if request.head.version == .http1_0 {
            fields.append(("Connection", "keep-alive"))
        }
        var bytes = Array("HTTP/1.1 \(status) \(reason)\r\n".utf8)
        for (name, value) in fields + headers { bytes.append(contentsOf: "\(name): \(value)\r\n".utf8) }
        bytes.append(literal: "\r\n")
        return bytes
    }
}
