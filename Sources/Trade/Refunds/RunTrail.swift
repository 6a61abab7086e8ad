import Memory

/// A report of an output folder by its number, 1 for the first, and the hash of its manifest.
public struct ReportLink: Sendable, Equatable {
    public let sequence: Int
    public let manifestSHA256: String

    public init(sequence: Int, manifestSHA256: String) {
        self.sequence = sequence
        self.manifestSHA256 = manifestSHA256
    }
}

/// What ties a report, and any printed page of it, to its manifest: the run that made it, the report before it and the one
/// that it replaces.
public struct RunTrail: Sendable, Equatable {
    /// The report that was published before in the same output folder; nil for the first one.
    public let previous: ReportLink?
    /// The report of the same day that this one replaces; nil if there is none.
    public let replaces: ReportLink?
    public let startedAt: Instant
    public let host: String
    public let user: String
    public let isSigned: Bool

    public init(
        previous: ReportLink?, replaces: ReportLink?, startedAt: Instant, host: String, user: String, isSigned: Bool
    ) {
        self.previous = previous
        self.replaces = replaces
        self.startedAt = startedAt
        self.host = host
        self.user = user
        self.isSigned = isSigned
    }

    /// 1 for the first report of an output folder.
    public var sequence: Int { (previous?.sequence ?? 0) + 1 }
}
