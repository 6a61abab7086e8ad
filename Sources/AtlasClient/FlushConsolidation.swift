import NIOCore

/// Sends what is flushed within one turn of the event loop at its end, and together.
///
/// The library flushes a request's head and its body apart. Each would be a system call and a packet, and the server would
/// be woken twice for one request.
final class FlushConsolidation: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private var isFlushing = false

    func flush(context: ChannelHandlerContext) {
        guard !isFlushing else { return }
        isFlushing = true
        context.eventLoop.assumeIsolated().execute {
            self.isFlushing = false
            context.flush()
        }
    }
}
