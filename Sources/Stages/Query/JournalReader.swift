import Atlas
import Files
import JSON
import Memory
import Refunds

/// The answers of status journals, found by case (FORMATS.md, "Statuses: the query and its journal").
package struct JournalReader: Sendable {
    /// The answer that counts for each case; nil where a case is not queryable.
    package private(set) var answers: StatusAnswers
    package private(set) var rejects: [Reject] = []
    /// How many lines of a journal are not blank, and how many of them are about one of the cases.
    package struct RecordCount: Sendable, Equatable {
        package var lines = 0
        package var aboutCases = 0
    }

    /// By journal, in the order in which they were read.
    package private(set) var recordCounts: [RecordCount] = []

    private let lookup: CaseLookup
    private let mayBeRemembered: (@Sendable (RefundIdentity) -> Bool)?
    /// Keys of lines about refunds that are no case of tonight, and that a night before may have had.
    package private(set) var remembered: [RefundIdentity] = []
    /// By case, the answers of nights before that count until one of tonight does.
    private var recalled: [Int: RecalledAnswer] = [:]

    /// - Parameters:
    ///   - cases: the cases to be answered, in reading order.
    ///   - index: the places of the cases by `RefundIdentity.lookupHash`, where there is one already.
    ///   - mayBeRemembered: whether a night before may have had a case of a key; nil where nothing is remembered.
    package init(
        cases: [RefundCase], index: HashIndex? = nil, mayBeRemembered: (@Sendable (RefundIdentity) -> Bool)? = nil
    ) {
        self.mayBeRemembered = mayBeRemembered
        answers = StatusAnswers(count: cases.count)
        lookup = CaseLookup(cases, index)
    }

    /// Reads a journal on at most `threads` tasks; files are read in the order in which they count.
    package mutating func read(_ input: InputFile, file: Int32, threads: Int) async throws {
        recordCounts.append(RecordCount())
        let parser = JournalParser(file: file, cases: lookup, mayBeRemembered: mayBeRemembered)
        try await readRecords(of: BlockSource(input), with: parser, width: threads) { take($0, file, $1) }
    }

    private mutating func take(_ part: JournalPart, _ file: Int32, _ firstLine: Int32) {
        recordCounts[recordCounts.count - 1].lines += part.records
        recordCounts[recordCounts.count - 1].aboutCases += part.places.count
        rejects.append(part.rejects, linesBefore: firstLine)
        remembered += part.remembered
        let list = answers.add(part.answers, linesBefore: firstLine)
        // The last ok line counts, else the last.
        for (index, place) in part.places.enumerated() {
            let outcome = part.answers[index].outcome
            if case .failed(let code, let detail) = outcome, answers.isOK(Int(place)) {
                noteFailure(Int(place), QueryFailure(code, detail: detail))
            } else {
                answers.set(Int(place), list: list, index: index)
                if !recalled.isEmpty, recalled.removeValue(forKey: Int(place)) != nil {
                    answers.noteFailedTonight(Int(place), nil)
                }
            }
        }
        for place in part.withOtherRefunds { answers.noteOtherRefunds(place) }
    }

    private static let notInJournal: Text = "not-in-journal"

    /// Makes the answers of nights before count for their cases, until one of tonight is read.
    package mutating func recall(_ given: [RecalledAnswer]) {
        let number = answers.add(given.map { $0.answer })
        lookup.withFinder { finder in
            for (index, answer) in given.enumerated() {
                guard let place = finder.place(of: answer.key) else { continue }
                answers.set(place, list: number, index: index)
                if answer.answer.hasOthers(than: finder.cases[place]) { answers.noteOtherRefunds(place) }
                recalled[place] = answer
            }
        }
    }

    /// Whether a case need not be asked about.
    package func isAnswered(_ place: Int) -> Bool { recalled[place]?.isUsedAgain ?? false }

    /// A failure of tonight beside an answer of a night before that is not simply used again.
    private mutating func noteFailure(_ place: Int, _ failure: QueryFailure) {
        if let answer = recalled[place], !answer.isUsedAgain { answers.noteFailedTonight(place, failure) }
    }

    /// Gives every queryable case that no line is about its failure, `not-in-journal`; `source` is where it was looked for.
    package mutating func finish() {
        let missing = StatusAnswer(
            outcome: .failed(Self.notInJournal), queriedAt: nil, source: SourceLine(file: -1, line: 0))
        let list = answers.add([missing])
        for place in answers.indices where !answers.isSet(place) && lookup.cases[place].isQueryable {
            answers.set(place, list: list, index: 0)
        }
        for place in recalled.keys where answers.failedTonight[place] == nil {
            noteFailure(place, QueryFailure(Self.notInJournal))
        }
    }
}

/// An answer of a night before.
package struct RecalledAnswer: Sendable {
    /// The key of the record that it is about.
    package let key: RefundIdentity
    /// Its source is its place in the file of the carried answers.
    package let answer: StatusAnswer
    /// Whether it is used again without asking; else it counts only if Atlas cannot be asked.
    package let isUsedAgain: Bool

    package init(key: RefundIdentity, answer: StatusAnswer, isUsedAgain: Bool) {
        self.key = key
        self.answer = answer
        self.isUsedAgain = isUsedAgain
    }
}
