import Core
import JSON
import State

/// What a night leaves open, as the next night's report has it: so two manifests show that a report was opened with what
/// the one before it closed with. All that is remembered besides has its digest in summary.json.
struct HandedOn: Sendable {
    /// In the order in which they are written: by id.
    let items: [OpenItem]
    let breaks: [BreakRecord]

    init(items: [OpenItem], breaks: [BreakRecord]) {
        self.items = items.sorted { $0.id < $1.id }
        self.breaks = breaks.sorted { $0.id < $1.id }
    }

    /// The SHA-256 of the file in which the next report has each, by name.
    var sha256ByName: [String: String] {
        [
            CarriedFiles.itemsName: Self.hash(items.lazy.map { $0.tree.encoded() }),
            CarriedFiles.breaksName: Self.hash(breaks.lazy.map { $0.tree.encoded() }),
        ]
    }

    /// Reads what a manifest says of the hashes; nil if it says nothing.
    static func sha256ByName(_ manifest: JSONValue) -> [String: String]? {
        guard let member = manifest["handsOn"], member.kind == .object else { return nil }
        return Dictionary(
            member.members.compactMap { name, value in value.string.map { (name, $0) } }
        ) { first, _ in first }
    }

    var tree: JSONTree {
        .object(sha256ByName.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
    }

    /// The SHA-256 of a file of these lines.
    private static func hash(_ lines: some Sequence<[UInt8]>) -> String {
        var hash = FileHash()
        for line in lines {
            hash.update(line)
            hash.update([0x0A])
        }
        return hash.hex
    }
}
