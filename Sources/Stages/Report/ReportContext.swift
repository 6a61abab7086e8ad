import Memory
import Refunds

/// The data that every renderer needs beside the rows.
package struct ReportContext: Sendable {
    package var asOf: CalendarDate
    package var toolVersion: String
    /// The names of the inputs, by file number.
    package var fileNames: [String]
    package var tolerances: Tolerances
    /// Where the statuses come from, in words: `journal status-journal.jsonl`, the base URL of a live run, the sandbox.
    package var statusSource: String
    package var summary: Summary
    package var controls: Controls
    package var rejects: [Reject]
    /// Why queries have no answer: `controls.queries.failed` of them.
    package var queryFailures = QueryFailures()
    /// Inputs with their SHA-256 and size, in the order in which they were given.
    package var inputs: [InputEvidence]
    /// How many rows need somebody.
    package var rowsToLookAt = RowsToLookAt()
    /// Additions by options.
    package var additions = ReportAdditions()
    /// Which run made the report; nil for one that is not made to be published.
    package var trail: RunTrail?
    /// The files of the report that were written before the one that shows them.
    package var outputs: [OutputEvidence] = []

    package init(
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
