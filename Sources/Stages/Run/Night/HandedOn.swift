import Files
import JSON
import Memory
import Refunds
import State

/// What a night leaves open, as the next night's report has it: so two manifests show that a report was opened with what
/// the one before it closed with. All that is remembered besides has its digest in summary.json.
struct HandedOn: Sendable {
    let items: [OpenItem]
    let breaks: OpenBreaks

    /// The SHA-256 of the file in which the next report has each, by name: their lines are in the order of the ids.
    func sha256ByName(threads: Int) async throws -> [String: String] {
        let order = items.idOrder.places
        var (itemsHash, breaksHash) = (SHA256Sum(), SHA256Sum())
        try await Lines.make(order.count, threads: threads) { [items] (place, line: inout ByteWriter) in
            items[Int(order[place])].appendLine(to: &line)
        } consume: {
            itemsHash.add($0)
        }
        try await Lines.make(breaks.count, threads: threads) { [breaks] (place, line: inout ByteWriter) in
            breaks[place].appendLine(to: &line)
        } consume: {
            breaksHash.add($0)
        }
        return [CarriedFiles.itemsName: itemsHash.hex, CarriedFiles.breaksName: breaksHash.hex]
    }
}
