import Bytes
import Core
import JSON

/// What summary.json of a report says that neither its inputs nor its parameters tell.
struct StatedSummary {
    private(set) var staleReports: [CalendarDate] = []
    /// The SHA-256 of all that the night before handed on, and of all that this one does.
    private(set) var openingDigest: String?
    private(set) var closingDigest: String?

    /// A summary that is no JSON says nothing.
    init(folder: String) throws(RunFailure) {
        let content = try RegularFile(path: "\(folder)/summary.json", followsLink: false).rest(limit: 64 << 20)
        let document = JSONDocument()
        content.withUnsafeBufferPointer { text in
            guard text.isValidUTF8, document.parse(text) == nil else { return }
            let root = document.root
            staleReports = (root["staleReports"]?.elements ?? []).compactMap { $0.string.flatMap { CalendarDate($0) } }
            openingDigest = root["openingDigest"]?.string
            closingDigest = root["closingDigest"]?.string
        }
    }
}
