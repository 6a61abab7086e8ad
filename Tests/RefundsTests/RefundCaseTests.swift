import Memory
import Refunds
import Testing

@Suite struct RefundCaseTests {
    private static func order(_ change: (inout RefundCase) -> Void = { _ in }) throws -> RefundCase {
        var record = RefundCase(
            currency: try #require(Currency("USD")), requestedAt: try #require(CalendarDate("2025-09-01")),
            source: SourceLine(file: 0, line: 2))
        record.originalTotalFareAmount = Amount(minorUnits: 10000)
        record.transactionFee = Amount(minorUnits: 200)
        change(&record)
        return record
    }

    /// Amounts of an order, in cents, by name.
    private typealias Cents = [any WritableKeyPath<RefundCase, Amount?> & Sendable: Int64]

    private static func order(_ cents: Cents, cannotQuote: Bool = false) throws -> RefundCase {
        try order { record in
            for (field, value) in cents { record[keyPath: field] = Amount(minorUnits: value) }
            if cannotQuote { record.refundQuoteType = .cannotQuote }
        }
    }

    /// RULES.md, "Expected", and FORMATS.md on airlinePenaltyAmount where it is absent: original, penalty, refund.
    @Test(
        "the expected side",
        arguments: [
            // Stated.
            ([\.airlinePenaltyAmount: 500], 10000, 500, 9300),
            ([\.originalTotalAncillaryAmount: 300, \.airlinePenaltyAmount: 500], 10300, 500, 9600),
            ([\.originalTotalAmount: 12000, \.airlinePenaltyAmount: 500], 12000, 500, 11300),
            // The total wins over its parts, the penalty over its own and over the estimate.
            (
                [
                    \.originalTotalAmount: 12000, \.originalTotalAncillaryAmount: 300, \.airlinePenaltyAmount: 500,
                    \.airlinePenaltyAmountForFare: 1, \.airlinePenaltyAmountForAncillaries: 2,
                    \.estimatedRefundAmount: 3,
                ], 12000, 500, 11300
            ),
            // The sum of the parts, an absent one counting 0.
            ([\.airlinePenaltyAmountForFare: 700, \.airlinePenaltyAmountForAncillaries: 30], 10000, 730, 9070),
            ([\.airlinePenaltyAmountForFare: 700], 10000, 700, 9100),
            ([\.airlinePenaltyAmountForAncillaries: 30], 10000, 30, 9770),
            ([\.airlinePenaltyAmountForFare: 0, \.estimatedRefundAmount: 4000], 10000, 0, 9800),
            // The total less the estimate.
            ([\.estimatedRefundAmount: 4000], 10000, 6000, 3800),
            ([\.originalTotalAncillaryAmount: 300, \.estimatedRefundAmount: 10300], 10300, 0, 10100),
            // Below zero is a value.
            ([\.airlinePenaltyAmount: 9900], 10000, 9900, -100),
            // Nothing to derive a penalty from.
            ([:], 10000, nil, nil),
        ] as [(Cents, Int64, Int64?, Int64?)])
    private func expected(_ cents: Cents, _ original: Int64, _ penalty: Int64?, _ refund: Int64?) throws {
        let side = try Self.order(cents).expected
        #expect(side.original?.minorUnits == original)
        #expect(side.penalty?.minorUnits == penalty)
        #expect(side.fee?.minorUnits == 200)
        #expect(side.refund?.minorUnits == refund)
        #expect(side.farePenalty?.minorUnits == cents[\.airlinePenaltyAmountForFare])
        #expect(side.ancillaryPenalty?.minorUnits == cents[\.airlinePenaltyAmountForAncillaries])
    }

    @Test func ofCannotQuoteThereIsNoPenaltyAndNoRefund() throws {
        let side = try Self.order(
            [\.airlinePenaltyAmount: 500, \.airlinePenaltyAmountForFare: 500, \.estimatedRefundAmount: 9500],
            cannotQuote: true
        ).expected
        #expect(side.original?.minorUnits == 10000)
        #expect(side.fee?.minorUnits == 200)
        #expect(side.penalty == nil)
        #expect(side.farePenalty == nil)
        #expect(side.refund == nil)
        let feeless = try Self.order { record in
            record.refundQuoteType = .cannotQuote
            record.transactionFee = nil
        }
        #expect(feeless.expected.fee == nil)
    }

    @Test func ofAVoucherRefundThereIsOnlyTheVouchersLessTheFee() throws {
        let side = try Self.order { record in
            record.originalTotalFareAmount = nil
            record.voucherRefundAmount = Amount(minorUnits: 5000)
        }.expected
        #expect(side.refund?.minorUnits == 4800)
        #expect(side.fee?.minorUnits == 200)
        #expect(side.original == nil)
        #expect(side.penalty == nil)
    }

    @Test(
        "QUOTE_INCONSISTENT",
        arguments: [
            ([\.airlinePenaltyAmount: 500], false, false),
            // Fare and ancillaries against the total.
            ([\.originalTotalAmount: 10000, \.airlinePenaltyAmount: 0], false, false),
            ([\.originalTotalAmount: 10001, \.airlinePenaltyAmount: 0], false, true),
            ([\.originalTotalAmount: 10001, \.airlinePenaltyAmount: 0], true, true),
            (
                [\.originalTotalAmount: 10300, \.originalTotalAncillaryAmount: 300, \.airlinePenaltyAmount: 0], false,
                false
            ),
            // The penalty's parts, if both are given.
            (
                [
                    \.airlinePenaltyAmountForFare: 400, \.airlinePenaltyAmountForAncillaries: 100,
                    \.airlinePenaltyAmount: 500,
                ],
                false, false
            ),
            (
                [
                    \.airlinePenaltyAmountForFare: 400, \.airlinePenaltyAmountForAncillaries: 99,
                    \.airlinePenaltyAmount: 500,
                ],
                false, true
            ),
            ([\.airlinePenaltyAmountForFare: 400, \.airlinePenaltyAmount: 500], false, false),
            ([\.airlinePenaltyAmountForAncillaries: 400, \.airlinePenaltyAmount: 500], false, false),
            // The estimate, which a CannotQuote does not promise.
            ([\.airlinePenaltyAmount: 500, \.estimatedRefundAmount: 9500], false, false),
            ([\.airlinePenaltyAmount: 500, \.estimatedRefundAmount: 9300], false, true),
            ([\.airlinePenaltyAmount: 500, \.estimatedRefundAmount: 9300], true, false),
            ([\.estimatedRefundAmount: 9300], false, false),
            ([\.airlinePenaltyAmountForFare: 400, \.estimatedRefundAmount: 9500], false, true),
        ] as [(Cents, Bool, Bool)])
    private func quoteInconsistent(_ cents: Cents, _ cannotQuote: Bool, _ isInconsistent: Bool) throws {
        #expect(try Self.order(cents, cannotQuote: cannotQuote).isQuoteInconsistent == isInconsistent)
    }

    /// Each value that a record may give, set to one thing or another.
    private static let values: [(String, @Sendable (inout RefundCase, Bool) -> Void)] = [
        ("airlinePNR", { $0.airlinePNR = $1 ? "ABC" : "abc" }), ("carrier", { $0.carrier = $1 ? "U2" : "W6" }),
        ("refundOfferId", { $0.refundOfferID = $1 ? "1" : "2" }),
        ("refundReason", { $0.refundReason = $1 ? .void : .voluntary }),
        ("paymentMethod", { $0.paymentMethod = $1 ? .vcc : .deposit }),
        ("originalTotalAncillaryAmount", { $0.originalTotalAncillaryAmount = Amount(minorUnits: $1 ? 0 : 1) }),
        ("originalTotalAmount", { $0.originalTotalAmount = Amount(minorUnits: $1 ? 10000 : 1) }),
        ("airlinePenaltyAmountForFare", { $0.airlinePenaltyAmountForFare = Amount(minorUnits: $1 ? 0 : 1) }),
        (
            "airlinePenaltyAmountForAncillaries",
            { $0.airlinePenaltyAmountForAncillaries = Amount(minorUnits: $1 ? 0 : 1) }
        ),
        ("airlinePenaltyAmount", { $0.airlinePenaltyAmount = Amount(minorUnits: $1 ? 0 : 1) }),
        ("estimatedRefundAmount", { $0.estimatedRefundAmount = Amount(minorUnits: $1 ? 0 : 1) }),
        ("voucherRefundAmount", { $0.voucherRefundAmount = Amount(minorUnits: $1 ? 0 : 1) }),
        ("refundQuoteType", { $0.refundQuoteType = $1 ? .accurateQuote : .cannotQuote }),
        ("isRefundable", { $0.isRefundable = $1 }),
        ("refundMethod", { $0.refundMethod = $1 ? .cashBackToOriginalPayment : .voucher }),
        ("expectedConfirmationDate", { $0.expectedConfirmationDate = CalendarDate($1 ? "20250901" : "20250902") }),
        ("expectedRefundDate", { $0.expectedRefundDate = CalendarDate($1 ? "20250901" : "20250902") }),
    ]

    @Test("records agree in every value that both give", arguments: values.indices)
    func agreement(_ value: Int) throws {
        let (name, set) = Self.values[value]
        let plain = try Self.order()
        let one = try Self.order { set(&$0, true) }
        let other = try Self.order { set(&$0, false) }
        #expect(one.agrees(with: one), "\(name)")
        #expect(plain.agrees(with: one), "\(name)")
        #expect(one.agrees(with: plain), "\(name)")
        #expect(!one.agrees(with: other), "\(name)")
        #expect(!other.agrees(with: one), "\(name)")
    }

    @Test func recordsDisagreeInWhatEachMustGive() throws {
        let plain = try Self.order()
        let euro = try #require(Currency("EUR"))
        #expect(!plain.agrees(with: try Self.order { $0.currency = euro }))
        #expect(!plain.agrees(with: try Self.order { $0.requestedAt = $0.requestedAt.adding(days: 1) }))
        #expect(!plain.agrees(with: try Self.order { $0.originalTotalFareAmount = .zero }))
        #expect(!plain.agrees(with: try Self.order { $0.transactionFee = .zero }))
        #expect(plain.agrees(with: try Self.order { $0.source = SourceLine(file: 4, line: 4) }))
    }

    @Test func theKeyIsTheOrderNumberElsePNRAndCarrierAndTheRefundCode() throws {
        let numbered = RefundIdentity(orderNo: "O", airlinePNR: "P", carrier: "C", refundCode: "R")
        let byPNR = RefundIdentity(airlinePNR: "P", carrier: "C", refundCode: "R")
        let others: [(one: RefundIdentity, other: RefundIdentity, isSame: Bool)] = [
            (numbered, RefundIdentity(orderNo: "O", carrier: "D", refundCode: "R"), true),
            (numbered, RefundIdentity(orderNo: "O", airlinePNR: "P", carrier: "C"), false),
            (numbered, RefundIdentity(orderNo: "o", airlinePNR: "P", carrier: "C", refundCode: "R"), false),
            (byPNR, byPNR, true),
            (byPNR, numbered, false),
            (byPNR, RefundIdentity(airlinePNR: "P", carrier: "D", refundCode: "R"), false),
            (byPNR, RefundIdentity(airlinePNR: "Q", carrier: "C", refundCode: "R"), false),
        ]
        for (one, other, isSame) in others {
            #expect((one.lookupKey == other.lookupKey) == isSame, "\(one) \(other)")
            #expect(one.isSameRefund(as: other) == isSame, "\(one) \(other)")
            #expect((one.lookupHash == other.lookupHash) == isSame, "\(one) \(other)")
        }
        #expect(numbered.locator == RefundIdentity(airlinePNR: "P", carrier: "C"))
        #expect(RefundIdentity(orderNo: "O", airlinePNR: "P").locator == nil)
    }
}
