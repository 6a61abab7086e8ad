/// The place where a night's report is published, and its mark.
public struct ReportPlace: Sendable, Equatable {
    /// The SHA-256 of the report's manifest, in hexadecimal digits.
    public var manifestSHA256: String
    /// The output folder, as a path from the root.
    public var folder: String
    /// The mark of the folder and the end of its chain before the report was published, as the caller wrote them.
    public var folderMark: String

    public init(manifestSHA256: String, folder: String, folderMark: String) {
        self.manifestSHA256 = manifestSHA256
        self.folder = folder
        self.folderMark = folderMark
    }
}

/// Whether a report was published.
public enum ReportStanding: Sendable, Equatable {
    case published
    case notPublished
    /// Its folder does not say; the reason and the remedy.
    case unknown(String)
}
