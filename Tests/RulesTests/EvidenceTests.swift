import Memory
import Refunds
import Rules
import Testing

/// RULES.md, "Evidence": the entry about a case, unrecorded refunds, orphans, dates and ages.
@Suite struct EvidenceTests {
    // MARK: The entry

    @Test func entryIsOfCodeAndOrder() {
        let others = [entry(.rejected, "O1", "R0"), entry(.rejected, "O2", "R1"), entry(.rejected, nil, "R1")]
        #expect(Scenario.one(refundCase(), answer(others + [entry()])).row.status == .refunded)
        #expect(Scenario.one(refundCase(), answer(others)).row.status == nil)
        let first = answer(entry(.airlineProcessing), entry())
        #expect(Scenario.one(refundCase(), first).row.status == .airlineProcessing, "the first of a code counts")
        let sameText = answer(entry(.refunded, "O1", "e\u{301}"))
        #expect(Scenario.one(refundCase("O1", "\u{E9}"), sameText).row.status == nil, "codes are bytes")
    }

    @Test func caseKeyedByLocatorTakesItsOrderFromTheEntry() {
        let keyed = refundCase(nil) {
            $0.airlinePNR = "PNR001"
            $0.carrier = "FR"
        }
        let row = Scenario.one(keyed, answer(entry()), webhook()).row
        #expect(row.orderNo == "O1")
        #expect(row.airlinePNR == "PNR001")
        #expect(row.carrier == "FR")
        #expect(row.webhookCount == 1)
        #expect(row.outcome == .matched)
        // Unknown order: the webhook is an orphan.
        let rows = Scenario.one(keyed, failed(), webhook()).rows
        #expect(rows.map(\.rowType) == [.case, .orphanWebhook])
        #expect(rows[0].orderNo == nil)
        #expect(rows[0].webhookCount == 0)
        // It competes with the other cases of that order.
        let scenario = Scenario(
            cases: [refundCase("O1", "R2"), keyed], answers: [nil, answer(entry())], webhooks: [webhook()])
        #expect(scenario.rows.map(\.webhookCount) == [0, 1])
    }

    @Test func rowShowsWhenAndWhereItWasAsked() {
        let row = Scenario.one(refundCase(), answer([entry { $0.cancelReason = "why" }], line: 7)).row
        #expect(row.queriedAt == "2026-02-01T00:00:07Z")
        #expect(row.querySource == SourceLine(file: 2, line: 7))
        #expect(row.cancelReason == "why")
        #expect(row.queryError == nil)
        #expect(Scenario.one(refundCase(), failed("http-503")).row.queryError == "http-503")
    }

    // MARK: Unrecorded refunds

    private func unrecorded(_ scenario: Scenario) -> [String] {
        scenario.rows.filter { $0.rowType == .unrecordedRefund }.map {
            "\($0.orderNo?.string ?? "-") \($0.refundCode?.string ?? "-") \($0.source.line)"
        }
    }

    @Test func unrecordedRefundsWithoutAnOrderAreOneWhoeverNamesThem() {
        let scenario = Scenario(
            cases: [refundCase("O1", "R1"), refundCase("O2", "R2", line: 2)],
            answers: [
                answer(entry(), entry(.refunded, nil, "R9"), line: 1),
                answer(entry(.refunded, "O2", "R2"), entry(.refunded, nil, "R9"), line: 2),
            ], webhooks: [])
        #expect(unrecorded(scenario) == ["O1 R9 1"], "under the order that was asked about first")
        // Named with the order and without it, it is still one refund.
        let both = Scenario.one(
            refundCase(), answer(entry(), entry(.refunded, "O1", "R9"), entry(.refunded, nil, "R9")))
        #expect(unrecorded(both) == ["O1 R9 1"])
    }

    @Test func refundsOfOneLocatorAreRecordedThoughNobodyNamesTheirOrder() {
        func keyed(_ code: Text, _ airlinePNR: Text = "PNR001", line: Int32) -> RefundCase {
            refundCase(nil, code, line: line) {
                $0.airlinePNR = airlinePNR
                $0.carrier = "FR"
            }
        }
        let both = [entry(.refunded, nil, "R1"), entry(.refunded, nil, "R2")]
        let siblings = Scenario(
            cases: [keyed("R1", line: 1), keyed("R2", line: 2)],
            answers: [answer(both, line: 1), answer(both, line: 2)],
            webhooks: [])
        #expect(unrecorded(siblings) == [])
        let strangers = Scenario(
            cases: [keyed("R1", line: 1), keyed("R2", "PNR002", line: 2)], answers: [answer(both, line: 1), nil],
            webhooks: [])
        #expect(unrecorded(strangers) == ["- R2 1"], "the other case is of another locator")
    }

    @Test func unrecordedRefundsOncePerOrderFromTheFirstAnswer() {
        let scenario = Scenario(
            cases: [refundCase("O1", "R1"), refundCase("O1", "R2"), refundCase("O0", "R1")],
            answers: [
                answer([entry(.refunded, "O1", "R9"), entry(), entry(.rejected, "O1", "R9")], line: 1),
                answer(
                    [entry(.rejected, "O1", "R9"), entry(.refunded, "O1", "R2"), entry(.refunded, "O1", "R8")], line: 2),
                answer(
                    [entry(.refunded, "O0", "R9"), entry(.refunded, "O0", "R2"), entry(.refunded, "O0", "R1")], line: 3),
            ], webhooks: [])
        #expect(
            unrecorded(scenario) == ["O0 R2 3", "O0 R9 3", "O1 R8 2", "O1 R9 1"], "by order and code, in byte order")
        #expect(scenario.rows.last?.status == .refunded, "the first entry of the first answer")
    }

    @Test func onlyAnswersReliedOnName() {
        #expect(unrecorded(.one(refundCase(), failed())) == [])
        #expect(unrecorded(.one(refundCase(), answer(entry()))) == [])
        #expect(
            unrecorded(.one(refundCase(), answer(entry(), entry(.rejected)))) == [], "a second entry of a recorded code"
        )
    }

    @Test func entryForACaseOfAnotherKeyIsRecorded() {
        let keyed = refundCase(nil, "R2") {
            $0.airlinePNR = "PNR001"
            $0.carrier = "FR"
        }
        let both = [entry(), entry(.refunded, "O1", "R2")]
        #expect(
            unrecorded(
                Scenario(cases: [keyed, refundCase()], answers: [answer(both), answer(both)], webhooks: [])) == [])
        // Its own query failed: nobody knows that R2 of O1 is this case.
        #expect(
            unrecorded(
                Scenario(cases: [keyed, refundCase()], answers: [failed(), answer(both, line: 2)], webhooks: []))
                == ["O1 R2 2"])
        // A code recorded under another order is unrecorded under this one; a case without a code records none.
        let elsewhere = [refundCase(), refundCase("O2", "R2"), refundCase("O1", nil)]
        #expect(
            unrecorded(Scenario(cases: elsewhere, answers: [answer(both), nil, nil], webhooks: [])) == ["O1 R2 1"])
    }

    /// An entry that names no order is of the order that was asked about, and shown under it.
    @Test func entryWithoutAnOrder() {
        let nameless = Scenario(
            cases: [refundCase("O1", "R1"), refundCase("O1", "R2")],
            answers: [
                answer(
                    [entry(.refunded, nil, "R9"), entry(.refunded, nil, "R2"), entry(.refunded, nil, "R1")], line: 1),
                answer([entry(.refunded, "O1", "R9"), entry(.refunded, "O1", "R2")], line: 2),
            ], webhooks: [])
        #expect(unrecorded(nameless) == ["O1 R9 1"], "R1 and R2 of that order are recorded, R9 is named once")
        #expect(nameless.row.codes == [.notFoundAtAtlas, .noEvidence])
    }

    @Test func unrecordedRow() {
        let told = entry(.refunded, "O1", "R2", original: 50_00, refundBeforeFee: 40_00) {
            $0.cancelReason = "seen"
            $0.expectedRefundDate = date("2026-03-01")
        }
        let rows = Scenario.one(refundCase(), answer([entry(), told], line: 4), webhook()).rows
        let row = rows[1]
        #expect(row.rowType == .unrecordedRefund)
        #expect(row.orderNo == "O1")
        #expect(row.refundCode == "R2")
        #expect(row.currency == usd)
        #expect(row.status == .refunded)
        #expect(row.statusSource == .query)
        #expect(row.finalSource == .query)
        #expect(row.final?.refund == money(38_00))
        #expect(row.final?.original == money(50_00))
        #expect(row.cancelReason == "seen")
        #expect(row.queriedAt == "2026-02-01T00:00:04Z")
        #expect(row.source == SourceLine(file: 2, line: 4))
        #expect(row.webhookCount == 0)
        #expect(row.codes == [.unrecordedRefund])
        #expect(row.outcome == nil)
        #expect(row.expected == nil)
        #expect(row.variances == Amounts())
        #expect(row.ageDays == nil)
        #expect(row.airlinePNR == nil)
        #expect(row.carrier == nil)
        #expect(row.requestedAt == nil)
        #expect(row.expectedRefundDate == nil)
        let open = Scenario.one(refundCase(), answer(entry(), entry(.rejected, "O1", "R2"))).rows[1]
        #expect(open.final == nil)
        #expect(open.finalSource == nil)
        #expect(open.statusSource == .query)
        #expect(open.currency == usd)
    }

    // MARK: Orphans

    @Test func orphansAreOneRowAnOrder() {
        let scenario = Scenario(
            cases: [refundCase()], answers: [nil],
            webhooks: [
                webhook(.refunded, "Z", line: 1), webhook(.refunded, "A", line: 2),
                webhook(.airlineProcessing, "Z", line: 3), webhook(.refunded, "Z", at: 5, line: 4),
                webhook(.refunded, "Z", refund: 80_00, line: 5), webhook(line: 6),
            ])
        let rows = scenario.rows
        #expect(rows.map(\.orderNo) == ["O1", "A", "Z"])
        #expect(rows[2].rowType == .orphanWebhook)
        #expect(rows[2].webhookLines == [1, 3, 5])
        #expect(rows[2].webhookCount == 3)
        #expect(rows[2].source == SourceLine(file: 1, line: 5), "its effective webhook")
        #expect(rows[2].final?.refund == money(80_00))
        #expect(rows[2].currency == usd)
        #expect(rows[2].status == .refunded)
        #expect(rows[2].statusSource == .webhook)
        #expect(rows[2].finalSource == .webhook)
        #expect(rows[2].codes == [.orphanWebhook], "its own code only, revised and redelivered as it is")
        #expect(rows[2].outcome == nil)
        #expect(rows[2].expected == nil)
        #expect(rows[2].variances == Amounts())
        #expect(rows[2].refundCode == nil)
        #expect(rows[2].queriedAt == nil)
        #expect(rows[2].ageDays == nil)
        #expect(scenario.reconciliation.webhookCounts == (1, 4, 1))
    }

    @Test func orphanThatIsNotPaidHasNoFinalSide() {
        let row = Scenario(cases: [], answers: [], webhooks: [webhook(.rejected)]).row
        #expect(row.final == nil)
        #expect(row.status == .rejected)
        #expect(row.statusSource == .webhook)
        #expect(row.currency == usd)
        #expect(Scenario(cases: [], answers: [], webhooks: [webhook(.fulfillmentDone)]).row.final != nil)
    }

    @Test func nothingInNothingOut() {
        let scenario = Scenario(cases: [], answers: [], webhooks: [])
        #expect(scenario.rows.isEmpty)
        #expect(scenario.reconciliation.webhookCounts == (0, 0, 0))
    }

    // MARK: Dates and ages

    @Test func datesOfTheQueryGoBeforeTheOrders() {
        let promised = refundCase {
            $0.expectedConfirmationDate = date("2026-01-10")
            $0.expectedRefundDate = date("2026-01-11")
        }
        let open = entry(.airlineProcessing) { $0.expectedConfirmationDate = date("2026-03-10") }
        let row = Scenario.one(promised, answer(open)).row
        #expect(row.expectedConfirmationDate == date("2026-03-10"), "the query's")
        #expect(row.expectedRefundDate == date("2026-01-11"), "the order's, where the query gives none")
        #expect(row.codes == [.overdueRefund])
        let later = entry(.airlineProcessing) {
            $0.expectedConfirmationDate = date("2026-03-10")
            $0.expectedRefundDate = date("2026-03-11")
        }
        #expect(Scenario.one(promised, answer(later)).row.outcome == .pending)
        let sooner = entry(.airlineProcessing) { $0.expectedConfirmationDate = date("2026-01-31") }
        #expect(Scenario.one(refundCase(), answer(sooner)).row.codes == [.overdueConfirmation])
        let failedRow = Scenario.one(promised, failed()).row
        #expect(failedRow.expectedConfirmationDate == date("2026-01-10"))
    }

    @Test(arguments: [
        ("2025-12-31", 0, "0-7"), ("2026-01-01", 0, "0-7"), ("2026-01-08", 7, "0-7"), ("2026-01-09", 8, "8-30"),
        ("2026-01-31", 30, "8-30"), ("2026-02-01", 31, "31-60"), ("2026-03-02", 60, "31-60"),
        ("2026-03-03", 61, "61-90"), ("2026-04-01", 90, "61-90"), ("2026-04-02", 91, "90+"),
        ("2027-01-01", 365, "90+"),
    ]) func ages(asOf: String, days: Int, bucket: String) {
        let row = Scenario.one(refundCase(), answer(entry(.airlineProcessing)), asOf: asOf).row
        #expect(row.ageDays == days)
        #expect(row.ageBucket?.rawValue == bucket)
    }

    @Test func onlyOpenCasesAge() {
        for status in RefundStatus.allCases {
            let row = Scenario.one(refundCase(), answer(entry(status))).row
            #expect((row.ageDays != nil) == [0, 1, 3].contains(status.rawValue))
        }
        let overdue = refundCase { $0.expectedRefundDate = date("2026-01-10") }
        #expect(Scenario.one(overdue, answer(entry(.airlineRefunding))).row.ageDays == 31)
        #expect(Scenario.one(refundCase(), failed()).row.ageDays == nil, "unverified")
    }
}
