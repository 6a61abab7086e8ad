import Memory
import Query
import Refunds

extension CarriedRecords {
    /// The answers as the journal's reader takes them.
    func recalledAnswers(isUsedAgain: (RememberedAnswer) -> Bool) -> [RecalledAnswer] {
        answers.enumerated().map { index, answer in
            RecalledAnswer(
                key: answer.key,
                answer: StatusAnswer(
                    outcome: .ok(answer.entries), queriedAt: answer.queriedAt,
                    source: SourceLine(file: files.answers, line: Int32(index + 1))),
                isUsedAgain: isUsedAgain(answer))
        }
    }
}
