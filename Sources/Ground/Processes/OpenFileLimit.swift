import Glibc

/// How many files and connections this process may have open.
package enum OpenFileLimit {
    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

    /// Allows as many as the system lets this user have.
    package static func raise() {
        guard var limit else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(resource, &limit)
    }

    /// Makes sure that a number of them is allowed.
    ///
    /// - Returns: nil, or how many are allowed where that is too few and not ours to change.
    package static func shortfall(of needed: Int) -> Int? {
        guard var limit, limit.rlim_cur < rlim_t(needed) else { return nil }
        let allowed = Int(clamping: limit.rlim_cur)
        limit.rlim_cur = min(rlim_t(needed), limit.rlim_max)
        if limit.rlim_cur < rlim_t(needed) { return allowed }
        return unsafe setrlimit(resource, &limit) == 0 ? nil : allowed
    }

    private static var limit: rlimit? {
        var limit = rlimit()
        return unsafe getrlimit(resource, &limit) == 0 ? limit : nil
    }
}
