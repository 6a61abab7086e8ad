import Memory

extension JSONView {
    /// A string's characters; any other value, and a string that is not Unicode, as it is written.
    public var characters: String { string ?? raw.string }
}
