import Memory
import Refunds

/// An entry of an answer for a refund code that no case of its order has.
struct UnrecordedRefund: Sendable {
    /// The entry's order number, else that of the case that was asked about.
    let orderNo: Text?
    let entry: RefundOrderEntry
    let queriedAt: Text?
    let source: SourceLine

    /// Each once, from the first answer that names it in the order of the records; by order number and refund code.
    static func find(in population: Population, _ groups: OrderGroups) -> [UnrecordedRefund] {
        var finder = Finder(population: population, groups: groups)
        var answers = population.answers.mayNameOtherRefunds.sorted().compactMap { index in
            population.answers[index].map {
                Asked(
                    record: population.cases[index].source, orderNo: population.view.orderNo(ofCase: index),
                    locator: population.cases[index].identity.locator, refundCode: population.cases[index].refundCode,
                    answer: $0)
            }
        }
        if !population.mergedAnswers.isEmpty {
            answers += population.mergedAnswers.map {
                Asked(
                    record: $0.record, orderNo: $0.orderNo, locator: nil, refundCode: $0.refundCode, answer: $0.answer)
            }
            answers.sort { $0.record < $1.record }
        }
        for asked in answers { finder.take(asked) }
        return finder.found.sorted {
            ($0.orderNo ?? "", $0.entry.refundCode) < ($1.orderNo ?? "", $1.entry.refundCode)
        }
    }

    /// An answer, and the record that it is about.
    private struct Asked {
        let record: SourceLine
        let orderNo: Text?
        let locator: RefundIdentity?
        let refundCode: Text?
        let answer: StatusAnswer
    }

    private struct Finder {
        let population: Population
        let groups: OrderGroups
        var found: [UnrecordedRefund] = []
        /// Refunds found, by the content of their entry and by the order under which they are shown.
        private var known: Set<RefundIdentity> = []
        /// The refund codes that the cases of an order have, of the orders that were looked at.
        private var recordedCodes: [Text: Set<Text>] = [:]
        /// Likewise, of the cases whose order number nobody knows.
        private let unnamedCodes: [RefundIdentity: Set<Text>]

        init(population: Population, groups: OrderGroups) {
            self.population = population
            self.groups = groups
            var codes: [RefundIdentity: Set<Text>] = [:]
            for (index, refundCase) in population.cases.enumerated() where refundCase.orderNo == nil {
                guard population.view.orderNo(ofCase: index) == nil, let locator = refundCase.identity.locator,
                    let refundCode = refundCase.refundCode
                else { continue }
                codes[locator, default: []].insert(refundCode)
            }
            unnamedCodes = codes
        }

        mutating func take(_ asked: Asked) {
            // What no line of the journal says is no answer.
            guard let source = asked.answer.source else { return }
            for entry in asked.answer.entries {
                let orderNo = entry.orderNo ?? asked.orderNo
                if entry.refundCode == asked.refundCode, orderNo == asked.orderNo { continue }
                // Entries that name no order are one refund if their codes are equal, whichever case was asked about.
                let keys: Set = [
                    RefundIdentity(orderNo: entry.orderNo, refundCode: entry.refundCode),
                    RefundIdentity(orderNo: orderNo, refundCode: entry.refundCode),
                ]
                if !known.isDisjoint(with: keys) || isRecorded(entry.refundCode, orderNo, asked.locator) { continue }
                known.formUnion(keys)
                found.append(
                    UnrecordedRefund(
                        orderNo: orderNo, entry: entry, queriedAt: asked.answer.queriedAt, source: source))
            }
        }

        /// Whether a case of that order is about that refund; where the order has no number, a case of that locator.
        private mutating func isRecorded(_ refundCode: Text, _ orderNo: Text?, _ locator: RefundIdentity?) -> Bool {
            guard let orderNo else {
                return locator.map { unnamedCodes[$0, default: []].contains(refundCode) } ?? false
            }
            if recordedCodes[orderNo] == nil {
                let cases = groups.cases(of: orderNo)
                recordedCodes[orderNo] = Set(cases.compactMap { population.cases[Int($0)].refundCode })
            }
            return recordedCodes[orderNo, default: []].contains(refundCode)
        }
    }
}
