import Core
import Ingest
import Reconcile
import State

/// The orders about which a night had anything: a record, a notification or an answer, tonight's or one of a night before.
struct ExaminedOrders {
    private let groups: OrderGroups
    private let orders: OrdersIngest
    /// Orders and refunds that only answers name.
    private var namedOrderNos: Set<Text> = []
    private var namedRefundCodes: Set<Text> = []

    init(_ groups: OrderGroups, _ ingested: Ingested, _ statuses: Statuses) {
        self.groups = groups
        orders = ingested.orders
        for answer in ingested.carried?.answers ?? [] { add(answer.entries) }
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

    /// Whether the row of that key was looked at, though there may be no such row any more.
    func contains(_ key: RowKey) -> Bool {
        if let orderNo = key.orderNo { return groups.hasOrder(orderNo) || namedOrderNos.contains(orderNo) }
        guard key.airlinePNR != nil else { return key.refundCode.map { namedRefundCodes.contains($0) } ?? false }
        let caseKey = CaseKey(
            orderNo: nil, airlinePNR: key.airlinePNR, carrier: key.carrier, refundCode: key.refundCode)
        return orders.index.find(caseKey.lookupHash) { orders.cases[$0].hasKey(caseKey) } != nil
    }
}
