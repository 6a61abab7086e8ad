import Files
import JSON
import Memory
import Refunds

/// The webhooks of the webhook logs, in the order of files and lines.
package struct WebhooksIngest: Sendable {
    package private(set) var webhooks: [Webhook] = []
    package private(set) var rejects: [Reject] = []
    /// lines, blank, otherType and rejected; where the webhooks went is known when they are matched.
    package private(set) var controls = Controls.Webhooks()
    /// By file, in the order in which they were given.
    package private(set) var figures: [InputFigures] = []
    package private(set) var notes: [String] = []
    private var mayCarry = false

    /// Reads the files on at most `threads` tasks. `firstFile` is the number of the first of them among the run's inputs.
    ///
    /// - Parameter mayCarry: whether webhooks of nights before are to be put before them.
    package static func read(
        _ inputs: [InputFile], firstFile: Int32, threads: Int, mayCarry: Bool = false
    ) async throws -> WebhooksIngest {
        var ingest = WebhooksIngest()
        ingest.mayCarry = mayCarry
        for (offset, input) in inputs.enumerated() {
            let file = firstFile + Int32(offset)
            ingest.figures.append(InputFigures())
            try await ingest.read(input, file, threads)
        }
        return ingest
    }

    /// Puts webhooks that nights before handed on before tonight's; no control counts them.
    package mutating func carry(_ carried: some Collection<Webhook>) {
        webhooks.insert(contentsOf: carried, at: 0)
    }

    private mutating func read(_ input: InputFile, _ file: Int32, _ threads: Int) async throws {
        let source = BlockSource(input)
        switch try await RecordFormat(source) {
        case .csv: try await readCSV(source, file, threads)
        case .jsonLines:
            let parser = JSONLinesParser(file: file, names: WebhookField.keys) {
                (object, inner, decode, source) throws(RecordFault) in
                try WebhookUnwrapper(decode, source: source).find(in: object, inner: inner)
            }
            try await readRecords(of: source, with: parser, width: threads) { add($0, $1) }
        }
    }

    private mutating func readCSV(_ source: BlockSource, _ file: Int32, _ threads: Int) async throws {
        let reader = try await CSVFileReader<WebhookField>(source, file) { columns in
            WebhookField.needed.filter { !columns.has($0) }.map(\.title)
        }
        let unknown = reader.columns.unknown
        if !unknown.isEmpty { notes.append("\(source.file.name): ignored columns \(unknown.joined(separator: ", "))") }
        try await reader.read(threads: threads) {
            (fields, decode, source) throws(RecordFault) -> Webhook? in
            let decoder = WebhookDecoder(
                fields: fields, receivedAt: fields[.receivedAt], decode: decode, source: source)
            return try decoder.webhook()
        } consume: {
            add($0, $1)
        }
    }

    private mutating func add(
        _ batch: RecordBatch<Webhook>, _ firstLine: Int32
    ) {
        if webhooks.isEmpty, let block = batch.block {
            let expected = batch.records.count * block.expectedCount * 33 / 32
            // Room for those of nights before; unused room takes no memory.
            webhooks.reserveCapacity(mayCarry ? expected * 5 / 4 : expected)
        }
        let place = figures.count - 1
        figures[place].records += batch.lines - batch.blank
        controls.lines += batch.lines
        controls.blank += batch.blank
        controls.rejected += batch.rejects.count
        rejects.append(batch.rejects, linesBefore: firstLine)
        controls.otherType += batch.others
        for webhook in batch.records {
            var webhook = webhook
            webhook.source = webhook.source.shifted(by: firstLine)
            webhooks.append(webhook)
            figures[place].sums.add(webhook.finalRefundAmount, webhook.currency)
        }
    }
}
