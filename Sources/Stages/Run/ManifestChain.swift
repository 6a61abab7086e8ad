import Files
import JSON

/// The chain of manifests in an output folder: each names the hash of the one published before it.
enum ManifestChain {
    /// One published manifest.
    struct Link: Equatable {
        let folder: String
        let asOf: String
        let sequence: Int
        let sha256: String
        let previousSHA256: String?
    }

    /// More reports than any folder has.
    static let sequences = 1...1_000_000_000

    /// The manifest that was published last: if its report is gone, what `CHAIN` says of it.
    static func last(in output: String) -> Link? {
        let link = links(in: output).max { $0.sequence < $1.sequence }
        guard let noted = ChainFile(output)?.lines.last, noted.sequence > link?.sequence ?? 0 else { return link }
        return Link(
            folder: noted.asOf, asOf: noted.asOf, sequence: noted.sequence, sha256: noted.sha256, previousSHA256: nil)
    }

    /// Every manifest of a published report in the folder that can be read, in no order. A report that was replaced by a
    /// run which was killed before it gave it its number is one of them.
    static func links(in output: String) -> [Link] {
        folderNames(output)
            .filter { !$0.hasPrefix(".") || OutputFolder.asOf(ofUnsettled: $0, in: output) != nil }
            .compactMap { link(output, $0) }
    }

    /// The manifest of one folder in the output folder; nil if there is none that can be read.
    static func link(_ output: String, _ folder: String) -> Link? {
        guard let bytes = try? InputBytes(path: "\(output)/\(folder)/manifest.json") else { return nil }
        let document = JSONDocument()
        guard document.parse(bytes.text) == nil, let sequence = document.root["sequence"]?.int,
            sequences ~= sequence, let asOf = document.root["asOf"]?.string
        else { return nil }
        return Link(
            folder: folder, asOf: asOf, sequence: sequence, sha256: sha256(bytes.original),
            previousSHA256: document.root["previousManifestSHA256"]?.string)
    }
}
