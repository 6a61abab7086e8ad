import Memory
import Refunds

/// A person's decision about a break or an open item: a row of the Exceptions sheet that came back.
package struct Disposition: Sendable, Equatable {
    /// As written: 32 hexadecimal digits, or the 16 that ids had before.
    package var breakID: String
    /// The decisive values of the row as the person saw them.
    package var amounts: Text
    /// `accepted`, `written off`, `closed`, `disputed with Atlas` …, as written.
    package var decision: String
    package var note: String
    package var preparer: String
    package var reviewer: String
    package var date: String
    /// The file's path and the line: `decided.csv, line 2`.
    package var place: String

    package init(
        breakID: String, amounts: Text, decision: String, note: String, preparer: String, reviewer: String,
        date: String, place: String
    ) {
        self.breakID = breakID
        self.amounts = amounts
        self.decision = decision
        self.note = note
        self.preparer = preparer
        self.reviewer = reviewer
        self.date = date
        self.place = place
    }

    /// Whether the person is done with the break: the difference is borne.
    package var settles: Bool { decision == "accepted" || decision == "written off" }

    /// Whether an outstanding refund or an orphan is not waited for any more.
    package var closes: Bool { decision == "closed" }

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
    private var places: [BreakID: Int] = [:]
    /// Those whose id has only its first 16 digits.
    private(set) var placesByHalf: [UInt64: Int] = [:]

    init(_ rows: [Disposition]) {
        self.rows = rows
        for (place, row) in rows.enumerated() {
            if let id = BreakID(row.breakID) {
                places[id] = place
            } else if let half = BreakID.half(row.breakID.utf8) {
                placesByHalf[half] = place
            }
        }
    }

    /// The place of the decision about an id itself; an id with all its digits goes first.
    func place(of id: BreakID) -> Int? {
        if rows.isEmpty { return nil }
        return places[id] ?? placesByHalf[id.high]
    }
}

/// A decision whose id of 16 digits is the beginning of several ids.
package struct AmbiguousDisposition: Error, Equatable, CustomStringConvertible {
    package let place: String
    package let ids: [BreakID]

    package init(place: String, ids: [BreakID]) {
        self.place = place
        self.ids = ids
    }

    package var description: String {
        "\(place): the breakId may mean \(ids.map(\.description).joined(separator: " or ")): write all 32 digits"
    }
}
