import Memory
import Refunds

/// A night that was written and does not count yet.
package struct PreparedNight: Sendable, Equatable {
    let id: Int64
    let asOf: CalendarDate
}

/// A night as a person sees it.
package struct KeptNight: Sendable, Equatable {
    package let asOf: CalendarDate
    /// The night that it was opened from; nil where there was none before it.
    package let openedFrom: CalendarDate?
    /// The SHA-256 of everything that one handed on.
    package let openedFromDigest: String?
    /// The SHA-256 of everything it hands on, in hexadecimal digits.
    package let digest: String
    package let manifestSHA256: String
    /// The output folder of its report.
    package let folder: String
    /// Cases that it reconciled.
    package let cases: Int
    /// Cases, orphan webhooks and breaks that it left open.
    package let openCases: Int
    package let orphans: Int
    package let breaks: Int
    /// Whether a night before it was run again or first run since, and closes with something else: its report is to be made
    /// again.
    package let isStale: Bool

    /// Whether its report rests on another closing than the night before it has now.
    ///
    /// - Parameter isStale: whether the night before is stale itself.
    package func isStale(after asOf: CalendarDate, digest: String, isStale: Bool) -> Bool {
        isStale || openedFrom != asOf || openedFromDigest != digest
    }

    func stale(_ isStale: Bool) -> KeptNight {
        KeptNight(
            asOf: asOf, openedFrom: openedFrom, openedFromDigest: openedFromDigest, digest: digest,
            manifestSHA256: manifestSHA256, folder: folder,
            cases: cases, openCases: openCases, orphans: orphans, breaks: breaks, isStale: isStale)
    }
}
