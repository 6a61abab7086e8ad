import Memory
import Refunds
import Rules

/// The state that a run leaves to the nights to come, worked out from the rows of its report.
package struct NightClosed: Sendable {
    /// The items open at its end; nil if no state is kept.
    package let balance: OpenBalance?
    package let rollForward: RollForward?
    package let ledger: ClosedLedger
    package let opened: NightOpened
    package let carried: Carried
    /// How many of the items that were open a person has closed.
    package let closedByDecision: Int
    /// The SHA-256 of all that the night hands on; nil where no state is kept.
    package var digest: String?
    /// Reports of later days that this one makes stale.
    package var staleReports: [CalendarDate] = []

    /// The orders recalled from the nights before.
    package struct Carried: Sendable, Equatable {
        /// Cases of which a record came on a night before; how many of them came again tonight.
        package var cases = 0
        package var casesReadAgain = 0
        package var webhooks = 0
        /// Cases that were not asked about again.
        package var answersUsedAgain = 0
        /// Cases about which Atlas could not be asked tonight, so that an answer of a night before counts.
        package var answersOfFailedQueries = 0
    }

    /// Why nothing may be published; empty if everything balances.
    package var imbalances: [String] {
        (rollForward?.imbalances ?? [])
            + (ledger.balances ? [] : ["breaks: opening + appeared − resolved − ended − closed ≠ closing"])
    }
}

/// Makes a night's closing.
package struct NightCloser {
    package let opened: NightOpened
    package let records: ExaminedRecords

    package init(opened: NightOpened, records: ExaminedRecords) {
        self.opened = opened
        self.records = records
    }

    /// - Parameter rows: the breaks and open items of the report's rows.
    package func close(_ rows: NightRows) throws(NightError) -> NightClosed {
        let examined = ExaminedOrders(records)
        let ledger: ClosedLedger
        do throws(AmbiguousDisposition) {
            ledger = try opened.ledger.close(
                rows.breaks, openItems: rows.items.lazy.map(\.id),
                isExamined: { examined.contains($0.key) })
        } catch { throw .unusable("\(error)") }
        guard let opening = opened.opening else {
            return NightClosed(
                balance: nil, rollForward: nil, ledger: ledger, opened: opened, carried: carriedCounts(),
                closedByDecision: 0)
        }
        let rollForward = RollForward(
            opening: opened.items.list, openingBalance: opening.balance, closing: rows.items,
            closingBalance: rows.balance)
        return NightClosed(
            balance: rows.balance, rollForward: rollForward, ledger: ledger, opened: opened, carried: carriedCounts(),
            closedByDecision: rows.closedByDecision.count { opened.items[$0.id] != nil })
    }

    private func carriedCounts() -> NightClosed.Carried {
        var counts = NightClosed.Carried()
        guard let carried = records.carried else { return counts }
        let (cases, answers) = (records.population.cases, records.population.answers)
        counts.cases = records.carriedCount
        counts.casesReadAgain = records.readTonight - (cases.count - records.carriedCount)
        counts.webhooks = carried.webhookCount
        counts.answersOfFailedQueries = answers.failedTonight.count
        if carried.answerCount == 0 { return counts }
        let ofNightsBefore = cases.indices.count {
            answers[$0]?.source?.file == carried.files.answers
        }
        counts.answersUsedAgain = ofNightsBefore - counts.answersOfFailedQueries
        return counts
    }
}

extension RowKey {
    /// Of a case's row.
    package init(case key: RefundIdentity) {
        self.init(
            rowType: .case, orderNo: key.orderNo, airlinePNR: key.airlinePNR, carrier: key.carrier,
            refundCode: key.refundCode)
    }
}
