import Ingest
import Memory
import Query
import Refunds
import State

/// The source of the nights before: the store, or a report that is made again.
enum Recollection {
    case store(NightMemory)
    case report(CarriedRecords)

    /// Whether something is remembered of the order that a record is about.
    var mayBeRemembered: @Sendable (RefundCase) -> Bool {
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
    var mayBeAnswered: (@Sendable (RefundIdentity) -> Bool)? {
        if case .store(let memory) = self { memory.mayBeAnswered } else { nil }
    }

    /// The records of the orders that are outstanding, that tonight's records touch, or that were found before.
    ///
    /// - Parameters:
    ///   - ending: breaks that end tonight, if their orders are examined.
    ///   - files: the numbers of the files that hold them.
    func records(
        touchedBy orders: OrdersIngest, _ webhooks: WebhooksIngest, ending: [BreakRecord], files: CarriedFileNumbers
    ) async throws -> CarriedRecords {
        switch self {
        case .report(let records): return records
        case .store(let memory):
            do {
                try await memory.recall(touchedBy: orders.casesMaybeRemembered, webhooks.webhooks)
                try await memory.recall(ending.map(\.key))
            } catch let error as StateError { throw RunError(error) }
            return memory.carried(files)
        }
    }

    /// Lets go of the records, which are among tonight's now.
    func letGo() {
        if case .store(let memory) = self { memory.letGo() }
    }

    /// Whether answers name orders that are remembered and were not recalled: then they are from now on.
    func recall(namedBy statuses: Statuses, _ cases: [RefundCase]) async throws -> Bool {
        guard case .store(let memory) = self else { return false }
        do { return try await memory.recall(namedBy: statuses, cases) } catch let error as StateError {
            throw RunError(error)
        }
    }
}

extension CarriedRecords {
    /// The answers as the journal's reader takes them.
    func recalledAnswers(isUsedAgain: (RememberedAnswer) -> Bool) -> [RecalledAnswer] {
        answers.enumerated().map { index, answer in
            RecalledAnswer(
                key: answer.key,
                answer: StatusAnswer(
                    outcome: .ok(answer.entries), queriedAt: answer.queriedAt,
                    source: SourceLine(file: files.answers, line: Int32(index + 1))),
                isUsedAgain: isUsedAgain(answer))
        }
    }
}
