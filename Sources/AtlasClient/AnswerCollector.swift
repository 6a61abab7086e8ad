import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Takes one answer as it comes, and no more of it than is of use.
final class AnswerCollector: HTTPClientResponseDelegate {
    /// Ends an answer of which no more is wanted.
    struct NoMoreWanted: Error {}

    private struct State {
        var answer: HTTPAnswer?
        var body = ByteBuffer()
        var bodyByteCount = 0
    }

    /// The library calls from its event loop, and whoever waits reads afterwards: nobody ever waits for this lock.
    private let state = Mutex(State())

    /// Status and Retry-After, once the head has come.
    var head: HTTPAnswer? { state.withLock { $0.answer } }

    func didReceiveHead(task: HTTPClient.Task<HTTPAnswer>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        let status = Int(head.status.code)
        state.withLock { $0.answer = HTTPAnswer(httpStatus: status, retryAfter: head.headers["retry-after"]) }
        return next(task, Self.largestBodyByteCount(httpStatus: status) == nil ? NoMoreWanted() : nil)
    }

    func didReceiveBodyPart(task: HTTPClient.Task<HTTPAnswer>, _ part: ByteBuffer) -> EventLoopFuture<Void> {
        let error: (any Error)? = state.withLock { state in
            guard let status = state.answer?.httpStatus, let limit = Self.largestBodyByteCount(httpStatus: status)
            else {
                return NoMoreWanted()
            }
            state.bodyByteCount += part.readableBytes
            let isUsed = Self.isSuccess(status)
            guard state.bodyByteCount <= limit else {
                return isUsed ? NIOTooManyBytesError(maxBytes: limit) : NoMoreWanted()
            }
            if isUsed { state.body.writeImmutableBuffer(part) }
            return nil
        }
        return next(task, error)
    }

    func didFinishRequest(task: HTTPClient.Task<HTTPAnswer>) throws -> HTTPAnswer {
        try state.withLock { state in
            guard var answer = state.answer else { throw NoMoreWanted() }
            answer.body = Array(buffer: state.body)
            return answer
        }
    }

    static func isSuccess(_ httpStatus: Int) -> Bool { (200..<300).contains(httpStatus) }

    /// How much of a body is read; nil for none. A short body of an error is read to its end so that the connection can be
    /// used again; what it says decides nothing.
    private static func largestBodyByteCount(httpStatus: Int) -> Int? {
        if isSuccess(httpStatus) { return AtlasHTTPClient.largestBodyByteCount }
        return httpStatus < 400 || httpStatus == 401 || httpStatus == 403 ? nil : 65_536
    }

    private func next(_ task: HTTPClient.Task<HTTPAnswer>, _ error: (any Error)?) -> EventLoopFuture<Void> {
        guard let error else { return task.eventLoop.makeSucceededVoidFuture() }
        return task.eventLoop.makeFailedFuture(error)
    }
}
