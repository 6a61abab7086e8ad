import Processes

/// What the process has taken since a moment: time, and CPU time of all its threads. For someone who looks into how it went.
struct Effort: CustomStringConvertible {
    private let start = ContinuousClock.now
    private let startCPU = ProcessUsage().cpu

    /// `1.25 s, 2.31 s of CPU`, until now.
    var description: String {
        "\(Self.seconds(ContinuousClock.now - start)) s, \(Self.seconds(ProcessUsage().cpu - startCPU)) s of CPU"
    }

    /// Seconds with two decimals.
    private static func seconds(_ duration: Duration) -> String {
        let centiseconds = Int(duration / .milliseconds(10))
        let fraction = centiseconds % 100
        return "\(centiseconds / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
