import Atlas
import Files
import JSON
import Memory
import Records
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
        var lines: [Line] = []
        var firstRefused: RefusedRecord<RecordFault>?
        let unknown = try await readCSV(of: input, with: FeeRecords(), threads: 1) { batch in
            lines += batch.all
            firstRefused = firstRefused ?? batch.refused.first
        }
        // A misspelt column would let a line hold for more than it was meant for.
        if let column = unknown.first { throw unusable("a fee schedule has no column \(column)") }
        if let refused = firstRefused {
            throw unusable("line \(refused.line): \(refused.failure.code.rawValue): \(refused.failure.message)")
        }
        do throws(Fault) { return try FeeSchedule(lines) } catch {
            throw unusable("line \(error.line): \(error.reason)")
        }
    }
}

private struct FeeRecords: FieldsDecoder {
    typealias Value = FeeSchedule.Line
    typealias Failure = RecordFault

    func missing(from columns: CSVColumns<FeeField>) -> [String] {
        [FeeField.currency, .fee].filter { !columns.has($0) }.map(\.title)
    }

    func value(
        of fields: CSVFields<FeeField>, line: Int32, with tools: inout RecordTools
    ) throws(RecordFault) -> FeeSchedule.Line? {
        let decode = FieldDecoder(grammar: .csv, texts: tools.texts)
        let currency = try needed(
            try decode.currency(fields[.currency], FeeField.currency.name), FeeField.currency.name)
        let fee = try needed(
            try decode.amount(fields[.fee], FeeField.fee.name, currency), FeeField.fee.name)
        var schedule = FeeSchedule.Line(currency: currency, fee: fee, line: line)
        schedule.carrier = try decode.text(fields[.carrier], FeeField.carrier.name)
        schedule.refundReason = try decode.refundReason(fields[.refundReason], FeeField.refundReason.name)
        schedule.validFrom = try decode.date(fields[.validFrom], FeeField.validFrom.name)
        schedule.validTo = try decode.date(fields[.validTo], FeeField.validTo.name)
        return schedule
    }
}

extension FeeSchedule.Line: RecordValue {
    public mutating func move(byLines lines: Int32) { line += lines }
}
