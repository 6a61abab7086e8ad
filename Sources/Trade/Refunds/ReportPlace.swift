/// Where a night's report is published, and by what that can be recognised.
public struct ReportPlace: Sendable, Equatable {
    /// The SHA-256 of the report's manifest, in hexadecimal digits.
    public var manifestSHA256: String
    /// The output folder, as a path from the root.
    public var folder: String
    /// What identified the folder, and how far it was, before the report was published: as the caller wrote it.
    public var folderMark: String

    public init(manifestSHA256: String, folder: String, folderMark: String) {
        self.manifestSHA256 = manifestSHA256
        self.folder = folder
        self.folderMark = folderMark
    }
}

/// What became of a report.
public enum ReportStanding: Sendable, Equatable {
    case published
    case notPublished
    /// Its folder does not say; why, and what to do.
    case unknown(String)
}
