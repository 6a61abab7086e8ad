import Bytes
import Core
import Query

/// The answers about the cases of a run, and what became of them.
struct Statuses: Sendable {
    /// By case.
    let answers: [StatusAnswer?]
    /// Lines of a journal that were refused; they count in no control.
    let rejects: [Reject]
    /// Where the statuses came from, in words.
    let source: String
    /// The journal of a live run, to be published in the order of the cases.
    var publishedJournal: String?
    var workingJournal: String?

    /// Once the report with its journal is published.
    func discardWorkingJournal() { if let workingJournal { removeFile(workingJournal) } }
}

/// Gets the statuses from where the run takes them.
struct StatusStage {
    let run: NightlyRun
    let output: OutputFolder
    let inputs: RunInputs

    init(_ run: NightlyRun, _ output: OutputFolder, _ inputs: RunInputs) {
        self.run = run
        self.output = output
        self.inputs = inputs
    }

    func answers(_ cases: [RefundCase]) async throws -> Statuses {
        switch run.parameters.statusSource {
        case .journals: return try await fromJournals(inputs.journals, cases)
        case .live, .sandbox: throw RunFailure(.usage, "not yet")
        }
    }

    private func fromJournals(_ journals: [InputBytes], _ cases: [RefundCase]) async throws -> Statuses {
        var reader = JournalReader(cases: cases)
        for (offset, journal) in journals.enumerated() {
            try await reader.read(
                journal, file: inputs.firstJournalFile + Int32(offset), threads: run.parameters.threads)
        }
        reader.finish()
        let names = journals.map(\.path).joined(separator: ", ")
        return Statuses(answers: reader.answers, rejects: reader.rejects, source: "journal \(names)")
    }
}
