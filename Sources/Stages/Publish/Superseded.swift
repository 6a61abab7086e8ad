import Files
import JSON

/// The file `SUPERSEDED` of a report that another one of its day replaced: by which, when and by whom. It says nothing that
/// the manifest of the other does not; no hash covers it, so a report that is replaced keeps its sums.
package struct Superseded: Equatable {
    package static let name = "SUPERSEDED"

    package let sequence: Int
    package let manifestSHA256: String
    /// When the run ended that made the other report.
    package let at: String
    package let host: String
    package let user: String

    /// Reads the manifest of the report that is in the place now; nil if there is none that can be read.
    package init?(by folder: String) {
        guard let bytes = try? InputBytes(path: "\(folder)/manifest.json") else { return nil }
        let text = bytes.textBytes
        guard let manifest = JSONTree(parsing: text.span), let sequence = manifest["sequence"]?.int else { return nil }
        self.sequence = sequence
        manifestSHA256 = bytes.content.sha256
        at = manifest["endedAt"]?.string ?? ""
        host = manifest["host"]?.string ?? ""
        user = manifest["user"]?.string ?? ""
    }

    package func render() -> [UInt8] {
        let tree = JSONTree.object([
            .init(
                "supersededBy",
                .object([.init("sequence", .int(sequence)), .init("manifestSHA256", .string(manifestSHA256))])),
            .init("at", .string(at)),
            .init("by", .object([.init("host", .string(host)), .init("user", .string(user))])),
        ])
        return tree.encoded(pretty: true) + [0x0A]
    }

    private static let temporaryName = ".SUPERSEDED.new"

    /// Writes the file so that it is there whole or not at all, whenever the run is killed.
    package func write(in folder: String) throws(WriteError) {
        FileSystem.removeIfThere("\(folder)/\(Self.temporaryName)")
        let file = try OutputFile(folder: folder, name: Self.temporaryName)
        try file.write(render())
        _ = try file.finish()
        try FileSystem.move("\(folder)/\(Self.temporaryName)", to: "\(folder)/\(Self.name)")
        try FileSystem.settleNames(in: folder)
    }

    /// Takes the file away again from a report that remains in its place.
    static func removeMark(in folder: String) {
        for name in [temporaryName, name] { FileSystem.removeIfThere("\(folder)/\(name)") }
    }
}
