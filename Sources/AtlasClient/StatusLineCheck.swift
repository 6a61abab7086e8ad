import NIOCore
import NIOHTTP1

/// Ends a connection whose answer begins with a status that HTTP does not have (000…099).
///
/// The library takes such a head for one of the informational ones and stops the process at the body that follows.
final class StatusLineCheck: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    struct ImpossibleStatus: Error {}

    private var hasFailed = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What follows the head is of no answer.
        if hasFailed { return }
        if case .head(let head) = unwrapInboundIn(data), !(100...999).contains(head.status.code) {
            hasFailed = true
            context.fireErrorCaught(ImpossibleStatus())
            context.close(promise: nil)
            return
        }
        context.fireChannelRead(data)
    }
}
