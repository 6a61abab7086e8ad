import Memory
import Refunds

/// Applies one fault to the true answer to a request.
struct FaultActions {
    let kind: FaultKind
    /// Of the order and refund that are asked about; the first is 1.
    let attempt: Int
    let call: RefundCall
    let request: SandboxRequest
    let responder: Responder
    let plan: FaultPlan
    /// Where `redirect` sends the client.
    let redirectBase: String

    func actions() -> [SocketAction] {
        switch kind {
        case .resetBefore, .resetInHeaders, .resetAfterHeaders, .resetMidBody, .slowHeaders, .stalledBody, .endlessBody,
            .wrongLengthShort, .wrongLengthLong, .surplusBytes, .closeAfter, .unasked408:
            return wireActions()
        case .truncatedGzip: return truncatedGzip()
        case .bombGzip: return raw(Bomb.reply)
        case .status000: return [.answered, .send(Array(Self.status000.utf8)), .close]
        default: return bodyReply().actions(for: request)
        }
    }

    // MARK: The wire

    private var trueReply: Reply {
        let reply = responder.answer(call)
        return request.acceptsGzip ? reply.compressed() : reply
    }

    private func raw(_ reply: Reply, closes: Bool = false) -> [SocketAction] {
        [.answered, .send(reply.head(for: request, closes: closes) + reply.body)] + (closes ? [.close] : [])
    }

    private func wireActions() -> [SocketAction] {
        var reply = trueReply
        let head = reply.head(for: request, closes: false)
        let half = Array(reply.body.prefix(reply.body.count / 2))
        switch kind {
        case .resetInHeaders: return [.send(Array(head.prefix(head.count / 2))), .answered, .reset]
        case .resetAfterHeaders: return [.send(head), .answered, .reset]
        case .resetMidBody: return [.send(head + half), .answered, .reset]
        case .slowHeaders:
            return [.drip(head, milliseconds: plan.dripMilliseconds), .answered, .send(reply.body)]
        case .stalledBody: return [.answered, .send(head + half), .stall]
        case .endlessBody: return endlessBody()
        case .wrongLengthShort:
            reply.declaredLength = half.count
            return raw(reply, closes: true)
        case .wrongLengthLong:
            reply.declaredLength = reply.body.count + 64
            return raw(reply, closes: true)
        case .surplusBytes: return [.answered, .send(head + reply.body + Array("surplus".utf8))]
        case .closeAfter: return [.answered, .send(head + reply.body), .close]
        case .unasked408:
            let goodBye = Reply(status: 408, message: "request timeout").head(for: request, closes: true)
            return [.answered, .send(head + reply.body), .wait(milliseconds: 1), .send(goodBye), .close]
        default: return [.answered, .reset]
        }
    }

    private func endlessBody() -> [SocketAction] {
        var reply = Reply(status: 200, body: [])
        reply.isChunked = true
        let opening = reply.head(for: request, closes: false) + Self.chunk(Array("{\"refundOrders\":[".utf8))
        return [.answered, .send(opening), .sendEndlessly(Self.chunk(Array(repeating: 0x20, count: 32 << 10)))]
    }

    private static func chunk(_ bytes: [UInt8]) -> [UInt8] {
        Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8)
    }

    private func truncatedGzip() -> [SocketAction] {
        var reply = responder.answer(call).compressed()
        reply.body = Array(reply.body.prefix(reply.body.count / 2))
        return raw(reply)
    }

    // MARK: The body

    private func bodyReply() -> Reply {
        if let (code, message) = kind.atlasStatus { return reply(atlasStatus: code, message) }
        switch kind {
        case .html200: return html(200, "Under maintenance")
        case .badGateway: return html(502, "Bad Gateway")
        case .gatewayTimeout: return html(504, "Gateway Timeout")
        case .otherShape: return Reply(status: 200, body: Array(Self.otherShape.utf8))
        case .duplicateKeys: return duplicateKeys()
        case .otherOrder: return responder.answerOfAnotherOrder(call)
        case .unauthorized: return Reply(status: 401, message: "unauthorized")
        case .forbidden: return Reply(status: 403, message: "forbidden")
        case .requestTimeout: return Reply(status: 408, message: "request timeout")
        case .serviceUnavailable: return Reply(status: 503, message: "service unavailable")
        case .redirect:
            let location = ("Location", redirectBase + "/redirected.do")
            return Reply(status: 307, message: "moved", headers: [location])
        case .tooManyRequests, .tooManyRequestsSeconds, .tooManyRequestsDate, .tooManyRequestsNonsense:
            return Reply(
                status: 429, message: "too many requests", headers: retryAfter.map { [("Retry-After", $0)] } ?? [])
        default: return Reply(status: 500, message: "internal server error")
        }
    }

    private static let status000 =
        "HTTP/1.1 000 Nothing\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"

    private static let otherShape = #"{"data":{"refundOrders":{"count":1}},"code":"0","success":true}"#

    private var retryAfter: String? {
        switch kind {
        case .tooManyRequestsSeconds: String(plan.retryAfterSeconds)
        case .tooManyRequestsDate: HTTPDate.text(secondsFromNow: plan.retryAfterSeconds + 1)
        case .tooManyRequestsNonsense: ["soon", "NaN", "-1", "1e9"][(attempt - 1) % 4]
        default: nil
        }
    }

    private func html(_ status: Int, _ title: String) -> Reply {
        let page = "<!DOCTYPE html><html><head><title>\(title)</title></head><body><h1>\(title)</h1></body></html>\n"
        var reply = Reply(status: status, body: Array(page.utf8))
        reply.contentType = "text/html; charset=utf-8"
        return reply
    }

    /// The true answer with two of its members twice, so that a reader that takes the first differs from one that takes the last.
    private func duplicateKeys() -> Reply {
        var reply = responder.answer(call)
        reply.body = Array("{\"status\":0,\"status\":2,".utf8) + reply.body.drop { $0 != UInt8(ascii: "{") }.dropFirst()
        return reply
    }

    private func reply(atlasStatus code: Int, _ message: String) -> Reply {
        let list = call.operation == .queryRefundOrders ? #""refundOrders":[],"# : ""
        return Reply(status: 200, body: Array("{\(list)\"status\":\(code),\"msg\":\"\(message)\"}".utf8))
    }
}

/// A gzip body that grows a thousandfold; made once, when it is first wanted.
private enum Bomb {
    static let reply: Reply = {
        let filler = Array(repeating: UInt8(ascii: "A"), count: 64 << 20)
        let body = Array(#"{"refundOrders":[],"status":0,"msg":""#.utf8) + filler + Array(#""}"#.utf8)
        return Reply(status: 200, body: body).compressed()
    }()
}
