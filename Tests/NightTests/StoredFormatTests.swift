import Atlas
import Memory
import Refunds
import Rules
import Night
import Testing

/// A part that was written once is read for as long as there are stores with it: its bytes stay what they are.
@Suite struct StoredFormatTests {
    private func text(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8.filter { $0 > 0x20 })
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16) ?? 0
        }
    }

    @Test func aPartIsWrittenAsEver() {
        var writer = PartWriter()
        for order in Self.orders { writer.add(order) }
        writer.addTombstone(.order("GONE"))
        let parts = writer.finish()
        #expect(parts.map { text($0.index) } == Self.parts.map { text(bytes($0.index)) })
        #expect(parts.map { text($0.content) } == Self.parts.map { text(bytes($0.content)) })
    }

    @Test func partsThatWereWrittenBeforeAreRead() throws {
        var parts = RememberedParts()
        parts.add(Self.parts.map { NewPart(index: bytes($0.index), content: bytes($0.content)) })
        let memory = try parts.memory(rememberDays: 100)
        for order in Self.orders {
            let found = try memory.orders(with: order.identity, in: parts)
            #expect(found.filter { $0.identity == order.identity } == [order])
        }
        #expect(memory.count == Self.orders.count)
    }

    /// The name of a code that this program does not know: the store is another program's, or is damaged.
    @Test func anUnknownExceptionIsRefused() throws {
        let (known, unknown) = (text(Array("REFUND_SHORT".utf8)), text(Array("REFUND_SHIRT".utf8)))
        let content = text(bytes(Self.parts[0].content))
        let pieces = content.split(separator: known, omittingEmptySubsequences: false)
        try #require(pieces.count > 1)
        var parts = RememberedParts()
        parts.add([
            NewPart(index: bytes(Self.parts[0].index), content: bytes(pieces.joined(separator: unknown)))
        ])
        let memory = try parts.memory(rememberDays: 100)
        let error = #expect(throws: StateError.self) {
            try memory.breaks(at: memory.withBreaks, in: parts)
        }
        #expect(error.map { "\($0)".contains("put its backup in its place") } == true)
    }

    // MARK: What it holds

    private static let first = FirstPlace(
        asOf: date("2026-01-02"), place: SourceLine(file: 2, line: 17), fileName: "orders.csv")

    /// Between them they have every kind of piece and every word.
    private static let orders: [RememberedOrder] = {
        var numbered = RememberedOrder(identity: .order("ORDER1"))
        numbered.records = [record(isVoucher: false), record(isVoucher: true)].enumerated().map {
            RememberedRecord(record: $1, first: first, cameAgain: $0 == 1)
        }
        numbered.webhooks = [RememberedWebhook(webhook: webhook, first: first)]
        numbered.answers = [
            RememberedAnswer(
                key: numbered.records[0].record.identity.lookupKey,
                entries: RefundOrderEntries([entry(.refunded), entry(.withdrew)]),
                queriedAt: "2026-01-02T03:04:05.678Z", receivedFor: date("2026-01-02"), isVerifiedEnd: true)
        ]
        numbered.items = Outcome.allCases.map { outcome in
            OpenItem(
                id: BreakID(high: 1, low: .max), key: key("ORDER1", .case), currency: currency("USD"),
                amount: money(-5), outcome: outcome, since: date("2026-01-01"))
        }
        numbered.breaks = RowType.allCases.map { rowType in
            BreakRecord(
                id: BreakID(high: 2, low: 3), key: key("ORDER1", rowType), currency: currency("USD"),
                outcome: .variance, exceptions: codes(.refundShort), amounts: "USD 1.00/-/-/-",
                since: date("2026-01-01"),
                nights: 300, examined: date("2026-01-02"), formerIDs: [BreakID(high: 4, low: 5)])
        }
        var located = RememberedOrder(identity: .locator(airlinePNR: "PNR1", carrier: "U2"))
        located.settledOn = date("2026-01-02")
        return [numbered, located]
    }()

    private static func key(_ orderNo: Text, _ rowType: RowType) -> RowKey {
        RowKey(rowType: rowType, orderNo: orderNo, airlinePNR: nil, carrier: nil, refundCode: "R1")
    }

    private static func record(isVoucher: Bool) -> RefundCase {
        var made = RefundCase(
            currency: currency(isVoucher ? "KWD" : "USD"), requestedAt: date("2025-12-01"),
            source: SourceLine(file: 0, line: 0))
        (made.orderNo, made.refundCode) = ("ORDER1", "R1")
        made.transactionFee = money(200)
        if isVoucher {
            made.voucherRefundAmount = money(3)
            made.refundReason = .void
            made.refundMethod = .voucher
            made.paymentMethod = .vcc
            made.refundQuoteType = .cannotQuote
            made.isRefundable = false
            return made
        }
        (made.airlinePNR, made.carrier, made.refundOfferID) = ("PNR1", "U2", "Ö1")
        made.refundReason = .voluntary
        made.refundMethod = .cashBackToOriginalPayment
        made.paymentMethod = .deposit
        made.refundQuoteType = .accurateQuote
        made.isRefundable = true
        made.originalTotalFareAmount = money(100_00)
        made.originalTotalAncillaryAmount = money(1)
        made.originalTotalAmount = money(100_01)
        made.airlinePenaltyAmountForFare = money(2)
        made.airlinePenaltyAmountForAncillaries = money(3)
        made.airlinePenaltyAmount = money(5)
        made.estimatedRefundAmount = money(99_96)
        made.expectedConfirmationDate = date("2025-11-30")
        made.expectedRefundDate = date("2026-02-01")
        made.auditTerms = AuditTerms(
            refundRules: RefundRules(text: Array(#"[{"ruleType":1}]"#.utf8)),
            departureAt: DepartureTime(
                text: "2026-03-01T00:00:00Z", instant: Instant(secondsSinceEpoch: 1_772_323_200)),
            requestedAt: Instant(secondsSinceEpoch: 1_764_547_200, nanoseconds: 7),
            originalTotalTaxAmount: money(4), ticketCount: 2)
        return made
    }

    private static let webhook: Webhook = {
        var made = Webhook(
            orderNo: "ORDER1", refundStatus: .fulfillmentDone, currency: currency("USD"),
            originalTotalAmount: money(1), airlinePenaltyAmount: money(2), finalRefundAmount: money(-3),
            transactionFee: money(4), source: SourceLine(file: 0, line: 0))
        made.originalTotalFare = money(5)
        made.originalTotalAncillaryAmount = money(6)
        made.airlinePenaltyAmountForFare = money(7)
        made.airlinePenaltyAmountForAncillaries = money(8)
        made.receivedAt = Instant(secondsSinceEpoch: 1_764_547_200, nanoseconds: 500_000_000)
        return made
    }()

    private static func entry(_ status: RefundStatus) -> RefundOrderEntry {
        var amounts = QueriedAmounts()
        if status == .refunded {
            amounts.currency = currency("USD")
            amounts.original = money(1)
            amounts.refundBeforeFee = money(2)
            amounts.farePenalty = money(3)
            amounts.ancillaryPenalty = money(-4)
            amounts.fee = money(5)
        } else {
            amounts.hasSeveralCurrencies = true
        }
        var made = RefundOrderEntry(
            orderNo: "ORDER2", refundCode: "R2", refundStatus: status, isVoucher: status == .withdrew, amounts: amounts)
        made.expectedConfirmationDate = date("2025-11-30")
        made.expectedRefundDate = date("2026-02-01")
        made.cancelReason = "none"
        return made
    }

    /// The orders with something open, and the others.
    private static let parts: [(index: String, content: String)] = [
        (
            """
            010103060300064f52444552310104504e523102553200064f5244455232ef05
            """,
            """
            0100064f5244455231000302000000000000000300000000000000010200000102523101555344070c524546554e445f53484f52
            540e55534420312e30302f2d2f2d2f2dccbf02ac02cebf0201040000000000000005000000000000000200000000000000030000
            0000000000020200000302070c524546554e445f53484f52540e55534420312e30302f2d2f2d2f2dccbf02ac02cebf0201040000
            0000000000050000000000000002000000000000000300000000000000030200000302070c524546554e445f53484f52540e5553
            4420312e30302f2d2f2d2f2dccbf02ac02cebf02010400000000000000050000000000000001fe2f9603020104504e5231010255
            32010252310103c3963101555344a09c0102a29c0104060a989c0190038ebf02017c3f105b7b2272756c6554797065223a317d5d
            14323032362d30332d30315430303a30303a30305a80869c9a0d0080eae6920d070802cebf02042200018130eb04020000050001
            4b57440690038ebf02cebf0204220002fb1f0201555344020405080a0c0e1080eae6920d80cab5ee01cebf020422000301020000
            050118323032362d30312d30325430333a30343a30352e3637385acebf0202ac1f01064f52444552320102523201046e6f6e6502
            020406070a8cbf028ac0026f08090a008cbf028ac002040100000000000000ffffffffffffffff010200000502010901ccbf0204
            0100000000000000ffffffffffffffff010200000502010902ccbf02040100000000000000ffffffffffffffff01020000050201
            0903ccbf02040100000000000000ffffffffffffffff010200000502010904ccbf02040100000000000000ffffffffffffffff01
            0200000502010905ccbf02040100000000000000ffffffffffffffff010200000502010906ccbf02040100000000000000ffffff
            ffffffffff010200000502010907ccbf02040100000000000000ffffffffffffffff010200000502010908ccbf02040100000000
            000000ffffffffffffffff010200000502010909ccbf0200010a6f72646572732e637376f002000000000000
            """
        ),
        (
            """
            01020208010104504e52310255320fcebf0201010004474f4e45
            """,
            """
            010104504e523102553201cebf020000010a6f72646572732e6373761000000000000000
            """
        ),
    ]
}
