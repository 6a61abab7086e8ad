import Glibc

/// The time of day.
public enum WallClock {
    /// The time since the beginning of 1970 in UTC.
    public static var now: (seconds: Int, nanoseconds: Int) {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return (time.tv_sec, time.tv_nsec)
    }
}
