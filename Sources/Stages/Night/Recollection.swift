import Memory
import Refunds
import Rules

/// The source of the nights before: the store, or a report that is made again.
package enum Recollection {
    case store(NightMemory)
    case report(CarriedRecords)

    /// Whether something is remembered of the order that a record is about.
    package var mayBeRemembered: @Sendable (RefundCase) -> Bool {
        switch self {
        case .store(let memory): memory.mayBeRemembered
        case .report(let records):
            { [links = Self.links(of: records)] record in
                var found = OrderLinks()
                found.add(record)
                return found.list.contains { links.contains($0) }
            }
        }
    }

    private static func links(of records: CarriedRecords) -> Set<OrderLink> {
        var links = OrderLinks()
        for record in records.records { links.add(record.record) }
        return Set(links.list)
    }

    /// Whether something is remembered of the order that a journal's line is about.
    package var mayBeAnswered: (@Sendable (RefundIdentity) -> Bool)? {
        if case .store(let memory) = self { memory.mayBeAnswered } else { nil }
    }

    /// The records of the orders that are outstanding, that tonight's records touch, or that were found before.
    ///
    /// - Parameters:
    ///   - ending: breaks that end tonight, if their orders are examined.
    ///   - files: the numbers of the files that hold them.
    package func records(
        touchedBy cases: [RefundCase], _ webhooks: [Webhook], ending: [BreakRecord], files: CarriedFileNumbers
    ) async throws -> CarriedRecords {
        switch self {
        case .report(let records): return records
        case .store(let memory):
            try await memory.recall(touchedBy: cases, webhooks)
            try await memory.recall(ending.map(\.key))
            return memory.carried(files)
        }
    }

    /// Lets go of the records, which are among tonight's now.
    package func letGo() {
        if case .store(let memory) = self { memory.letGo() }
    }

    /// Whether answers name orders that are remembered and were not recalled: then they are from now on.
    ///
    /// - Parameter keys: of lines of journals about refunds that are no case of tonight.
    package func recall(
        namedBy answers: StatusAnswers, of cases: [RefundCase], and keys: [RefundIdentity]
    ) async throws -> Bool {
        guard case .store(let memory) = self else { return false }
        return try await memory.recall(namedBy: answers, of: cases, and: keys)
    }
}
