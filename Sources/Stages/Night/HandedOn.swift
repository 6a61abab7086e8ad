import Files
import JSON
import Memory
import Refunds
import Rules

/// What a night leaves open, as the next night's report has it: so two manifests show that a report was opened with what
/// the one before it closed with. All that is remembered besides has its digest in summary.json.
package struct HandedOn: Sendable {
    package let items: [OpenItem]
    package let breaks: OpenBreaks

    package init(items: [OpenItem], breaks: OpenBreaks) {
        self.items = items
        self.breaks = breaks
    }

    /// The SHA-256 of the file in which the next report has each, by name: their lines are in the order of the ids.
    package func sha256ByName(threads: Int) async throws -> [String: String] {
        let order = items.idOrder.places
        var (itemsHash, breaksHash) = (SHA256Sum(), SHA256Sum())
        try await ParallelLines.make(order.count, threads: threads) { [items] (place, line: inout ByteWriter) in
            items[Int(order[place])].appendLine(to: &line)
        } consume: {
            itemsHash.add($0)
        }
        try await ParallelLines.make(breaks.count, threads: threads) { [breaks] (place, line: inout ByteWriter) in
            breaks[place].appendLine(to: &line)
        } consume: {
            breaksHash.add($0)
        }
        return [CarriedFileName.items: itemsHash.hex, CarriedFileName.breaks: breaksHash.hex]
    }
}
