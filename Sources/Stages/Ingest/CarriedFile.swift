import Files
import JSON
import Records
import Refunds

/// Reads the files in which a report has what it had from the nights before. A line that this program did not write makes a
/// file unusable.
package enum CarriedFile {
    /// Reads `carried-orders.jsonl`.
    package static func records(_ input: InputFile, threads: Int) async throws -> [RememberedRecord] {
        try await read(input, threads)
    }

    /// Reads `carried-webhooks.jsonl`.
    package static func webhooks(_ input: InputFile, threads: Int) async throws -> [RememberedWebhook] {
        try await read(input, threads)
    }

    /// Reads `carried-answers.jsonl`.
    package static func answers(_ input: InputFile, threads: Int) async throws -> [RememberedAnswer] {
        try await read(input, threads)
    }

    private static func read<Record: CarriedRecord>(_ input: InputFile, _ threads: Int) async throws -> [Record] {
        var records: [Record] = []
        try await readJSONLines(of: input, with: CarriedLines<Record>(), threads: threads) { batch in
            if let refused = batch.refused.first {
                throw InputError.unusable(
                    path: input.path,
                    reason: "line \(refused.line): \(refused.failure.code.rawValue), \(refused.failure.message)")
            }
            records += batch.all
        }
        return records
    }
}

/// A record as a line of a carried file.
protocol CarriedRecord: RecordValue {
    init(_ members: CarriedMembers) throws(RecordFault)
}

extension RememberedRecord: CarriedRecord {}
extension RememberedWebhook: CarriedRecord {}
extension RememberedAnswer: CarriedRecord {}

private struct CarriedLines<Record: CarriedRecord>: ObjectDecoder {
    typealias Value = Record
    typealias Failure = RecordFault

    /// No line that was written is as long as the longest text of JSON.
    let recordBytes = 1 << 30

    func value(of object: JSONView, line: Int32, with tools: inout RecordTools) throws(RecordFault) -> Record? {
        try Record(CarriedMembers(object: object, decode: FieldDecoder(grammar: .json, texts: tools.texts)))
    }
}

extension CarriedRecords {
    /// Reads them from the files of a report, equal in every value to those that it was made with.
    package static func read(
        folder: String, _ files: CarriedFileNumbers, threads: Int
    ) async throws -> CarriedRecords {
        func input(_ name: String) throws(InputError) -> InputFile { try InputFile(path: "\(folder)/\(name)") }
        return CarriedRecords(
            records: try await CarriedFile.records(try input(CarriedFileName.orders), threads: threads),
            webhooks: try await CarriedFile.webhooks(try input(CarriedFileName.webhooks), threads: threads),
            answers: try await CarriedFile.answers(try input(CarriedFileName.answers), threads: threads), files: files)
    }
}
