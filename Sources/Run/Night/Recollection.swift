import Core
import Ingest
import Query
import State

/// Where a run has what the nights before left: the store, or a report that is made again.
enum Recollection {
    case store(NightMemory)
    case report(CarriedRecords)

    /// Whether something is remembered of the order that a record is about.
    var mayBeRemembered: @Sendable (RefundCase) -> Bool {
        switch self {
        case .store(let memory): memory.mayBeRemembered
        case .report(let records):
            { [links = Set(records.records.flatMap { $0.record.links })] in !links.isDisjoint(with: $0.links) }
        }
    }

    /// Whether something is remembered of the order that a journal's line is about.
    var mayBeAnswered: (@Sendable (CaseKey) -> Bool)? {
        if case .store(let memory) = self { memory.mayBeAnswered } else { nil }
    }

    /// The records of the orders that are outstanding, that tonight's records touch, or that were found before.
    ///
    /// - Parameters:
    ///   - ending: breaks that end tonight, if their orders are examined.
    ///   - files: the numbers of the files that hold them.
    func records(
        touchedBy orders: OrdersIngest, _ webhooks: WebhooksIngest, ending: [BreakRecord], files: CarriedFileNumbers
    ) throws(RunFailure) -> CarriedRecords {
        switch self {
        case .report(let records): return records
        case .store(let memory):
            do throws(StateError) {
                try memory.recall(touchedBy: orders.casesMaybeRemembered, webhooks.notifications)
                try memory.recall(ending.map(\.key))
            } catch { throw RunFailure(error) }
            return memory.carried(files)
        }
    }

    /// Whether answers name orders that are remembered and were not recalled: then they are from now on.
    func recall(namedBy statuses: Statuses, _ cases: [RefundCase]) throws(RunFailure) -> Bool {
        guard case .store(let memory) = self else { return false }
        do throws(StateError) { return try memory.recall(namedBy: statuses, cases) } catch { throw RunFailure(error) }
    }
}

extension RefundCase {
    /// What its order is found by.
    var links: Set<OrderLink> {
        var links: Set<OrderLink> = []
        if let orderNo { links.insert(.order(orderNo)) }
        if let airlinePNR, let carrier { links.insert(.locator(airlinePNR: airlinePNR, carrier: carrier)) }
        return links
    }
}

extension CaseKey {
    /// What the order of the case is found by.
    var link: OrderLink? {
        if let orderNo { return .order(orderNo) }
        guard let airlinePNR, let carrier else { return nil }
        return .locator(airlinePNR: airlinePNR, carrier: carrier)
    }
}

extension RefundOrderEntries {
    /// What the orders of the refunds are found by that an answer names beside the one that was asked about.
    func links(askedAbout key: CaseKey) -> Set<OrderLink> {
        var links: Set<OrderLink> = []
        for entry in self {
            if let orderNo = entry.orderNo {
                links.insert(.order(orderNo))
            } else if entry.refundCode != key.refundCode {
                links.insert(.unnamedRefund(entry.refundCode))
            }
        }
        return links
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
