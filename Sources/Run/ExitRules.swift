/// With which code of CLI.md a run ends that published its report: 69 goes before 2, and 2 before 1. `--allow-…` and
/// `--strict` change nothing but this.
public struct ExitRules: Sendable {
    /// Refused records and failed queries are accepted.
    public var allowsIncomplete = false
    /// A night without a case is accepted.
    public var allowsEmpty = false
    /// Exceptions of severity error are told by the exit code.
    public var isStrict = false

    public init() {}

    public func code(_ result: RunResult) -> Int32 {
        if result.outage != nil, !allowsIncomplete { return 69 }
        // What was demanded and did not come is excused by nothing.
        if result.isShort || (result.isIncomplete && !allowsIncomplete) || (result.isEmpty && !allowsEmpty) { return 2 }
        return isStrict && result.hasErrors ? 1 : 0
    }
}
