import Memory

/// What a person decided about a row, as written in the Exceptions sheet that came back; nil for what was left empty. A
/// class, so that a row about which nothing was decided grows by one word only.
public final class RowDecision: Sendable, Equatable {
    public let decision: Text?
    public let note: Text?
    public let preparer: Text?
    public let reviewer: Text?
    public let date: Text?

    public init(decision: String, note: String, preparer: String, reviewer: String, date: String) {
        func text(_ text: String) -> Text? { text.isEmpty ? nil : Text(text) }
        self.decision = text(decision)
        self.note = text(note)
        self.preparer = text(preparer)
        self.reviewer = text(reviewer)
        self.date = text(date)
    }

    public static func == (left: RowDecision, right: RowDecision) -> Bool {
        left.decision == right.decision && left.note == right.note && left.preparer == right.preparer
            && left.reviewer == right.reviewer && left.date == right.date
    }
}
