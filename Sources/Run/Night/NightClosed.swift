import Bytes
import Core
import Ingest
import Reconcile
import Report
import State

/// What a run leaves to the nights to come, worked out from the rows of its report.
struct NightClosed: Sendable {
    /// nil where no state is kept.
    let closing: NightClosing?
    let rollForward: RollForward?
    let ledger: ClosedLedger
    let opened: NightOpened
    let carried: Carried
    /// Reports of later days that this one makes stale.
    var staleReports: [CalendarDate] = []

    /// How the records that were handed on came back.
    struct Carried: Sendable, Equatable {
        var cases = 0
        var restatedCases = 0
        var webhooks = 0
        var restatedWebhooks = 0
        /// Cases that were not asked again.
        var reusedAnswers = 0
    }

    /// Why nothing may be published; empty if everything balances.
    var imbalances: [String] {
        (rollForward?.imbalances ?? [])
            + (ledger.balances ? [] : ["breaks: opening + appeared − resolved ≠ closing"])
    }
}

/// Makes a night's closing.
struct NightCloser {
    let opened: NightOpened
    let reconciliation: Reconciliation
    let ingested: Ingested
    let fileNames: [String]
    let asOf: CalendarDate

    /// - Parameter journals: the journals of tonight, by file number: from them come the answers that are kept.
    func close(_ rows: NightRows, journals: [(file: Int32, input: InputFile)]) throws -> NightClosed {
        let ledger = opened.ledger.close(rows.breaks, resolved: Set(rows.resolved))
        let carried = carriedCounts(rows)
        guard let opening = opened.opening else {
            return NightClosed(closing: nil, rollForward: nil, ledger: ledger, opened: opened, carried: carried)
        }
        var closing = NightClosing(asOf: asOf)
        closing.cases = reconciliation.population.cases.count
        closing.items = rows.items
        closing.balance = rows.balance
        closing.breaks = ledger.breaks
        addRecords(rows, &closing)
        closing.answers =
            try keptAnswers(rows.ended, journals)
            + rows.contradicted.map { KeptAnswer(id: $0, receivedFor: asOf, line: []) }
        let rollForward: RollForward
        do throws(Total.Overflow) {
            rollForward = try RollForward(
                opening: opening.items, openingBalance: opening.balance, closing: rows.items,
                closingBalance: rows.balance)
        } catch { throw RunFailure(.internalCheck, "a total of the open items overflows 128 bits") }
        return NightClosed(
            closing: closing, rollForward: rollForward, ledger: ledger, opened: opened, carried: carried)
    }

    private func carriedCounts(_ rows: NightRows) -> NightClosed.Carried {
        var counts = NightClosed.Carried()
        guard let records = ingested.carried else { return counts }
        counts.cases = ingested.orders.carried
        counts.restatedCases = ingested.orders.restated
        counts.webhooks = records.notifications.count
        counts.restatedWebhooks = (opened.opening?.webhooks.count ?? 0) - records.notifications.count
        counts.reusedAnswers = rows.reusedAnswers
        return counts
    }

    /// The records of the orders with something open, as lines, each with the mark of the report that had it first.
    private func addRecords(_ rows: NightRows, _ closing: inout NightClosing) {
        let places = reconciliation.carriedForward(openCases: Set(rows.openCases))
        let records = ingested.carried
        let webhookMarks = Dictionary(
            (records?.notifications ?? []).map { ($0.record.source, $0.mark) }
        ) { first, _ in first }
        func mark(_ source: SourceLine) -> CarriedMark {
            if source.file == records?.ordersFile, let records { return records.cases[Int(source.line) - 1].mark }
            if let mark = webhookMarks[source] { return mark }
            return CarriedMark(firstAsOf: asOf, firstSource: source.text(fileNames))
        }
        closing.orders = places.cases.map { index in
            let refundCase = reconciliation.population.cases[index]
            return CarriedOrder.line(refundCase, mark(refundCase.source))
        }
        closing.webhooks = places.notifications.map { index in
            let notification = reconciliation.population.notifications[index]
            return CarriedWebhook.line(notification, mark(notification.source))
        }
    }

    /// The journals' lines about the cases that have come to their end, read once more.
    private func keptAnswers(
        _ ended: [NightRows.Ended], _ journals: [(file: Int32, input: InputFile)]
    ) throws(RunFailure) -> [KeptAnswer] {
        if ended.isEmpty { return [] }
        let ids = Dictionary(ended.map { ($0.answer, $0.id) }) { first, _ in first }
        var answers: [KeptAnswer] = []
        do throws(InputError) {
            for (file, input) in journals {
                try input.forEachLineAgain { bytes, line in
                    if let id = ids[SourceLine(file: file, line: line)] {
                        answers.append(KeptAnswer(id: id, receivedFor: asOf, line: Array(bytes)))
                    }
                }
            }
        } catch { throw RunFailure(error) }
        return answers
    }
}
