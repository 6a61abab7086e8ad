/// The answers about the cases of a run: for each case the one that counts, or none.
///
/// They stay in the lists in which they were read; a case knows only the place of its own, so that none is moved.
public struct StatusAnswers: Sendable {
    struct Source: Sendable {
        let answers: [StatusAnswer]
        /// The number of lines before this part of the journal; added to the relative line numbers of its answers.
        let linesBefore: Int32
    }

    struct Place: Sendable {
        /// The number of the list; negative for no answer.
        var list: Int32 = -1
        var index: Int32 = 0
    }

    private(set) var sources: [Source] = []
    /// By case.
    private(set) var places: [Place]
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

    /// No answer about any of a number of cases.
    public init(count: Int) { places = [Place](repeating: Place(), count: count) }

    public init(_ answers: [StatusAnswer?]) {
        self.init(count: answers.count)
        let given = answers.indices.filter { answers[$0] != nil }
        let number = add(answers.compactMap { $0 })
        for (index, position) in given.enumerated() { set(position, list: number, index: index) }
        mayNameOtherRefunds = Set(given)
    }

    // MARK: Setting

    /// Adds a list of answers, which count for no case yet, and gives the number of their list.
    ///
    /// - Parameter linesBefore: the number of lines before the first of their part.
    public mutating func add(_ list: [StatusAnswer], linesBefore: Int32 = 0) -> Int {
        sources.append(Source(answers: list, linesBefore: linesBefore))
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
        return place.list >= 0 && sources[Int(place.list)].answers[Int(place.index)].isOK
    }

    /// The answers where they are, to be read without counting references to them.
    @inline(__always)
    public var view: View { @_lifetime(borrow self) get { View(sources: sources.span, places: places.span) } }

    /// Reads the answers for as long as they stay where they are.
    public struct View: ~Escapable {
        private let sources: Span<Source>
        private let places: Span<Place>

        @inline(__always)
        @_lifetime(copy sources, copy places)
        init(sources: Span<Source>, places: Span<Place>) {
            self.sources = sources
            self.places = places
        }

        /// The answer about a case, if there is one, or the reason why there is none.
        @inline(__always)
        public subscript(position: Int) -> StatusAnswer? {
            let place = places[position]
            return place.list < 0 ? nil : sources[Int(place.list)].answer(at: place)
        }
    }
}

extension StatusAnswers.Source {
    @inline(__always)
    func answer(at place: StatusAnswers.Place) -> StatusAnswer {
        var answer = answers[Int(place.index)]
        answer.source = answer.source.map { SourceLine(file: $0.file, line: $0.line + linesBefore) }
        return answer
    }
}

extension StatusAnswers: RandomAccessCollection {
    public var startIndex: Int { 0 }

    public var endIndex: Int { places.count }

    public subscript(position: Int) -> StatusAnswer? { view[position] }
}
