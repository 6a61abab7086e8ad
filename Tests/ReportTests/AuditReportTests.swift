import JSON
import Memory
import Refunds
import Schema
import Testing
@testable import Report

/// docs/FORMATS.md, "What audits add": columns, members of summary.json and tables.
@Suite struct AuditReportTests {
    private static let usd = currency("USD")

    private static func row(rule: AuditFinding?, fee: AuditFinding?) -> ResultRow {
        var row = fullRow(usd)
        row.audits = RowAudits(rule: rule, fee: fee)
        return row
    }

    private static let rule = AuditFinding(
        due: Amount(minorUnits: 800), quotedVersusDue: Amount(minorUnits: -100), finalVersusDue: .zero)
    private static let fee = AuditFinding(due: Amount(minorUnits: 200), unknown: .notQuoted)

    private static func cells(_ report: AuditReport, _ row: ResultRow) -> [Cell] {
        report.columns.flatMap { $0.cells(of: row) }
    }

    @Test func columns() {
        let titles = [
            "rulePenaltyAmount", "quotedPenaltyVersusRule", "finalPenaltyVersusRule", "ruleUnknown", "contractedFee",
            "quotedFeeVersusContract", "chargedFeeVersusContract", "feeUnknown",
        ]
        func added(_ rules: Bool, _ fees: Bool) -> [String] {
            AuditReport(rules: rules, fees: fees).columns.flatMap(\.columns).map(\.title)
        }
        #expect(added(true, true) == titles)
        #expect(added(true, false) == Array(titles[..<4]))
        #expect(added(false, true) == Array(titles[4...]))
        #expect(added(false, false).isEmpty)
        let amount = { (units: Int64) in Cell.amount(Amount(minorUnits: units), Self.usd) }
        let both = AuditReport(rules: true, fees: true)
        #expect(
            Self.cells(both, Self.row(rule: Self.rule, fee: Self.fee)) == [
                amount(800), amount(-100), amount(0), .empty, amount(200), .empty, .empty, .word("notQuoted"),
            ])
        #expect(Self.cells(both, fullRow(Self.usd)).allSatisfy { $0 == .empty })
    }

    private static func summary() -> Summary {
        var summary = Summary()
        var sums = AuditSums.OfCurrency()
        sums.quoted.cases = 3
        sums.quoted.above = 1
        sums.quoted.aboveAmount = Total(minorUnits: 1_234_56)
        sums.final.below = 1
        sums.final.belowAmount = Total(minorUnits: -7)
        summary.ruleAudit.byCurrency = [usd: sums, currency("EUR"): AuditSums.OfCurrency()]
        summary.ruleAudit.unknown = [.notQuoted: 1, .noRules: 2]
        return summary
    }

    @Test func members() throws {
        var additions = ReportAdditions()
        AuditReport(rules: true, fees: true).add(to: &additions, Self.summary())
        let tree = JSONTree.object(additions.summaryMembers).encoded()
        let empty = #"{"cases":0,"above":0,"aboveAmount":"0.00","below":0,"belowAmount":"0.00"}"#
        #expect(
            String(decoding: tree, as: UTF8.self)
                == #"{"ruleAudit":{"byCurrency":{"EUR":{"quoted":\#(empty),"final":\#(empty)},"#
                + #""USD":{"quoted":{"cases":3,"above":1,"aboveAmount":"1234.56","below":0,"belowAmount":"0.00"},"#
                + #""final":{"cases":0,"above":0,"aboveAmount":"0.00","below":1,"belowAmount":"-0.07"}}},"#
                + #""unknown":{"noRules":2,"notQuoted":1}},"feeAudit":{"byCurrency":{},"unknown":{}}}"#)
    }

    @Test func tables() throws {
        var additions = ReportAdditions()
        AuditReport(rules: true, fees: false).add(to: &additions, Self.summary())
        #expect(
            additions.tables.map(\.title) == ["Penalties and the refund rules", "Penalties not held against a rule"])
        for table in additions.tables {
            try #require(!table.rows.isEmpty, "\(table.title)")
            for row in table.rows { #expect(row.count == table.header.count) }
        }
        #expect(additions.tables[0].rows.count == 4)
        #expect(additions.tables[1].rows.count == 2)
        #expect(additions.tables[0].rows[2].prefix(4) == [.text("USD"), .text("quoted"), .count(3), .count(1)])
        #expect(additions.tables[1].rows[0][0] == .text("noRules"))
        #expect(additions.tables[1].rows[0][1] == .count(2))
        var none = ReportAdditions()
        AuditReport(rules: false, fees: false).add(to: &none, Self.summary())
        #expect(none.summaryMembers.isEmpty)
        #expect(none.tables.isEmpty)
    }
}
