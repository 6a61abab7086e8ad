/// Why an input cannot be used as a whole.
public enum InputError: Error, Sendable, Equatable {
    /// Missing, unreadable, or a folder without inputs (exit 66).
    case cannotOpen(path: String, reason: String)
    /// Opened, but not usable: compression, header, encoding or extension is wrong; or changed while it was
    /// read (exit 65).
    case unusable(path: String, reason: String)
    /// One file was given twice, perhaps by two names (exit 64).
    case givenTwice(path: String, other: String)
    /// The temporary copy of a piped input could not be written (exit 73).
    case cannotSpool(reason: String)
}

/// The system's words for one of its error numbers.
public func errnoText(_ code: Int32) -> String { "\(SystemError(code: code))" }
