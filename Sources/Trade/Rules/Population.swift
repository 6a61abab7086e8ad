import Memory
import Refunds

/// The records that one run reconciles: cases in reading order, the answer about each, and all webhooks.
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

    /// The case's order number; one keyed by PNR and carrier takes it from its entry.
    func orderNo(_ index: Int) -> Text? { withView { $0.orderNo(index) } }

    /// Calls `body` with the records where they stand. Loops over all of them read them so: several tasks that count
    /// references to the same arrays wait for each other.
    @inline(__always)
    package func withView<Result, Failure: Error>(_ body: (View) throws(Failure) -> Result) throws(Failure) -> Result {
        try cases.withUnsafeBufferPointer { (cases) throws(Failure) in
            try webhooks.withUnsafeBufferPointer { (webhooks) throws(Failure) in
                try answers.withReader { (answers) throws(Failure) in
                    try body(View(cases: cases, answers: answers, webhooks: webhooks))
                }
            }
        }
    }

    /// The records for as long as the population stays where it is.
    package struct View {
        package let cases: UnsafeBufferPointer<RefundCase>
        package let answers: StatusAnswers.Reader
        package let webhooks: UnsafeBufferPointer<Webhook>

        /// The entry about a case: that of its answer with its refund code, and its order number where it has one. Of entries
        /// with the same code the first counts.
        func entry(_ index: Int) -> RefundOrderEntry? {
            guard let code = cases[index].refundCode, case .ok(let entries)? = answers[index]?.outcome else {
                return nil
            }
            let orderNo = cases[index].orderNo
            return entries.first { $0.refundCode == code && (orderNo == nil || $0.orderNo == orderNo) }
        }

        @inline(__always)
        func orderNo(_ index: Int) -> Text? { cases[index].orderNo ?? entry(index)?.orderNo }
    }
}
