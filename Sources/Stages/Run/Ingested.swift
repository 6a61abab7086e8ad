import Files
import Ingest
import Memory
import Refunds

/// The contents of the order files and webhook logs.
package struct Ingested: Sendable {
    package internal(set) var orders: OrdersIngest
    package let webhooks: WebhooksIngest
    /// What nights before handed on of the orders that tonight needs; nil where no state is kept, and once it is in the orders,
    /// the webhooks and the answers.
    var carried: CarriedRecords?

    /// The orders that a night recalls, once tonight's records are read.
    struct Recalling {
        let mayBeRemembered: @Sendable (RefundCase) -> Bool
        let records: (OrdersIngest, WebhooksIngest) async throws -> CarriedRecords
    }

    /// Reads the files. What needs nothing but the orders is done as soon as they are read, beside the webhook logs: Atlas is
    /// asked, or its answers are read. A night with a store reads both first, for both say which orders it recalls.
    ///
    /// A fault of the webhook logs is reported before one of the work done in parallel.
    ///
    /// - Parameters:
    ///   - forAudit: whether cases keep the fields for the audit of rules.
    ///   - recalling: nil where no state is kept.
    ///   - next: work that needs the orders.
    ///   - meanwhile: work that needs orders and webhooks, done while `next` is not finished.
    static func read<Next: Sendable, Other>(
        _ inputs: RunInputs, threads: Int, forAudit: Bool = false, _ timings: StageTimings = StageTimings(),
        log: @Sendable (String) -> Void, recalling: Recalling? = nil,
        withOrders next: @escaping @Sendable (OrdersIngest, CarriedRecords?) async throws -> Next,
        meanwhile: (OrdersIngest, WebhooksIngest) -> Other
    ) async throws -> (Ingested, Next, Other) {
        do {
            guard let recalling else {
                async let ordersRead = orders(inputs, threads, forAudit, timings, nil)
                async let webhooksRead = webhooks(inputs, threads, timings)
                let orders = try await ordersRead
                for note in orders.notes { log(note) }
                async let following = next(orders, nil)
                let webhooks = try await webhooksRead
                for note in webhooks.notes { log(note) }
                let other = meanwhile(orders, webhooks)
                return (Ingested(orders: orders, webhooks: webhooks, carried: nil), try await following, other)
            }
            var (orders, webhooks) = try await both(inputs, threads, forAudit, timings, recalling.mayBeRemembered)
            for note in orders.notes + webhooks.notes { log(note) }
            let carried = try await timings.measure("recall", amount: { ($0.records.count, nil) }) {
                let carried = try await recalling.records(orders, webhooks)
                orders.recall(carried)
                webhooks.carry(carried.webhooks.lazy.map(\.webhook))
                return carried
            }
            let all = orders
            async let following = next(all, carried)
            let other = meanwhile(all, webhooks)
            return (Ingested(orders: all, webhooks: webhooks, carried: carried), try await following, other)
        } catch let error as InputError {
            throw RunError(error)
        }
    }

    private static func orders(
        _ inputs: RunInputs, _ threads: Int, _ forAudit: Bool, _ timings: StageTimings,
        _ mayBeRemembered: (@Sendable (RefundCase) -> Bool)?
    ) async throws -> OrdersIngest {
        try await timings.measure("orders", amount: { ($0.controls.lines, inputs.orders.textByteCount) }) {
            try await OrdersIngest.read(
                inputs.orders, names: inputs.orderNames, firstFile: inputs.firstOrderFile, threads: threads,
                forAudit: forAudit, mayBeRemembered: mayBeRemembered)
        }
    }

    private static func webhooks(
        _ inputs: RunInputs, _ threads: Int, _ timings: StageTimings, mayCarry: Bool = false
    ) async throws -> WebhooksIngest {
        try await timings.measure("webhooks", amount: { ($0.controls.lines, inputs.webhooks.textByteCount) }) {
            try await WebhooksIngest.read(
                inputs.webhooks, firstFile: inputs.firstWebhookFile, threads: threads, mayCarry: mayCarry)
        }
    }

    /// Both, of which nothing else holds a copy: they are changed where they are.
    private static func both(
        _ inputs: RunInputs, _ threads: Int, _ forAudit: Bool, _ timings: StageTimings,
        _ mayBeRemembered: @escaping @Sendable (RefundCase) -> Bool
    ) async throws -> (OrdersIngest, WebhooksIngest) {
        async let orders = orders(inputs, threads, forAudit, timings, mayBeRemembered)
        async let webhooks = webhooks(inputs, threads, timings, mayCarry: true)
        return (try await orders, try await webhooks)
    }
}

extension OrdersIngest {
    /// Puts the records that the nights before handed on before tonight's orders.
    fileprivate mutating func recall(_ carried: CarriedRecords) {
        recall(
            carried.records.lazy.map { RecalledRecord(record: $0.record, cameAgain: $0.cameAgain) },
            file: carried.files.orders, named: CarriedFileName.orders)
    }
}
