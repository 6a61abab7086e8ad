import Glibc
import Run

/// How many files and connections this process may have open.
enum OpenFileLimit {
    /// Allows as many as the system lets this user have: every input of a run stays open while it is read, and a folder may
    /// hold thousands.
    static func raise() {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(resource, &limit)
    }

    /// Makes sure that connections can be opened: the HTTP library ends the process where it cannot have its descriptors.
    /// Exit 73 if the limit is too low, and not ours to raise.
    ///
    /// - Parameter connections: how many at once.
    static func allow(connections: Int) throws(RunError) {
        // Three for each event loop, and some for inputs, journal and report.
        let needed = rlim_t(connections + 4 * processorCount() + 48)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < needed else { return }
        let allowed = limit.rlim_cur
        limit.rlim_cur = min(needed, limit.rlim_max)
        guard limit.rlim_cur == needed, setrlimit(resource, &limit) == 0 else {
            throw RunError(
                .cannotWrite,
                "too few open files are allowed, \(allowed) where \(needed) are needed: raise the limit, such as with ulimit -n 1024"
            )
        }
    }
}
