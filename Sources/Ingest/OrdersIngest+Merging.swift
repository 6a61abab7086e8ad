import Core

/// The answers about the refunds that remain once records under two keys were brought together.
public struct MergedAnswers: Sendable {
    /// By case that remains, the answer that counts for it.
    public let answers: StatusAnswers
    /// The other answers about records that were brought together.
    public let others: [MergedAnswer]
}

extension OrdersIngest {
    /// Brings together the records that Atlas's answers show to be one refund: a case keyed by PNR and carrier takes its
    /// order number from its answer, and another record may have named it (FORMATS.md, "The same refund twice").
    ///
    /// It is as if their keys had been equal from the start: the first record read is the case, and every later one, whichever key it
    /// has, agrees with it and is dropped, or is refused.
    public mutating func mergeRefundsUnderTwoKeys(
        _ answers: StatusAnswers
    ) throws(Total.Overflow) -> MergedAnswers? {
        let refunds = refundsUnderTwoKeys(answers)
        if refunds.isEmpty { return nil }
        let laterByCase = Dictionary(grouping: laterRecords, by: \.first)
        // All records of these refunds are judged anew.
        let judgedAnew = refunds.flatMap(\.cases).flatMap { laterByCase[$0] ?? [] }
        let refused = Set(judgedAnew.filter { !$0.agrees }.map(\.record.source))
        rejects.removeAll { refused.contains($0.source) }
        var others: [MergedAnswer] = []
        var origins = Dictionary(uniqueKeysWithValues: cases.indices.map { ($0, $0) })
        for refund in refunds {
            let first = refund.cases[0]
            let answered = refund.cases.first {
                answers[$0]?.entry(orderNo: refund.orderNo, refundCode: refund.refundCode) != nil
            }
            let relied = answered ?? first
            for member in refund.cases where member != relied {
                guard let answer = answers[member] else { continue }
                others.append(
                    MergedAnswer(
                        record: cases[member].source, orderNo: refund.orderNo, refundCode: refund.refundCode,
                        answer: answer))
            }
            try holdAgainstFirst(refund.cases, laterByCase)
            for member in refund.cases.dropFirst() { origins[member] = nil }
            origins[first] = relied
        }
        let remaining = origins.keys.sorted { cases[$0].source < cases[$1].source }
        let fewer = answers.answers(from: remaining.map { ($0, origins[$0] ?? $0) })
        keep(remaining)
        rejects.sort { $0.source < $1.source }
        return MergedAnswers(answers: fewer, others: others)
    }

    /// A refund that several cases are about, in reading order.
    private struct RefundUnderTwoKeys {
        let orderNo: Text
        let refundCode: Text
        var cases: [Int]
    }

    private func refundsUnderTwoKeys(_ answers: StatusAnswers) -> [RefundUnderTwoKeys] {
        var refunds: [CaseKey: RefundUnderTwoKeys] = [:]
        for (index, refundCase) in cases.enumerated() where refundCase.orderNo == nil {
            guard let refundCode = refundCase.refundCode,
                let orderNo = answers[index]?.entry(orderNo: nil, refundCode: refundCode)?.orderNo
            else { continue }
            let key = CaseKey(orderNo: orderNo, airlinePNR: nil, carrier: nil, refundCode: refundCode)
            let named = self.index.find(key.lookupHash) { cases[$0].hasKey(key) }
            let known = RefundUnderTwoKeys(
                orderNo: orderNo, refundCode: refundCode, cases: named.map { [$0] } ?? [])
            refunds[key, default: known].cases.append(index)
        }
        return refunds.values.filter { $0.cases.count > 1 }
            .map { RefundUnderTwoKeys(orderNo: $0.orderNo, refundCode: $0.refundCode, cases: $0.cases.sorted()) }
            .sorted { $0.cases[0] < $1.cases[0] }
    }

    /// Judges all records of a refund anew, each against the first.
    private mutating func holdAgainstFirst(
        _ members: [Int], _ laterByCase: [Int: [LaterRecord]]
    ) throws(Total.Overflow) {
        let first = members[0]
        for later in members.flatMap({ laterByCase[$0] ?? [] }) { try undo(later) }
        cases[first].droppedDuplicates = 0
        cases[first].hasConflict = members.contains { cases[$0].source.file == carriedFile && cases[$0].hasConflict }
        var records = members.flatMap { laterByCase[$0] ?? [] }
        for member in members.dropFirst() {
            let record = cases[member]
            if record.source.file == carriedFile {
                // It came in an earlier night: tonight's controls do not count it as a record.
                carried -= 1
                if !cases[first].agrees(with: record) { cases[first].hasConflict = true }
                continue
            }
            controls.accepted -= 1
            try figures[Int(record.source.file - firstFile)].sums.remove(record.originalAmount, record.currency)
            records.append(
                LaterRecord(first: first, record: record, agrees: false, raw: UnsafeBufferPointer(start: nil, count: 0))
            )
        }
        for later in records.sorted(by: { $0.record.source < $1.record.source }) { try judge(later, first) }
    }

    private mutating func undo(_ later: LaterRecord) throws(Total.Overflow) {
        let record = later.record
        if later.agrees {
            controls.duplicate -= 1
            try duplicateAmounts.remove(record.originalAmount, record.currency)
            try figures[Int(record.source.file - firstFile)].sums.remove(record.originalAmount, record.currency)
        } else {
            controls.rejected -= 1
        }
    }

    private mutating func judge(_ later: LaterRecord, _ first: Int) throws(Total.Overflow) {
        let record = later.record
        guard cases[first].agrees(with: record) else { return refuse(later, as: first) }
        try figures[Int(record.source.file - firstFile)].sums.add(record.originalAmount, record.currency)
        if cases[first].source.file == carriedFile {
            restate(first, by: record)
            controls.accepted += 1
        } else {
            try drop(record, as: first)
        }
    }

    /// Keeps some of the cases, in their order.
    private mutating func keep(_ remaining: [Int]) {
        cases = remaining.map { cases[$0] }
        index = HashIndex(capacity: cases.count)
        for (place, refundCase) in cases.enumerated() { index.insert(place, refundCase.lookupHash) }
        queryable = cases.count { $0.isQueryable }
        laterRecords = []
    }

    /// What the order records add up to, by currency, and where it went.
    public func amounts() throws(Total.Overflow) -> [Currency: OrderControl] {
        var read = CurrencySums()
        for figures in figures { try read.add(figures.sums) }
        var (tonight, carried) = (CurrencySums(), CurrencySums())
        for refundCase in cases {
            if refundCase.source.file == carriedFile {
                try carried.add(refundCase.originalAmount, refundCase.currency)
            } else {
                try tonight.add(refundCase.originalAmount, refundCase.currency)
            }
        }
        var amounts: [Currency: OrderControl] = [:]
        for (sums, column) in [
            (read, \OrderControl.read), (carried, \.carried), (duplicateAmounts, \.duplicate), (tonight, \.cases),
            (carried, \.cases),
        ] {
            for (currency, sum) in sums.byCurrency {
                try amounts[currency, default: OrderControl()][keyPath: column].add(sum)
            }
        }
        return amounts
    }
}
