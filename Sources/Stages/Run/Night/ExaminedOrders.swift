import Ingest
import Memory
import Refunds
import Rules
import State

/// The orders about which a night had anything: a record, a webhook or an answer, tonight's or one of a night before.
struct ExaminedOrders {
    private let groups: OrderGroups
    private let orders: OrdersIngest
    private let answers: StatusAnswers
    /// Orders and refunds that only answers name.
    private var namedOrderNos: Set<Text> = []
    private var namedRefundCodes: Set<Text> = []

    init(_ groups: OrderGroups, _ ingested: Ingested, _ carried: CarriedPlaces?, _ statuses: Statuses) {
        self.groups = groups
        orders = ingested.orders
        answers = statuses.answers
        if let carried { (namedOrderNos, namedRefundCodes) = (carried.namedOrderNos, carried.namedRefundCodes) }
        for place in statuses.answers.mayNameOtherRefunds { statuses.answers[place].map { add($0.entries) } }
        for merged in statuses.mergedAnswers { add(merged.answer.entries) }
    }

    private mutating func add(_ entries: RefundOrderEntries) {
        for entry in entries {
            if let orderNo = entry.orderNo {
                namedOrderNos.insert(orderNo)
            } else {
                namedRefundCodes.insert(entry.refundCode)
            }
        }
    }

    /// Whether the row of that key was looked at, though there may be no such row any more. Whatever else came of the order, a
    /// case is looked at only with its record, and an unrecorded refund only with that record or an answer about the order.
    func contains(_ key: RowKey) -> Bool {
        switch key.rowType {
        case .case: return hasCase(key)
        case .orphanWebhook: return key.orderNo.map { groups.hasOrder($0) } ?? false
        case .unrecordedRefund:
            guard let orderNo = key.orderNo else {
                return key.refundCode.map { namedRefundCodes.contains($0) } ?? false
            }
            return namedOrderNos.contains(orderNo) || hasCase(key)
                || groups.cases(of: orderNo).contains { answers.isOK(Int($0)) }
        }
    }

    private func hasCase(_ key: RowKey) -> Bool {
        let identity = RefundIdentity(
            orderNo: key.orderNo, airlinePNR: key.airlinePNR, carrier: key.carrier, refundCode: key.refundCode)
        return orders.index.place(of: identity, in: orders.cases) != nil
    }
}
