import Glibc

/// What the process has taken since a moment: time, and CPU time of all its threads. For someone who looks into how it went.
struct Effort: CustomStringConvertible {
    private let start: timespec
    private let startCPU: timespec

    init() {
        start = Self.now(CLOCK_MONOTONIC)
        startCPU = Self.now(CLOCK_PROCESS_CPUTIME_ID)
    }

    /// `1.25 s, 2.31 s of CPU`, until now.
    var description: String {
        "\(Self.since(start, CLOCK_MONOTONIC)) s, \(Self.since(startCPU, CLOCK_PROCESS_CPUTIME_ID)) s of CPU"
    }

    private static func now(_ clock: clockid_t) -> timespec {
        var time = timespec()
        clock_gettime(clock, &time)
        return time
    }

    /// Seconds with two decimals.
    private static func since(_ start: timespec, _ clock: clockid_t) -> String {
        let end = now(clock)
        let centiseconds = (end.tv_sec - start.tv_sec) * 100 + (end.tv_nsec - start.tv_nsec) / 10_000_000
        let fraction = centiseconds % 100
        return "\(centiseconds / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
