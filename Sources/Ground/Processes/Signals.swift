import Glibc

/// The effect of signals on this process.
package enum Signals {
    /// A reader that goes away does not end the process; a write then fails and says so.
    package static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

    /// The same for the calling thread alone.
    package static func blockBrokenPipesOnThisThread() {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Ends this process as kill -9 does, without a chance to tidy up.
    package static func killThisProcess() { kill(getpid(), SIGKILL) }
}
