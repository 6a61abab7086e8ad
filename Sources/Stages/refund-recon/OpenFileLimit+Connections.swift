import Run
import Processes

extension OpenFileLimit {
    /// Makes sure that connections can be opened: the HTTP library ends the process where it cannot have its descriptors.
    /// Exit 73 if the limit is too low, and not ours to raise.
    ///
    /// - Parameter connections: how many at once.
    static func allow(connections: Int) throws(RunError) {
        // Three for each event loop, and some for inputs, journal and report.
        let needed = connections + 4 * Machine.processorCount + 48
        guard let allowed = shortfall(of: needed) else { return }
        throw RunError(
            .cannotWrite,
            "too few open files are allowed, \(allowed) where \(needed) are needed: raise the limit, such as with ulimit -n 1024"
        )
    }
}
