import Bytes
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
    func sha256ByName(threads: Int) async throws -> [String: String] {
        var (itemsHash, breaksHash) = (FileHash(), FileHash())
        try await Lines.make(items.count, threads: threads) { [items] in
            items[$0].appendLine(to: &$1)
        } consume: {
            itemsHash.update($0)
        }
        try await Lines.make(breaks.count, threads: threads) { [breaks] in
            breaks[$0].appendLine(to: &$1)
        } consume: {
            breaksHash.update($0)
        }
        return [CarriedFiles.itemsName: itemsHash.hex, CarriedFiles.breaksName: breaksHash.hex]
    }

    /// Reads what a manifest says of the hashes; nil if it says nothing.
    static func sha256ByName(_ manifest: JSONValue) -> [String: String]? {
        guard let member = manifest["handsOn"], member.kind == .object else { return nil }
        return Dictionary(
            member.members.compactMap { name, value in value.string.map { (name, $0) } }
        ) { first, _ in first }
    }

    /// What a manifest says of the hashes.
    static func tree(_ sha256ByName: [String: String]) -> JSONTree {
        .object(sha256ByName.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
    }
}

/// The lines of a file, made on all tasks.
enum Lines {
    private static let linesAPart = 4096

    /// Gives the bytes of the lines to `consume`, some lines at a time, in order.
    ///
    /// - Parameter appendLine: appends a line by its index, without its line end.
    static func make(
        _ count: Int, threads: Int, _ appendLine: @escaping @Sendable (Int, inout [UInt8]) -> Void,
        consume: ([UInt8]) throws -> Void
    ) async throws {
        let parts = stride(from: 0, to: count, by: linesAPart).map { $0..<min($0 + linesAPart, count) }
        try await parallelMap(parts, width: threads) { part in
            var lines: [UInt8] = []
            lines.reserveCapacity(part.count * 512)
            for index in part {
                appendLine(index, &lines)
                lines.append(0x0A)
            }
            return lines
        } consume: {
            try consume($0)
        }
    }
}
