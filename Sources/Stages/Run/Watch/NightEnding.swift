import Memory
import Refunds
import Report

/// How a night ended, for those who watch over it: a run that published, or one that did not.
package struct NightEnding: Sendable {
    package var asOf: CalendarDate
    package var started: Instant
    package var ended: Instant
    /// The exit code (OPERATIONS.md, "Exit codes").
    package var exitCode: Int32
    package var outcome: Outcome

    package enum Outcome: Sendable {
        case published(RunResult)
        /// Nothing was published; why.
        case failed(String)
    }

    package init(asOf: CalendarDate, started: Instant, ended: Instant, exitCode: Int32, outcome: Outcome) {
        self.asOf = asOf
        self.started = started
        self.ended = ended
        self.exitCode = exitCode
        self.outcome = outcome
    }

    /// The figures of the report; nil if nothing was published.
    package var reportVerdict: Verdict? {
        switch outcome {
        case .published(let result): Verdict(result.context)
        case .failed: nil
        }
    }

    package var verdict: NightVerdict { reportVerdict.map { NightVerdict($0) } ?? .failed }

    /// The text for a person, without colors and without a newline at its end.
    package var text: String {
        switch outcome {
        case .published(let result):
            TerminalSummary(result.context, result.highlights, folder: result.folder, hasColor: false).text()
        case .failed(let reason):
            """
            FAILED  refunds as of \(asOf)
            \(VisibleText.escaped(reason))
            Nothing was published. Exit code \(exitCode).
            """
        }
    }
}

/// What a night comes to in one word, from good to bad: the worse half of its report's verdict, or that there is none. The raw
/// values are words of the command line and of the metrics.
package enum NightVerdict: String, Sendable, CaseIterable, Comparable {
    case reconciled
    /// Nothing is wrong, and refunds are outstanding.
    case outstanding
    /// There are exceptions of severity error, or a case was paid other than quoted.
    case breaks
    /// Part of the picture is missing, whatever the rest says.
    case incomplete
    /// Nothing was published.
    case failed

    init(_ verdict: Verdict) {
        self =
            switch (verdict.isComplete, verdict.result) {
            case (false, _): .incomplete
            case (true, .breaks): .breaks
            case (true, .outstanding): .outstanding
            case (true, .reconciled): .reconciled
            }
    }

    /// A word of the command line; `open-items` is the former name of `outstanding`.
    package init?(word: String) {
        self.init(rawValue: word == "open-items" ? Self.outstanding.rawValue : word)
    }

    package static func < (left: NightVerdict, right: NightVerdict) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
