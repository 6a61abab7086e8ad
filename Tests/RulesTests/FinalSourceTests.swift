import Memory
import Refunds
import Rules
import Testing

/// RULES.md, "Status and final": which of two sources the final amounts are taken from, and what several currencies do.
@Suite struct FinalSourceTests {
    /// Two cases of an order, both answered as refunded, and the first one's row.
    private func row(
        original: Int64 = 100_00, in currency: Currency = usd, entry first: RefundOrderEntry = entry(),
        caseFare: Int64? = 100_00, isAlone: Bool = false
    ) -> ResultRow {
        let told = webhook(original: original, in: currency)
        var scenario = Scenario(
            cases: [refundCase(fare: caseFare)], answers: [answer(first)], webhooks: [told])
        if !isAlone {
            // The other case has a webhook of its own already, so that this one goes to the first.
            scenario.cases.append(refundCase("O1", "R2", fare: 7_00, penalty: 1_00, line: 2))
            scenario.answers.append(answer(entry(.refunded, "O1", "R2")))
            scenario.webhooks.insert(
                webhook(original: 7_00, penalty: 1_00, line: 2) { $0.receivedAt = nil }, at: 0)
            scenario.webhooks[1].receivedAt = Instant(secondsSinceEpoch: 1)
        }
        return scenario.row
    }

    @Test func aWebhookThatFitsItsCaseCounts() {
        #expect(row().finalSource == .webhook)
    }

    @Test func ofSeveralCasesAMisfitYieldsToTheQuery() {
        let misfit = row(original: 150_00)
        #expect(misfit.finalSource == .query)
        #expect(misfit.final?.refund == money(88_00))
        #expect(misfit.exceptions.contains(.ambiguousMatch))
        #expect(!misfit.exceptions.contains(.sourceAmountConflict), "only one source counts")
        #expect(row(in: eur).finalSource == .query, "another currency")
        #expect(row(caseFare: nil).finalSource == .query, "a case without a total of its own")
    }

    @Test func anOnlyCaseKeepsItsMisfit() { #expect(row(original: 150_00, isAlone: true).finalSource == .webhook) }

    @Test func theQueryMustTellARefund() {
        #expect(row(original: 150_00, entry: entry(fee: nil)).finalSource == .webhook, "no refund without a fee")
        // Status 2 by the webhook alone would need the query to say nothing.
        let rejected = row(original: 150_00, entry: entry(.rejected))
        #expect(rejected.finalSource == nil)
    }

    @Test func severalCurrenciesCountOnlyWhereTheQueryIsTheFinal() {
        let used = Scenario.one(refundCase(), answer(severalCurrencies())).row
        #expect(used.finalSource == .query)
        #expect(used.codes.contains(.currencyMismatch))
        #expect(!used.codes.contains(.queryCurrenciesMixed))
        let notUsed = Scenario.one(refundCase(), answer(severalCurrencies()), webhook()).row
        #expect(notUsed.outcome == .matched)
        #expect(notUsed.codes == [.queryCurrenciesMixed])
        let noFinal = Scenario.one(refundCase(), answer(severalCurrencies(.airlineProcessing))).row
        #expect(noFinal.codes == [.queryCurrenciesMixed])
    }

    @Test func unrecordedRefundsCarryOnlyTheirOwnCode() throws {
        var other = severalCurrencies()
        other.refundCode = "R9"
        let rows = Scenario.one(refundCase(), answer(entry(), other), webhook()).rows
        let unrecorded = try #require(rows.first { $0.rowType == .unrecordedRefund })
        #expect(unrecorded.codes == [.unrecordedRefund])
    }
}
