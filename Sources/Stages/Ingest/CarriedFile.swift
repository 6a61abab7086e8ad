import Files
import JSON
import Memory
import Refunds

/// Reads the files in which a report has what it had from the nights before. A line that this program did not write makes a
/// file unusable.
package enum CarriedFile {
    package static let ordersName = "carried-orders.jsonl"
    package static let webhooksName = "carried-webhooks.jsonl"
    package static let answersName = "carried-answers.jsonl"

    /// Reads `carried-orders.jsonl`.
    package static func records(_ input: InputFile, threads: Int) async throws -> [RememberedRecord] {
        try await read(input, threads) { (members) throws(RecordFault) in try RememberedRecord(members) }
    }

    /// Reads `carried-webhooks.jsonl`.
    package static func webhooks(_ input: InputFile, threads: Int) async throws -> [RememberedWebhook] {
        try await read(input, threads) { (members) throws(RecordFault) in try RememberedWebhook(members) }
    }

    /// Reads `carried-answers.jsonl`.
    package static func answers(_ input: InputFile, threads: Int) async throws -> [RememberedAnswer] {
        try await read(input, threads) { (members) throws(RecordFault) in try RememberedAnswer(members) }
    }

    /// No line that was written is as long as the longest text of JSON.
    private static let lineBytes = 1 << 30

    private static func read<Record: Sendable>(
        _ input: InputFile, _ threads: Int,
        _ decode: @escaping @Sendable (CarriedMembers) throws(RecordFault) -> Record
    ) async throws -> [Record] {
        let parser = JSONLinesParser(file: 0, names: [], recordBytes: lineBytes) {
            (object, _, decoder, _) throws(RecordFault) -> Record? in
            try decode(CarriedMembers(object: object, decode: decoder))
        }
        var records: [Record] = []
        try await readRecords(of: BlockSource(input), with: parser, width: threads) { batch, firstLine in
            if let reject = batch.rejects.first {
                throw InputError.unusable(
                    path: input.path,
                    reason: "line \(reject.source.line + firstLine): \(reject.code.rawValue), \(reject.message)")
            }
            records += batch.records
        }
        return records
    }
}
