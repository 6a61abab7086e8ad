import Files
import Ingest
import Night
import Publish

extension StateTakeover.Reading {
    /// Reads the files as those of a report are read, and output folders as they are.
    package static func files(threads: Int) -> Self {
        Self(
            records: { try await CarriedFile.records(try InputFile(path: $0), threads: threads) },
            webhooks: { try await CarriedFile.webhooks(try InputFile(path: $0), threads: threads) },
            published: { ManifestChain.published(in: $0) })
    }
}
