import Core
import Ingest
import Reconcile
import Report
import State

/// What a run leaves to the nights to come, worked out from the rows of its report.
struct NightClosed: Sendable {
    /// What is open at its end; nil where no state is kept.
    let balance: OpenBalance?
    let rollForward: RollForward?
    let ledger: ClosedLedger
    let opened: NightOpened
    let carried: Carried
    let closedByDecision: [OpenItem]
    /// The SHA-256 of all that the night hands on; nil where no state is kept.
    var digest: String?
    /// Reports of later days that this one makes stale.
    var staleReports: [CalendarDate] = []

    /// What was recalled of the nights before.
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
            + (ledger.balances ? [] : ["breaks: opening + appeared − resolved − ended ≠ closing"])
    }
}

/// Makes a night's closing.
struct NightCloser {
    let opened: NightOpened
    let ingested: Ingested
    let statuses: Statuses
    let groups: OrderGroups
    let asOf: CalendarDate

    /// - Parameter rows: what the rows of the report say.
    func close(_ rows: NightRows) throws(RunFailure) -> NightClosed {
        let renamed = RenamedIds(ingested.orders.renamed)
        let open = Set(rows.items.map(\.item.id))
        let examined = ExaminedOrders(groups, ingested, statuses)
        _ = open
        let tonight = Set(rows.breaks.map(\.record.id))
        let resolved = (opened.ledger.before ?? [:]).values.filter {
            !tonight.contains($0.id) && examined.contains($0.key)
        }
        let ledger = opened.ledger.close(rows.breaks.map(\.record), resolved: Set(resolved.map(\.id)))
        guard let opening = opened.opening else {
            return NightClosed(
                balance: nil, rollForward: nil, ledger: ledger, opened: opened, carried: carriedCounts(),
                closedByDecision: rows.closedByDecision)
        }
        let rollForward: RollForward
        do throws(Total.Overflow) {
            rollForward = try RollForward(
                opening: renamed.items(opening.items), openingBalance: opening.balance,
                closing: rows.items.map(\.item), closingBalance: rows.balance)
        } catch { throw RunFailure(.internalCheck, "a total of the open items overflows 128 bits") }
        return NightClosed(
            balance: rows.balance, rollForward: rollForward, ledger: ledger, opened: opened, carried: carriedCounts(),
            closedByDecision: rows.closedByDecision)
    }

    private func carriedCounts() -> NightClosed.Carried {
        var counts = NightClosed.Carried()
        guard let records = ingested.carried else { return counts }
        let orders = ingested.orders
        counts.cases = orders.carried
        counts.casesReadAgain = orders.readTonight - (orders.cases.count - orders.carried)
        counts.webhooks = records.notifications.count
        counts.answersOfFailedQueries = statuses.answers.failedTonight.count
        if records.answers.isEmpty { return counts }
        let ofNightsBefore = statuses.answers.withReader { answers in
            orders.cases.indices.count { answers[$0]?.source.file == records.files.answers }
        }
        counts.answersUsedAgain = ofNightsBefore - counts.answersOfFailedQueries
        return counts
    }
}

/// The ids of rows whose case is known under another key since.
struct RenamedIds: Sendable {
    let byFormer: [BreakId: BreakId]

    init(_ renamed: [CaseKey: CaseKey]) {
        var byFormer: [BreakId: BreakId] = [:]
        for (former, next) in renamed {
            // A key may have been learnt in two steps.
            var last = next
            var steps = 0
            while let further = renamed[last], steps < renamed.count { (last, steps) = (further, steps + 1) }
            byFormer[RowKey(case: former).id] = RowKey(case: last).id
        }
        self.byFormer = byFormer
    }

    /// The items under their new ids. Of several that prove to be one refund the others keep theirs: they are cleared.
    func items(_ items: [OpenItem]) -> [OpenItem] {
        if byFormer.isEmpty { return items }
        var ids = Set(items.map(\.id))
        return items.map { item in
            guard let id = byFormer[item.id], ids.insert(id).inserted else { return item }
            var item = item
            item.id = id
            return item
        }
    }
}

extension RowKey {
    /// Of a case's row.
    init(case key: CaseKey) {
        self.init(
            rowType: .case, orderNo: key.orderNo, airlinePNR: key.airlinePNR, carrier: key.carrier,
            refundCode: key.refundCode)
    }
}

