import JSON
import NIOCore
import NIOHTTP1
import NIOPosix

/// One connection: collects requests and performs their answers, one after the other, on its event loop.
final class SandboxConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    /// More requests than these, sent ahead of their answers, are no client's but an attacker's.
    private static let maximumWaiting = 64
    /// How much of a body that is too large is read, so that the client gets to hear of it, before the stream is ended.
    private static let maximumDiscardedBytes = 16 << 20

    private let service: SandboxService
    private var reader = JSONReader()
    private var incoming: SandboxRequest?
    private var incomingBytes = 0
    private var waiting: [SandboxRequest] = []
    private var actions: ArraySlice<SocketAction> = []
    private var isAnswering = false
    /// Work scheduled for later; it must not outlive the connection.
    private var later: Scheduled<Void>?
    /// Whether the statistics count a request of this connection as being answered.
    private var isCounted = false
    /// Whether the connection is to end: nothing is read or answered any more.
    private var isEnding = false

    init(service: SandboxService) { self.service = service }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isEnding else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            incoming = SandboxRequest(head: head)
            incomingBytes = 0
            continueIfExpected(head, context: context)
        case .body(let bytes): collect(bytes, context: context)
        case .end:
            guard let request = incoming else { return }
            incoming = nil
            enqueue(request, context: context)
        }
    }

    private func continueIfExpected(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        guard head.headers[canonicalForm: "expect"].contains(where: { $0.lowercased() == "100-continue" }) else {
            return
        }
        let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        if length > SandboxRequest.maximumBodyBytes {
            refuseBody(context: context)
        } else if !isAnswering {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
        }
    }

    private func collect(_ bytes: ByteBuffer, context: ChannelHandlerContext) {
        incomingBytes += bytes.readableBytes
        if incomingBytes <= SandboxRequest.maximumBodyBytes {
            incoming?.body.append(contentsOf: bytes.readableBytesView)
        } else {
            incoming?.isTooLarge = true
            incoming?.body = []
            if incomingBytes > Self.maximumDiscardedBytes { refuseBody(context: context) }
        }
    }

    /// Answers a body that is too large before it has come whole, and ends the connection.
    private func refuseBody(context: ChannelHandlerContext) {
        guard var request = incoming else { return }
        request.isTooLarge = true
        incoming = nil
        enqueue(request, context: context)
        isEnding = true
    }

    private func enqueue(_ request: SandboxRequest, context: ChannelHandlerContext) {
        waiting.append(request)
        guard waiting.count <= Self.maximumWaiting else { return context.close(promise: nil) }
        answerNext(context: context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError, !isAnswering, !isEnding else { return context.close(promise: nil) }
        isEnding = true
        let request = SandboxRequest(head: HTTPRequestHead(version: .http1_1, method: .GET, uri: ""))
        let reply = Reply(status: 400, message: "no HTTP request")
        start([.send(reply.head(for: request, closes: true) + reply.body), .close], context: context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isEnding = true
        actions = []
        waiting = []
        later?.cancel()
        markAnswered()
        context.fireChannelInactive()
    }

    // MARK: Answering

    private func answerNext(context: ChannelHandlerContext) {
        guard !isAnswering, !waiting.isEmpty else { return }
        let request = waiting.removeFirst()
        isCounted = true
        start(
            service.begin(request, reader: &reader, redirectBase: redirectBase(context)), context: context)
    }

    /// This sandbox under another of its host's names.
    private func redirectBase(_ context: ChannelHandlerContext) -> String {
        let address = context.localAddress
        let host = address?.ipAddress == "127.0.0.1" ? "localhost" : "127.0.0.1"
        return "http://\(host):\(address?.port ?? 0)"
    }

    private func start(_ actions: [SocketAction], context: ChannelHandlerContext) {
        isAnswering = true
        self.actions = actions[...]
        perform(context: context)
    }

    private func perform(context: ChannelHandlerContext) {
        while let action = actions.popFirst() {
            switch action {
            case .wait(let milliseconds):
                guard milliseconds > 0 else { continue }
                return after(milliseconds, context: context)
            case .answered:
                markAnswered()
            case .send(let bytes):
                return send(bytes, context: context)
            case .drip(let bytes, let milliseconds):
                guard let first = bytes.first else { continue }
                let rest = SocketAction.drip(Array(bytes.dropFirst()), milliseconds: milliseconds)
                actions = [.send([first]), .wait(milliseconds: milliseconds), rest] + actions
            case .sendEndlessly(let bytes):
                // Not at once: a client that reads fast enough would keep this call, and its stack, going for ever.
                actions = [.wait(milliseconds: 1), action]
                return send(bytes, context: context)
            case .stall: return
            case .close: return end(context: context)
            case .reset: return reset(context: context)
            }
        }
        isAnswering = false
        if isEnding { end(context: context) } else { answerNext(context: context) }
    }

    private func markAnswered() {
        guard isCounted else { return }
        isCounted = false
        service.end()
    }

    private func after(_ milliseconds: Int, context: ChannelHandlerContext) {
        later = context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(milliseconds))) {
            guard context.channel.isActive else { return }
            self.perform(context: context)
        }
    }

    private func send(_ bytes: [UInt8], context: ChannelHandlerContext) {
        let buffer = context.channel.allocator.buffer(bytes: bytes)
        context.writeAndFlush(wrapOutboundOut(buffer)).assumeIsolated().whenComplete { result in
            if case .failure = result { return context.close(promise: nil) }
            guard context.channel.isActive else { return }
            self.perform(context: context)
        }
    }

    /// Ends our half, and the whole once the client has ended its own or a second has gone by: to close at once, with
    /// bytes unread, would reset the connection and could take the answer from the client.
    private func end(context: ChannelHandlerContext) {
        isEnding = true
        context.close(mode: .output, promise: nil)
        later = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) { context.close(promise: nil) }
    }

    /// A TCP reset: without lingering, closing discards unsent bytes, and the client sees that.
    private func reset(context: ChannelHandlerContext) {
        isEnding = true
        guard let options = context.channel as? any SocketOptionProvider else { return context.close(promise: nil) }
        options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }
}
