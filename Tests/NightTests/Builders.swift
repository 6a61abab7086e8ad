import Glibc
import Memory
import Refunds
import Rules
import Night
import TestSupport

func date(_ text: String) -> CalendarDate {
    guard let date = CalendarDate(text) else { preconditionFailure("\(text) is no date") }
    return date
}

func currency(_ code: String) -> Currency {
    guard let currency = Currency(code) else { preconditionFailure("\(code) is no currency") }
    return currency
}

func money(_ minorUnits: Int64) -> Amount { Amount(minorUnits: minorUnits) }

/// An id that can be told from others by its label, of at most 16 characters.
func id(_ label: String) -> BreakID {
    let bytes = label.utf8 + Array(repeating: 0, count: 16 - label.utf8.count)
    func half(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
    return BreakID(high: half(bytes.prefix(8)), low: half(bytes.suffix(8)))
}

func key(_ orderNo: String) -> RowKey {
    RowKey(rowType: .case, orderNo: Text(orderNo), airlinePNR: nil, carrier: nil, refundCode: "R1")
}

func codes(_ codes: ExceptionCode...) -> ExceptionSet {
    var set = ExceptionSet()
    for code in codes { set.insert(code) }
    return set
}

func item(_ label: String, _ amount: Int64?, _ code: String = "USD", since: String = "2026-01-01") -> OpenItem {
    OpenItem(
        id: id(label), key: key(label), currency: currency(code), amount: amount.map(money), outcome: .pending,
        since: date(since)
    )
}

func record(
    _ label: String, _ amounts: String = "USD 1", since: String = "2026-01-01", nights: Int = 1,
    examined: String = "2026-01-01"
) -> BreakRecord {
    BreakRecord(
        id: id(label), key: key(label), currency: currency("USD"), outcome: .variance, exceptions: codes(.refundShort),
        amounts: Text(amounts),
        since: date(since), nights: nights, examined: date(examined))
}

func disposition(_ label: String, _ decision: String, _ amounts: String = "USD 1") -> Disposition {
    Disposition(
        breakID: id(label).description, amounts: Text(amounts), decision: decision, note: "", preparer: "",
        reviewer: "",
        date: "", place: "decided.csv, line 2")
}

/// A store in a folder of its own, which goes with it.
final class TemporaryStore {
    let folder: String
    var path: String { folder + "/state.sqlite" }

    init() {
        var template = Array("/tmp/refund-recon-state-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { preconditionFailure("no temporary folder") }
        folder = String(cString: made)
    }

    deinit {
        for suffix in ["", "-journal"] { unlink(path + suffix) }
        rmdir(folder)
    }

    func write(_ bytes: [UInt8]) {
        guard let file = fopen(path, "wb") else { preconditionFailure("cannot write \(path)") }
        defer { fclose(file) }
        precondition(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }

    func read() -> [UInt8] {
        guard let file = fopen(path, "rb") else { preconditionFailure("cannot read \(path)") }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 16 << 20)
        return Array(bytes[..<fread(&bytes, 1, bytes.count, file)])
    }
}

extension Seeded {
    /// What a night might leave open.
    mutating func openItems() -> [OpenItem] {
        (0..<below(8)).map { number in
            var made = item(
                "i\(number)", once(in: 4) ? nil : Int64(below(1_000_000)) - 1000, pick(["USD", "JPY", "KWD"]))
            if once(in: 3) {
                made.id = id("o\(number)")
                made.key = RowKey(
                    rowType: .orphanWebhook, orderNo: Text("Ö\u{0}'\(number)"), airlinePNR: nil, carrier: nil,
                    refundCode: nil)
                made.outcome = nil
            }
            return made
        }
    }
}
