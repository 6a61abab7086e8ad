import Files
import JSON
import Memory
import Refunds
import Rules

extension NightOpening {
    /// The opening of a report, from its carried files.
    ///
    /// - Parameters:
    ///   - asOf: the night that it comes from; nil on the first.
    ///   - digest: of all that the night handed on.
    ///   - folder: the report's.
    package init(asOf: CalendarDate?, digest: String?, folder: String) throws {
        let items = try Self.records(folder, CarriedFileName.items) { Self.object($0) { OpenItem($0) } }
        let breaks = try Self.records(folder, CarriedFileName.breaks) { Self.object($0) { BreakRecord($0) } }
        self.init(asOf: asOf, digest: digest, items: items, balance: OpenBalance(items), breaks: breaks)
    }

    private static func lines(_ folder: String, _ name: String) throws -> [[UInt8]] {
        let input = try InputBytes(path: "\(folder)/\(name)")
        return input.bytes.split(separator: 0x0A).map { Array($0) }
    }

    private static func records<Record>(
        _ folder: String, _ name: String, _ read: ([UInt8]) -> Record?
    ) throws -> [Record] {
        var records: [Record] = []
        for (index, line) in try lines(folder, name).enumerated() {
            guard let record = read(line) else {
                throw NightError.unusable(
                    "\(folder)/\(name), line \(index + 1), is not as a run writes it: take the report from a backup")
            }
            records.append(record)
        }
        return records
    }

    private static func object<Record>(_ line: [UInt8], _ read: (JSONView) -> Record?) -> Record? {
        guard line.span.isValidUTF8 else { return nil }
        var reader = JSONReader()
        guard let object = reader.read(line.span).object else { return nil }
        return read(object)
    }
}

extension RowKey {
    fileprivate init?(_ object: JSONView) {
        guard let rowType = (object["rowType"]?.string).flatMap({ RowType(rawValue: $0) }) else { return nil }
        self.init(
            rowType: rowType, orderNo: (object["orderNo"]?.string).map { Text($0) },
            airlinePNR: (object["airlinePNR"]?.string).map { Text($0) },
            carrier: (object["carrier"]?.string).map { Text($0) },
            refundCode: (object["refundCode"]?.string).map { Text($0) })
    }
}

extension OpenItem {
    /// Reads a line that `appendLine` wrote.
    fileprivate init?(_ object: JSONView) {
        guard let id = (object["id"]?.string).flatMap({ BreakID($0) }), let key = RowKey(object),
            let currency = (object["currency"]?.string).flatMap({ Currency($0) }),
            let since = (object["since"]?.string).flatMap({ CalendarDate($0) })
        else { return nil }
        var amount: Amount?
        if let text = object["amount"]?.string {
            // As `formatted` writes it: its digits are minor units.
            guard let minorUnits = Int64(text.filter { $0 != "." }),
                Amount(minorUnits: minorUnits).formatted(currency) == text
            else { return nil }
            amount = Amount(minorUnits: minorUnits)
        }
        self.init(
            id: id, key: key, currency: currency, amount: amount,
            outcome: (object["outcome"]?.string).flatMap { Outcome(rawValue: $0) }, since: since)
    }
}

extension BreakRecord {
    /// Reads a line that `appendLine` wrote.
    fileprivate init?(_ object: JSONView) {
        guard let id = (object["id"]?.string).flatMap({ BreakID($0) }), let key = RowKey(object),
            let exceptions = (object["exceptions"]?.string).flatMap({ ExceptionSet(joined: Text($0)) }),
            let amounts = (object["amounts"]?.string).map({ Text($0) }),
            let since = (object["since"]?.string).flatMap({ CalendarDate($0) }),
            let nights = object["nights"]?.int, nights >= 0,
            let examined = (object["examined"]?.string).flatMap({ CalendarDate($0) }),
            let former = object["formerIds"]
        else { return nil }
        var formerIDs: [BreakID] = []
        var children = former.children
        while let child = children.next() {
            guard let id = child.string.flatMap({ BreakID($0) }) else { return nil }
            formerIDs.append(id)
        }
        self.init(
            id: id, key: key, currency: (object["currency"]?.string).flatMap { Currency($0) },
            outcome: (object["outcome"]?.string).flatMap { Outcome(rawValue: $0) }, exceptions: exceptions,
            amounts: amounts, since: since, nights: nights, examined: examined, formerIDs: formerIDs)
    }
}
