import Bytes
import Core
import JSON
import State

/// What a night leaves open, as the next night's report has it: so two manifests show that a report was opened with what
/// the one before it closed with. All that is remembered besides has its digest in summary.json.
struct HandedOn: Sendable {
    let items: [OpenItem]
    let breaks: [BreakRecord]
    /// Their places in the order in which they are written: by id.
    private let itemOrder: [Int]
    private let breakOrder: [Int]

    init(items: [OpenItem], breaks: [BreakRecord]) {
        self.items = items
        self.breaks = breaks
        itemOrder = items.indices.sorted { items[$0].id < items[$1].id }
        breakOrder = breaks.indices.sorted { breaks[$0].id < breaks[$1].id }
    }

    /// Appends the line of an item, by its place in the file.
    func appendItem(_ place: Int, to line: inout [UInt8]) { items[itemOrder[place]].appendLine(to: &line) }

    func appendBreak(_ place: Int, to line: inout [UInt8]) { breaks[breakOrder[place]].appendLine(to: &line) }

    /// The SHA-256 of the file in which the next report has each, by name.
    func sha256ByName(threads: Int) async throws -> [String: String] {
        var (itemsHash, breaksHash) = (FileHash(), FileHash())
        try await Lines.make(items.count, threads: threads, appendItem) { itemsHash.update($0) }
        try await Lines.make(breaks.count, threads: threads, appendBreak) { breaksHash.update($0) }
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
    /// - Parameters:
    ///   - end: what ends a line.
    ///   - appendLine: appends a line by its index, without its end.
    static func make(
        _ count: Int, end: StaticString = "\n", threads: Int,
        _ appendLine: @escaping @Sendable (Int, inout [UInt8]) -> Void, consume: ([UInt8]) throws -> Void
    ) async throws {
        let parts = stride(from: 0, to: count, by: linesAPart).map { $0..<min($0 + linesAPart, count) }
        try await parallelMap(parts, width: threads) { part in
            var lines: [UInt8] = []
            lines.reserveCapacity(part.count * 512)
            for index in part {
                appendLine(index, &lines)
                lines.append(literal: end)
            }
            return lines
        } consume: {
            try consume($0)
        }
    }
}
