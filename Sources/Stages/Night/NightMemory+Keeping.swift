import Memory
import Refunds
import Rules
import Tasks

/// The memory that a night leaves to the nights to come.
extension NightMemory {
    /// Writes the parts of the orders examined that the nights to come need.
    package func keep(_ closed: ClosedOrders, asOf: CalendarDate) async throws {
        let draft = try store.draft(asOf, openedFrom: opened)
        var gone = Set(identities)
        try await parallelMap(closed.parts(orderCount: Self.ordersAPart), width: threads) { part in
            var writer = PartWriter()
            let known = closed.write(part, to: &writer)
            return Encoded(parts: writer.finish(), known: known)
        } consume: { encoded in
            for part in encoded.parts { try draft.append(part) }
            gone.subtract(encoded.known)
        }
        var writer = PartWriter()
        gone.subtract(closed.writeUnnamed(to: &writer))
        // An order that is known by another identity now.
        for identity in identities where gone.contains(identity) && !closed.has(identity) {
            writer.addTombstone(identity)
        }
        try await addSparseOrders(to: &writer, draft)
        for part in writer.finish() { try draft.append(part) }
        draft.handOn(memory?.partsStillLive(without: places) ?? [])
        self.draft = draft
    }

    /// Completes the written night with its figures; returns the SHA-256 of everything that the night hands on.
    package func finish(_ figures: NightFigures) throws(NightError) -> String {
        guard let draft else { throw .failedCheck("nothing of the night was written") }
        draft.figures = figures
        return draft.digest
    }

    /// Adds the orders that still count in parts of which little does: written anew, they let these parts go.
    private func addSparseOrders(to writer: inout PartWriter, _ draft: NightDraft) async throws {
        guard let memory else { return }
        let sparse = memory.sparse(without: places)
        for place in sparse { places.insert(place) }
        try await read(memory.readings(of: sparse)) { (reading, content) throws(StateError) in
            try reading.orders(in: content)
        } consume: { _, orders in
            for var order in orders {
                // Tonight they were open once more.
                for index in order.breaks.indices { order.breaks[index].nights += 1 }
                writer.add(order)
            }
            for part in writer.takeFullParts() { try draft.append(part) }
        }
    }

    private struct Encoded: Sendable {
        let parts: [NewPart]
        /// Orders in it of which something came on a night before.
        let known: [OrderLink]
    }

    /// The number of orders that make a part of a megabyte or two.
    private static let ordersAPart = 8192
}
