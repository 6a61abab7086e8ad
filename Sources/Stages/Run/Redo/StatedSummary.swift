import Files
import JSON
import Memory
import Refunds

/// The parts of summary.json that follow neither from inputs nor from parameters.
struct StatedSummary {
    private(set) var staleReports: [CalendarDate] = []
    /// The SHA-256 of all that the night before handed on, and of all that this one does.
    private(set) var openingDigest: String?
    private(set) var closingDigest: String?

    /// A summary that cannot be read, or is no JSON, says nothing.
    init(folder: String) {
        guard let file = try? RegularFile(path: "\(folder)/summary.json", followsLink: false),
            let content = try? file.rest(limit: 64 << 20)
        else { return }
        guard content.span.isValidUTF8, let root = JSONTree(parsing: content.span) else { return }
        staleReports = (root["staleReports"]?.elements ?? []).compactMap { $0.string.flatMap { CalendarDate($0) } }
        openingDigest = root["openingDigest"]?.string
        closingDigest = root["closingDigest"]?.string
    }
}
