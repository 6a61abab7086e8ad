import Bytes
import Core
import Ingest

/// What the order files and webhook logs gave.
public struct Ingested: Sendable {
    public internal(set) var orders: OrdersIngest
    public let webhooks: WebhooksIngest
    /// What nights before handed on of the orders that tonight needs; nil where no state is kept.
    let carried: CarriedRecords?

    /// What a night recalls, once tonight's records are read.
    struct Recalling {
        let mayBeRemembered: @Sendable (RefundCase) -> Bool
        let records: (OrdersIngest, WebhooksIngest) throws -> CarriedRecords
    }

    /// Reads the files. What needs nothing but the orders is done as soon as they are read, beside the webhook logs: Atlas is
    /// asked, or its answers are read. A night with a store reads both first, for both say which orders it recalls.
    ///
    /// A fault of the webhook logs is told before one of what is done beside them.
    ///
    /// - Parameters:
    ///   - forAudit: whether cases are to keep what the audit of rules asks for.
    ///   - recalling: nil where no state is kept.
    ///   - next: what needs the orders.
    ///   - meanwhile: what needs orders and webhooks, done beside what `next` has not finished.
    static func read<Next: Sendable, Other>(
        _ inputs: RunInputs, threads: Int, forAudit: Bool = false, _ timings: StageTimings = StageTimings(),
        log: @Sendable (String) -> Void, recalling: Recalling? = nil,
        withOrders next: @escaping @Sendable (OrdersIngest, CarriedRecords?) async throws -> Next,
        meanwhile: (OrdersIngest, WebhooksIngest) -> Other
    ) async throws -> (Ingested, Next, Other) {
        do {
            let mayBeRemembered = recalling?.mayBeRemembered
            async let ordersRead = timings.measure(
                "orders", amount: { ($0.controls.lines, inputs.orders.textByteCount) }
            ) {
                try await OrdersIngest.read(
                    inputs.orders, names: inputs.orderNames, firstFile: inputs.firstOrderFile, threads: threads,
                    forAudit: forAudit, mayBeRemembered: mayBeRemembered)
            }
            async let webhooksRead = timings.measure(
                "webhooks", amount: { ($0.controls.lines, inputs.webhooks.textByteCount) }
            ) {
                try await WebhooksIngest.read(inputs.webhooks, firstFile: inputs.firstWebhookFile, threads: threads)
            }
            let tonight = try await ordersRead
            for note in tonight.notes { log(note) }
            guard let recalling else {
                async let following = next(tonight, nil)
                let webhooks = try await webhooksRead
                for note in webhooks.notes { log(note) }
                let other = meanwhile(tonight, webhooks)
                return (Ingested(orders: tonight, webhooks: webhooks, carried: nil), try await following, other)
            }
            var webhooks = try await webhooksRead
            for note in webhooks.notes { log(note) }
            let (orders, carried): (OrdersIngest, CarriedRecords) = try await timings.measure("recall", amount: { (recalled: (orders: OrdersIngest, carried: CarriedRecords)) in (recalled.carried.records.count, nil) }) {
                let carried = try recalling.records(tonight, webhooks)
                return (try tonight.recalling(carried), carried)
            }
            webhooks.carry(carried.notifications.map(\.notification))
            async let following = next(orders, carried)
            let other = meanwhile(orders, webhooks)
            return (Ingested(orders: orders, webhooks: webhooks, carried: carried), try await following, other)
        } catch let error as InputError {
            throw RunFailure(error)
        } catch is Total.Overflow {
            throw RunFailure(.internalCheck, "the sum of an input overflows 128 bits")
        }
    }
}

extension OrdersIngest {
    /// The orders with those of the nights before put before them.
    fileprivate consuming func recalling(_ carried: CarriedRecords) throws(Total.Overflow) -> OrdersIngest {
        var orders = self
        try orders.recall(
            carried.records.map { RecalledRecord(record: $0.record, cameAgain: $0.cameAgain) },
            file: carried.files.orders, named: CarriedFiles.ordersName)
        return orders
    }
}
