import Glibc

/// The time that this process has taken so far, and its memory.
package struct ProcessUsage: Sendable {
    /// Of all its threads.
    package let cpu: Duration
    /// The most that it had at once.
    package let peakMemoryMebibytes: Int

    package init() {
        var usage = rusage()
        _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func duration(_ time: timeval) -> Duration { .seconds(time.tv_sec) + .microseconds(time.tv_usec) }
        cpu = duration(usage.ru_utime) + duration(usage.ru_stime)
        peakMemoryMebibytes = usage.ru_maxrss / 1024
    }
}

/// The names of the machine and of the user whose process this is.
package enum Machine {
    /// The processors that are there for this process: at least 1.
    package static var processorCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    package static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&name, 255) == 0 else { return "unknown" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The user's name, or number if it has none.
    package static var userName: String {
        unsafe getpwuid(getuid()).map { unsafe String(cString: $0.pointee.pw_name) } ?? String(getuid())
    }

    /// The time of day, since the beginning of 1970 in UTC.
    package static var timeOfDay: (seconds: Int, nanoseconds: Int) {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return (time.tv_sec, time.tv_nsec)
    }

    /// The variables of the environment.
    package static func environment() -> [String: String] {
        var variables: [String: String] = [:]
        var place = unsafe environ
        while let entry = unsafe place.pointee {
            let parts = unsafe String(cString: entry).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            unsafe place += 1
        }
        return variables
    }
}
