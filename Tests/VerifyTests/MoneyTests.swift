import Testing

@testable import Verify

/// Amounts, days and sums as `verify` reads them: exactly, or not at all.
@Suite struct MoneyTests {
    @Test(arguments: [
        ("37.32", Int128(3732), 2), ("0", 0, 0), ("-8.00", -800, 2), ("1200", 1200, 0), ("1.250", 1250, 3),
        ("1000000000000000000000.00", 100_000_000_000_000_000_000_000, 2),
    ])
    func amounts(text: String, minorUnits: Int128, digits: Int) throws {
        let money = try #require(Money(text))
        #expect(money.minorUnits == minorUnits)
        #expect(money.digits == digits)
        #expect(Money.text(money.minorUnits, digits: digits) == text)
    }

    @Test(arguments: [
        "", "-", ".", "1.", ".5", "01", "1,000.00", "+1", "1e5", "NaN", "1.00000", "--1", "-0.00", " 1", "1 ", "0x1",
        String(repeating: "9", count: 40), "１",
    ])
    func notAmounts(text: String) { #expect(Money(text) == nil) }

    @Test func sums() {
        var sum = Sum()
        sum.add(.max)
        #expect(!sum.hasOverflowed)
        sum.add(1)
        #expect(sum.hasOverflowed)
    }

    @Test(arguments: [
        ("1970-01-01", 0), ("2025-09-30", 20361), ("2000-02-29", 11016), ("0001-01-01", -719_162),
        ("9999-12-31", 2_932_896),
    ])
    func days(text: String, number: Int) { #expect(Day.number(text.utf8) == number) }

    @Test(arguments: [
        "", "2025-02-29", "1900-02-29", "2025-13-01", "2025-00-10", "2025-1-01", "20250930", "0000-01-01", "2025-04-31",
    ])
    func notDays(text: String) { #expect(Day.number(text.utf8) == nil) }

    @Test(arguments: [
        ("88.90000000000001", "88.90"), ("-8.779999999999999", "-8.78"), ("896.3099999999999", "896.31"),
        ("12.5", "12.5"),
        ("1000000000000055.226", "1000000000000055.226"),
    ])
    func doubles(shown: String, meant: String) {
        #expect(DecimalText.isEqual(shown, to: meant) || DecimalText.isEqual(DecimalText.rounded(shown), to: meant))
    }

    @Test func notEqual() {
        #expect(!DecimalText.isEqual("1.01", to: "1.0"))
        #expect(!DecimalText.isEqual("-1", to: "1"))
        #expect(!DecimalText.isEqual("", to: "0"))
        #expect(DecimalText.isEqual("-0.00", to: "0"))
        #expect(DecimalText.isEqual("007", to: "7.000"))
    }
}
