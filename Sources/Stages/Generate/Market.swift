import Memory
import Refunds

/// A currency in which tickets are sold, with amounts that are usual in it, in its minor units.
struct CurrencyTerms {
    let currency: Currency
    /// The code's three letters.
    let code: [UInt8]
    /// Usual fares, and the step between two of them.
    let fares: ClosedRange<Int>
    let step: Int
    /// Usual transaction fees.
    let fees: [Int]
    /// A difference that comes from rounding.
    let rounding: Int
    /// How often it is met, out of the sum of all.
    let share: Int
}

/// The trade's constants that plans draw from.
struct Market {
    let currencies: [CurrencyTerms]
    let carriers: [[UInt8]]
    let lastNames: [[UInt8]]
    let firstNames: [[UInt8]]
    let cancelReasons: [[UInt8]]

    /// Places in `currencies` of the two that the scenarios need by name.
    let usDollar = 0
    let euro = 1

    init() {
        currencies = Self.table.compactMap { code, fares, step, fees, rounding, share in
            Currency(code).map {
                CurrencyTerms(
                    currency: $0, code: Array(code.utf8), fares: fares, step: step, fees: fees, rounding: rounding,
                    share: share)
            }
        }
        func words(_ text: String) -> [[UInt8]] { text.split(separator: " ").map { Array($0.utf8) } }
        carriers = words(
            """
            U2 U2 U2 U2 FR FR W6 W6 5J 5J 5J AK AK D7 3K VJ TR F9 VY 6E NK HV FZ GK G9 LJ JT J9 DY B6 XJ WN PC 7C Z2 TW \
            QZ
            """
        )
        lastNames = words(
            "ZHAO QIAN LI WANG SMITH JONES SILVA SANTOS GARCIA MULLER ROSSI TANAKA KIM NGUYEN TAN KOWALSKI")
        firstNames = words("YIER ERER SAN WEI ANNA JOHN MARIA JOSE LUCA HANA MIN LINH MEI PIOTR EVA OMAR")
        cancelReasons = [
            "Does not match airline policy.", "There is no schedule change from the airline side.",
            "Voluntary Cancellation - Non-Refundable", "Travel has been completed by the passenger.",
            "Refund request cancelled by the user",
        ].map { Array($0.utf8) }
    }

    /// The place of a random currency, by share.
    func currency(_ random: inout SplitMix64) -> Int {
        var rest = random.below(100)
        for (index, terms) in currencies.enumerated() {
            rest -= terms.share
            if rest < 0 { return index }
        }
        return usDollar
    }

    private static let table: [(String, ClosedRange<Int>, Int, [Int], Int, Int)] = [
        ("USD", 3_000...80_000, 1, [200, 200, 200, 300], 5, 55),
        ("EUR", 3_000...65_000, 1, [200, 250], 5, 22),
        ("GBP", 2_500...50_000, 1, [150, 200], 5, 8),
        ("JPY", 4_000...90_000, 10, [300, 450], 10, 5),
        ("IDR", 40_000_000...600_000_000, 100, [3_000_000, 4_500_000], 50_000, 4),
        ("KWD", 9_000...180_000, 5, [600, 900], 20, 4),
        ("KRW", 30_000...600_000, 100, [2_700, 4_000], 100, 2),
    ]
}
