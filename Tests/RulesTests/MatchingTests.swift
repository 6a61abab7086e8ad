import Memory
import Refunds
import Rules
import Testing

/// RULES.md, "Webhooks": which case of its order a webhook goes to, what is a duplicate, which one counts.
@Suite struct MatchingTests {
    /// The lines of the webhooks that each case got.
    private func assigned(
        _ cases: [RefundCase], _ answers: [StatusAnswer?]? = nil, _ webhooks: [Webhook]
    ) -> [[Int32]] {
        Scenario(cases: cases, answers: answers ?? cases.map { _ in nil }, webhooks: webhooks)
            .rows.filter { $0.rowType == .case }.map(\.webhookLines)
    }

    // MARK: The criteria, each the first that decides

    @Test func first_currency() {
        // All later criteria speak for R1.
        let cases = [refundCase("O1", "R1"), refundCase("O1", "R2", fare: 1, in: eur)]
        let answers = [answer(entry()), answer(entry(.rejected, "O1", "R2"))]
        #expect(assigned(cases, answers, [webhook(in: eur)]) == [[], [1]])
        #expect(assigned(cases, answers, [webhook()]) == [[1], []])
    }

    @Test func second_queriedStatus() {
        // The total and all later criteria speak for R1.
        let cases = [refundCase("O1", "R1"), refundCase("O1", "R2", fare: 1)]
        let rejected = answer(entry(.rejected))
        #expect(assigned(cases, [rejected, answer(entry(.refunded, "O1", "R2"))], [webhook()]) == [[], [1]])
        // No query is as good as one that agrees.
        #expect(assigned(cases, [rejected, nil], [webhook()]) == [[], [1]])
        #expect(assigned(cases, [rejected, failed()], [webhook()]) == [[], [1]])
        #expect(assigned(cases, [nil, answer(entry(.refunded, "O1", "R2"))], [webhook()]) == [[1], []])
        #expect(assigned(cases, [rejected, rejected], [webhook()]) == [[], [1]], "R2 is not in the answer")
    }

    @Test func third_total() {
        // The refund and the code speak for R1, which moreover has nothing yet.
        let cases = [refundCase("O1", "R1", fare: 99_99, penalty: 9_99), refundCase("O1", "R2", penalty: 50_00)]
        let earlier = webhook(refund: 1, line: 1)
        #expect(assigned(cases, nil, [earlier, webhook(line: 2)]) == [[], [1, 2]])
    }

    @Test func fourth_terminalAlready() {
        // The refund and the code speak for R1.
        let cases = [refundCase("O1", "R1"), refundCase("O1", "R2", penalty: 50_00)]
        let paid = webhook(refund: 87_00, line: 1)
        #expect(assigned(cases, nil, [paid, webhook(line: 2)]) == [[1], [2]])
        // An earlier state does not keep a terminal one away …
        let open = webhook(.airlineProcessing, line: 1)
        #expect(assigned(cases, nil, [open, webhook(line: 2)]) == [[1, 2], []])
        // … but another earlier state.
        #expect(assigned(cases, nil, [open, webhook(.atlasProcessing, line: 2)]) == [[1], [2]])
        #expect(assigned(cases, nil, [paid, webhook(.atlasProcessing, line: 2)]) == [[1], [2]])
    }

    @Test func fifth_refund() {
        // The code speaks for R1.
        let cases = [refundCase("O1", "R1", penalty: 13_00), refundCase("O1", "R2", penalty: 9_00)]
        #expect(assigned(cases, nil, [webhook()]) == [[], [1]], "3.00 below or 1.00 above")
        #expect(assigned(cases, nil, [webhook(refund: 86_99)]) == [[1], []], "1.99 or 2.01")
        #expect(assigned(cases, nil, [webhook(refund: 87_00)]) == [[1], []], "2.00 each: the code decides")
        let unquoted = refundCase("O1", "R0", penalty: nil) { $0.refundQuoteType = .cannotQuote }
        #expect(
            assigned([unquoted, cases[1]], nil, [webhook(refund: 1_000_00)]) == [[], [1]], "no value is last")
        // Another currency is no value: both are last, and the code decides although the digits agree with R3.
        let foreign = [refundCase("O1", "R3", in: eur), refundCase("O1", "R2", fare: 1, penalty: 0, fee: 0, in: eur)]
        #expect(assigned(foreign, nil, [webhook()]) == [[], [1]])
    }

    @Test func sixth_codeThenReadingOrder() {
        #expect(assigned([refundCase("O1", "R2"), refundCase("O1", "R10")], nil, [webhook()]) == [[], [1]])
        #expect(assigned([refundCase("O1", "R1"), refundCase("O1", nil)], nil, [webhook()]) == [[], [1]])
        #expect(assigned([refundCase("O1", "a"), refundCase("O1", "Z")], nil, [webhook()]) == [[], [1]])
        #expect(assigned([refundCase("O1", "é"), refundCase("O1", "z")], nil, [webhook()]) == [[], [1]])
        let twins = [refundCase("O1", nil, line: 9), refundCase("O1", nil, line: 2)]
        #expect(assigned(twins, nil, [webhook()]) == [[1], []], "none has a code: the first that was read")
    }

    // MARK: Order

    @Test func orderOfArrival() {
        let late = webhook(.atlasProcessing, at: 20, file: 1, line: 1)
        let early = webhook(.atlasProcessing, refund: 2, at: 10, file: 1, line: 2)
        let undated = webhook(.atlasProcessing, refund: 3, file: 1, line: 3)
        let otherFile = webhook(.atlasProcessing, refund: 4, at: 10, file: 2, line: 4)
        let sameFile = webhook(.atlasProcessing, refund: 5, at: 10, file: 1, line: 5)
        for order in [[late, early, undated, otherFile, sameFile], [sameFile, otherFile, undated, early, late]] {
            #expect(assigned([refundCase()], nil, order) == [[3, 2, 5, 4, 1]])
        }
        var nanosecond = early
        nanosecond.source = SourceLine(file: 0, line: 9)
        nanosecond.receivedAt = Instant(secondsSinceEpoch: 10, nanoseconds: 1)
        nanosecond.finalRefundAmount = money(9)
        #expect(assigned([refundCase()], nil, [nanosecond, sameFile]) == [[5, 9]])
    }

    @Test func orderDecidesWhoTakesWhat() {
        // Both would go to R1; the earlier gets it although it stands later in the log.
        let cases = [refundCase("O1", "R1"), refundCase("O1", "R2", penalty: 50_00)]
        let webhooks = [webhook(refund: 87_00, at: 9, line: 1), webhook(refund: 86_00, at: 1, line: 2)]
        #expect(assigned(cases, nil, webhooks) == [[2], [1]])
    }

    // MARK: Duplicates

    @Test func duplicates() {
        let first = webhook(at: 1, line: 1)
        let scenario = Scenario.one(refundCase(), nil, first, webhook(at: 2, line: 2), webhook(line: 3))
        #expect(scenario.row.webhookLines == [3])
        #expect(scenario.row.webhookCount == 1)
        #expect(scenario.reconciliation.webhookCounts == (1, 0, 2))
        #expect(scenario.row.codes.contains(.duplicateWebhook))
    }

    /// One value after another differs: none is a duplicate.
    @Test func duplicatesAgreeInEveryValue() {
        let changes: [(inout Webhook) -> Void] = [
            { $0.refundStatus = .rejected }, { $0.currency = eur }, { $0.originalTotalFare = .zero },
            { $0.originalTotalAncillaryAmount = .zero }, { $0.originalTotalAmount = money(1) },
            { $0.airlinePenaltyAmountForFare = .zero }, { $0.airlinePenaltyAmountForAncillaries = .zero },
            { $0.airlinePenaltyAmount = money(1) }, { $0.finalRefundAmount = money(1) },
            { $0.transactionFee = money(1) },
        ]
        let webhooks = [webhook()] + changes.map { webhook(line: 2, $0) }
        let scenario = Scenario(cases: [refundCase()], answers: [nil], webhooks: webhooks)
        #expect(scenario.row.webhookCount == 11)
        #expect(!scenario.row.codes.contains(.duplicateWebhook))
        #expect(scenario.reconciliation.webhookCounts == (11, 0, 0))
    }

    @Test func twinsGetOneEachBeforeAnythingIsDuplicate() {
        let cases = [refundCase("O1", "R1"), refundCase("O1", "R2")]
        let three = [webhook(line: 1), webhook(line: 2), webhook(line: 3)]
        let scenario = Scenario(cases: cases, answers: [nil, nil], webhooks: three)
        #expect(scenario.rows.map(\.webhookLines) == [[1], [2]])
        #expect(scenario.rows.map { $0.codes.contains(.duplicateWebhook) } == [true, false])
        #expect(scenario.reconciliation.webhookCounts == (2, 0, 1))
    }

    // MARK: The one that counts

    @Test func effectiveWebhook() {
        let open = webhook(.airlineProcessing, original: 1, line: 9)
        let paid = webhook(refund: 80_00, line: 1)
        let revised = webhook(refund: 81_00, line: 2)
        func effective(_ webhooks: Webhook...) -> (status: RefundStatus?, refund: Amount?) {
            let row = Scenario(cases: [refundCase()], answers: [nil], webhooks: webhooks).row
            return (row.status, row.final?.refund)
        }
        #expect(effective(open, paid) == (.refunded, money(80_00)), "terminal goes before later")
        #expect(effective(paid, revised) == (.refunded, money(81_00)), "the last terminal one")
        #expect(effective(revised, paid) == (.refunded, money(81_00)))
        #expect(effective(paid, webhook(.rejected, line: 3)) == (.rejected, nil))
        #expect(effective(webhook(.atlasProcessing), open) == (.airlineProcessing, nil), "else the last of all")
    }

    @Test(arguments: RefundStatus.allCases) func terminalStatuses(_ status: RefundStatus) {
        // A terminal webhook counts although an open one came later.
        let row = Scenario.one(
            refundCase(), nil, webhook(status), webhook(.airlineRefunding, refund: 1, line: 2)
        ).row
        #expect((row.status == status) == ([2, 4, 5, 6].contains(status.rawValue) || status == .airlineRefunding))
    }

    // MARK: Status and final

    /// (query, webhook) → where status and final come from.
    @Test(
        arguments: [
            (.refunded, .refunded, .query, .webhook), (.refunded, .fulfillmentDone, .query, .webhook),
            (.refunded, nil, .query, .query), (.fulfillmentDone, nil, .query, .query),
            (.refunded, .rejected, .query, .query), (.refunded, .airlineProcessing, .query, .query),
            (.rejected, .refunded, .query, nil), (.atlasProcessing, .refunded, .query, nil),
            (nil, .refunded, .webhook, .webhook), (nil, .fulfillmentDone, .webhook, .webhook),
            (nil, .rejected, .webhook, nil), (nil, .airlineRefunding, .webhook, nil), (nil, nil, nil, nil),
        ] as [(RefundStatus?, RefundStatus?, EvidenceSource?, EvidenceSource?)])
    func sources(
        query: RefundStatus?, sent: RefundStatus?, status: EvidenceSource?, final: EvidenceSource?
    ) {
        let scenario = Scenario(
            cases: [refundCase()], answers: [query.map { answer(entry($0, refundBeforeFee: 77_00)) } ?? failed()],
            webhooks: sent.map { [webhook($0)] } ?? [])
        let row = scenario.row
        #expect(row.status == query ?? sent)
        #expect(row.statusSource == status)
        #expect(row.finalSource == final)
        #expect(row.final?.refund == (final == .webhook ? money(88_00) : final == .query ? money(75_00) : nil))
    }

    @Test func finalAmountsOfBothSources() {
        let told = webhook(original: 90_00, penalty: 8_00, fee: 3_00, refund: 70_00) {
            $0.airlinePenaltyAmountForFare = money(5_00)
        }
        let final = Scenario.one(refundCase(), nil, told).row.final
        #expect(final?.original == money(90_00))
        #expect(final?.penalty == money(8_00))
        #expect(final?.fee == money(3_00))
        #expect(final?.refund == money(70_00))
        #expect(final?.farePenalty == money(5_00))
        #expect(final?.ancillaryPenalty == nil)
        #expect(final?.unexplained == money(-9_00))
        let asked = Scenario.one(refundCase(), answer(entry(original: 90_00, refundBeforeFee: 80_00, fee: 3_00))).row
            .final
        #expect(asked?.original == money(90_00))
        #expect(asked?.penalty == money(10_00))
        #expect(asked?.fee == money(3_00))
        #expect(asked?.refund == money(77_00))
        #expect(asked?.farePenalty == money(10_00))
        #expect(asked?.ancillaryPenalty == .zero)
        #expect(asked?.unexplained == .zero)
    }
}

/// Records are brought together by a hash of their order number, which orders may share.
@Suite struct OrderGroupsTests {
    /// Two order numbers with the same hash. It depends on where the process was loaded, so they are looked for: among so many
    /// there are a dozen pairs or more.
    private static let sameHash: (String, String)? = {
        var seen: [Int: String] = [:]
        for number in 0..<400_000 {
            let text = "ORDER\(number)"
            let hash = TextKey(Array(text.utf8).span).keyHash
            if let other = seen.updateValue(text, forKey: hash) { return (other, text) }
        }
        return nil
    }()

    @Test func ordersOfOneHashAreKeptApart() throws {
        let (first, second) = try #require(Self.sameHash)
        for (ofCase, ofWebhook) in [(first, second), (second, first)] {
            let scenario = Scenario.one(
                refundCase(Text(ofCase)), nil, webhook(.refunded, Text(ofWebhook)))
            #expect(scenario.rows.map(\.rowType) == [.case, .orphanWebhook])
            #expect(scenario.rows.map(\.orderNo?.string) == [ofCase, ofWebhook])
        }
        var both = Scenario.one(refundCase(Text(first)), nil, webhook(.refunded, Text(second)))
        both.cases.append(refundCase(Text(second)))
        both.answers.append(nil)
        both.webhooks.append(webhook(.refunded, Text(first), line: 2))
        #expect(both.rows.map(\.webhookCount) == [1, 1])
        #expect(both.rows.map(\.webhookSources.first?.line) == [2, 1])
    }
}
