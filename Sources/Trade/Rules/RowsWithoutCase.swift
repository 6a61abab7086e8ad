import Memory
import Refunds

extension ResultRow {
    /// The row of an order that has webhooks and no case.
    ///
    /// - Parameter effective: the webhook that counts.
    init(orphan effective: Webhook, webhookSources: Few<SourceLine>) {
        self.init(.orphanWebhook, source: effective.source)
        orderNo = effective.orderNo
        currency = effective.currency
        status = effective.refundStatus
        statusSource = .webhook
        if effective.refundStatus.isPaid {
            finalSource = .webhook
            final = Amounts(effective)
            finalCurrency = effective.currency
        }
        webhookCount = webhookSources.count
        effectiveWebhookSource = effective.source
        self.webhookSources = webhookSources
        exceptions.insert(.orphanWebhook)
    }

    /// The row of a refund that an answer names and no case is about.
    init(_ refund: UnrecordedRefund) {
        let entry = refund.entry
        self.init(.unrecordedRefund, source: refund.source)
        orderNo = refund.orderNo
        refundCode = entry.refundCode
        currency = entry.amounts.currency
        status = entry.refundStatus
        statusSource = .query
        if entry.refundStatus.isPaid {
            finalSource = .query
            final = Amounts(entry.amounts)
            finalCurrency = entry.amounts.currency
        }
        cancelReason = entry.cancelReason
        queriedAt = refund.queriedAt
        querySource = refund.source
        exceptions.insert(.unrecordedRefund)
    }
}
