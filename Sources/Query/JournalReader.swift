import Atlas
import Bytes
import Core
import JSON

/// The answers of status journals, found by case (FORMATS.md, "Statuses: the query and its journal").
public struct JournalReader: Sendable {
    /// The answer that counts for each case; nil where a case is not queryable.
    public private(set) var answers: StatusAnswers
    public private(set) var rejects: [Reject] = []
    /// How many lines of a journal are not blank, and how many of them are about one of the cases.
    public struct RecordCount: Sendable, Equatable {
        public var lines = 0
        public var aboutCases = 0
    }

    /// By journal, in the order in which they were read.
    public private(set) var recordCounts: [RecordCount] = []

    private let lookup: CaseLookup

    /// - Parameters:
    ///   - cases: the cases to be answered, in reading order.
    ///   - index: the places of the cases by `CaseKey.lookupHash`, where there is one already.
    public init(cases: [RefundCase], index: HashIndex? = nil) {
        answers = StatusAnswers(count: cases.count)
        lookup = CaseLookup(cases, index)
    }

    /// Reads a journal on at most `threads` tasks; files are read in the order in which they count.
    public mutating func read(_ input: InputFile, file: Int32, threads: Int) async throws {
        recordCounts.append(RecordCount())
        let parser = JournalParser(file: file, cases: lookup)
        try await readRecords(of: BlockSource(input), with: parser, width: threads) { take($0, file, $1) }
    }

    private mutating func take(_ part: JournalPart, _ file: Int32, _ firstLine: Int32) {
        recordCounts[recordCounts.count - 1].lines += part.records
        recordCounts[recordCounts.count - 1].aboutCases += part.places.count
        rejects.append(part.rejects, linesBefore: firstLine)
        let list = answers.add(part.answers, linesBefore: firstLine)
        // The last ok line counts, else the last.
        for (index, place) in part.places.enumerated()
        where part.answers.start[index].isOK || !answers.isOK(Int(place)) {
            answers.set(Int(place), list: list, index: index)
        }
        for place in part.withOtherRefunds { answers.noteOtherRefunds(place) }
    }

    /// Gives every queryable case that no line is about its failure, `not-in-journal`; `source` is where it was looked for.
    public mutating func finish() {
        let missing = StatusAnswer(
            outcome: .failed("not-in-journal"), queriedAt: nil, source: SourceLine(file: -1, line: 0))
        let reason = AnswerList(capacity: 1)
        reason.append(missing)
        let list = answers.add(reason)
        for place in answers.indices where !answers.isSet(place) && lookup.cases[place].isQueryable {
            answers.set(place, list: list, index: 0)
        }
    }
}
