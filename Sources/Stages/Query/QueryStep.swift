/// The steps in which a night asks Atlas, journals the answers and publishes the journal, by name and in their order.
/// Tests kill the process at each of them.
package enum QueryStep: String, CaseIterable, Sendable {
    /// The working journal is open, and made if it was absent.
    case journalOpened = "journal-opened"
    /// No other run can write to it.
    case journalLocked = "journal-locked"
    /// The lines of an earlier run are known.
    case journalRead = "journal-read"
    /// A torn last line is cut off; only where there was one.
    case tornLineCut = "torn-line-cut"
    /// A question is about to be sent; for each attempt.
    case questionSent = "question-sent"
    /// An attempt has its answer, or its failure, and the journal does not have it yet; for each attempt.
    case answerReceived = "answer-received"
    /// A line is in the journal; for each question, and once more for each round after which it waited.
    case lineAppended = "line-appended"
    /// Some questions wait for a later round, and nothing is under way; only where something failed that may pass.
    case pauseBegun = "pause-begun"
    /// All lines are on the disk.
    case journalSynced = "journal-synced"
    /// The copy that is to be published, in the order of the cases, has all its lines.
    case copyWritten = "copy-written"
    /// The copy is on the disk.
    case copySynced = "copy-synced"
    /// The answers are read from the copy.
    case copyRead = "copy-read"
    /// The report is in its place, with a copy of the copy.
    case reportPublished = "report-published"
    /// The copy is removed.
    case copyRemoved = "copy-removed"
    /// The working journal is removed.
    case journalRemoved = "journal-removed"
}

/// Called at each step when it is reached.
package typealias QueryStepObserver = @Sendable (QueryStep) -> Void
