import Synchronization
import Processes

/// How long the stages of a run took, and how much went through them.
package final class StageTimings: Sendable {
    /// One stage; some run beside others.
    package struct Stage: Sendable {
        package let name: String
        /// Since the run began.
        package let startSeconds: Double
        package let seconds: Double
        /// Records or rows; nil where nothing is counted.
        package let records: Int?
        package let bytes: Int?
    }

    private let start = ContinuousClock.now
    private let recorded = Mutex<[Stage]>([])

    package init() {}

    /// Does a stage's work and notes how long it took.
    ///
    /// - Parameter amount: the number of records and bytes processed, from the result.
    func measure<Result>(
        _ name: String, amount: (Result) -> (records: Int?, bytes: Int?) = { _ in (nil, nil) },
        _ work: () async throws -> Result
    ) async rethrows -> Result {
        let before = ContinuousClock.now
        let result = try await work()
        let (records, bytes) = amount(result)
        let stage = Stage(
            name: name, startSeconds: Self.seconds(before - start), seconds: Self.seconds(ContinuousClock.now - before),
            records: records, bytes: bytes)
        recorded.withLock { $0.append(stage) }
        return result
    }

    private static func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }

    // MARK: The table

    /// The stages in the order in which they began, and what the process as a whole used: a table for a person.
    package func table() -> String {
        let wall = Self.seconds(ContinuousClock.now - start)
        let stages = recorded.withLock { $0 }.sorted { $0.startSeconds < $1.startSeconds }
        var lines = [Self.line(["stage", "from s", "seconds", "share", "records/s", "MB/s"])]
        for stage in stages {
            let rate = { (count: Int?) in
                count.map { stage.seconds > 0 ? Double($0) / stage.seconds : 0 }
            }
            lines.append(
                Self.line([
                    stage.name, Self.fixed(stage.startSeconds), Self.fixed(stage.seconds),
                    "\(Int(100 * stage.seconds / wall)) %", rate(stage.records).map { "\(Int($0))" } ?? "",
                    rate(stage.bytes).map { "\(Int($0 / 1_000_000))" } ?? "",
                ]))
        }
        let usage = ProcessUsage()
        let cpuSeconds = Self.seconds(usage.cpu)
        lines.append(Self.line(["all", "0.000", Self.fixed(wall), "100 %", "", ""]))
        lines.append(
            "CPU \(Self.fixed(cpuSeconds)) s, \(Self.fixed(cpuSeconds / wall)) cores busy, peak memory "
                + "\(usage.peakMemoryMebibytes) MiB")
        return lines.joined(separator: "\n")
    }

    private static let widths = [16, 8, 9, 7, 11, 7]

    private static func line(_ cells: [String]) -> String {
        zip(cells, widths).enumerated().map { index, cell in
            let padding = String(repeating: " ", count: max(0, cell.1 - cell.0.utf8.count))
            return index == 0 ? cell.0 + padding : padding + cell.0
        }.joined()
    }

    /// Three digits after the point.
    private static func fixed(_ value: Double) -> String {
        let thousandths = Int((value * 1000).rounded())
        let fraction = String(thousandths % 1000)
        return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - fraction.utf8.count) + fraction
    }
}
