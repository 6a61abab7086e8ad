import JSON
import Memory
import Publish
import Refunds
import Report

/// What must have come in, as whoever runs the night knows it from elsewhere. Nothing given, nothing is checked.
package struct Expectations: Sendable, Equatable {
    /// Order records that the system before us sent, as its trailer states.
    package var orderRecords: Int?
    /// What the original totals of its order records add up to, by currency.
    package var amounts: [Currency: Amount] = [:]
    /// Fewer refund cases than this cannot be a night's.
    package var minimumCases: Int?
    /// How many per cent of the cases of the last reports there must be.
    package var minimumPercentOfUsual: Int?

    package init() {}
}

/// Whether all that should have come in did: tonight's inputs against what was stated of them, and against the last reports.
struct Completeness: Sendable {
    /// One expectation, and what was found.
    struct Check: Sendable {
        let title: String
        let expected: TableCell
        let found: TableCell
        let isMet: Bool
        /// What an amount is in.
        var currency: Currency?
        /// What it says in `summary.json`.
        let member: JSONTree.Member
        /// What is wrong if it is not met, in words.
        let shortfall: String
    }

    private(set) var checks: [Check] = []
    /// What a person should know although nobody asked for a check.
    private(set) var warnings: [String] = []
    /// Those of them that the report says too, although they make it no less complete.
    private(set) var remarks: [String] = []

    /// A population below this share of the usual one is always reported.
    private static let tellingPercent = 50

    /// - Parameters:
    ///   - orders: the controls of tonight's order files.
    ///   - cases: of how many cases a record came tonight.
    ///   - sums: what their original totals add up to.
    ///   - usual: the population of the last reports.
    init(
        _ expected: Expectations, orders: Controls.Orders, cases: Int, sums: CurrencySums, usual: UsualPopulation
    ) {
        if let stated = expected.orderRecords { checks.append(Self.records(stated, orders.lines - orders.blank)) }
        for (currency, stated) in expected.amounts.sorted(by: { $0.key < $1.key }) {
            checks.append(Self.amount(stated, sums.byCurrency[currency] ?? Total(), currency))
        }
        if let minimum = expected.minimumCases { checks.append(Self.cases(minimum, cases)) }
        if let percent = expected.minimumPercentOfUsual { checks.append(Self.share(percent, cases, usual)) }
        if !orders.hasCase {
            warnings.append("not one refund case was read tonight")
        } else if expected.minimumPercentOfUsual == nil, !usual.has(cases, percent: Self.tellingPercent) {
            let few = "only \(cases) refund case\(cases == 1 ? "" : "s"); \(usual.text)"
            warnings.append(few)
            remarks.append(few)
        }
    }

    /// In words, what did not come in as it should have.
    var shortfalls: [String] { checks.filter { !$0.isMet }.map(\.shortfall) }

    /// What the report says of it: nothing where nothing was asked and nothing is unusual.
    func add(to additions: inout ReportAdditions) {
        additions.remarks += remarks
        if checks.isEmpty { return }
        additions.shortfalls += shortfalls
        let amounts = checks.filter { $0.currency != nil }.map(\.member)
        let others = checks.filter { $0.currency == nil }.map(\.member)
        additions.summaryMembers.append(
            .init("completeness", .object(others + (amounts.isEmpty ? [] : [.init("amounts", .object(amounts))]))))
        additions.tables.append(
            ReportTable(
                "Completeness of the inputs", note: "What was stated of the inputs, or is usual, and what came.",
                [.words("Check"), .words("Result"), .figures("Expected"), .figures("Found")],
                checks.map { [.text($0.title), .text($0.isMet ? "OK" : "DIFFERS"), $0.expected, $0.found] }))
    }

    // MARK: Checks

    private static func records(_ stated: Int, _ found: Int) -> Check {
        Check(
            title: "Order records", expected: .count(stated), found: .count(found), isMet: stated == found,
            member: member("orders", ("expected", .int(stated)), ("found", .int(found)), isMet: stated == found),
            shortfall: "\(found) order records came where \(stated) were stated")
    }

    private static func amount(_ stated: Amount, _ found: Total, _ currency: Currency) -> Check {
        let isMet = Total(stated) == found
        return Check(
            title: "Original total, \(currency)", expected: .amount(stated, currency), found: .total(found, currency),
            isMet: isMet, currency: currency,
            member: member(
                currency.code, ("expected", .string(stated.formatted(currency))),
                ("found", .string(found.formatted(currency))), isMet: isMet),
            shortfall:
                "original totals of \(found.formatted(currency)) \(currency) came where \(stated.formatted(currency)) were stated"
        )
    }

    private static func cases(_ minimum: Int, _ found: Int) -> Check {
        Check(
            title: "Refund cases, at least", expected: .count(minimum), found: .count(found), isMet: found >= minimum,
            member: member(
                "minimumCases", ("expected", .int(minimum)), ("found", .int(found)), isMet: found >= minimum),
            shortfall: "\(found) refund cases came where at least \(minimum) must")
    }

    private static func share(_ percent: Int, _ found: Int, _ usual: UsualPopulation) -> Check {
        let isMet = usual.has(found, percent: percent)
        return Check(
            title: "Refund cases, \(percent)% of the usual \(usual.median.map(String.init) ?? "(no report before)")",
            expected: usual.least(percent: percent).map { .count($0) } ?? .empty, found: .count(found), isMet: isMet,
            member: member(
                "usual", ("reports", .int(usual.populations.count)), ("median", usual.median.map { .int($0) } ?? .null),
                ("percent", .int(percent)), ("found", .int(found)), isMet: isMet),
            shortfall: "\(found) refund cases came, under \(percent)% of what is usual: \(usual.text)")
    }

    private static func member(_ name: String, _ members: (String, JSONTree)..., isMet: Bool) -> JSONTree.Member {
        .init(name, .object(members.map { .init($0.0, $0.1) } + [.init("met", .bool(isMet))]))
    }
}
