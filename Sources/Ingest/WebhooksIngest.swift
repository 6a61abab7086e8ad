import Bytes
import Core
import JSON

/// The notifications of the webhook logs, in the order of files and lines.
public struct WebhooksIngest: Sendable {
    public private(set) var notifications: [Notification] = []
    public private(set) var rejects: [Reject] = []
    /// lines, blank, otherType and rejected; where the notifications went is known when they are matched.
    public private(set) var controls = Controls.Webhooks()
    public private(set) var notes: [String] = []

    /// Reads the files on at most `threads` tasks. `firstFile` is the number of the first of them among the run's inputs.
    public static func read(_ inputs: [InputBytes], firstFile: Int32, threads: Int) async throws -> WebhooksIngest {
        var ingest = WebhooksIngest()
        for (offset, input) in inputs.enumerated() {
            let file = firstFile + Int32(offset)
            var firstLine: Int32 = 0
            for batch in try await batches(input, file, threads, &ingest.notes) {
                ingest.add(batch, firstLine)
                firstLine += batch.physicalLines
            }
        }
        return ingest
    }

    private static func batches(
        _ input: InputBytes, _ file: Int32, _ threads: Int, _ notes: inout [String]
    ) async throws -> [RecordBatch<NotificationUnwrapper.Found>] {
        switch RecordFormat(input) {
        case .csv: return [try readCSV(input, file, &notes)]
        case .jsonLines:
            return try await parallelMap(LineChunk.split(input.text), width: threads) { readJSON(input, file, $0) }
        case nil:
            throw InputError.unusable(path: input.path, reason: "neither .csv nor .jsonl nor .ndjson (nor .gz of one)")
        }
    }

    private static func readCSV(
        _ input: InputBytes, _ file: Int32, _ notes: inout [String]
    ) throws(InputError) -> RecordBatch<NotificationUnwrapper.Found> {
        var reader = CSVFileReader<NotificationField>(input, file)
        let columns = try reader.readHeader { columns in
            NotificationField.needed.filter { !columns.has($0) }.map(\.title)
        }
        if !columns.unknown.isEmpty {
            notes.append("\(input.name): ignored columns \(columns.unknown.joined(separator: ", "))")
        }
        return reader.readRecords { (fields, source, _) throws(RecordFault) in
            .notification(
                try NotificationDecoder(
                    fields: fields, receivedAt: fields[.receivedAt], decode: FieldDecoder(grammar: .csv), source: source
                ).notification())
        }
    }

    private static func readJSON(
        _ input: InputBytes, _ file: Int32, _ chunk: LineChunk
    ) -> RecordBatch<NotificationUnwrapper.Found> {
        let inner = JSONDocument()
        return JSONLinesReader(text: input.text, file: file).read(chunk) { (object, source, _) throws(RecordFault) in
            try NotificationUnwrapper(source: source).find(in: object, inner: inner)
        }
    }

    private mutating func add(_ batch: RecordBatch<NotificationUnwrapper.Found>, _ firstLine: Int32) {
        controls.lines += batch.lines
        controls.blank += batch.blank
        controls.rejected += batch.rejects.count
        rejects += batch.rejects.map { $0.shifted(by: firstLine) }
        notifications.reserveCapacity(notifications.count + batch.records.count)
        for found in batch.records {
            switch found {
            case .otherType: controls.otherType += 1
            case .notification(var notification):
                notification.source = notification.source.shifted(by: firstLine)
                notifications.append(notification)
            }
        }
    }
}
