import Bytes
import Core
import Ingest
import TestSupport
import Testing

/// What nights before handed on is read as it was, and what comes again tonight is tonight's.
@Suite struct CarriedRecordsTests {
    private static let mark = CarriedMark(
        firstAsOf: CalendarDate(daysSinceEpoch: 20_000), firstSource: "a b,\"c\".csv:17")

    private func carried(_ orders: [[UInt8]], _ webhooks: [[UInt8]]) async throws -> CarriedRecords {
        let folder = try InputFolder()
        func input(_ name: String, _ lines: [[UInt8]]) throws -> InputFile {
            try InputFile(path: try folder.write(name, lines.flatMap { $0 + [0x0A] }))
        }
        return try await CarriedRecords.read(
            orders: try input("carried-orders.jsonl", orders), webhooks: try input("carried-webhooks.jsonl", webhooks),
            firstFile: 0, threads: 2)
    }

    @Test func everyRecordComesBackAsItWas() async throws {
        var random = Seeded()
        for _ in 0..<300 * Seeded.soak {
            let cases = (1...5).map { random.order(line: $0) }
            let notifications = (1...5).map { random.notification(line: $0) }
            let read = try await carried(
                cases.map { CarriedOrder.line($0, Self.mark) }, notifications.map { CarriedWebhook.line($0, Self.mark) }
            )
            #expect(read.cases.map(\.record) == cases, "seed \(random.seed)")
            #expect(read.notifications.map(\.record) == notifications, "seed \(random.seed)")
            #expect(read.cases.allSatisfy { $0.mark == Self.mark })
            #expect(read.notifications.allSatisfy { $0.mark == Self.mark })
        }
    }

    @Test(arguments: [
        "x", "[]", #"{"orderNo":"O"}"#, #"{"orderNo":"O","orderNo":"P"}"#,
        #"{"orderNo":"O","currency":"USD","originalTotalFareAmount":"1.00","airlinePenaltyAmount":"0","transactionFee":"0","requestedAt":"2026-01-01","firstAsOf":"2026-01-01"}"#,
    ]) func aLineThatIsNoneOfOursIsUnusable(line: String) async throws {
        await #expect(throws: InputError.self) { try await carried([Array(line.utf8)], []) }
        await #expect(throws: InputError.self) { try await carried([], [Array(line.utf8)]) }
    }

    // MARK: Tonight

    private static let header =
        "orderNo,refundCode,currency,originalTotalFareAmount,airlinePenaltyAmount,transactionFee,requestedAt,carrier\n"

    private func tonight(_ rows: [String], after cases: [RefundCase]) async throws -> OrdersIngest {
        let folder = try InputFolder()
        let input = try InputFile(path: try folder.write("orders.csv", Self.header + rows.joined(separator: "\n")))
        let records = try await carried(cases.map { CarriedOrder.line($0, Self.mark) }, [])
        return try await OrdersIngest.read([input], firstFile: 2, threads: 1, carried: records)
    }

    private func known(_ orderNo: Text, fare: Int64 = 100_00) -> RefundCase {
        var made = RefundCase(
            currency: isoCurrency("USD"), requestedAt: CalendarDate(daysSinceEpoch: 20_454),
            source: SourceLine(file: 0, line: 1))
        made.orderNo = orderNo
        made.refundCode = "R1"
        made.originalTotalFareAmount = Amount(minorUnits: fare)
        made.airlinePenaltyAmount = .zero
        made.transactionFee = .zero
        return made
    }

    @Test func carriedCasesStandBeforeTonights() async throws {
        let read = try await tonight(["C,R1,USD,5,0,0,2026-01-01,"], after: [known("B"), known("A")])
        #expect(read.cases.map(\.orderNo) == ["B", "A", "C"])
        #expect(read.carried == 2 && read.restated == 0 && read.controls.accepted == 1 && read.controls.duplicate == 0)
    }

    @Test func aRecordThatComesAgainIsTonights() async throws {
        let read = try await tonight(
            ["C,R1,USD,5,0,0,2026-01-01,", "A,R1,USD,100,0,0,2026-01-01,FR", "A,R1,USD,100,0,0,2026-01-01,"],
            after: [known("B"), known("A")])
        #expect(read.cases.map(\.orderNo) == ["B", "C", "A"])
        #expect(read.cases.last?.carrier == "FR" && read.cases.last?.source == SourceLine(file: 2, line: 3))
        #expect(read.cases.last?.droppedDuplicates == 1)
        #expect(read.carried == 1 && read.restated == 1 && read.controls.accepted == 2 && read.controls.duplicate == 1)
    }

    @Test func aRecordThatSaysSomethingElseIsRefused() async throws {
        let read = try await tonight(["A,R1,USD,101,0,0,2026-01-01,"], after: [known("A")])
        #expect(read.cases.count == 1 && read.cases[0].hasConflict)
        #expect(read.cases[0].originalTotalFareAmount == Amount(minorUnits: 100_00))
        #expect(read.rejects.map(\.code) == [.conflictingOrder])
        #expect(read.rejects[0].message.contains("carried-orders.jsonl:1"))
        #expect(read.carried == 1 && read.controls.accepted == 0 && read.controls.rejected == 1)
    }

    @Test func aConflictStaysWithTheCase() async throws {
        var contradicted = known("A")
        contradicted.hasConflict = true
        let read = try await tonight(["A,R1,USD,100,0,0,2026-01-01,"], after: [contradicted])
        #expect(read.cases[0].hasConflict && read.restated == 1)
    }

    @Test func aNotificationThatStandsInTonightsLogIsTonights() async throws {
        var random = Seeded()
        let first = random.notification(line: 1)
        var sooner = first
        sooner.source = SourceLine(file: 1, line: 2)
        sooner.receivedAt = Instant(secondsSinceEpoch: 5)
        var records = try await carried(
            [], [CarriedWebhook.line(first, Self.mark), CarriedWebhook.line(sooner, Self.mark)])
        records.dropRestated(by: [first])
        #expect(records.notifications.map(\.record) == [sooner], "another time is another delivery")
        records.dropRestated(by: [])
        #expect(records.notifications.count == 1)
    }
}

extension Seeded {
    private mutating func text() -> Text {
        Text(pick(["A1", "ö\u{301}", "x\"y\\z", "=1+1", "line\nbreak", "🛫", "\u{7F}"]) + String(below(1000)))
    }

    private mutating func amount(_ currency: Currency, mayBeNegative: Bool = false) -> Amount {
        Amount(minorUnits: Int64(below(1_000_000_000)) - (mayBeNegative && once(in: 3) ? 999_999_999 : 0))
    }

    private mutating func currency() -> Currency {
        isoCurrency(pick(["USD", "JPY", "KWD", "CLF"]))
    }

    private mutating func maybe<Value>(_ make: (inout Seeded) -> Value) -> Value? { once(in: 2) ? nil : make(&self) }

    private mutating func day() -> CalendarDate { CalendarDate(daysSinceEpoch: Int32(20_000 + below(1000))) }

    /// A case as a record might have given it.
    fileprivate mutating func order(line: Int) -> RefundCase {
        let currency = currency()
        var made = RefundCase(
            currency: currency, requestedAt: day(), source: SourceLine(file: 0, line: Int32(line)))
        if once(in: 4) { (made.airlinePNR, made.carrier) = (text(), text()) } else { made.orderNo = text() }
        made.refundCode = maybe { $0.text() }
        made.refundOfferId = maybe { $0.text() }
        made.refundReason = maybe { $0.pick(RefundReason.allCases) }
        made.paymentMethod = maybe { $0.pick(PaymentMethod.allCases) }
        made.refundQuoteType = maybe { $0.pick(RefundQuoteType.allCases) }
        made.isRefundable = maybe { $0.once(in: 2) }
        made.refundMethod = maybe { $0.pick(RefundMethod.allCases) }
        made.expectedConfirmationDate = maybe { $0.day() }
        made.expectedRefundDate = maybe { $0.day() }
        made.transactionFee = amount(currency)
        made.hasConflict = once(in: 5)
        if once(in: 5) {
            made.voucherRefundAmount = amount(currency)
            return made
        }
        made.originalTotalFareAmount = amount(currency)
        made.originalTotalAncillaryAmount = maybe { $0.amount(currency) }
        made.originalTotalAmount = maybe { $0.amount(currency) }
        made.airlinePenaltyAmountForFare = maybe { $0.amount(currency) }
        made.airlinePenaltyAmountForAncillaries = maybe { $0.amount(currency) }
        made.airlinePenaltyAmount = amount(currency)
        made.estimatedRefundAmount = maybe { $0.amount(currency) }
        return made
    }

    fileprivate mutating func notification(line: Int) -> Notification {
        let currency = currency()
        var made = Notification(
            orderNo: text(), refundStatus: pick(RefundStatus.allCases), currency: currency,
            originalTotalAmount: amount(currency), airlinePenaltyAmount: amount(currency),
            finalRefundAmount: amount(currency, mayBeNegative: true), transactionFee: amount(currency),
            source: SourceLine(file: 1, line: Int32(line)))
        made.originalTotalFare = maybe { $0.amount(currency) }
        made.originalTotalAncillaryAmount = maybe { $0.amount(currency) }
        made.airlinePenaltyAmountForFare = maybe { $0.amount(currency) }
        made.airlinePenaltyAmountForAncillaries = maybe { $0.amount(currency) }
        made.receivedAt = maybe {
            Instant(secondsSinceEpoch: Int64($0.below(2_000_000_000)), nanoseconds: Int32($0.below(1_000_000_000)))
        }
        return made
    }
}

private func isoCurrency(_ code: String) -> Currency {
    guard let currency = Currency(code) else { preconditionFailure("\(code) is no currency") }
    return currency
}
