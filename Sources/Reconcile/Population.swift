import Core

/// What one run reconciles: cases in reading order, the answer about each, and all notifications.
public struct Population: Sendable {
    public let cases: [RefundCase]
    /// The answer about each case; nil where it is not queryable or was not asked.
    public let answers: StatusAnswers
    public let notifications: [Notification]
    /// The answers about records that proved to be another record's refund, of which only their further refunds count.
    public let mergedAnswers: [MergedAnswer]

    public init(
        cases: [RefundCase], answers: StatusAnswers, notifications: [Notification], mergedAnswers: [MergedAnswer] = []
    ) {
        precondition(cases.count == answers.count, "an answer or none for each case")
        self.cases = cases
        self.answers = answers
        self.notifications = notifications
        self.mergedAnswers = mergedAnswers
    }

    /// The case's order number; one keyed by PNR and carrier takes it from its entry.
    func orderNo(_ index: Int) -> Text? { withView { $0.orderNo(index) } }

    /// Calls `body` with the records where they stand. Loops over all of them read them so: several tasks that count
    /// references to the same arrays wait for each other.
    @inline(__always)
    public func withView<Result, Failure: Error>(_ body: (View) throws(Failure) -> Result) throws(Failure) -> Result {
        try cases.withUnsafeBufferPointer { (cases) throws(Failure) in
            try notifications.withUnsafeBufferPointer { (notifications) throws(Failure) in
                try answers.withReader { (answers) throws(Failure) in
                    try body(View(cases: cases, answers: answers, notifications: notifications))
                }
            }
        }
    }

    /// The records for as long as the population stays where it is.
    public struct View {
        public let cases: UnsafeBufferPointer<RefundCase>
        public let answers: StatusAnswers.Reader
        public let notifications: UnsafeBufferPointer<Notification>

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
