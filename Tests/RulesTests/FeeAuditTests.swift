import Memory
import Refunds
import Rules
import Testing

/// The quoted and the charged fee against the contracted one, and the sums of audits.
@Suite struct FeeAuditTests {
    private static func schedule(_ fee: Int64, in currency: Currency = usd) throws -> FeeSchedule {
        try FeeSchedule([FeeSchedule.Line(currency: currency, fee: money(fee), line: 2)])
    }

    private static func finding(
        _ scenario: Scenario, _ schedule: FeeSchedule?, rules: Bool = false
    ) throws -> AuditFinding? { rows(scenario, schedule, rules: rules)[0].audits?.fee }

    private static func rows(_ scenario: Scenario, _ schedule: FeeSchedule?, rules: Bool = false) -> [ResultRow] {
        let reconciliation = Reconciliation(
            scenario.population, asOf: scenario.asOf, tolerances: scenario.tolerances,
            audits: Audits(rules: rules, feeSchedule: schedule))
        return (0..<reconciliation.rowCount).map { reconciliation.row($0) }
    }

    @Test func quotedAndCharged() throws {
        let scenario = Scenario.one(refundCase(fee: 2_50), answer(entry()), webhook(fee: 1_50))
        #expect(
            try Self.finding(scenario, Self.schedule(2_00))
                == AuditFinding(due: money(2_00), quotedVersusDue: money(50), finalVersusDue: money(-50)))
        #expect(
            try Self.finding(scenario, Self.schedule(2_00, in: eur)) == AuditFinding(unknown: .noContractedFee))
        let pending = Scenario.one(refundCase(fee: 2_50), answer(entry(.airlineProcessing)))
        #expect(
            try Self.finding(pending, Self.schedule(2_00)) == AuditFinding(due: money(2_00), quotedVersusDue: money(50))
        )
        let otherCurrency = Scenario.one(refundCase(fee: 2_50), nil, webhook(in: eur))
        #expect(try Self.finding(otherCurrency, Self.schedule(2_00))?.finalVersusDue == nil)
        let unquoted = Scenario.one(
            refundCase(fee: nil) { $0.refundQuoteType = .cannotQuote }, answer(entry()), webhook())
        #expect(
            try Self.finding(unquoted, Self.schedule(2_00))
                == AuditFinding(due: money(2_00), finalVersusDue: .zero, unknown: .notQuoted))
    }

    @Test func onlyWhatWasAskedFor() throws {
        let scenario = Scenario(webhooks: [webhook(), webhook(.refunded, "ORPHAN")])
        #expect(Self.rows(scenario, nil).allSatisfy { $0.audits == nil })
        let both = Self.rows(scenario, try Self.schedule(2_00), rules: true)
        #expect(both[0].audits?.rule?.unknown == .noRules)
        #expect(both[0].audits?.fee?.due == money(2_00))
        #expect(both[1].rowType == .orphanWebhook)
        #expect(both[1].audits == nil)
        #expect(Self.rows(scenario, nil, rules: true)[0].audits?.fee == nil)
        #expect(Self.rows(scenario, try Self.schedule(2_00))[0].audits?.rule == nil)
    }

    /// Audits change nothing else of a row.
    @Test func nothingElseChanges() throws {
        let scenario = Scenario.one(refundCase(fee: 2_50), answer(entry()), webhook(fee: 1_50))
        var audited = Self.rows(scenario, try Self.schedule(2_00), rules: true)
        for index in audited.indices { audited[index].audits = nil }
        #expect(audited == scenario.rows)
    }

    @Test func sums() throws {
        let fees: [Int64?] = [2_50, 2_00, 1_00, nil, 5_00]
        let scenario = Scenario(
            cases: fees.enumerated().map { number, fee in
                refundCase(Text("O\(number)"), "R", fee: fee) { if fee == nil { $0.refundQuoteType = .cannotQuote } }
            }, answers: fees.map { _ in nil },
            webhooks: [webhook(.refunded, "O0", fee: 1_00), webhook(.refunded, "O4", fee: 2_00)])
        let rows = Self.rows(scenario, try Self.schedule(2_00), rules: true)
        var whole = Summary()
        for row in rows { whole.add(row) }
        let sums = try #require(whole.feeAudit.byCurrency[usd])
        #expect(sums.quoted.cases == 4)
        #expect(sums.quoted.above == 2)
        #expect(sums.quoted.below == 1)
        #expect(sums.quoted.aboveAmount.minorUnits == 3_50)
        #expect(sums.quoted.belowAmount.minorUnits == -1_00)
        #expect(sums.final.cases == 2)
        #expect(sums.final.above == 0)
        #expect(sums.final.below == 1)
        #expect(sums.final.belowAmount.minorUnits == -1_00)
        #expect(whole.feeAudit.unknown == [.notQuoted: 1])
        #expect(whole.ruleAudit.unknown == [.noRules: 5])
        #expect(whole.ruleAudit.byCurrency.isEmpty)
        // The sums of parts are those of the whole.
        for split in 0...rows.count {
            var (left, right) = (Summary(), Summary())
            for row in rows[..<split] { left.add(row) }
            for row in rows[split...] { right.add(row) }
            right.merge(left)
            #expect(right == whole)
        }
    }
}
