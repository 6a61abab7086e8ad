import Bytes
import Core
import Ingest

/// What the order files and webhook logs gave.
public struct Ingested: Sendable {
    public internal(set) var orders: OrdersIngest
    public let webhooks: WebhooksIngest
    /// What nights before handed on and tonight's webhook logs do not hold again.
    public let carried: CarriedRecords?
    /// What the files hold that nights before handed on; nil where no state is kept.
    let carriedFigures: CarriedRecords.Figures?

    /// Reads the files. What needs nothing but the orders is done as soon as they are read, beside the webhook logs: Atlas is
    /// asked, or its answers are read.
    ///
    /// A fault of the webhook logs is told before one of what is done beside them.
    ///
    /// - Parameters:
    ///   - forAudit: whether cases are to keep what the audit of rules asks for.
    ///   - next: what needs the orders.
    ///   - meanwhile: what needs orders and webhooks, done beside what `next` has not finished.
    static func read<Next: Sendable, Other>(
        _ inputs: RunInputs, threads: Int, forAudit: Bool = false, _ timings: StageTimings = StageTimings(),
        log: @Sendable (String) -> Void, withOrders next: @escaping @Sendable (OrdersIngest) async throws -> Next,
        meanwhile: (OrdersIngest, WebhooksIngest) -> Other
    ) async throws -> (Ingested, Next, Other) {
        do {
            var handedOn: CarriedRecords?
            if let files = inputs.carried {
                handedOn = try await CarriedRecords.read(
                    orders: files.orders, webhooks: files.webhooks, firstFile: 0, threads: threads)
            }
            let carried = handedOn
            async let ordersRead = timings.measure(
                "orders", amount: { ($0.controls.lines, inputs.orders.textByteCount) }
            ) {
                try await OrdersIngest.read(
                    inputs.orders, names: inputs.orderNames, firstFile: inputs.firstOrderFile, threads: threads,
                    carried: carried,
                    forAudit: forAudit)
            }
            async let tonight = timings.measure(
                "webhooks", amount: { ($0.controls.lines, inputs.webhooks.textByteCount) }
            ) {
                try await WebhooksIngest.read(inputs.webhooks, firstFile: inputs.firstWebhookFile, threads: threads)
            }
            let carriedFigures = try carried?.figures()
            let orders = try await ordersRead
            for note in orders.notes { log(note) }
            async let following = next(orders)
            var (webhooks, records) = (try await tonight, carried)
            for note in webhooks.notes { log(note) }
            records?.dropRestated(by: webhooks.notifications)
            if let records { webhooks.carry(records.notifications.map(\.record)) }
            let other = meanwhile(orders, webhooks)
            return (
                Ingested(orders: orders, webhooks: webhooks, carried: records, carriedFigures: carriedFigures),
                try await following, other
            )
        } catch let error as InputError {
            throw RunFailure(error)
        } catch is Total.Overflow {
            throw RunFailure(.internalCheck, "the sum of an input overflows 128 bits")
        }
    }
}
