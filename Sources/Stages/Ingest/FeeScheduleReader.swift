import Files
import JSON
import Memory
import Refunds

/// The columns of a fee schedule (FORMATS.md, "Fee schedule").
enum FeeField: Int, FieldName {
    case currency, carrier, refundReason, validFrom, validTo, fee

    var name: StaticString { Self.keys[rawValue].name }

    static let keys: [JSONKey] = ["currency", "carrier", "refundReason", "validFrom", "validTo", "fee"]
}

extension FeeSchedule {
    /// Reads a schedule from CSV. It is a setting and no delivery: one bad line makes the whole file unusable, and the
    /// message names it (`InputError.unusable`).
    package static func read(_ input: InputFile) async throws -> FeeSchedule {
        func unusable(_ reason: String) -> InputError { .unusable(path: input.path, reason: reason) }
        let reader = try await CSVFileReader<FeeField>(BlockSource(input), 0) { columns in
            [FeeField.currency, .fee].filter { !columns.has($0) }.map(\.title)
        }
        // A misspelt column would let a line hold for more than it was meant for.
        if let unknown = reader.columns.unknown.first { throw unusable("a fee schedule has no column \(unknown)") }
        var lines: [Line] = []
        var rejects: [Reject] = []
        try await reader.read(threads: 1) { (fields, decode, source) throws(RecordFault) -> Line? in
            try Line(fields, decode, source.line)
        } consume: { batch, firstLine in
            lines += batch.records.map { $0.shifted(by: firstLine) }
            rejects.append(batch.rejects, linesBefore: firstLine)
        }
        if let reject = rejects.first {
            throw unusable("line \(reject.source.line): \(reject.code.rawValue): \(reject.message)")
        }
        do throws(Fault) { return try FeeSchedule(lines) } catch {
            throw unusable("line \(error.line): \(error.reason)")
        }
    }
}

extension FeeSchedule.Line {
    fileprivate init(
        _ fields: CSVFields<FeeField>, _ decode: FieldDecoder, _ line: Int32
    ) throws(RecordFault) {
        let currency = try needed(
            try decode.currency(fields[.currency], FeeField.currency.name), FeeField.currency.name)
        let fee = try needed(
            try decode.amount(fields[.fee], FeeField.fee.name, currency), FeeField.fee.name)
        self.init(currency: currency, fee: fee, line: line)
        carrier = try decode.text(fields[.carrier], FeeField.carrier.name)
        refundReason = try decode.refundReason(fields[.refundReason], FeeField.refundReason.name)
        validFrom = try decode.date(fields[.validFrom], FeeField.validFrom.name)
        validTo = try decode.date(fields[.validTo], FeeField.validTo.name)
    }

    fileprivate func shifted(by lines: Int32) -> FeeSchedule.Line {
        var shifted = self
        shifted.line += lines
        return shifted
    }
}
