import Files
import JSON
import Refunds

/// The chain of manifests in an output folder: each names the hash of the one published before it.
package enum ManifestChain {
    /// One published manifest.
    package struct Link: Equatable {
        package let folder: String
        package let asOf: String
        package let sequence: Int
        package let sha256: String

        package var report: ReportLink { ReportLink(sequence: sequence, manifestSHA256: sha256) }
    }

    /// More reports than any folder has.
    package static let sequences = 1...1_000_000_000

    /// The manifest that was published last; if its report is gone, its line of `CHAIN`.
    package static func last(in output: String) -> Link? {
        let link = links(in: output).max { $0.sequence < $1.sequence }
        guard let noted = ChainFile(output)?.reports.last, noted.sequence > link?.sequence ?? 0 else { return link }
        return noted
    }

    /// Every manifest of a published report in the folder that can be read, in no order. A report that was replaced by a
    /// run which was killed before it gave it its number is one of them.
    package static func links(in output: String) -> [Link] {
        FileSystem.readableNames(in: output)
            .filter { !$0.hasPrefix(".") || OutputFolder.asOf(ofUnsettled: $0, in: output) != nil }
            .compactMap { link(output, $0) }
    }

    /// The SHA-256 of every manifest that was published in the folder, those included whose report is gone.
    package static func published(in output: String) -> Set<String> {
        Set(links(in: output).map(\.sha256) + (ChainFile(output)?.reports ?? []).map(\.sha256))
    }

    /// The manifest of one folder in the output folder; nil if there is none that can be read.
    package static func link(_ output: String, _ folder: String) -> Link? {
        guard let bytes = try? InputBytes(path: "\(output)/\(folder)/manifest.json") else { return nil }
        let text = bytes.textBytes
        guard let manifest = JSONTree(parsing: text.span), let sequence = manifest["sequence"]?.int,
            sequences ~= sequence, let asOf = manifest["asOf"]?.string
        else { return nil }
        return Link(
            folder: folder, asOf: asOf, sequence: sequence, sha256: bytes.content.sha256)
    }
}
