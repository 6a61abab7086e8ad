import Memory
import Refunds
import TestSupport
import Testing

@Suite struct FindingsTests {
    /// RULES.md, "Exceptions": code and severity, in its order.
    private static let listed: [(String, Severity)] = [
        ("REFUND_SHORT", .error), ("REFUND_OVER", .error), ("PENALTY_VARIANCE", .error), ("FEE_VARIANCE", .error),
        ("ORIGINAL_AMOUNT_VARIANCE", .error), ("FINAL_ARITHMETIC_MISMATCH", .error), ("CURRENCY_MISMATCH", .error),
        ("STATUS_CONFLICT", .error), ("SOURCE_AMOUNT_CONFLICT", .error), ("CONFLICTING_ORDER", .error),
        ("QUERY_FAILED", .error), ("NOT_FOUND_AT_ATLAS", .error), ("UNRECORDED_REFUND", .error),
        ("ORPHAN_WEBHOOK", .error), ("REFUNDED_NOT_REFUNDABLE", .error), ("REJECTED", .error),
        ("OVERDUE_CONFIRMATION", .error), ("OVERDUE_REFUND", .error), ("STATUS_ILLEGAL_FOR_PAYMENT", .error),
        ("NO_EVIDENCE", .error), ("MISSING_WEBHOOK", .warning), ("WEBHOOK_REVISED", .warning),
        ("AMBIGUOUS_MATCH", .warning), ("VOUCHER_ISSUED", .warning), ("QUOTE_INCONSISTENT", .warning),
        ("PARTS_MISMATCH", .warning), ("WITHDRAWN", .warning), ("UNQUOTED", .warning), ("NOT_QUERYABLE", .warning),
        ("QUERY_CURRENCIES_MIXED", .warning),
        ("DUPLICATE_WEBHOOK", .info), ("DUPLICATE_ORDER", .info),
    ]

    @Test func codesAndSeveritiesAreThoseOfTheRules() {
        #expect(ExceptionCode.allCases.map(\.rawValue) == Self.listed.map(\.0))
        #expect(ExceptionCode.allCases.map(\.severity) == Self.listed.map(\.1))
    }

    @Test func aSetListsItsCodesInTheOrderOfTheRules() {
        var random = Seeded()
        for _ in 0..<200 {
            let chosen = ExceptionCode.allCases.filter { _ in random.once(in: 3) }
            var set = ExceptionSet()
            #expect(set.isEmpty)
            for code in chosen.shuffled(using: &random) { set.insert(code) }
            for code in ExceptionCode.allCases { set.insert(code, if: false) }
            #expect(Array(set) == chosen, "seed \(random.seed)")
            #expect(set.isEmpty == chosen.isEmpty)
            for code in ExceptionCode.allCases { #expect(set.contains(code) == chosen.contains(code)) }
            for severity in Severity.allCases {
                #expect(set.contains(severity) == chosen.contains { $0.severity == severity })
            }
        }
    }

    @Test func aSetIsReadFromItsJoinedCodes() {
        var random = Seeded()
        for _ in 0..<200 {
            let chosen = ExceptionCode.allCases.filter { _ in random.once(in: 8) }
            var set = ExceptionSet()
            for code in chosen { set.insert(code) }
            var joined: [UInt8] = []
            joined.append(joined: set)
            let text = chosen.map(\.rawValue).joined(separator: ";")
            #expect(joined == Array(text.utf8), "seed \(random.seed)")
            #expect(ExceptionSet(joined: Text(text)) == set)
            let shuffled = chosen.shuffled(using: &random).map(\.rawValue).joined(separator: ";")
            #expect(ExceptionSet(joined: Text(shuffled)) == set)
        }
    }

    @Test(arguments: [
        "NO_SUCH_CODE", "REJECTED;", ";REJECTED", ";", "REJECTED;;UNQUOTED", "REJECTED;REJECTED", "rejected",
        "REJECTED UNQUOTED", "REJECTED;NO_SUCH_CODE", "REJECTED\0",
    ]) func whatIsNoListOfCodesIsRefused(text: String) { #expect(ExceptionSet(joined: Text(text)) == nil) }

    @Test(
        "age buckets",
        arguments: [
            (-5, "0-7"), (0, "0-7"), (7, "0-7"), (8, "8-30"), (30, "8-30"), (31, "31-60"), (60, "31-60"), (61, "61-90"),
            (90, "61-90"), (91, "90+"), (100_000, "90+"),
        ])
    func ageBucket(_ days: Int, _ label: String) { #expect(AgeBucket(days: days).rawValue == label) }

    @Test func statusesOfPaymentMethods() {
        func allowed(_ method: PaymentMethod) -> [UInt8] { RefundStatus.allCases.filter(method.allows).map(\.rawValue) }
        #expect(allowed(.deposit) == [0, 1, 2, 3, 4])
        #expect(allowed(.vcc) == [0, 1, 4, 5, 6])
        #expect(RefundStatus.allCases.filter(\.isTerminal).map(\.rawValue) == [2, 4, 5, 6])
        #expect(RefundStatus.allCases.filter(\.isPaid).map(\.rawValue) == [2, 5])
    }
}
