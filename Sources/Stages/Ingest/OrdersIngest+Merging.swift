import Memory
import Refunds

/// The answers about the refunds that remain once records under two keys were brought together.
package struct MergedAnswers: Sendable {
    /// By case that remains, the answer that counts for it.
    package let answers: StatusAnswers
    /// By case that remains, the key by which Atlas was asked, where that is another record's.
    package let askedKeys: [Int: RefundIdentity]
    /// The other answers about records that were brought together.
    package let others: [MergedAnswer]
}

extension OrdersIngest {
    /// Brings together the records that Atlas's answers show to be one refund: a case keyed by PNR and carrier takes its
    /// order number from its answer, and another record may have named it (FORMATS.md, "The same refund twice").
    ///
    /// It is as if their keys had been equal from the start: the first record read is the case, and every later one, whichever key it
    /// has, agrees with it and is dropped, or is refused.
    package mutating func mergeRefundsUnderTwoKeys(
        _ answers: StatusAnswers
    ) -> MergedAnswers? {
        let refunds = refundsUnderTwoKeys(answers)
        if refunds.isEmpty { return nil }
        var laterByCase = Dictionary(grouping: laterRecords, by: \.first)
        laterRecords = []
        // All records of these refunds are judged anew.
        let judgedAnew = refunds.flatMap(\.cases).flatMap { laterByCase[$0] ?? [] }
        let refused = Set(judgedAnew.filter { !$0.agrees && !isCarried($0.record) }.map(\.record.source))
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
                        record: cases[member].source, key: cases[member].identity.lookupKey, orderNo: refund.orderNo,
                        refundCode: refund.refundCode, answer: answer))
            }
            holdAgainstFirst(refund.cases, &laterByCase)
            for member in refund.cases.dropFirst() { origins[member] = nil }
            origins[first] = relied
        }
        laterRecords += laterByCase.values.joined()
        let remaining = origins.keys.sorted { cases[$0].source < cases[$1].source }
        let fewer = answers.answers(from: remaining.map { ($0, origins[$0] ?? $0) })
        var askedKeys: [Int: RefundIdentity] = [:]
        for (place, first) in remaining.enumerated() {
            if let relied = origins[first], relied != first { askedKeys[place] = cases[relied].identity.lookupKey }
        }
        keep(remaining)
        rejects.sort { $0.source < $1.source }
        return MergedAnswers(answers: fewer, askedKeys: askedKeys, others: others)
    }

    /// A refund that several cases are about, in reading order.
    private struct RefundUnderTwoKeys {
        let orderNo: Text
        let refundCode: Text
        var cases: [Int]
    }

    private func refundsUnderTwoKeys(_ answers: StatusAnswers) -> [RefundUnderTwoKeys] {
        var refunds: [RefundIdentity: RefundUnderTwoKeys] = [:]
        for (index, refundCase) in cases.enumerated() where refundCase.orderNo == nil {
            guard let refundCode = refundCase.refundCode,
                let orderNo = answers[index]?.entry(orderNo: nil, refundCode: refundCode)?.orderNo
            else { continue }
            let key = RefundIdentity(orderNo: orderNo, refundCode: refundCode)
            let named = place(of: key)
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
        _ members: [Int], _ laterByCase: inout [Int: [LaterRecord]]
    ) {
        let first = members[0]
        var records = members.flatMap { laterByCase.removeValue(forKey: $0) ?? [] }
        for later in records { undo(later) }
        cases[first].droppedDuplicates = repeatedFirsts.contains(first) ? 1 : 0
        cases[first].hasConflict = false
        for member in members.dropFirst() {
            var record = cases[member]
            renamed[record.identity.lookupKey] = cases[first].identity.lookupKey
            record.droppedDuplicates = 0
            record.hasConflict = false
            if isCarried(record) {
                carried -= 1
            } else {
                controls.accepted -= 1
                figures[Int(record.source.file - firstFile)].sums.remove(record.originalAmount, record.currency)
            }
            records.append(
                LaterRecord(
                    first: first, record: record, agrees: false, cameAgain: repeatedFirsts.contains(member),
                    raw: rawByCase[member] ?? []))
        }
        for later in records.sorted(by: { $0.record.source < $1.record.source }) { judge(later, first) }
    }

    /// Removes a later record from the controls; records of nights before are in none.
    mutating func undo(_ later: LaterRecord) {
        let record = later.record
        if isCarried(record) { return }
        if later.agrees {
            controls.duplicate -= 1
            duplicateAmounts.remove(record.originalAmount, record.currency)
            figures[Int(record.source.file - firstFile)].sums.remove(record.originalAmount, record.currency)
        } else {
            controls.rejected -= 1
        }
    }

    /// Holds a record that is in no control against a case.
    mutating func judge(_ later: LaterRecord, _ first: Int) {
        var later = later
        later.first = first
        later.agrees = cases[first].agrees(with: later.record)
        laterRecords.append(later)
        let record = later.record
        if isCarried(record) {
            if !later.agrees { return cases[first].hasConflict = true }
            cases[first].droppedDuplicates += later.cameAgain ? 2 : 1
            cases[first].fillAuditTerms(from: record)
        } else if later.agrees {
            figures[Int(record.source.file - firstFile)].sums.add(record.originalAmount, record.currency)
            drop(record, as: first)
        } else {
            refuse(later, as: first)
        }
    }

    /// Keeps some of the cases, in their order.
    private mutating func keep(_ remaining: [Int]) {
        let places = Dictionary(uniqueKeysWithValues: zip(remaining, remaining.indices))
        cases = remaining.map { cases[$0] }
        index = CaseIndex(of: cases)
        queryable = cases.count { $0.isQueryable }
        repeatedFirsts = Set(repeatedFirsts.compactMap { places[$0] })
        rawByCase = [:]
        laterRecords = laterRecords.compactMap { later in
            var later = later
            guard let first = places[later.first] else { return nil }
            later.first = first
            return later
        }
    }

    /// The sums of the order records, by currency, and their parts.
    package func amounts() -> [Currency: OrderControl] {
        var read = CurrencySums()
        for figures in figures { read.add(figures.sums) }
        var (tonight, carried) = (CurrencySums(), CurrencySums())
        for refundCase in cases {
            if refundCase.source.file == carriedFile {
                carried.add(refundCase.originalAmount, refundCase.currency)
            } else {
                tonight.add(refundCase.originalAmount, refundCase.currency)
            }
        }
        var amounts: [Currency: OrderControl] = [:]
        for (sums, column) in [
            (read, \OrderControl.read), (carried, \.carried), (duplicateAmounts, \.duplicate), (tonight, \.cases),
            (carried, \.cases),
        ] {
            for (currency, sum) in sums.byCurrency {
                amounts[currency, default: OrderControl()][keyPath: column] += sum
            }
        }
        return amounts
    }
}
