/// How long to leave the service alone between two rounds, and for how long there are further rounds.
package struct RoundPolicy: Sendable {
    /// The first pause; it doubles while nothing is answered.
    package var shortestPause: Duration = .seconds(5)
    package var longestPause: Duration = .seconds(300)
    /// Without a deadline: no round begins later than so long after every question was asked once.
    package var laterRounds: Duration = .seconds(7200)

    package init() {}

    /// The pause after so many pauses in a row that led to no answer: up to a fifth shorter, by `jitter` of 0..<1, but never
    /// shorter than the shortest.
    func pause(fruitless: Int, jitter: Double) -> Duration {
        var longest = shortestPause
        for _ in 0..<fruitless where longest < longestPause { longest *= 2 }
        longest = min(longest, longestPause)
        return max(longest - longest / 5 * (1 - jitter), shortestPause)
    }
}

/// Which questions are asked in which round of a night, and when a round begins. Pure: it is told what became of a question,
/// and says which one is next.
///
/// The first round asks every question. What fails for a passing reason, or is held back, is put back and asked again in a
/// later round. A round that settled nothing, or opened the circuit, is followed by one that begins with a single question, the
/// probe: if that is settled the others follow, else there is another pause.
struct Rounds {
    /// A question that was asked and put back.
    struct Waiting: Sendable, Equatable {
        /// How many were made so far.
        var attempts: Int
        /// Requests beyond these that were sent since connections had gone bad.
        var resends = 0
        /// Why the latest one failed.
        var code: String
        /// The line of the journal that says so.
        var line: LinePosition
        /// The service wants to be left alone until then.
        var notBefore: Duration?
    }

    private let policy: RoundPolicy
    private let deadline: Duration?

    /// The questions of this round, by their place among all; those before `cursor` have been taken.
    private var queue: [Int]
    private var cursor = 0
    /// Put back in this round.
    private var putBack: [Int] = []
    private var waiting: [Int: Waiting] = [:]
    private var number = 1
    /// The one question that decides about the others is still to be settled.
    private(set) var isProbing = false
    private var isProbeTaken = false
    /// Why the latest probe failed; nil where it did not.
    private var probeFailure: String?
    /// Nothing more may be sent in this round.
    private var isHeld = false
    private var settledCount = 0
    private var fruitlessPauses = 0
    private var hasAskedAll = false
    /// Without a deadline, when the last round may begin; nil in the first round.
    private var latestBeginning: Duration?
    /// Why questions that were never sent were held back: `circuit-open` or `deadline`.
    private(set) var heldCode = "deadline"

    init(_ questions: [Int], policy: RoundPolicy, deadline: Duration?) {
        queue = questions
        self.policy = policy
        self.deadline = deadline
    }

    /// The next question of this round; nil if there is none, or none yet.
    mutating func next(now: Duration) -> Int? {
        if isHeld || isProbing && isProbeTaken { return nil }
        while cursor < queue.count {
            let question = queue[cursor]
            cursor += 1
            guard due(question, now: now) <= now else {
                putBack.append(question)
                continue
            }
            isProbeTaken = true
            return question
        }
        return nil
    }

    /// The result of a question in earlier rounds; nil if they did nothing.
    func earlier(_ question: Int) -> Waiting? { waiting.isEmpty ? nil : waiting[question] }

    /// A question was answered, or failed for good.
    mutating func settle(_ question: Int) {
        if !waiting.isEmpty { waiting[question] = nil }
        settledCount += 1
        isProbing = false
        probeFailure = nil
    }

    /// A question is to be asked in a later round.
    ///
    /// - Parameters:
    ///   - asked: its result; nil if nothing was sent in this round.
    ///   - heldCode: why no other question may be sent in this round either; nil if others may.
    mutating func putBack(_ question: Int, _ asked: Waiting?, heldCode: String?) {
        putBack.append(question)
        if let asked {
            waiting[question] = asked
            if isProbing { probeFailure = asked.code }
        }
        guard let heldCode else { return }
        isHeld = true
        self.heldCode = heldCode
    }

    /// Ends this round: when the next one begins. nil if there is none, and the questions that are left have failed.
    mutating func end(now: Duration, isCircuitClosed: Bool, jitter: Double) -> Duration? {
        queue = Array(queue[cursor...]) + putBack
        (cursor, putBack, isHeld) = (0, [], false)
        guard !queue.isEmpty else { return nil }
        if !hasAskedAll {
            hasAskedAll = waiting.count == queue.count
            // An outage from the start must have an end too.
            if number == 1 || hasAskedAll { latestBeginning = now + policy.laterRounds }
        }
        if settledCount > 0 { fruitlessPauses = 0 }
        (isProbing, isProbeTaken) = (settledCount == 0 || !isCircuitClosed, false)
        settledCount = 0
        if isProbing { chooseProbe(jitter) }
        number += 1
        return beginning(now: now, jitter: jitter)
    }

    /// Puts another probe first after one that failed. That one may have itself to blame, and many of its kind may follow it:
    /// the next is any of the questions that failed for another reason, else any.
    private mutating func chooseProbe(_ jitter: Double) {
        guard let probeFailure else { return }
        let others = queue.indices.filter { waiting[queue[$0]]?.code != probeFailure }
        let places = others.isEmpty ? Array(queue.indices) : others
        queue.swapAt(0, places[min(Int(jitter * Double(places.count)), places.count - 1)])
    }

    private mutating func beginning(now: Duration, jitter: Double) -> Duration? {
        guard let end else { return nil }
        var time = now + policy.pause(fruitless: fruitlessPauses, jitter: jitter)
        fruitlessPauses += 1
        // The time that is left is used: the pauses get shorter again towards the end.
        if time >= end { time = now + max((end - now) / 2, policy.shortestPause) }
        time = max(time, firstDue(now: now))
        return time < end ? time : nil
    }

    /// Nothing is sent from then on (with a deadline), or no round begun.
    private var end: Duration? { deadline ?? latestBeginning }

    /// When a question may be asked. A service that wants to be left alone for longer than there is time is asked all the same.
    private func due(_ question: Int, now: Duration) -> Duration {
        guard !waiting.isEmpty, let time = waiting[question]?.notBefore, let end, time < end else { return now }
        return max(time, now)
    }

    /// When the first of the questions that are left may be asked.
    private func firstDue(now: Duration) -> Duration { queue.lazy.map { due($0, now: now) }.min() ?? now }

    /// How many questions wait for a later round.
    var waitingCount: Int { number == 1 ? putBack.count : queue.count - cursor + putBack.count }

    /// Why they wait, the most frequent reason first.
    var causes: [(code: String, count: Int)] {
        var counts: [String: Int] = [:]
        for question in queue[cursor...] + putBack { counts[waiting[question]?.code ?? heldCode, default: 0] += 1 }
        return counts.map { ($0.key, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }

    /// After the last round: the questions that have neither answer nor final failure, with the last result of each.
    var unsettled: [(question: Int, asked: Waiting?)] { queue.map { ($0, waiting[$0]) } }
}
