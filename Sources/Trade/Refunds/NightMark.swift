import Memory

/// The links of a row to the nights before it and to those to come.
public struct NightMark: Sendable, Equatable {
    public let id: BreakID
    /// The decisive values of the row, as one text that a person decides on.
    public let amounts: Text
    /// nil for an open item that is no break and that nobody closed.
    public let standing: BreakStanding?
    /// Since when and in how many nights its break was open; nil where no break is followed.
    public let since: CalendarDate?
    public let nights: Int?

    public init(id: BreakID, amounts: Text, standing: BreakStanding?, since: CalendarDate?, nights: Int?) {
        self.id = id
        self.amounts = amounts
        self.standing = standing
        self.since = since
        self.nights = nights
    }
}

/// The standing of a break tonight, compared with the last night and with a person's decision.
public enum BreakStanding: String, Sendable, Word {
    /// It was none at the last night.
    case new
    /// It was one at the last night, and is.
    case persisting
    /// It is one; there is no last night to compare with.
    case open
    /// Accepted or written off, and the row has not changed since.
    case settled
    /// Decided on, and the row has changed since.
    case reopened
    /// Outstanding, closed by a person, and the row has not changed since: it is not carried any more.
    case closed
    /// It was one at the last night; tonight its order was examined, and it is none.
    case resolved
    /// It was one at the last night; nothing about its order came tonight.
    case notExamined

    public static let words = WordTable<Self>()
}
