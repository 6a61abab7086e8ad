import Memory
import Refunds
import Testing

/// Percentages and money as refund rules state them.
@Suite struct PercentageTests {
    private static func percentage(_ text: String) -> Percentage? {
        Percentage(Array(text.utf8).span)
    }

    @Test(arguments: [
        ("0", 0), ("0.0", 0), ("10", 10_000_000), ("12.5", 12_500_000), ("33.333333", 33_333_333), ("1e1", 10_000_000),
        ("100", 100_000_000), ("100.000000", 100_000_000), ("0.000001", 1), ("12.50000000", 12_500_000),
    ])
    func reads(text: String, millionths: Int64) { #expect(Self.percentage(text)?.millionths == millionths) }

    @Test(arguments: [
        "", "x", "-1", "100.000001", "101", "0.0000001", "1,5", "12.5%", ".5", "1e14", "1e40",
        "99999999999999999999",
    ])
    func refuses(text: String) { #expect(Self.percentage(text) == nil) }

    /// Down, up and half up.
    @Test(arguments: [
        ("10", 100_05, 1000, 1001, 1001), ("10", 100_04, 1000, 1001, 1000), ("10", 100_00, 1000, 1000, 1000),
        ("33.333333", 100_00, 3333, 3334, 3333), ("0.000001", 49_999_999, 0, 1, 0), ("0.000001", 50_000_000, 0, 1, 1),
        ("0", 100_00, 0, 0, 0), ("12.5", 0, 0, 0, 0),
        (
            "100", 1_000_000_000_000_000_000, 1_000_000_000_000_000_000, 1_000_000_000_000_000_000,
            1_000_000_000_000_000_000
        ),
    ])
    func shares(text: String, amount: Int64, down: Int64, up: Int64, halfUp: Int64) throws {
        let share = try #require(Self.percentage(text)).share(of: Amount(minorUnits: amount))
        #expect(share.down.minorUnits == down)
        #expect(share.up.minorUnits == up)
        #expect(share.halfUp.minorUnits == halfUp)
    }

    private static func money(_ text: String) -> RefundRule.Money? {
        RefundRule.Money(Array(text.utf8).span)
    }

    @Test(arguments: [
        ("0.00 USD", 0, "USD"), ("25.00 USD", 2500, "USD"), ("1200 JPY", 1200, "JPY"), ("1.250  kwd", 1250, "KWD"),
        ("480.000 CNY", 48000, "CNY"),
    ])
    func readsMoney(text: String, minorUnits: Int64, currency: String) throws {
        let money = try #require(Self.money(text))
        #expect(money.amount.minorUnits == minorUnits)
        #expect(money.currency?.code == currency)
    }

    /// A zero needs no currency.
    @Test(arguments: ["0", "0.00", "0.0000000"]) func zero(text: String) {
        #expect(Self.money(text) == RefundRule.Money(amount: .zero, currency: nil))
    }

    @Test(arguments: [
        "", "25.00", "USD", "USD 25.00", "25.00USD", "25.00 XAU", "25.00 XYZ", "25.001 USD", "-1.00 USD",
        "1,000.00 USD",
        "25.00 USD 1", "1e1 USD", "0 XYZ", " USD", "1 2 USD", "9999999999999999 USD",
    ])
    func refusesMoney(text: String) { #expect(Self.money(text) == nil) }
}
