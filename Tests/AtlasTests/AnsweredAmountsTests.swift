import Atlas
import JSON
import Memory
import Refunds
import Testing

@Suite("The five amounts of an answer")
struct AnsweredAmountsTests {
    /// original, penalty, refund before the fee, fee, refund after the fee.
    private static let bodies: [(body: String, amounts: String)] = [
        (
            // The older generation: everything stated.
            #"{"currency":"USD","originalTotalFareAmount":37.14,"originalTotalAncillaryAmount":8.12,"originalTotalAmount":45.26,"airlinePenaltyAmount":0.00,"estimatedRefundAmount":45.26,"transactionFee":2.00}"#,
            "45.26 0.00 45.26 2.00 43.26"
        ),
        (
            // Penalty by parts, no total, no estimate.
            #"{"currency":"EUR","originalTotalFareAmount":100,"originalTotalAncillaryAmount":20,"airlinePenaltyAmountForFare":30,"airlinePenaltyAmountForAncillaries":"5.5","transactionFee":1}"#,
            "120.00 35.50 84.50 1.00 83.50"
        ),
        (
            // No penalty: it follows from the estimate.
            #"{"currency":"JPY","originalTotalAmount":12000,"estimatedRefundAmount":9000,"transactionFee":300}"#,
            "12000 3000 9000 300 8700"
        ),
        (
            // Without a fee nothing is known of what comes in the end.
            #"{"currency":"USD","originalTotalAmount":10,"airlinePenaltyAmount":1}"#, "10.00 1.00 9.00 – –"
        ),
        (#"{"currency":"USD"}"#, "– – – – –"),
        (#"{"originalTotalAmount":10}"#, "– – – – –"),
        (
            // The current generation, services as an array.
            #"{"refundFareAmount":{"currency":"KWD","originalFareAmount":45.5,"estimatedRefundAmount":40.250},"refundPostTicketingServiceAmounts":[{"currency":"KWD","originalPostTicketingServiceAmount":1.250,"estimatedRefundAmount":0}],"serviceFee":{"currency":"KWD","transactionFee":0.5}}"#,
            "46.750 6.500 40.250 0.500 39.750"
        ),
        (
            // Vouchers in the fare's place.
            #"{"refundFareAmount":null,"refundVouchers":[{"currency":"EUR","estimatedRefundAmount":12.5},{"currency":"EUR","estimatedRefundAmount":10}],"serviceFee":{"currency":"EUR","transactionFee":2}}"#,
            "– – 22.50 2.00 20.50"
        ),
        (
            // A refund of less than the fee is below zero, not nothing.
            #"{"refundFareAmount":{"currency":"USD","originalFareAmount":165.48,"estimatedRefundAmount":0},"serviceFee":{"currency":"USD","transactionFee":2}}"#,
            "165.48 165.48 0.00 2.00 -2.00"
        ),
    ]

    @Test(arguments: bodies)
    func ofABody(_ sample: (body: String, amounts: String)) throws {
        let text = try parsedJSON(sample.body) { body in
            let answered = try AnsweredAmounts(body)
            let amounts = [
                answered.amounts.original, answered.amounts.penalty, answered.refundBeforeFee, answered.amounts.fee,
                answered.amounts.refund,
            ]
            return amounts.map { amount in
                answered.currency.flatMap { currency in amount?.formatted(currency) } ?? "–"
            }.joined(separator: " ")
        }
        #expect(text == sample.amounts)
    }

    @Test func severalCurrenciesAreNoAmounts() throws {
        let body =
            #"{"refundFareAmount":{"currency":"USD","originalFareAmount":1,"estimatedRefundAmount":1},"serviceFee":{"currency":"EUR","transactionFee":1}}"#
        let answered = try parsedJSON(body) { try AnsweredAmounts($0) }
        #expect(answered.hasSeveralCurrencies)
        #expect(answered.currency == nil)
        #expect(answered.amounts.original == nil)
    }

    @Test func anEstimateAfterTheFeeIsInconsistent() throws {
        let body =
            #"{"currency":"USD","originalTotalAmount":10,"airlinePenaltyAmount":1,"estimatedRefundAmount":7,"transactionFee":2}"#
        let answered = try parsedJSON(body) { try AnsweredAmounts($0) }
        #expect(answered.isInconsistent)
        #expect(answered.amounts.refund == Amount(minorUnits: 700))
    }

    private static let faults: [(body: String, code: RejectCode)] = [
        (#"{"currency":"USD","originalTotalAmount":37.325}"#, .amountPrecision),
        (#"{"currency":"USD","originalTotalAmount":-1}"#, .negativeAmount),
        (#"{"currency":"XAU","originalTotalAmount":1}"#, .badCurrency),
        (#"{"serviceFee":{"currency":"JPY","transactionFee":0.5}}"#, .amountPrecision),
        (#"{"serviceFee":{"transactionFee":1}}"#, .missingField),
        (#"{"refundVouchers":"x"}"#, .badJSON),
    ]

    @Test(arguments: faults)
    func whatBreaksTheRulesIsAFault(_ sample: (body: String, code: RejectCode)) throws {
        let code: RejectCode? = try parsedJSON(sample.body) { body in
            do throws(RecordFault) {
                _ = try AnsweredAmounts(body)
                return nil
            } catch { return error.code }
        }
        #expect(code == sample.code)
    }
}
