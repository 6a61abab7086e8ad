import NIOHTTP1

/// One step of an answer on the wire. An answer is decided as a list of them; the connection performs them in turn.
enum SocketAction: Equatable {
    /// Hold the answer back.
    case wait(milliseconds: Int)
    case send([UInt8])
    /// Send one byte, then the next after a while.
    case drip([UInt8], milliseconds: Int)
    /// The request counts as answered from here on.
    case answered
    /// Send these bytes again and again, as long as the client reads.
    case sendEndlessly([UInt8])
    /// Nothing more comes; the client has to leave.
    case stall
    /// End the stream in good order.
    case close
    /// Break the connection off with a TCP reset.
    case reset
}

extension Reply {
    /// How an answer is sent that nothing goes wrong with.
    func actions(for request: SandboxRequest) -> [SocketAction] {
        let closes = request.isLast
        let reply = request.acceptsGzip ? compressed() : self
        let body = request.head.method == .HEAD ? [] : reply.body
        return [.answered, .send(reply.head(for: request, closes: closes) + body)] + (closes ? [.close] : [])
    }
}
