import JSON
import Memory
import Refunds
import Rules
import Report
import Night

/// What the nights before add to the report beside its rows.
extension NightClosed {
    // MARK: summary.json

    var summaryMembers: [JSONTree.Member] {
        var members: [JSONTree.Member] = []
        if let rollForward {
            members += [
                .init("openedFrom", .text(opened.opening?.asOf?.description)),
                .init("openingDigest", .text(opened.opening?.digest)), .init("closingDigest", .text(digest)),
                .init("carriedForward", carriedForward), .init("rollForward", tree(rollForward)),
                .init("staleReports", .array(staleReports.map { .string($0.description) })),
            ]
        }
        return members + [.init("breaks", breaks)]
    }

    private var carriedForward: JSONTree {
        .object([
            .init("cases", .int(carried.cases)), .init("casesReadAgain", .int(carried.casesReadAgain)),
            .init("webhooks", .int(carried.webhooks)), .init("answersUsedAgain", .int(carried.answersUsedAgain)),
            .init("answersOfFailedQueries", .int(carried.answersOfFailedQueries)),
        ])
    }

    private func tree(_ rollForward: RollForward) -> JSONTree {
        func balance(_ sum: OpenBalance.Sum, _ currency: Currency) -> JSONTree {
            .object([
                .init("count", .int(sum.count)), .init("amount", .string(sum.amount.formatted(currency))),
                .init("withoutAmount", .int(sum.withoutAmount)),
            ])
        }
        func kind(_ rowType: RowType) -> JSONTree {
            .object(
                rollForward.keys.filter { $0.rowType == rowType }.map { key in
                    .init(
                        key.currency.code,
                        .object([
                            .init("opening", balance(rollForward.opening[key], key.currency)),
                            .init("new", balance(rollForward.new[key], key.currency)),
                            .init("cleared", balance(rollForward.cleared[key], key.currency)),
                            .init("closing", balance(rollForward.closing[key], key.currency)),
                        ]))
                })
        }
        return .object([
            .init("cases", kind(.case)), .init("orphanWebhooks", kind(.orphanWebhook)),
            .init("restated", .int(rollForward.restated)), .init("closedByDecision", .int(closedByDecision)),
        ])
    }

    private var breaks: JSONTree {
        var members: [JSONTree.Member] = []
        if rollForward != nil { members.append(.init("opening", .int(ledger.opening))) }
        for standing in standings {
            members.append(.init(standing.rawValue, .int(ledger.counts[standing, default: 0])))
        }
        members.append(.init("ended", .int(ledger.ended)))
        members.append(.init("closing", .int(ledger.closing)))
        members.append(.init("unknownDispositions", .int(ledger.unknownDispositions.count)))
        return .object(members)
    }

    /// The standings that can be, with or without state.
    private var standings: [BreakStanding] {
        rollForward == nil
            ? [.open, .settled, .reopened, .closed]
            : [.new, .persisting, .settled, .reopened, .closed, .resolved, .notExamined]
    }

    // MARK: For a person

    var tables: [ReportTable] {
        (rollForward.map { [table($0)] } ?? []) + [breaksTable]
    }

    private func table(_ rollForward: RollForward) -> ReportTable {
        let since = opened.opening?.asOf.map { "Opening: what was open at the end of \($0)." } ?? "The first night."
        let restated =
            rollForward.restated > 0 ? " \(rollForward.restated) came again with another amount: cleared and new." : ""
        let closed = closedByDecision > 0 ? " \(closedByDecision) were closed by decision: cleared." : ""
        let rows = rollForward.keys.flatMap { key -> [[TableCell]] in
            let parts = [rollForward.opening, rollForward.new, rollForward.cleared, rollForward.closing].map { $0[key] }
            return [
                [.text(key.rowType == .case ? "cases" : "orphan webhooks"), .text(key.currency.code)]
                    + parts.map { .count($0.count) } + parts.map { .total($0.amount, key.currency) }
            ]
        }
        return ReportTable(
            "Open items, from night to night",
            note:
                "Opening + new − cleared = closing. \(since) Amounts are expected refunds, of orphans final ones.\(restated)\(closed)",
            [.words("Open"), .words("Currency")]
                + ["Opening", "New", "Cleared", "Closing"].map { .figures($0) }
                + ["Opening amount", "New amount", "Cleared amount", "Closing amount"].map { .figures($0) }, rows)
    }

    private var breaksTable: ReportTable {
        let meanings: [BreakStanding: String] = [
            .new: "none at the last night", .persisting: "one at the last night, and tonight", .open: "a break",
            .settled: "accepted or written off, unchanged since",
            .reopened: "decided on, changed since",
            .closed: "closed by a person, unchanged since: not carried any more",
            .resolved: "one at the last night, none tonight",
            .notExamined: "of nights before, nothing about it came tonight",
        ]
        var rows: [[TableCell]] = standings.map {
            [.text($0.rawValue), .count(ledger.counts[$0, default: 0]), .text(meanings[$0] ?? "")]
        }
        if ledger.ended > 0 {
            rows.append([.text("ended"), .count(ledger.ended), .text("of the settled: the refund has ended")])
        }
        if !ledger.unknownDispositions.isEmpty {
            rows.append([
                .text("unknown"), .count(ledger.unknownDispositions.count),
                .text("a disposition of nothing that is open"),
            ])
        }
        return ReportTable(
            "Breaks, from night to night", note: "breaks.csv lists them.",
            [.words("Standing"), .figures("Breaks"), .words("Meaning")], rows)
    }

    // MARK: On standard error

    /// What was made of the decisions that a person should know at once.
    var notes: [String] {
        var notes: [String] = []
        func places(_ decisions: [Disposition]) -> String {
            let named = decisions.prefix(10).map { VisibleText.escaped($0.place) }.joined(separator: "; ")
            return decisions.count > 10 ? named + "; and \(decisions.count - 10) more" : named
        }
        if closedByDecision > 0 {
            let items = closedByDecision == 1 ? "1 open item is" : "\(closedByDecision) open items are"
            notes.append("\(items) closed by decision and not carried any more: breaks.csv has the standing closed")
        }
        if !ledger.notClosed.isEmpty {
            notes.append(
                "warning: \(places(ledger.notClosed)): the item is no longer what was closed, so it stays open: look at it again"
            )
        }
        if !ledger.miswritten.isEmpty {
            notes.append(
                "warning: \(places(ledger.miswritten)): the Disposition does nothing: write accepted, written off or closed"
            )
        }
        if !ledger.onFormerAmounts.isEmpty {
            notes.append(
                "warning: \(places(ledger.onFormerAmounts)): breakAmounts of a version without outcome and codes, so the break is "
                    + "reopened: look at it on tonight's sheet, and give that in place of the old one")
        }
        return notes
    }
}
