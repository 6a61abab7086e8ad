import Core
import JSON
import State

/// The hashes of what a night hands on: those of the files in which the next night's report has it. So two manifests show
/// that a report was opened with what the one before it closed with.
struct HandedOn: Sendable, Equatable {
    /// The SHA-256 of each file, by name.
    let sha256ByName: [String: String]

    init(_ closing: NightClosing) {
        sha256ByName = [
            CarriedFiles.ordersName: Self.hash(closing.orders), CarriedFiles.webhooksName: Self.hash(closing.webhooks),
            CarriedFiles.itemsName: Self.hash(closing.items.lazy.map { $0.tree.encoded() }),
            CarriedFiles.breaksName: Self.hash(closing.breaks.lazy.map { $0.tree.encoded() }),
        ]
    }

    /// Reads what a manifest says of it; nil if it says nothing.
    init?(_ manifest: JSONValue) {
        guard let member = manifest["handsOn"], member.kind == .object else { return nil }
        sha256ByName = Dictionary(
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
