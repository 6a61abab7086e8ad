import Core

/// What a person decided about a break or an open item: a row of the Exceptions sheet that came back.
public struct Disposition: Sendable, Equatable {
    /// As written: 32 hexadecimal digits, or the 16 that ids had before.
    public var breakId: String
    /// What the row came to as the person saw it.
    public var amounts: Text
    /// `accepted`, `written off`, `closed`, `disputed with Atlas` …, as written.
    public var decision: String
    public var note: String
    public var preparer: String
    public var reviewer: String
    public var date: String
    /// The file's path and the line: `decided.csv, line 2`.
    public var place: String

    public init(
        breakId: String, amounts: Text, decision: String, note: String, preparer: String, reviewer: String,
        date: String, place: String
    ) {
        self.breakId = breakId
        self.amounts = amounts
        self.decision = decision
        self.note = note
        self.preparer = preparer
        self.reviewer = reviewer
        self.date = date
        self.place = place
    }

    /// Whether the person is done with the break: the difference is borne.
    public var settles: Bool { decision == "accepted" || decision == "written off" }

    /// Whether an outstanding refund or an orphan is not waited for any more.
    public var closes: Bool { decision == "closed" }

    /// Whether it is one of these words but for capitals and spaces: it does nothing.
    var isMiswritten: Bool {
        let words = decision.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return ["accepted", "written off", "closed"].contains(words) && words != decision
    }

    /// Whether it was made on a report whose `breakAmounts` did not have the outcome and the codes: they began with a
    /// currency, with the final side, or were empty.
    var isOnFormerAmounts: Bool {
        let first = amounts.string.prefix { $0 != " " }
        return first.isEmpty || first == "final" || (first.utf8.count == 3 && first.allSatisfy(\.isUppercase))
    }
}

/// Decisions, found by the id of the row that they are about.
struct Dispositions: Sendable {
    let rows: [Disposition]
    private var places: [BreakId: Int] = [:]
    /// Those whose id has only its first 16 digits.
    private(set) var placesByHalf: [UInt64: Int] = [:]

    init(_ rows: [Disposition]) {
        self.rows = rows
        for (place, row) in rows.enumerated() {
            if let id = BreakId(row.breakId) {
                places[id] = place
            } else if let half = BreakId.half(row.breakId.utf8) {
                placesByHalf[half] = place
            }
        }
    }

    /// The place of the decision about an id itself; what has all its digits goes before.
    func place(of id: BreakId) -> Int? {
        if rows.isEmpty { return nil }
        return places[id] ?? placesByHalf[id.high]
    }
}

/// A decision whose id of 16 digits is the beginning of several ids.
public struct AmbiguousDisposition: Error, Equatable, CustomStringConvertible {
    public let place: String
    public let ids: [BreakId]

    public init(place: String, ids: [BreakId]) {
        self.place = place
        self.ids = ids
    }

    public var description: String {
        "\(place): the breakId may mean \(ids.map(\.description).joined(separator: " or ")): write all 32 digits"
    }
}
