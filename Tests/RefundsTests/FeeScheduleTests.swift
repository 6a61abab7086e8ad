import Memory
import Refunds
import Testing

/// docs/FORMATS.md, "Fee schedule": which line counts, and what makes a schedule unusable.
@Suite struct FeeScheduleTests {
    private static func currency(_ code: String) throws -> Currency { try #require(Currency(code)) }

    /// `carrier reason from to` as in the file, `*` for any; the fee is the line's place, from 1, in minor units.
    private static func schedule(_ lines: String...) throws -> FeeSchedule {
        try FeeSchedule(
            try lines.enumerated().map { place, text in
                let fields = text.split(separator: " ").map { $0 == "*" ? nil : String($0) }
                let fee = Amount(minorUnits: Int64(place) + 1)
                var line = FeeSchedule.Line(currency: try currency("USD"), fee: fee, line: Int32(place) + 2)
                line.carrier = fields[0].map { Text($0) }
                line.refundReason = fields[1].flatMap { RefundReason(rawValue: $0) }
                line.validFrom = fields[2].flatMap { CalendarDate($0) }
                line.validTo = fields[3].flatMap { CalendarDate($0) }
                return line
            })
    }

    /// The number of the line that counts, or why none does.
    private static func found(
        _ schedule: FeeSchedule, _ carrier: Text?, _ reason: RefundReason?, on day: String = "2025-06-15",
        in code: String = "USD"
    ) throws -> String {
        let (currency, date) = (try currency(code), try #require(CalendarDate(day)))
        do throws(AuditUnknown) {
            return "\(try schedule.fee(currency, carrier: carrier, refundReason: reason, requestedAt: date).minorUnits)"
        } catch { return error.rawValue }
    }

    @Test func theMostSpecificCounts() throws {
        let schedule = try Self.schedule("* * * *", "* 1 * *", "U2 * * *", "U2 1 * *")
        #expect(try Self.found(schedule, "U2", .voluntary) == "4")
        #expect(try Self.found(schedule, "U2", .void) == "3")
        #expect(try Self.found(schedule, "FR", .voluntary) == "2")
        #expect(try Self.found(schedule, "FR", .void) == "1")
        #expect(try Self.found(schedule, "FR", .void, in: "EUR") == "noContractedFee")
        // The carrier weighs more than the reason.
        #expect(try Self.found(try Self.schedule("* 1 * *", "U2 * * *"), "U2", .voluntary) == "2")
    }

    @Test func whatTheCaseDoesNotTell() throws {
        let schedule = try Self.schedule("* * * *", "* 1 * *", "U2 4 * *")
        #expect(try Self.found(schedule, nil, .involuntary) == "1")
        #expect(try Self.found(schedule, nil, .void) == "noCarrier")
        #expect(try Self.found(schedule, "FR", nil) == "noRefundReason")
        #expect(try Self.found(schedule, nil, nil) == "noCarrier")
        // What is not told makes no difference where a line goes before anyway, or says the same.
        #expect(try Self.found(try Self.schedule("U2 * * *", "* 1 * *"), "U2", nil) == "1")
        #expect(try Self.found(try Self.schedule("U2 * * *"), nil, nil) == "noCarrier")
        #expect(try Self.found(try Self.schedule("U2 1 * *"), "U2", nil) == "noRefundReason")
        #expect(try Self.found(try Self.schedule("U2 1 * *"), "FR", nil) == "noContractedFee")
        var same = FeeSchedule.Line(currency: try Self.currency("USD"), fee: Amount(minorUnits: 9), line: 2)
        let general = same
        same.carrier = "U2"
        #expect(try Self.found(try FeeSchedule([general, same]), nil, .void) == "9")
    }

    @Test(arguments: [
        ("2025-05-31", "noContractedFee"), ("2025-06-01", "1"), ("2025-06-30", "1"), ("2025-07-01", "2"),
        ("2025-07-31", "2"), ("2025-08-01", "noContractedFee"),
    ])
    func byDay(day: String, line: String) throws {
        let schedule = try Self.schedule("* * 20250601 20250630", "* * 20250701 20250731")
        #expect(try Self.found(schedule, "U2", .void, on: day) == line)
    }

    @Test func openDays() throws {
        let schedule = try Self.schedule("* * * 20250630", "* * 20250701 *")
        #expect(try Self.found(schedule, "U2", .void, on: "0001-01-01") == "1")
        #expect(try Self.found(schedule, "U2", .void, on: "9999-12-31") == "2")
        // A line of its day goes behind one that says more.
        let special = try Self.schedule("* * 20250601 20250630", "U2 * * *")
        #expect(try Self.found(special, "U2", .void) == "2")
    }

    @Test(arguments: [
        (["* * * *", "* * * *"], 3, 2), (["U2 1 20250601 20250630", "U2 1 20250630 *"], 3, 2),
        (["* * 20250701 *", "* * * 20250701"], 3, 2), (["* 1 * *", "* 4 * *", "* 1 20250101 20250101"], 4, 2),
        (["* * 20250101 20251231", "* * 20250201 20250202", "* * 20250301 20250302"], 3, 2),
    ])
    func overlaps(lines: [String], line: Int32, with other: Int32) throws {
        do throws(FeeSchedule.Fault) {
            _ = try Self.built(lines)
            Issue.record("usable")
        } catch {
            #expect(error.line == line)
            #expect(error.reason.contains("line \(other)"))
        }
    }

    private static func built(_ lines: [String]) throws(FeeSchedule.Fault) -> FeeSchedule {
        do {
            return switch lines.count {
            case 2: try schedule(lines[0], lines[1])
            default: try schedule(lines[0], lines[1], lines[2])
            }
        } catch let fault as FeeSchedule.Fault {
            throw fault
        } catch { preconditionFailure("\(error)") }
    }

    @Test func neighboursDoNotOverlap() throws {
        _ = try Self.schedule("U2 1 * 20250630", "U2 1 20250701 *", "U2 4 * *", "FR 1 * *", "* 1 * *", "U2 * * *")
    }

    @Test func aLineThatEndsBeforeItBegins() throws {
        #expect(throws: FeeSchedule.Fault.self) { try Self.schedule("* * 20250602 20250601") }
        _ = try Self.schedule("* * 20250601 20250601")
    }
}
