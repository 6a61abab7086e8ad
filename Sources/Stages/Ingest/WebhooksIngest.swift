import Atlas
import Files
import Records
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
        let ignored = try await readRecords(
            of: input, format: try InputName.format(of: input), with: WebhookRecords(file: file), threads: threads
        ) { batch in
            add(batch, from: file)
        }
        if !ignored.isEmpty { notes.append("\(input.name): ignored columns \(ignored.joined(separator: ", "))") }
    }

    private mutating func add(_ batch: RecordBatch<Webhook, RecordFault>, from file: Int32) {
        if webhooks.isEmpty {
            let expected = batch.expectedValueCount
            // Room for those of nights before; unused room takes no memory.
            webhooks.reserveCapacity(mayCarry ? expected * 5 / 4 : expected)
        }
        let place = figures.count - 1
        figures[place].records += batch.recordCount
        controls.lines += batch.lineCount
        controls.blank += batch.blankCount
        controls.rejected += batch.refused.count
        controls.otherType += batch.otherCount
        rejects.append(batch.refused, file: file)
        for position in batch.indices {
            let webhook = batch[position]
            webhooks.append(webhook)
            figures[place].sums.add(webhook.finalRefundAmount, webhook.currency)
        }
    }
}
