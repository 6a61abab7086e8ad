import Ingest
import Memory
import Refunds
import Report

/// Reads the inputs as a run would and returns their control totals and rejects; nothing is asked and nothing published.
package struct InputValidation: Sendable {
    /// `accepted`, `rejected` … of the order files.
    package let orders: Controls.Orders
    /// Of the webhook logs; where webhooks go is known only when they are matched.
    package let webhooks: Controls.Webhooks
    /// Webhooks that a run would match.
    package let webhookCount: Int
    package let rejects: [Reject]
    /// `rejects.csv`, rendered.
    package let rejectsCSV: [UInt8]

    package static func read(
        orders: [String], webhooks: [String], threads: Int, log: @Sendable (String) -> Void
    ) async throws -> InputValidation {
        var parameters = RunParameters(asOf: CalendarDate(daysSinceEpoch: 0))
        parameters.orders = orders
        parameters.webhooks = webhooks
        let inputs = try RunInputs(parameters)
        for note in InputList.notes(inputs.passedOver) { log(note) }
        let (ingested, _, _) = try await Ingested.read(inputs, threads: threads, log: log) { _, _ in
        } meanwhile: { _, _ in
        }
        let rejects = ingested.orders.rejects + ingested.webhooks.rejects
        return InputValidation(
            orders: ingested.orders.controls, webhooks: ingested.webhooks.controls,
            webhookCount: ingested.webhooks.webhooks.count, rejects: rejects,
            rejectsCSV: RejectsRenderer(fileNames: inputs.fileNames).render(rejects))
    }
}
