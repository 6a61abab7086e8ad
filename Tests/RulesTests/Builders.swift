import Memory
import Refunds
import Rules

/// Small builders of records: each value that a test does not name is that of an ordinary refund, USD 100.00 paid,
/// 10.00 penalty, 2.00 fee, so 88.00 expected. Amounts are in minor units, written `88_00`.

let usd = currency("USD")
let jpy = currency("JPY")
let eur = currency("EUR")

func currency(_ code: String) -> Currency {
    guard let currency = Currency(code) else { preconditionFailure("\(code) is no currency") }
    return currency
}

func date(_ text: String) -> CalendarDate {
    guard let date = CalendarDate(text) else { preconditionFailure("\(text) is no date") }
    return date
}

func money(_ minorUnits: Int64) -> Amount { Amount(minorUnits: minorUnits) }

func refundCase(
    _ orderNo: Text? = "O1", _ refundCode: Text? = "R1", fare: Int64? = 100_00, penalty: Int64? = 10_00,
    fee: Int64? = 2_00, in currency: Currency = usd, line: Int32 = 1, _ change: (inout RefundCase) -> Void = { _ in }
) -> RefundCase {
    var built = RefundCase(
        currency: currency, requestedAt: date("2026-01-01"), source: SourceLine(file: 0, line: line))
    built.orderNo = orderNo
    built.refundCode = refundCode
    built.originalTotalFareAmount = fare.map(money)
    built.airlinePenaltyAmount = penalty.map(money)
    built.transactionFee = fee.map(money)
    change(&built)
    return built
}

/// - Parameters:
///   - refund: by default what the other amounts explain.
///   - at: seconds since the epoch of receivedAt.
func webhook(
    _ status: RefundStatus = .refunded, _ orderNo: Text = "O1", original: Int64 = 100_00, penalty: Int64 = 10_00,
    fee: Int64 = 2_00, refund: Int64? = nil, in currency: Currency = usd, at seconds: Int64? = nil, file: Int32 = 1,
    line: Int32 = 1, _ change: (inout Webhook) -> Void = { _ in }
) -> Webhook {
    var built = Webhook(
        orderNo: orderNo, refundStatus: status, currency: currency, originalTotalAmount: money(original),
        airlinePenaltyAmount: money(penalty), finalRefundAmount: money(refund ?? original - penalty - fee),
        transactionFee: money(fee), source: SourceLine(file: file, line: line))
    built.receivedAt = seconds.map { Instant(secondsSinceEpoch: $0) }
    change(&built)
    return built
}

func entry(
    _ status: RefundStatus = .refunded, _ orderNo: Text? = "O1", _ refundCode: Text = "R1", original: Int64? = 100_00,
    refundBeforeFee: Int64? = 90_00, fee: Int64? = 2_00, in currency: Currency? = usd,
    _ change: (inout RefundOrderEntry) -> Void = { _ in }
) -> RefundOrderEntry {
    var amounts = QueriedAmounts()
    amounts.currency = currency
    amounts.original = original.map(money)
    amounts.refundBeforeFee = refundBeforeFee.map(money)
    amounts.farePenalty = amounts.penalty
    amounts.ancillaryPenalty = amounts.penalty == nil ? nil : .zero
    amounts.fee = fee.map(money)
    var built = RefundOrderEntry(
        orderNo: orderNo, refundCode: refundCode, refundStatus: status, isVoucher: false, amounts: amounts)
    change(&built)
    return built
}

/// An entry whose parts carry several currencies: it has no amounts.
func severalCurrencies(_ status: RefundStatus = .refunded) -> RefundOrderEntry {
    entry(status, original: nil, refundBeforeFee: nil, fee: nil, in: nil) { $0.amounts.hasSeveralCurrencies = true }
}

func answer(_ entries: RefundOrderEntry..., line: Int32 = 1) -> StatusAnswer { answer(entries, line: line) }

func answer(_ entries: [RefundOrderEntry], line: Int32 = 1) -> StatusAnswer {
    StatusAnswer(
        outcome: .ok(RefundOrderEntries(entries)), queriedAt: Text("2026-02-01T00:00:0\(line % 10)Z"),
        source: SourceLine(file: 2, line: line))
}

func failed(_ code: String = "timeout", line: Int32 = 1) -> StatusAnswer {
    StatusAnswer(
        outcome: .failed(Text(code)), queriedAt: "2026-02-01T00:00:00Z", source: SourceLine(file: 2, line: line))
}

/// Cases, the answer about each, webhooks, and how they are judged.
struct Scenario: Sendable {
    var cases: [RefundCase] = [refundCase()]
    var answers: [StatusAnswer?] = [answer(entry())]
    var webhooks: [Webhook] = [webhook()]
    var asOf = date("2026-02-01")
    var tolerances = Tolerances()

    var reconciliation: Reconciliation {
        Reconciliation(population, asOf: asOf, tolerances: tolerances)
    }

    var population: Population {
        Population(cases: cases, answers: StatusAnswers(answers), webhooks: webhooks)
    }

    var rows: [ResultRow] {
        let reconciliation = reconciliation
        return (0..<reconciliation.rowCount).map { reconciliation.row($0) }
    }

    /// The row of the first case.
    var row: ResultRow { reconciliation.row(0) }

    func summary() throws -> Summary {
        var summary = Summary()
        for row in rows { summary.add(row) }
        return summary
    }

    /// One case with what is known about it.
    static func one(
        _ refundCase: RefundCase = refundCase(), _ answer: StatusAnswer? = answer(entry()),
        _ webhooks: Webhook..., tolerance: Int64 = 0, asOf: String = "2026-02-01"
    ) -> Scenario {
        Scenario(
            cases: [refundCase], answers: [answer], webhooks: webhooks, asOf: date(asOf),
            tolerances: Tolerances([usd: money(tolerance)]))
    }
}

extension ResultRow {
    var codes: [ExceptionCode] { Array(exceptions) }

    /// The lines of the assigned webhooks, in the order in which they count.
    var webhookLines: [Int32] { webhookSources.map(\.line) }
}
