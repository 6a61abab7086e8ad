import Memory
import Refunds
import Rules
import Testing

/// FORMATS.md, "summary.json": counts and totals of case rows.
@Suite struct TotalsTests {
    private func total(_ minorUnits: Int128) -> Total { Total(minorUnits: minorUnits) }

    @Test func totalsOfBothSides() throws {
        let scenario = Scenario(
            cases: [refundCase("O1", "R1"), refundCase("O2", "R1"), refundCase("O3", "R1")],
            answers: [nil, nil, nil],
            webhooks: [
                webhook(refund: 80_00), webhook(.refunded, "O2", original: 101_00, penalty: 9_00, fee: 1_00),
                webhook(.refunded, "O3", refund: 1, in: eur),
            ])
        let summary = try scenario.summary()
        let dollars = try #require(summary.totals[usd])
        #expect(dollars.expected.original == total(300_00))
        #expect(dollars.expected.penalty == total(30_00))
        #expect(dollars.expected.fee == total(6_00))
        #expect(dollars.expected.refund == total(264_00))
        #expect(dollars.final.original == total(201_00))
        #expect(dollars.final.penalty == total(19_00))
        #expect(dollars.final.fee == total(3_00))
        #expect(dollars.final.refund == total(171_00))
        #expect(dollars.variance.original == total(1_00))
        #expect(dollars.variance.penalty == total(-1_00))
        #expect(dollars.variance.fee == total(-1_00))
        #expect(dollars.variance.refund == total(-5_00))
        #expect(dollars.unexplained == total(-8_00))
        #expect(dollars.short == total(-8_00))
        #expect(dollars.over == total(3_00))
        #expect(dollars.atRisk == total(0))
        #expect(dollars.inProgress == total(0))
        // A final counts under its own currency, and has no other side there.
        let euros = try #require(summary.totals[eur])
        #expect(euros.final.refund == total(1))
        #expect(euros.final.original == total(100_00))
        #expect(euros.expected.refund == total(0))
        #expect(euros.unexplained == total(0))
        #expect(summary.rows.case == 3)
    }

    @Test func oneSidedCasesCountOnTheirSideOnly() throws {
        let unquoted = refundCase(penalty: nil) { $0.refundQuoteType = .cannotQuote }
        let sums = try #require(
            try Scenario.one(unquoted, nil, webhook(original: 101_00, refund: 5_00)).summary().totals[usd])
        #expect(sums.expected.original == total(100_00))
        #expect(sums.expected.fee == total(2_00))
        #expect(sums.final.refund == total(5_00))
        #expect(sums.final.original == total(101_00))
        #expect(sums.variance.original == total(0))
        #expect(sums.variance.fee == total(0))
        #expect(sums.variance.refund == total(0), "not both sides")
        #expect(sums.unexplained == total(0), "not both sides")
    }

    /// Which sum the expected refund of a case goes to, by the status that the query gave.
    @Test func atRiskAndOpen() throws {
        let promised = refundCase { $0.expectedRefundDate = date("2026-01-10") }
        let scenarios: [(Scenario, atRisk: Int128, open: Int128)] = [
            (.one(refundCase(), answer(entry(.rejected))), 88_00, 0),
            (.one(refundCase(), answer(entry(.withdrew))), 88_00, 0),
            (.one(promised, answer(entry(.airlineRefunding))), 88_00, 0),
            (.one(refundCase(), failed()), 88_00, 0),
            (.one(refundCase(), answer(entry(.airlineRefunding))), 0, 88_00),
            (.one(refundCase(), answer(entry(refundBeforeFee: 1_00))), 0, 0),
            (.one(), 0, 0),
        ]
        for (scenario, atRisk, open) in scenarios {
            let sums = try #require(try scenario.summary().totals[usd])
            #expect(sums.atRisk == total(atRisk))
            #expect(sums.inProgress == total(open))
        }
    }

    @Test func byCarrierAndAgeing() throws {
        let cases = [
            refundCase("O1", "R1") { $0.carrier = "FR" }, refundCase("O2", "R1"), refundCase("O3", "R1", in: eur),
            refundCase("O4", "R1") { $0.carrier = "FR" },
            refundCase("O5", "R1", penalty: nil) { $0.refundQuoteType = .cannotQuote },
        ]
        let scenario = Scenario(
            cases: cases,
            answers: [
                answer(entry(refundBeforeFee: 91_00)), answer(entry(.atlasProcessing, "O2")),
                answer(entry(.refunded, "O3")),
                answer(entry(.airlineRefunding, "O4")), answer(entry(.atlasProcessing, "O5")),
            ], webhooks: [])
        let summary = try scenario.summary()
        func carrier(_ carrier: Text, _ currency: Currency) -> CarrierTotals? {
            summary.byCarrier[CarrierCurrency(carrier: carrier, currency: currency)]
        }
        #expect(carrier("FR", usd)?.cases == 2)
        #expect(carrier("FR", usd)?.expectedRefund == total(176_00))
        #expect(carrier("FR", usd)?.finalRefund == total(89_00))
        #expect(carrier("FR", usd)?.refundVariance == total(1_00))
        // O3 was paid in dollars; the case itself counts under its own currency.
        #expect(carrier("", eur)?.cases == 1)
        #expect(carrier("", eur)?.expectedRefund == total(88_00))
        #expect(carrier("", eur)?.finalRefund == total(0))
        #expect(carrier("", eur)?.refundVariance == total(0))
        #expect(carrier("", usd)?.cases == 2)
        #expect(carrier("", usd)?.finalRefund == total(88_00))
        let ageing = summary.ageing[CurrencyBucket(currency: usd, bucket: .upTo60)]
        #expect(ageing?.cases == 3)
        #expect(ageing?.expectedRefund == total(176_00))
        #expect(summary.ageing.count == 1)
    }

    @Test func onlyCaseRowsHaveOutcomesAndTotals() throws {
        let summary = try Scenario(
            cases: [refundCase()], answers: [answer(entry(), entry(.refunded, "O1", "R2"))],
            webhooks: [webhook(), webhook(.refunded, "O9", line: 2)]
        ).summary()
        #expect(summary.cases == [.matched: 1])
        #expect(summary.exceptions == [.orphanWebhook: 1, .unrecordedRefund: 1])
        #expect(summary.rows.case == 1)
        #expect(summary.rows.orphanWebhook == 1)
        #expect(summary.rows.unrecordedRefund == 1)
        #expect(summary.totals[usd]?.final.refund == total(88_00))
    }

    @Test func totalsGoBeyondSixtyFourBits() throws {
        var summary = Summary()
        let row = Scenario.one(refundCase(fare: 1_000_000_000_000_000_000, penalty: 0, fee: 0), failed()).row
        for _ in 0..<20 { summary.add(row) }
        #expect(summary.totals[usd]?.expected.refund == total(20_000_000_000_000_000_000), "beyond 64 bits")
    }
}
