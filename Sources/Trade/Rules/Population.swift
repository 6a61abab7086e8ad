import Memory
import Refunds

/// What one run reconciles: cases in reading order, the answer about each, and all webhooks.
package struct Population: Sendable {
    package let cases: [RefundCase]
    /// The answer about each case; nil where it is not queryable or was not asked.
    package let answers: StatusAnswers
    package let webhooks: [Webhook]
    /// The answers about records that proved to be another record's refund, of which only their further refunds count.
    package let mergedAnswers: [MergedAnswer]

    package init(
        cases: [RefundCase], answers: StatusAnswers, webhooks: [Webhook], mergedAnswers: [MergedAnswer] = []
    ) {
        precondition(cases.count == answers.count, "an answer or none for each case")
        self.cases = cases
        self.answers = answers
        self.webhooks = webhooks
        self.mergedAnswers = mergedAnswers
    }

    /// The records where they are. Loops over many of them read them so: several tasks that count references to the same
    /// arrays wait for each other.
    @inline(__always)
    package var view: View {
        @_lifetime(borrow self) get { View(cases: cases.span, answers: answers.view, webhooks: webhooks.span) }
    }

    /// The records for as long as the population stays where it is.
    package struct View: ~Escapable {
        package let cases: Span<RefundCase>
        package let answers: StatusAnswers.View
        package let webhooks: Span<Webhook>

        @inline(__always)
        @_lifetime(copy cases, copy answers, copy webhooks)
        init(cases: Span<RefundCase>, answers: StatusAnswers.View, webhooks: Span<Webhook>) {
            self.cases = cases
            self.answers = answers
            self.webhooks = webhooks
        }

        /// The entry about a case: that of its answer with its refund code, and its order number where it has one.
        func entry(ofCase index: Int) -> RefundOrderEntry? { answers[index]?.entry(about: cases[index]) }

        /// The order number of a case; one keyed by PNR and carrier takes it from its entry.
        @inline(__always)
        func orderNo(ofCase index: Int) -> Text? { cases[index].orderNo ?? entry(ofCase: index)?.orderNo }

        @inline(__always)
        func orderNo(of key: RecordKey) -> Text? {
            key.isWebhook ? webhooks[key.index].orderNo : orderNo(ofCase: key.index)
        }
    }
}
