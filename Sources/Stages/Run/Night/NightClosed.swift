import Ingest
import Memory
import Refunds
import Report
import Rules
import State

/// The state that a run leaves to the nights to come, worked out from the rows of its report.
struct NightClosed: Sendable {
    /// The items open at its end; nil if no state is kept.
    let balance: OpenBalance?
    let rollForward: RollForward?
    let ledger: ClosedLedger
    let opened: NightOpened
    let carried: Carried
    /// How many of the items that were open a person has closed.
    let closedByDecision: Int
    /// The SHA-256 of all that the night hands on; nil where no state is kept.
    var digest: String?
    /// Reports of later days that this one makes stale.
    var staleReports: [CalendarDate] = []

    /// The orders recalled from the nights before.
    struct Carried: Sendable, Equatable {
        /// Cases of which a record came on a night before; how many of them came again tonight.
        var cases = 0
        var casesReadAgain = 0
        var webhooks = 0
        /// Cases that were not asked about again.
        var answersUsedAgain = 0
        /// Cases about which Atlas could not be asked tonight, so that an answer of a night before counts.
        var answersOfFailedQueries = 0
    }

    /// Why nothing may be published; empty if everything balances.
    var imbalances: [String] {
        (rollForward?.imbalances ?? [])
            + (ledger.balances ? [] : ["breaks: opening + appeared − resolved − ended − closed ≠ closing"])
    }
}

/// Makes a night's closing.
struct NightCloser {
    let opened: NightOpened
    let ingested: Ingested
    let carried: CarriedPlaces?
    let statuses: Statuses
    let groups: OrderGroups
    let asOf: CalendarDate

    /// - Parameter rows: the breaks and open items of the report's rows.
    func close(_ rows: NightRows) throws(RunError) -> NightClosed {
        let examined = ExaminedOrders(groups, ingested, carried, statuses)
        let ledger: ClosedLedger
        do throws(AmbiguousDisposition) {
            ledger = try opened.ledger.close(
                rows.breaks, openItems: rows.items.lazy.map(\.id),
                isExamined: { examined.contains($0.key) })
        } catch { throw RunError(.unusableInput, "\(error)") }
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
        guard let carried else { return counts }
        let orders = ingested.orders
        counts.cases = orders.carried
        counts.casesReadAgain = orders.readTonight - (orders.cases.count - orders.carried)
        counts.webhooks = carried.webhookCount
        counts.answersOfFailedQueries = statuses.answers.failedTonight.count
        if carried.answerCount == 0 { return counts }
        let ofNightsBefore = statuses.answers.withReader { answers in
            orders.cases.indices.count { answers[$0]?.source.file == carried.files.answers }
        }
        counts.answersUsedAgain = ofNightsBefore - counts.answersOfFailedQueries
        return counts
    }
}

extension RowKey {
    /// Of a case's row.
    init(case key: RefundIdentity) {
        self.init(
            rowType: .case, orderNo: key.orderNo, airlinePNR: key.airlinePNR, carrier: key.carrier,
            refundCode: key.refundCode)
    }
}
