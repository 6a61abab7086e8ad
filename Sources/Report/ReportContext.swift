import Core

/// What every renderer needs beside the rows.
public struct ReportContext: Sendable {
    public var asOf: CalendarDate
    public var toolVersion: String
    /// The names of the inputs, by file number.
    public var fileNames: [String]
    public var tolerances: Tolerances
    /// Where the statuses come from, in words: `journal status-journal.jsonl`, the base URL of a live run, the sandbox.
    public var statusSource: String
    public var summary: Summary
    public var controls: Controls
    public var rejects: [Reject]
    /// Why queries have no answer: `controls.queries.failed` of them.
    public var queryFailures = QueryFailures()
    /// Inputs with their SHA-256 and size, in the order in which they were given.
    public var inputs: [InputEvidence]
    /// How many rows need somebody.
    public var rowsToLookAt = RowsToLookAt()
    /// What options add.
    public var additions = ReportAdditions()
    /// Which run made the report; nil for one that is not made to be published.
    public var trail: RunTrail?
    /// The files of the report that were written before the one that shows them.
    public var outputs: [OutputEvidence] = []

    public init(
        asOf: CalendarDate, toolVersion: String, fileNames: [String], tolerances: Tolerances, statusSource: String,
        summary: Summary, controls: Controls, rejects: [Reject], inputs: [InputEvidence]
    ) {
        self.asOf = asOf
        self.toolVersion = toolVersion
        self.fileNames = fileNames
        self.tolerances = tolerances
        self.statusSource = statusSource
        self.summary = summary
        self.controls = controls
        self.rejects = rejects
        self.inputs = inputs
    }
}

/// One input as it was read.
public struct InputEvidence: Sendable, Equatable {
    /// `orders`, `webhooks`, `statusJournal`, `feeSchedule`, `dispositions`, or one of the carried files, such as
    /// `carriedOrders`.
    public let role: String
    public var path: String
    public let name: String
    public let sha256: String
    public let bytes: Int
    /// What it holds, once it is read.
    public var figures: InputFigures?

    public init(role: String, path: String, name: String, sha256: String, bytes: Int) {
        self.role = role
        self.path = path
        self.name = name
        self.sha256 = sha256
        self.bytes = bytes
    }
}
