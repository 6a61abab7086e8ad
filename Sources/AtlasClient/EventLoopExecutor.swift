import NIOCore

/// Runs tasks on an event loop: a request and its answer are then handled on one thread, between the same two calls of the
/// system. The loop is shared with its connections, so a task must not block it for long.
final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
