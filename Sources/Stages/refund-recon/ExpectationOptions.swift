import ArgumentParser
import Run

/// Expectations of the inputs.
struct ExpectationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("How many order records must have come, as their sender states it.", valueName: "n"))
    var expectOrders: Int?

    @Option(
        help: ArgumentHelp(
            "What the original totals of the order records must add up to. Repeatable.", valueName: "CUR=AMOUNT"))
    var expectAmount: [CurrencyAmountArgument] = []

    @Option(help: ArgumentHelp("How many refund cases there must be at least.", valueName: "n"))
    var minCases: Int?

    @Option(
        help: ArgumentHelp(
            "How many per cent of the cases of the last reports, at most seven days, there must be.",
            valueName: "percent"
        ))
    var minShareOfUsual: Int?

    func validate() throws {
        if let expectOrders, expectOrders < 0 { throw ValidationError("--expect-orders cannot be negative.") }
        if let minCases, minCases < 1 { throw ValidationError("--min-cases must be at least 1.") }
        if let minShareOfUsual, !(1...100).contains(minShareOfUsual) {
            throw ValidationError("--min-share-of-usual must be 1 to 100 per cent.")
        }
        if Set(expectAmount.map(\.currency)).count != expectAmount.count {
            throw ValidationError("--expect-amount names a currency twice.")
        }
    }

    var expectations: Expectations {
        var expectations = Expectations()
        expectations.orderRecords = expectOrders
        expectations.amounts = Dictionary(uniqueKeysWithValues: expectAmount.map { ($0.currency, $0.amount) })
        expectations.minimumCases = minCases
        expectations.minimumPercentOfUsual = minShareOfUsual
        return expectations
    }
}
