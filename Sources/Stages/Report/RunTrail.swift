import Memory
import Refunds

/// What ties a report, and any printed page of it, to its manifest: the run that made it, the report before it and the one
/// that it replaces.
package struct RunTrail: Sendable, Equatable {
    /// A report by its number in the output folder and the hash of its manifest.
    package struct Report: Sendable, Equatable {
        package let sequence: Int
        package let manifestSHA256: String

        package init(sequence: Int, manifestSHA256: String) {
            self.sequence = sequence
            self.manifestSHA256 = manifestSHA256
        }
    }

    /// The report that was published before in the same output folder; nil for the first one.
    package let previous: Report?
    /// The report of the same day that this one replaces; nil if there is none.
    package let replaces: Report?
    package let startedAt: Instant
    package let host: String
    package let user: String
    package let isSigned: Bool

    package init(
        previous: Report?, replaces: Report?, startedAt: Instant, host: String, user: String, isSigned: Bool
    ) {
        self.previous = previous
        self.replaces = replaces
        self.startedAt = startedAt
        self.host = host
        self.user = user
        self.isSigned = isSigned
    }

    /// 1 for the first report of an output folder.
    package var sequence: Int { (previous?.sequence ?? 0) + 1 }

    /// Its facts for a person, each with its name.
    var facts: [(name: String, value: String)] {
        [
            ("Run number", String(sequence)), ("Started", startedAt.utcText), ("Host", host), ("User", user),
            ("Manifest of the run before", previous?.manifestSHA256 ?? "none: the first run of its output folder"),
            (
                "Replaces",
                replaces.map { "run \($0.sequence) of the same day, manifest \($0.manifestSHA256)" } ?? "no report"
            ), ("Signed", isSigned ? "yes, in manifest.json.sig" : "no"),
        ]
    }
}

/// One file of a report as it was written.
package struct OutputEvidence: Sendable, Equatable {
    package let name: String
    package let sha256: String
    package let bytes: Int
    /// How many records it holds, without a header; nil for a file that holds none.
    package var rows: Int?
    /// Sums over its rows, by name.
    package var sums: [OutputSums] = []

    package init(name: String, sha256: String, bytes: Int, rows: Int? = nil) {
        self.name = name
        self.sha256 = sha256
        self.bytes = bytes
        self.rows = rows
    }
}

/// What the amounts of one name add up to, by currency.
package struct OutputSums: Sendable, Equatable {
    package let name: String
    package let sums: [Currency: Total]

    /// The sums of the rows that the manifest states: what was expected and what came.
    package static func of(_ summary: Summary) -> [OutputSums] {
        [
            OutputSums(name: "expectedRefund", sums: summary.totals.mapValues(\.expectedRefund)),
            OutputSums(name: "finalRefund", sums: summary.totals.mapValues(\.finalRefund)),
        ]
    }
}
