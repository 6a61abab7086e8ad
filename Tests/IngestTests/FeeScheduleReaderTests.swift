import Files
import Ingest
import Memory
import Refunds
import Testing

/// docs/FORMATS.md, "Fee schedule": how it is read, and that one bad line makes it unusable.
@Suite struct FeeScheduleReaderTests {
    private static func schedule(_ text: String) async throws -> FeeSchedule {
        let folder = try InputFolder()
        return try await FeeSchedule.read(try InputFile(path: try folder.write("fees.csv", Array(text.utf8))))
    }

    private static let header = "currency,carrier,refundReason,validFrom,validTo,fee\n"

    @Test func columnsInAnyOrder() async throws {
        let schedule = try await Self.schedule("fee,currency,refundReason\r\n\r\n2.50,usd,1\r\n3,EUR,\r\n")
        let day = try #require(CalendarDate("2025-06-15"))
        let (usd, eur) = (try #require(Currency("USD")), try #require(Currency("EUR")))
        #expect(
            try schedule.fee(usd, carrier: nil, refundReason: .voluntary, requestedAt: day) == Amount(minorUnits: 250))
        #expect(
            try schedule.fee(eur, carrier: "U2", refundReason: nil, requestedAt: day) == Amount(minorUnits: 300))
        #expect(throws: AuditUnknown.noContractedFee) {
            try schedule.fee(usd, carrier: nil, refundReason: .void, requestedAt: day)
        }
    }

    @Test func noLines() async throws { _ = try await Self.schedule(Self.header) }

    @Test(arguments: [
        ("", "no header"), ("currency,carrier\n", "lacks fee"), ("fee\n", "lacks currency"),
        ("currency,fee,validfrom\nUSD,1,\n", "no column validfrom"), ("currency,fee,fee\n", "appears twice"),
        (header + "USD,,,,,\n", "line 2: missing-field: fee"), (header + ",,,,,1\n", "line 2: missing-field: currency"),
        (header + "USD,,,,,1\nXYZ,,,,,1\n", "line 3: bad-currency"),
        (header + "\nUSD,,,,,1.001\n", "line 3: amount-precision"),
        (header + "USD,,,,,-1\n", "line 2: negative-amount"),
        (header + "USD,,2,,,1\n", "line 2: bad-enum"), (header + "USD,,,2025-02-29,,1\n", "line 2: bad-date"),
        (header + "USD,,,,1\n", "line 2: bad-csv"),
        (header + "USD,U2,1,,,1\nUSD,U2,1,,,2\n", "line 3: overlaps line 2"),
        (header + "USD,,,2025-02-02,2025-02-01,1\n", "line 2: validTo is before validFrom"),
    ])
    func unusable(text: String, reason: String) async throws {
        do {
            _ = try await Self.schedule(text)
            Issue.record("usable")
        } catch InputError.unusable(_, let said) {
            #expect(said.contains(reason), "\(said)")
        }
    }
}
