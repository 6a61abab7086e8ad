import Memory

/// The answers about the cases of a run: for each case the one that counts, or none.
///
/// They stay in the lists in which they were read; a case knows only where its own stands, so that none is moved.
public struct StatusAnswers: Sendable {
    /// `@unchecked Sendable`: a list that was added does not change.
    struct Source: @unchecked Sendable {
        let list: AnswerList
        /// Where the list begins, so that reading from it counts no references.
        let start: UnsafePointer<StatusAnswer>
        /// What the line numbers of its answers begin behind.
        let linesBefore: Int32
    }

    struct Place: Sendable {
        /// The number of the list; negative for no answer.
        var list: Int32 = -1
        var index: Int32 = 0
    }

    private var sources: [Source] = []
    /// By case.
    private var places: [Place]
    /// Cases of which an answer counts, and of which a failure does.
    private var good = 0
    private var bad = 0
    /// Cases about which Atlas could not be asked, while a good answer of a night before counts; with the failure.
    public private(set) var failedTonight: [Int: QueryFailure] = [:]

    /// How many cases Atlas answered about, and about how many it could not be asked.
    public var okCount: Int { good - failedTonight.count }
    public var failedCount: Int { bad + failedTonight.count }

    /// Cases with an answer that may have an entry which is not their own.
    public private(set) var mayNameOtherRefunds: Set<Int> = []

    /// No answer about so many cases.
    public init(count: Int) { places = [Place](repeating: Place(), count: count) }

    public init(_ answers: [StatusAnswer?]) {
        self.init(count: answers.count)
        let given = answers.indices.filter { answers[$0] != nil }
        let list = AnswerList(capacity: given.count)
        for answer in answers.compactMap({ $0 }) { list.append(answer) }
        let number = add(list)
        for (index, position) in given.enumerated() { set(position, list: number, index: index) }
        mayNameOtherRefunds = Set(given)
    }

    // MARK: Setting

    /// Adds a full list of answers, which count for no case yet, and gives the number of their list.
    ///
    /// - Parameter linesBefore: what their line numbers begin behind.
    public mutating func add(_ list: AnswerList, linesBefore: Int32 = 0) -> Int {
        sources.append(Source(list: list, start: list.start, linesBefore: linesBefore))
        return sources.count - 1
    }

    /// Makes an answer of a list the one that counts for a case.
    public mutating func set(_ position: Int, list: Int, index: Int) {
        if isSet(position) { count(position, -1) }
        places[position] = Place(list: Int32(list), index: Int32(index))
        count(position, 1)
    }

    /// Remembers that an answer about a case may have an entry which is not its own.
    public mutating func noteOtherRefunds(_ position: Int) { mayNameOtherRefunds.insert(position) }

    /// Notes that Atlas could not be asked about a case of which an answer of a night before counts.
    ///
    /// - Parameter failure: nil where Atlas answered in the end.
    public mutating func noteFailedTonight(_ position: Int, _ failure: QueryFailure?) {
        failedTonight[position] = failure
    }

    /// The answers about fewer cases, each taken from the case that it is given.
    ///
    /// - Parameter origins: by case that remains, the case whose answer counts for it.
    public func answers(from origins: [(remaining: Int, origin: Int)]) -> StatusAnswers {
        var fewer = StatusAnswers(count: origins.count)
        fewer.sources = sources
        for (position, from) in origins.enumerated() where isSet(from.origin) {
            let place = places[from.origin]
            fewer.set(position, list: Int(place.list), index: Int(place.index))
            fewer.failedTonight[position] = failedTonight[from.origin]
            if from.origin != from.remaining || mayNameOtherRefunds.contains(from.origin) {
                fewer.noteOtherRefunds(position)
            }
        }
        return fewer
    }

    private mutating func count(_ position: Int, _ step: Int) {
        if isOK(position) { good += step } else { bad += step }
    }

    // MARK: Reading

    /// Whether there is an answer about a case, or a reason why there is none.
    public func isSet(_ position: Int) -> Bool { places[position].list >= 0 }

    /// Whether there is an answer about a case, and Atlas gave it.
    public func isOK(_ position: Int) -> Bool {
        let place = places[position]
        return place.list >= 0 && sources[Int(place.list)].start[Int(place.index)].isOK
    }

    /// Calls `body` with what reads the answers without counting references to them.
    @inline(__always)
    public func withReader<Result, Failure: Error>(
        _ body: (Reader) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try sources.withUnsafeBufferPointer { (sources) throws(Failure) in
            try places.withUnsafeBufferPointer { (places) throws(Failure) in
                try body(Reader(sources: sources, places: places))
            }
        }
    }

    /// Reads the answers for as long as they stay where they are.
    public struct Reader {
        let sources: UnsafeBufferPointer<Source>
        let places: UnsafeBufferPointer<Place>

        @inline(__always)
        public subscript(position: Int) -> PlacedAnswer? {
            let place = places[position]
            if place.list < 0 { return nil }
            let list = sources[Int(place.list)]
            return PlacedAnswer(start: list.start + Int(place.index), linesBefore: list.linesBefore)
        }

        /// Fetches an answer that will be read soon.
        @inline(__always)
        public func prefetchAnswer(_ position: Int) {
            let place = places[position]
            if place.list >= 0 { prefetch(sources[Int(place.list)].start + Int(place.index)) }
        }
    }
}

extension StatusAnswers: RandomAccessCollection {
    public var startIndex: Int { 0 }

    public var endIndex: Int { places.count }

    public subscript(position: Int) -> StatusAnswer? { withReader { $0[position]?.answer } }
}

/// An answer where it stands, for as long as its list does: it is wide, and most of what asks for one wants a part of it.
public struct PlacedAnswer {
    let start: UnsafePointer<StatusAnswer>
    /// What its line number begins behind.
    let linesBefore: Int32

    init(start: UnsafePointer<StatusAnswer>, linesBefore: Int32) {
        self.start = start
        self.linesBefore = linesBefore
    }

    @inline(__always)
    public var outcome: StatusAnswer.Outcome { start.pointee.outcome }

    @inline(__always)
    public var queriedAt: Text? { start.pointee.queriedAt }

    /// The journal's line.
    @inline(__always)
    public var source: SourceLine {
        SourceLine(file: start.pointee.source.file, line: start.pointee.source.line + linesBefore)
    }

    /// A copy of it.
    public var answer: StatusAnswer { StatusAnswer(outcome: outcome, queriedAt: queriedAt, source: source) }
}

/// Answers one behind the other, at a place that stays once the list is handed on.
///
/// `@unchecked Sendable`: it is filled by one task and not changed after.
public final class AnswerList: @unchecked Sendable {
    private var answers: UnsafeMutablePointer<StatusAnswer>
    private var capacity: Int
    public private(set) var count = 0

    public init(capacity: Int) {
        self.capacity = max(capacity, 1)
        answers = .allocate(capacity: self.capacity)
    }

    deinit {
        answers.deinitialize(count: count)
        answers.deallocate()
    }

    public var start: UnsafePointer<StatusAnswer> { UnsafePointer(answers) }

    public func append(_ answer: StatusAnswer) {
        if count == capacity { grow() }
        (answers + count).initialize(to: answer)
        count += 1
    }

    private func grow() {
        let larger = UnsafeMutablePointer<StatusAnswer>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: answers, count: count)
        answers.deallocate()
        answers = larger
        capacity *= 2
    }
}
