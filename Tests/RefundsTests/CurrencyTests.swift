import Memory
import Refunds
import Testing

/// FORMATS.md, "What holds for all inputs": currencies.
@Suite struct CurrencyTests {
    @Test(
        "the minor digits of ISO 4217",
        arguments: [
            ("USD", 2), ("EUR", 2), ("GBP", 2), ("CNY", 2), ("HUF", 2), ("IDR", 2), ("TWD", 2), ("MGA", 2), ("MRU", 2),
            ("CHE", 2), ("COU", 2), ("XCG", 2), ("ZWG", 2), ("SLE", 2), ("VED", 2), ("ZZZ", nil),
            ("JPY", 0), ("KRW", 0), ("VND", 0), ("CLP", 0), ("ISK", 0), ("XAF", 0), ("XOF", 0), ("XPF", 0), ("UYI", 0),
            ("BIF", 0), ("DJF", 0), ("GNF", 0), ("KMF", 0), ("PYG", 0), ("RWF", 0), ("UGX", 0), ("VUV", 0),
            ("BHD", 3), ("IQD", 3), ("JOD", 3), ("KWD", 3), ("LYD", 3), ("OMR", 3), ("TND", 3), ("CLF", 4), ("UYW", 4),
            // No minor unit.
            ("XAU", nil), ("XAG", nil), ("XPT", nil), ("XPD", nil), ("XDR", nil), ("XSU", nil), ("XUA", nil),
            ("XBA", nil),
            ("XTS", nil), ("XXX", nil),
            // Not listed, or no longer.
            ("ABC", nil), ("DEM", nil), ("HRK", nil), ("SLL", nil), ("ZWL", nil), ("BTC", nil), ("RMB", nil),
            ("CNH", nil),
        ] as [(String, Int?)])
    func minorDigits(_ code: String, _ digits: Int?) {
        #expect(Currency(code)?.minorDigits == digits)
    }

    @Test("upper-cased on reading", arguments: ["usd", "Usd", "uSD", "USD"])
    func upperCased(_ code: String) { #expect(Currency(code)?.code == "USD") }

    @Test(
        "what is no three letters",
        arguments: [
            "", "U", "US", "USDX", "US1", "U D", " USD", "USD ", "840", "U$D", "ＵＳＤ", "üsd", "us\u{0}", "[SD", "`sd",
            "{sd", "@SD",
        ])
    func noCode(_ code: String) { #expect(Currency(code) == nil) }

    @Test func allAreInAlphabeticalOrderAndReadThemselves() {
        let codes = Currency.all.map(\.code)
        #expect(codes == codes.sorted())
        #expect(Set(codes).count == codes.count)
        #expect(Currency.all.sorted() == Currency.all)
        #expect(codes.count > 160)
        for code in codes {
            #expect(Currency(code)?.code == code)
            #expect(Currency(code.lowercased())?.code == code)
        }
    }
}
