import Files
import Glibc
import Ingest
import Memory
import Refunds

/// A temporary folder of input files that goes when nobody holds it any more.
final class InputFolder {
    let path: String
    private var files: [String] = []

    init() throws {
        var template = Array("/tmp/refund-recon-tests-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw InputError.cannotSpool(reason: errnoText(errno)) }
        path = String(cString: made)
    }

    deinit {
        for file in files { unlink(file) }
        rmdir(path)
    }

    /// Writes a file and gives its path.
    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = "\(path)/\(name)"
        guard let stream = fopen(file, "wb") else { throw InputError.cannotSpool(reason: errnoText(errno)) }
        defer { fclose(stream) }
        guard fwrite(bytes, 1, bytes.count, stream) == bytes.count else {
            throw InputError.cannotSpool(reason: errnoText(errno))
        }
        files.append(file)
        return file
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }
}

/// Reads one file of orders.
func readOrders(_ bytes: [UInt8], _ name: String, threads: Int = 1) async throws -> OrdersIngest {
    let folder = try InputFolder()
    return try await OrdersIngest.read(
        [try InputFile(path: try folder.write(name, bytes))], firstFile: 0, threads: threads)
}

func readOrders(_ text: String, _ name: String) async throws -> OrdersIngest {
    try await readOrders(Array(text.utf8), name)
}

/// Reads one file of webhooks.
func readWebhooks(_ bytes: [UInt8], _ name: String, threads: Int = 1) async throws -> WebhooksIngest {
    let folder = try InputFolder()
    return try await WebhooksIngest.read(
        [try InputFile(path: try folder.write(name, bytes))], firstFile: 0, threads: threads)
}

func readWebhooks(_ text: String, _ name: String) async throws -> WebhooksIngest {
    try await readWebhooks(Array(text.utf8), name)
}

/// The fields of a record in the contract's order, as texts.
struct Record {
    var fields: [(name: String, value: String)]

    /// FORMATS.md, "Orders": a record that gives every field and contradicts itself nowhere.
    static let order = Record(fields: [
        ("orderNo", "A1"), ("airlinePNR", "PNR1"), ("carrier", "U2"), ("refundCode", "R1"), ("refundOfferId", "O1"),
        ("refundReason", "1"), ("paymentMethod", "vcc"), ("currency", "USD"), ("originalTotalFareAmount", "100.00"),
        ("originalTotalAncillaryAmount", "10.00"), ("originalTotalAmount", "110.00"),
        ("airlinePenaltyAmountForFare", "5.00"), ("airlinePenaltyAmountForAncillaries", "1.00"),
        ("airlinePenaltyAmount", "6.00"), ("estimatedRefundAmount", "104.00"), ("transactionFee", "2.00"),
        ("refundQuoteType", "AccurateQuote"), ("isRefundable", "true"), ("refundMethod", "Voucher"),
        ("requestedAt", "20250901"), ("expectedConfirmationDate", "2025-09-10"), ("expectedRefundDate", "2025-09-20"),
    ])

    /// FORMATS.md, "Webhook log": Atlas's own sample.
    static let webhook = Record(fields: [
        ("orderNo", "A1"), ("refundStatus", "2"), ("currency", "USD"), ("originalTotalFare", "42.32"),
        ("originalTotalAncillaryAmount", "5.00"), ("originalTotalAmount", "47.32"),
        ("airlinePenaltyAmountForFare", "5.00"), ("airlinePenaltyAmountForAncillaries", "0"),
        ("airlinePenaltyAmount", "0.00"), ("finalRefundAmount", "37.32"), ("transactionFee", "2.00"),
    ])

    /// With other values; an empty one is no value.
    func with(_ changes: [String: String]) -> Record {
        var record = self
        for index in fields.indices { record.fields[index].value = changes[fields[index].name] ?? fields[index].value }
        for (name, value) in changes.sorted(by: { $0.key < $1.key }) where !fields.contains(where: { $0.name == name })
        {
            record.fields.append((name, value))
        }
        return record
    }

    var csvHeader: String { fields.map(\.name).joined(separator: ",") }

    var csv: String {
        fields.map { field in
            field.value.contains { ",\"\n\r".contains($0) }
                ? "\"" + field.value.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
                    + "\""
                : field.value
        }.joined(separator: ",")
    }

    /// One JSON object, everything a string but a boolean.
    var json: String { json(raw: [:]) }

    private static func quoted(_ value: String) -> String {
        let escaped = value.unicodeScalars.map { scalar in
            let digits = String(scalar.value, radix: 16)
            return scalar.value < 0x20
                ? "\\u" + String(repeating: "0", count: 4 - digits.count) + digits : String(scalar)
        }
        return "\"\(escaped.joined())\""
    }

    /// With some values as they are to stand in the JSON.
    func json(raw: [String: String]) -> String {
        var members = fields.map { name, value in
            let literal = name == "isRefundable" && (value == "true" || value == "false")
            return "\"\(name)\":" + (raw[name] ?? (literal ? value : Self.quoted(value)))
        }
        for (name, value) in raw.sorted(by: { $0.key < $1.key }) where !fields.contains(where: { $0.name == name }) {
            members.append("\"\(name)\":\(value)")
        }
        return "{\(members.joined(separator: ","))}"
    }
}

/// A reject in short.
struct Refusal: Equatable, CustomStringConvertible {
    let line: Int32
    let code: String
    var description: String { "\(line) \(code)" }

    static func list(_ rejects: [Reject]) -> [Refusal] {
        rejects.map { Refusal(line: $0.source.line, code: $0.code.rawValue) }
    }
}
