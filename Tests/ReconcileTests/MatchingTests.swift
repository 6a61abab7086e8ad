import Core
import Reconcile
import Testing

/// RULES.md, "Webhooks": which case of its order a notification goes to, what is a duplicate, which one counts.
@Suite struct MatchingTests {
    /// The lines of the notifications that each case got.
    private func assigned(
        _ cases: [RefundCase], _ answers: [StatusAnswer?]? = nil, _ notifications: [Notification]
    ) -> [[Int32]] {
        Scenario(cases: cases, answers: answers ?? cases.map { _ in nil }, notifications: notifications)
            .rows.filter { $0.rowType == .case }.map(\.webhookLines)
    }

    // MARK: The criteria, each the first that decides

    @Test func first_currency() {
        // All later criteria speak for R1.
        let cases = [refundCase("O1", "R1"), refundCase("O1", "R2", fare: 1, in: eur)]
        let answers = [answer(entry()), answer(entry(.rejected, "O1", "R2"))]
        #expect(assigned(cases, answers, [notification(in: eur)]) == [[], [1]])
        #expect(assigned(cases, answers, [notification()]) == [[1], []])
    }

    @Test func second_queriedStatus() {
        // The total and all later criteria speak for R1.
        let cases = [refundCase("O1", "R1"), refundCase("O1", "R2", fare: 1)]
        let rejected = answer(entry(.rejected))
        #expect(assigned(cases, [rejected, answer(entry(.refunded, "O1", "R2"))], [notification()]) == [[], [1]])
        // No query is as good as one that agrees.
        #expect(assigned(cases, [rejected, nil], [notification()]) == [[], [1]])
        #expect(assigned(cases, [rejected, failed()], [notification()]) == [[], [1]])
        #expect(assigned(cases, [nil, answer(entry(.refunded, "O1", "R2"))], [notification()]) == [[1], []])
        #expect(assigned(cases, [rejected, rejected], [notification()]) == [[], [1]], "R2 is not in the answer")
    }

    @Test func third_total() {
        // The refund and the code speak for R1, which moreover has nothing yet.
        let cases = [refundCase("O1", "R1", fare: 99_99, penalty: 9_99), refundCase("O1", "R2", penalty: 50_00)]
        let earlier = notification(refund: 1, line: 1)
        #expect(assigned(cases, nil, [earlier, notification(line: 2)]) == [[], [1, 2]])
    }

    @Test func fourth_terminalAlready() {
        // The refund and the code speak for R1.
        let cases = [refundCase("O1", "R1"), refundCase("O1", "R2", penalty: 50_00)]
        let paid = notification(refund: 87_00, line: 1)
        #expect(assigned(cases, nil, [paid, notification(line: 2)]) == [[1], [2]])
        // An earlier state does not keep a terminal one away …
        let open = notification(.airlineProcessing, line: 1)
        #expect(assigned(cases, nil, [open, notification(line: 2)]) == [[1, 2], []])
        // … but another earlier state.
        #expect(assigned(cases, nil, [open, notification(.atlasProcessing, line: 2)]) == [[1], [2]])
        #expect(assigned(cases, nil, [paid, notification(.atlasProcessing, line: 2)]) == [[1], [2]])
    }

    @Test func fifth_refund() {
        // The code speaks for R1.
        let cases = [refundCase("O1", "R1", penalty: 13_00), refundCase("O1", "R2", penalty: 9_00)]
        #expect(assigned(cases, nil, [notification()]) == [[], [1]], "3.00 below or 1.00 above")
        #expect(assigned(cases, nil, [notification(refund: 86_99)]) == [[1], []], "1.99 or 2.01")
        #expect(assigned(cases, nil, [notification(refund: 87_00)]) == [[1], []], "2.00 each: the code decides")
        let unquoted = refundCase("O1", "R0", penalty: nil) { $0.refundQuoteType = .cannotQuote }
        #expect(
            assigned([unquoted, cases[1]], nil, [notification(refund: 1_000_00)]) == [[], [1]], "no value is last")
        // Another currency is no value: both are last, and the code decides although the digits agree with R3.
        let foreign = [refundCase("O1", "R3", in: eur), refundCase("O1", "R2", fare: 1, penalty: 0, fee: 0, in: eur)]
        #expect(assigned(foreign, nil, [notification()]) == [[], [1]])
    }

    @Test func sixth_codeThenReadingOrder() {
        #expect(assigned([refundCase("O1", "R2"), refundCase("O1", "R10")], nil, [notification()]) == [[], [1]])
        #expect(assigned([refundCase("O1", "R1"), refundCase("O1", nil)], nil, [notification()]) == [[], [1]])
        #expect(assigned([refundCase("O1", "a"), refundCase("O1", "Z")], nil, [notification()]) == [[], [1]])
        #expect(assigned([refundCase("O1", "é"), refundCase("O1", "z")], nil, [notification()]) == [[], [1]])
        let twins = [refundCase("O1", nil, line: 9), refundCase("O1", nil, line: 2)]
        #expect(assigned(twins, nil, [notification()]) == [[1], []], "none has a code: the first that was read")
    }

    // MARK: Order

    @Test func orderOfArrival() {
        let late = notification(.atlasProcessing, at: 20, file: 1, line: 1)
        let early = notification(.atlasProcessing, refund: 2, at: 10, file: 1, line: 2)
        let undated = notification(.atlasProcessing, refund: 3, file: 1, line: 3)
        let otherFile = notification(.atlasProcessing, refund: 4, at: 10, file: 2, line: 4)
        let sameFile = notification(.atlasProcessing, refund: 5, at: 10, file: 1, line: 5)
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
        let notifications = [notification(refund: 87_00, at: 9, line: 1), notification(refund: 86_00, at: 1, line: 2)]
        #expect(assigned(cases, nil, notifications) == [[2], [1]])
    }

    // MARK: Duplicates

    @Test func duplicates() {
        let first = notification(at: 1, line: 1)
        let scenario = Scenario.one(refundCase(), nil, first, notification(at: 2, line: 2), notification(line: 3))
        #expect(scenario.row.webhookLines == [3])
        #expect(scenario.row.webhookCount == 1)
        #expect(scenario.reconciliation.notificationCounts == (1, 0, 2))
        #expect(scenario.row.codes.contains(.duplicateWebhook))
    }

    /// One value after another differs: none is a duplicate.
    @Test func duplicatesAgreeInEveryValue() {
        let changes: [(inout Notification) -> Void] = [
            { $0.refundStatus = .rejected }, { $0.currency = eur }, { $0.originalTotalFare = .zero },
            { $0.originalTotalAncillaryAmount = .zero }, { $0.originalTotalAmount = money(1) },
            { $0.airlinePenaltyAmountForFare = .zero }, { $0.airlinePenaltyAmountForAncillaries = .zero },
            { $0.airlinePenaltyAmount = money(1) }, { $0.finalRefundAmount = money(1) },
            { $0.transactionFee = money(1) },
        ]
        let notifications = [notification()] + changes.map { notification(line: 2, $0) }
        let scenario = Scenario(cases: [refundCase()], answers: [nil], notifications: notifications)
        #expect(scenario.row.webhookCount == 11)
        #expect(!scenario.row.codes.contains(.duplicateWebhook))
        #expect(scenario.reconciliation.notificationCounts == (11, 0, 0))
    }

    @Test func twinsGetOneEachBeforeAnythingIsDuplicate() {
        let cases = [refundCase("O1", "R1"), refundCase("O1", "R2")]
        let three = [notification(line: 1), notification(line: 2), notification(line: 3)]
        let scenario = Scenario(cases: cases, answers: [nil, nil], notifications: three)
        #expect(scenario.rows.map(\.webhookLines) == [[1], [2]])
        #expect(scenario.rows.map { $0.codes.contains(.duplicateWebhook) } == [true, false])
        #expect(scenario.reconciliation.notificationCounts == (2, 0, 1))
    }

    // MARK: The one that counts

    @Test func effectiveWebhook() {
        let open = notification(.airlineProcessing, original: 1, line: 9)
        let paid = notification(refund: 80_00, line: 1)
        let revised = notification(refund: 81_00, line: 2)
        func effective(_ notifications: Notification...) -> (status: RefundStatus?, refund: Amount?) {
            let row = Scenario(cases: [refundCase()], answers: [nil], notifications: notifications).row
            return (row.status, row.final?.refund)
        }
        #expect(effective(open, paid) == (.refunded, money(80_00)), "terminal goes before later")
        #expect(effective(paid, revised) == (.refunded, money(81_00)), "the last terminal one")
        #expect(effective(revised, paid) == (.refunded, money(81_00)))
        #expect(effective(paid, notification(.rejected, line: 3)) == (.rejected, nil))
        #expect(effective(notification(.atlasProcessing), open) == (.airlineProcessing, nil), "else the last of all")
    }

    @Test(arguments: RefundStatus.allCases) func terminalStatuses(_ status: RefundStatus) {
        // A terminal notification counts although an open one came later.
        let row = Scenario.one(
            refundCase(), nil, notification(status), notification(.airlineRefunding, refund: 1, line: 2)
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
        query: RefundStatus?, webhook: RefundStatus?, status: EvidenceSource?, final: EvidenceSource?
    ) {
        let scenario = Scenario(
            cases: [refundCase()], answers: [query.map { answer(entry($0, gross: 77_00)) } ?? failed()],
            notifications: webhook.map { [notification($0)] } ?? [])
        let row = scenario.row
        #expect(row.status == query ?? webhook)
        #expect(row.statusSource == status)
        #expect(row.finalSource == final)
        #expect(row.final?.refund == (final == .webhook ? money(88_00) : final == .query ? money(75_00) : nil))
    }

    @Test func finalAmountsOfBothSources() {
        let told = notification(original: 90_00, penalty: 8_00, fee: 3_00, refund: 70_00) {
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
        let asked = Scenario.one(refundCase(), answer(entry(original: 90_00, gross: 80_00, fee: 3_00))).row.final
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
            let hash = Array(text.utf8).withUnsafeBufferPointer { Text(borrowing: $0).keyHash }
            if let other = seen.updateValue(text, forKey: hash) { return (other, text) }
        }
        return nil
    }()

    @Test func ordersOfOneHashAreKeptApart() throws {
        let (first, second) = try #require(Self.sameHash)
        for (ofCase, ofNotification) in [(first, second), (second, first)] {
            let scenario = Scenario.one(
                refundCase(Text(ofCase)), nil, notification(.refunded, Text(ofNotification)))
            #expect(scenario.rows.map(\.rowType) == [.case, .orphanWebhook])
            #expect(scenario.rows.map(\.orderNo?.string) == [ofCase, ofNotification])
        }
        var both = Scenario.one(refundCase(Text(first)), nil, notification(.refunded, Text(second)))
        both.cases.append(refundCase(Text(second)))
        both.answers.append(nil)
        both.notifications.append(notification(.refunded, Text(first), line: 2))
        #expect(both.rows.map(\.webhookCount) == [1, 1])
        #expect(both.rows.map(\.webhookSources.first?.line) == [2, 1])
    }
}
