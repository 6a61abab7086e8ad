import Memory
import Refunds
import Rules

/// The orders about which a night had anything: a record, a webhook or an answer, tonight's or one of a night before.
struct ExaminedOrders {
    private let records: ExaminedRecords
    /// Orders and refunds that only answers name.
    private var namedOrderNos: Set<Text> = []
    private var namedRefundCodes: Set<Text> = []

    package init(_ records: ExaminedRecords) {
        self.records = records
        if let carried = records.carried {
            (namedOrderNos, namedRefundCodes) = (carried.namedOrderNos, carried.namedRefundCodes)
        }
        let answers = records.population.answers
        for place in answers.mayNameOtherRefunds { answers[place].map { add($0.entries) } }
        for merged in records.population.mergedAnswers { add(merged.answer.entries) }
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
    package func contains(_ key: RowKey) -> Bool {
        switch key.rowType {
        case .case: return hasCase(key)
        case .orphanWebhook: return key.orderNo.map { records.groups.hasOrder($0) } ?? false
        case .unrecordedRefund:
            guard let orderNo = key.orderNo else {
                return key.refundCode.map { namedRefundCodes.contains($0) } ?? false
            }
            return namedOrderNos.contains(orderNo) || hasCase(key)
                || records.groups.cases(of: orderNo).contains { records.population.answers.isOK(Int($0)) }
        }
    }

    private func hasCase(_ key: RowKey) -> Bool {
        let identity = RefundIdentity(
            orderNo: key.orderNo, airlinePNR: key.airlinePNR, carrier: key.carrier, refundCode: key.refundCode)
        return records.caseIndex.place(of: identity, in: records.population.cases) != nil
    }
}
