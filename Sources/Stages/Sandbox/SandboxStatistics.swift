/// The requests that a sandbox has received so far.
package struct SandboxStatistics: Sendable, Equatable {
    /// Requests by path (without a query string), answered or not. Of paths that the sandbox does not know, the first
    /// hundred are counted separately; the rest count as `other`.
    package internal(set) var requestsByPath: [String: Int] = [:]
    /// All requests.
    package internal(set) var requests = 0
    /// Faults that were dealt out, by kind.
    package internal(set) var faults: [FaultKind: Int] = [:]
    /// Connections that were accepted.
    package internal(set) var connections = 0
    /// Requests that are being answered.
    ///
    /// A request counts from the moment it is read whole to the moment before the last bytes that it gets are written: so a
    /// client that keeps N requests in flight is never seen with more than N.
    package internal(set) var concurrentRequests = 0
    /// The highest number of requests that were being answered at once.
    package internal(set) var peakConcurrentRequests = 0

    mutating func begin(path: String) {
        let isKnown = Operation(rawValue: path) != nil || requestsByPath[path] != nil || requestsByPath.count < 100
        requestsByPath[isKnown ? path : "other", default: 0] += 1
        requests += 1
        concurrentRequests += 1
        peakConcurrentRequests = max(peakConcurrentRequests, concurrentRequests)
    }
}
