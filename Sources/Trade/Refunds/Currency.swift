import Memory

/// A currency of ISO 4217 that has a minor unit; the number of its minor digits decides how amounts are read and written.
///
/// Codes without a minor unit (XAU, XDR, XXX …) are not currencies in which an amount can be stated
/// (FORMATS.md, "What holds for all inputs").
public struct Currency: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Place in the alphabetical table, so that sorting by it sorts by code.
    private let index: UInt8
    private let digits: UInt8

    /// The currency of a three-letter code, upper or lower case; nil if ISO 4217 does not list it or it has no minor unit.
    public init?(code: Span<UInt8>) {
        guard let slot = Self.slot(of: code), let found = Self.bySlot[slot] else { return nil }
        self = found
    }

    private init(index: Int, digits: UInt8) {
        self.index = UInt8(index)
        self.digits = digits
    }

    public init?(_ code: String) { self.init(code: Array(code.utf8).span) }

    /// The place in the list of all currencies.
    @inline(__always)
    public var ordinal: Int { Int(index) }

    /// The three-letter code, in capitals.
    public var code: String { Self.table.codes[Int(index)] }

    /// The same as a text that was made once.
    public var text: Text { Self.texts[Int(index)] }

    /// How many digits follow the decimal point: 0 (JPY), 2 (USD), 3 (KWD) or 4 (CLF).
    @inline(__always)
    public var minorDigits: Int { Int(digits) }

    public var description: String { code }

    public static func < (left: Currency, right: Currency) -> Bool { left.index < right.index }

    /// Every currency, in alphabetical order.
    public static var all: [Currency] { table.codes.compactMap { Currency($0) } }

    private static func slot(of code: Span<UInt8>) -> Int? {
        guard code.count == 3 else { return nil }
        var slot = 0
        for index in 0..<3 {
            let letter = code[index] & 0xDF
            guard letter >= UInt8(ascii: "A"), letter <= UInt8(ascii: "Z"), code[index] >= UInt8(ascii: "A") else {
                return nil
            }
            slot = slot * 26 + Int(letter - UInt8(ascii: "A"))
        }
        return slot
    }

    private static let slotCount = 26 * 26 * 26

    /// By `slot(of:)`.
    private static let bySlot = ConstantList(table.bySlot)

    /// The codes as texts.
    private static let texts = ConstantList(table.codes.map { Text($0) })

    private struct Table {
        var codes: [String] = []
        /// By `slot(of:)`.
        var bySlot = [Currency?](repeating: nil, count: slotCount)
    }

    private static let table: Table = {
        var table = Table()
        let listed = iso4217.flatMap { digits, codes in codes.split(separator: " ").map { (String($0), digits) } }
        for (code, digits) in listed.sorted(by: { $0.0 < $1.0 }) {
            table.bySlot[slot(of: Array(code.utf8).span) ?? 0] = Currency(index: table.codes.count, digits: digits)
            table.codes.append(code)
        }
        return table
    }()

    /// ISO 4217's list one, by number of minor digits. ANG and BGN left it in 2025 and 2026 but tickets sold before are
    /// still refunded in them (docs/DECISIONS.md).
    private static let iso4217: [(UInt8, String)] = [
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
        (
            2,
            """
            AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE \
            CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL \
            HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR \
            MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK \
            SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD \
            XCD XCG YER ZAR ZMW ZWG
            """
        ),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "CLF UYW"),
    ]
}
