/// The exit code (OPERATIONS.md, "Exit codes") of a run that published its report: 69 takes precedence over 2, and 2 over 1.
/// `--allow-…` and `--strict` change only this.
package struct ExitRules: Sendable {
    /// Refused records and failed queries are accepted.
    package var allowsIncomplete = false
    /// A night without a case is accepted.
    package var allowsEmpty = false
    /// Exceptions of severity error make the exit code 1.
    package var isStrict = false

    package init() {}

    package func code(_ result: RunResult) -> Int32 {
        if result.outage != nil, !allowsIncomplete { return 69 }
        // No option excuses a stated expectation that was not met.
        if result.isShort || (result.isIncomplete && !allowsIncomplete) || (result.isEmpty && !allowsEmpty) { return 2 }
        return isStrict && result.hasErrors ? 1 : 0
    }
}
