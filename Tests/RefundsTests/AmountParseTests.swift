import Memory
import Refunds
import TestSupport
import Testing

/// FORMATS.md, "What holds for all inputs": amounts.
@Suite struct AmountParseTests {
    private typealias Reading = Result<Int64, AmountFault>

    private static func reading(
        _ text: String, _ code: String, _ grammar: Amount.Grammar, mayBeNegative: Bool = false
    ) throws -> Reading {
        let currency = try #require(Currency(code))
        let bytes = Array(text.utf8)
        do throws(AmountFault) {
            return .success(
                try Amount.parse(bytes.span, currency, grammar: grammar, mayBeNegative: mayBeNegative).minorUnits)
        } catch { return .failure(error) }
    }

    @Test(
        "plain decimals are read exactly, in CSV and JSON alike",
        arguments: [
            ("0", "USD", 0), ("37.32", "USD", 3732), ("37.320", "USD", 3732), ("37.3", "USD", 3730),
            ("37", "USD", 3700),
            ("0.01", "USD", 1), ("0.00", "USD", 0), ("-0", "USD", 0), ("-0.00", "USD", 0), ("007", "USD", 700),
            ("000000000000000000000000000001.50", "USD", 150), ("1.50000000000000000000000000000000", "USD", 150),
            ("1200", "JPY", 1200), ("1200.0", "JPY", 1200), ("1200.000000000000000000000", "JPY", 1200),
            ("1.25", "KWD", 1250), ("1.250", "KWD", 1250), ("1.2500", "KWD", 1250), ("0.0001", "CLF", 1),
            ("1.2345", "CLF", 12345), ("1.23450", "UYW", 12345),
            ("999999999999999", "JPY", 999_999_999_999_999), ("999999999999999.99", "USD", 99_999_999_999_999_999),
            ("999999999999999.999", "KWD", 999_999_999_999_999_999),
            ("100000000000000", "CLF", 1_000_000_000_000_000_000),
            ("100000000000000.0000", "CLF", 1_000_000_000_000_000_000),
            ("100000000000000.00000000000000000", "CLF", 1_000_000_000_000_000_000),
            ("99999999999999.9999", "CLF", 999_999_999_999_999_999),
            ("0000999999999999999", "JPY", 999_999_999_999_999),
            ("9007199254740993", "JPY", -1), ("900719925474099.3", "BHD", 900_719_925_474_099_300),
        ] as [(String, String, Int64)])
    func plain(_ text: String, _ currency: String, _ minorUnits: Int64) throws {
        // -1 stands for a number beyond 15 digits, which a binary float would round.
        let expected: Reading = minorUnits < 0 ? .failure(.amountRange) : .success(minorUnits)
        #expect(try Self.reading(text, currency, .csv) == expected)
        #expect(try Self.reading(text, currency, .json) == expected)
    }

    @Test(
        "what is no decimal is bad-amount, in CSV and JSON alike",
        arguments: [
            "", "-", ".", "-.", "1.", ".5", "-.5", "-1.", "+5", "+0", "--1", "1-", "1-2", "1.2.3", "1,5", "1,234.50",
            "1 000", "1_000", "$5", "5$", "5 USD", "USD", "NaN", "nan", "Infinity", "-Infinity", "inf", "0x10", "1f",
            "٣", "１", "½", "−5", "1\u{0}", "\u{0}1", " 1", "1 ", "(5)", "1/2", "1%", "e5", "-e5", ".e5", "1.e5", "true",
        ])
    func noDecimal(_ text: String) throws {
        for currency in ["USD", "JPY", "CLF"] {
            #expect(try Self.reading(text, currency, .csv) == .failure(.badAmount))
            #expect(try Self.reading(text, currency, .json) == .failure(.badAmount))
        }
    }

    @Test(
        "an exponent is read in JSON and refused in CSV",
        arguments: [
            ("1.5e1", "USD", 1500), ("1.5E1", "USD", 1500), ("1.5e+1", "USD", 1500), ("15e-1", "USD", 150),
            ("15E-1", "USD", 150), ("1e0", "USD", 100), ("1e-2", "USD", 1), ("0e0", "USD", 0),
            ("0e999999999999", "USD", 0),
            ("0.000e-99999999999999999999", "USD", 0), ("-0e5", "USD", 0), ("1e00000000000000000000002", "USD", 10000),
            ("123456789012345678e-3", "KWD", 123_456_789_012_345_678),
            ("0.0000000000000000000000000001e28", "USD", 100),
            ("10000000000000000000000000000e-28", "USD", 100), ("1e14", "USD", 10_000_000_000_000_000),
            ("9.99999999999999e14", "JPY", 999_999_999_999_999), ("1e14", "CLF", 1_000_000_000_000_000_000),
            ("0.001e-1", "CLF", 1), ("1200e0", "JPY", 1200), ("120000e-2", "JPY", 1200),
        ] as [(String, String, Int64)])
    func exponent(_ text: String, _ currency: String, _ minorUnits: Int64) throws {
        #expect(try Self.reading(text, currency, .json) == .success(minorUnits))
        #expect(try Self.reading(text, currency, .csv) == .failure(.badAmount))
    }

    @Test(
        "a broken exponent is bad-amount",
        arguments: ["1e", "1e+", "1e-", "1e1.5", "1e 5", "1ee5", "1e5e5", "1e+-5", "e"])
    func brokenExponent(_ text: String) throws {
        #expect(try Self.reading(text, "USD", .json) == .failure(.badAmount))
    }

    @Test(
        "range, precision and sign, in that order",
        arguments: [
            // More than 15 digits before the point, by value.
            ("1000000000000000", "JPY", .amountRange), ("1000000000000000", "USD", .amountRange),
            ("0001000000000000000", "USD", .amountRange), ("1e15", "USD", .amountRange),
            ("1e999999999999999999", "USD", .amountRange),
            ("99999999999999999999999999999999999999", "USD", .amountRange),
            ("18446744073709551616", "JPY", .amountRange), ("18446744073709551617e-4", "JPY", .amountRange),
            // More than 10^18 minor units: only a currency of four digits gets there.
            ("100000000000000.0001", "CLF", .amountRange), ("999999999999999", "CLF", .amountRange),
            ("100000000000001", "UYW", .amountRange),
            // Range before precision.
            ("1000000000000000.001", "USD", .amountRange), ("100000000000000.00001", "CLF", .amountRange),
            ("100000000000000.000000000000000000000001", "CLF", .amountRange),
            ("1234567890123456.7", "JPY", .amountRange),
            // Range before sign.
            ("-1000000000000000", "USD", .amountRange), ("-100000000000000.0001", "CLF", .amountRange),
            // Not a whole number of minor units.
            ("37.325", "USD", .amountPrecision), ("0.001", "USD", .amountPrecision), ("1.5", "JPY", .amountPrecision),
            ("1.0001", "KWD", .amountPrecision), ("1.00001", "CLF", .amountPrecision),
            ("1e-3", "USD", .amountPrecision),
            ("1e-19", "USD", .amountPrecision), ("1e-20", "USD", .amountPrecision), ("1e-21", "USD", .amountPrecision),
            ("1e-22", "USD", .amountPrecision),
            ("1e-999999999999999999", "USD", .amountPrecision),
            ("1.00000000000000000000000000000001", "USD", .amountPrecision),
            ("0.00000000000000000000000000000001", "CLF", .amountPrecision),
            ("999999999999999.999", "USD", .amountPrecision), ("999999999999999.9", "JPY", .amountPrecision),
            // Precision before sign.
            ("-37.325", "USD", .amountPrecision), ("-0.001", "USD", .amountPrecision),
            ("-37.32", "USD", .negativeAmount), ("-0.01", "USD", .negativeAmount), ("-1e1", "USD", .negativeAmount),
            ("-999999999999999.99", "USD", .negativeAmount),
        ] as [(String, String, AmountFault)])
    func faults(_ text: String, _ currency: String, _ fault: AmountFault) throws {
        #expect(try Self.reading(text, currency, .json) == .failure(fault))
    }

    @Test(
        "below zero is an amount where that has a meaning",
        arguments: [
            ("-37.32", "USD", -3732), ("-0.01", "USD", -1), ("-100000000000000", "CLF", -1_000_000_000_000_000_000),
        ] as [(String, String, Int64)])
    func negative(_ text: String, _ currency: String, _ minorUnits: Int64) throws {
        #expect(try Self.reading(text, currency, .csv, mayBeNegative: true) == .success(minorUnits))
    }

    @Test func aTextWithoutAnExponentIsReadAsAnOption() throws {
        let dollar = try #require(Currency("USD"))
        #expect(try Amount.parse("0.50", dollar) == Amount(minorUnits: 50))
        #expect(throws: AmountFault.badAmount) { try Amount.parse("5e1", dollar) }
        #expect(throws: AmountFault.negativeAmount) { try Amount.parse("-5", dollar) }
        #expect(try Amount.parse("-5", dollar, mayBeNegative: true) == Amount(minorUnits: -500))
    }
}

/// The parser against decimals that are moved about as strings.
@Suite struct AmountPropertyTests {
    @Test func everyCurrencyReadsBackWhatItWrites() throws {
        var random = Seeded()
        let currencies = Currency.all
        for round in 0..<100_000 * Seeded.soak {
            let currency = currencies[round % currencies.count]
            let digits = random.below(19)
            let bound = (0..<digits).reduce(Int64(1)) { bound, _ in bound * 10 }
            let size = Int64(truncatingIfNeeded: random.next() >> 1) % bound
            let amount = Amount(minorUnits: random.once(in: 2) ? -size : size)
            let text = amount.formatted(currency)
            guard amount.isInRange(for: currency) else { continue }
            let read = try? Amount.parse(text, currency, mayBeNegative: true)
            if read != amount {
                Issue.record("\(text) \(currency) read as \(String(describing: read)), seed \(random.seed)")
                return
            }
        }
    }

    /// A decimal in pieces, and what FORMATS.md makes of it, found without arithmetic.
    private struct Stated {
        var isNegative = false
        var whole = ""
        var fraction = ""
        var exponent: Int?

        var text: String {
            (isNegative ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
                + (exponent.map { "e\($0)" } ?? "")
        }

        func minorUnits(digits: Int, mayBeNegative: Bool) -> Result<Int64, AmountFault> {
            // The digits as written, with enough zeros at both ends that the point can go anywhere.
            let zeros = String(repeating: "0", count: 60)
            let point = 60 + whole.utf8.count + (exponent ?? 0)
            let all = Array((zeros + whole + fraction + zeros).utf8)
            func significant(_ part: some Collection<UInt8>) -> String {
                String(decoding: part.drop { $0 == UInt8(ascii: "0") }, as: UTF8.self)
            }
            if significant(all[..<point]).utf8.count > 15 { return .failure(.amountRange) }
            let units = significant(all[..<(point + digits)])
            let hasRest = !significant(all[(point + digits)...]).isEmpty
            let limit = "1000000000000000000"
            if units.utf8.count > limit.utf8.count { return .failure(.amountRange) }
            if units.utf8.count == limit.utf8.count, units > limit || (units == limit && hasRest) {
                return .failure(.amountRange)
            }
            if hasRest { return .failure(.amountPrecision) }
            let value = Int64(units) ?? 0
            if isNegative, value != 0, !mayBeNegative { return .failure(.negativeAmount) }
            return .success(isNegative ? -value : value)
        }
    }

    @Test func everyDecimalIsReadAsStringArithmeticReadsIt() throws {
        var random = Seeded()
        let currencies = ["JPY", "USD", "KWD", "CLF"].compactMap { Currency($0) }
        for _ in 0..<100_000 * Seeded.soak {
            var stated = Stated(isNegative: random.once(in: 3))
            let alphabet = random.once(in: 2) ? Array("0123456789") : Array("0019")
            let wholeCount = 1 + random.below(random.once(in: 4) ? 30 : 17)
            for _ in 0..<wholeCount { stated.whole.append(random.pick(alphabet)) }
            let fractionCount = random.once(in: 2) ? 0 : random.below(random.once(in: 4) ? 30 : 6)
            for _ in 0..<fractionCount { stated.fraction.append(random.pick(alphabet)) }
            if random.once(in: 2) { stated.exponent = random.below(60) - 30 }
            let currency = random.pick(currencies)
            let mayBeNegative = random.once(in: 2)
            let expected = stated.minorUnits(digits: currency.minorDigits, mayBeNegative: mayBeNegative)
            let read: Result<Int64, AmountFault> = {
                do throws(AmountFault) {
                    let bytes = Array(stated.text.utf8)
                    let amount = try Amount.parse(bytes.span, currency, grammar: .json, mayBeNegative: mayBeNegative)
                    return .success(amount.minorUnits)
                } catch { return .failure(error) }
            }()
            if read != expected {
                Issue.record("\(stated.text) \(currency): \(read), not \(expected), seed \(random.seed)")
                return
            }
        }
    }
}

@Suite struct AmountTests {
    @Test(
        "an amount carries exactly the minor digits of its currency",
        arguments: [
            (3732, "USD", "37.32"), (0, "USD", "0.00"), (5, "USD", "0.05"), (-5, "USD", "-0.05"),
            (-3732, "USD", "-37.32"),
            (1200, "JPY", "1200"), (0, "JPY", "0"), (-1, "JPY", "-1"), (1250, "KWD", "1.250"), (-1, "KWD", "-0.001"),
            (12345, "CLF", "1.2345"), (1, "UYW", "0.0001"), (1_000_000_000_000_000_000, "CLF", "100000000000000.0000"),
            (Int64.min, "USD", "-92233720368547758.08"), (Int64.max, "JPY", "9223372036854775807"),
        ] as [(Int64, String, String)])
    func formatted(_ minorUnits: Int64, _ code: String, _ text: String) throws {
        let currency = try #require(Currency(code))
        #expect(Amount(minorUnits: minorUnits).formatted(currency) == text)
        #expect(Total(minorUnits: Int128(minorUnits)).formatted(currency) == text)
    }

    @Test(
        "a derived amount keeps the limits of a stated one",
        arguments: [
            (999_999_999_999_999, "JPY", true), (1_000_000_000_000_000, "JPY", false),
            (-999_999_999_999_999, "JPY", true),
            (-1_000_000_000_000_000, "JPY", false), (99_999_999_999_999_999, "USD", true),
            (100_000_000_000_000_000, "USD", false),
            (999_999_999_999_999_999, "KWD", true), (1_000_000_000_000_000_000, "KWD", false),
            (1_000_000_000_000_000_000, "CLF", true), (1_000_000_000_000_000_001, "CLF", false),
            (-1_000_000_000_000_000_000, "CLF", true), (-1_000_000_000_000_000_001, "CLF", false),
        ] as [(Int64, String, Bool)])
    func range(_ minorUnits: Int64, _ code: String, _ isInRange: Bool) throws {
        #expect(Amount(minorUnits: minorUnits).isInRange(for: try #require(Currency(code))) == isInRange)
    }

    @Test func aTotalNeverWraps() async {
        await #expect(processExitsWith: .failure) {
            var total = Total(minorUnits: .max)
            total += Amount(minorUnits: 1)
        }
        await #expect(processExitsWith: .failure) {
            var total = Total(minorUnits: .min)
            total += Total(minorUnits: -1)
        }
    }

    @Test func aTotalGoesFarBeyondSixtyFourBits() throws {
        var total = Total()
        for _ in 0..<1000 { total += .largest }
        #expect(total.formatted(try #require(Currency("USD"))) == "10000000000000000000.00")
        #expect(Total(minorUnits: -7).formatted(try #require(Currency("KWD"))) == "-0.007")
    }
}
