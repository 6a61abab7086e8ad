import Atlas
import Files
import Memory
import Records
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

    private let cases: [RefundCase]
    private let index: CaseIndex
    private let mayBeRemembered: (@Sendable (RefundIdentity) -> Bool)?
    /// Keys of lines about refunds that are no case of tonight, and that a night before may have had.
    package private(set) var remembered: [RefundIdentity] = []
    /// By case, the answers of nights before that count until one of tonight does.
    private var recalled: [Int: RecalledAnswer] = [:]

    /// - Parameters:
    ///   - cases: the cases to be answered, in reading order.
    ///   - index: the places of the cases, where there is one already.
    ///   - mayBeRemembered: whether a night before may have had a case of a key; nil where nothing is remembered.
    package init(
        cases: [RefundCase], index: CaseIndex? = nil, mayBeRemembered: (@Sendable (RefundIdentity) -> Bool)? = nil
    ) {
        self.mayBeRemembered = mayBeRemembered
        answers = StatusAnswers(count: cases.count)
        self.cases = cases
        self.index = index ?? CaseIndex(of: cases)
    }

    /// Reads a journal on at most `threads` tasks; files are read in the order in which they count.
    package mutating func read(_ input: InputFile, file: Int32, threads: Int) async throws {
        recordCounts.append(RecordCount())
        let records = JournalRecords(file: file, cases: cases, index: index, mayBeRemembered: mayBeRemembered)
        try await readJSONLines(of: input, with: records, threads: threads) { batch in take(batch, from: file) }
    }

    private mutating func take(_ batch: RecordBatch<JournalRecord, RecordFault>, from file: Int32) {
        var list: [StatusAnswer] = []
        list.reserveCapacity(batch.indices.count)
        var read: [(place: Int, failure: QueryFailure?)] = []
        read.reserveCapacity(batch.indices.count)
        for index in batch.indices {
            switch batch[index] {
            case .remembered(let identity): remembered.append(identity)
            case .answer(let answer, let place, let namesOthers):
                list.append(answer)
                read.append((place, answer.failure))
                if namesOthers { answers.noteOtherRefunds(place) }
            }
        }
        recordCounts[recordCounts.count - 1].lines += batch.recordCount
        recordCounts[recordCounts.count - 1].aboutCases += read.count
        rejects.append(batch.refused, file: file)
        let number = answers.add(list)
        // The last ok line counts, else the last.
        for (index, (place, failure)) in read.enumerated() {
            if let failure, answers.isOK(place) {
                noteFailure(place, failure)
            } else {
                answers.set(place, list: number, index: index)
                if recalled.removeValue(forKey: place) != nil { answers.noteFailedTonight(place, nil) }
            }
        }
    }

    private static let notInJournal: Text = "not-in-journal"

    /// Makes the answers of nights before count for their cases, until one of tonight is read.
    package mutating func recall(_ given: [RecalledAnswer]) {
        let number = answers.add(given.map(\.answer))
        for (index, answer) in given.enumerated() {
            guard answer.key.refundCode != nil, let place = self.index.place(of: answer.key, in: cases) else {
                continue
            }
            answers.set(place, list: number, index: index)
            if answer.answer.hasOthers(than: cases[place]) { answers.noteOtherRefunds(place) }
            recalled[place] = answer
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
            outcome: .failed(Self.notInJournal), queriedAt: nil, source: nil)
        let list = answers.add([missing])
        for place in answers.indices where !answers.isSet(place) && cases[place].isQueryable {
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

extension StatusAnswer {
    /// Why there is no answer; nil where there is one.
    fileprivate var failure: QueryFailure? {
        guard case .failed(let code, let detail) = outcome else { return nil }
        return QueryFailure(code, detail: detail)
    }
}
