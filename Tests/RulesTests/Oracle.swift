import Memory
import Refunds

/// What a row says, in plain values, so that ours can be compared with the oracle's and a difference can be read.
struct Facts: Equatable {
    var rowType = ""
    var texts: [String: Text] = [:]
    var currency: String?
    var finalCurrency: String?
    var outcome: String?
    var codes: [String] = []
    var status: UInt8?
    var statusSource: String?
    var finalSource: String?
    /// Minor units by name; no value is no key.
    var amounts: [String: Int64] = [:]
    var dates: [String: Int32] = [:]
    var ageDays: Int?
    var bucket: String?
    var webhooks: [SourceLine] = []
    var webhookSource: SourceLine?
    var querySource: SourceLine?
    var source = SourceLine(file: -1, line: -1)

    init() {}

    init(_ row: ResultRow) {
        rowType = row.rowType.rawValue
        texts = [
            "orderNo": row.orderNo, "refundCode": row.refundCode, "cancelReason": row.cancelReason,
            "queriedAt": row.queriedAt, "carrier": row.carrier, "airlinePNR": row.airlinePNR,
            "paymentMethod": (row.paymentMethod?.rawValue).map { Text($0) },
        ].compactMapValues { $0 }
        currency = row.currency?.code
        finalCurrency = row.finalCurrency?.code
        outcome = row.outcome?.rawValue
        codes = row.exceptions.map(\.rawValue)
        status = row.status?.rawValue
        statusSource = row.statusSource?.rawValue
        finalSource = row.finalSource?.rawValue
        amounts = [
            "E.original": row.expected?.original, "E.penalty": row.expected?.penalty, "E.fee": row.expected?.fee,
            "E.refund": row.expected?.refund, "F.original": row.final?.original, "F.penalty": row.final?.penalty,
            "F.fee": row.final?.fee, "F.refund": row.final?.refund, "original": row.variances.original,
            "penalty": row.variances.penalty, "farePenalty": row.variances.farePenalty,
            "ancillaryPenalty": row.variances.ancillaryPenalty, "fee": row.variances.fee,
            "refund": row.variances.refund, "unexplained": row.unexplained,
        ].compactMapValues { $0?.minorUnits }
        dates = [
            "requestedAt": row.requestedAt, "confirmation": row.expectedConfirmationDate,
            "refund": row.expectedRefundDate,
        ].compactMapValues { $0?.daysSinceEpoch }
        ageDays = row.ageDays
        bucket = row.ageBucket?.rawValue
        webhooks = Array(row.webhookSources)
        webhookSource = row.effectiveWebhookSource
        querySource = row.querySource
        source = row.source
    }
}

/// A second implementation of RULES.md, written from its sentences and from nothing else: slow, naive, in plain integers,
/// sharing no rule with the sources.
struct Oracle {
    let cases: [RefundCase]
    let answers: [StatusAnswer?]
    let webhooks: [Webhook]
    let asOf: CalendarDate
    let tolerance: (String) -> Int64

    /// One side of a comparison.
    struct Side {
        var currency: String?
        var original: Int64?
        var penalty: Int64?
        var farePenalty: Int64?
        var ancillaryPenalty: Int64?
        var fee: Int64?
        var refund: Int64?
    }

    /// What a case got.
    struct Got {
        var webhooks: [Webhook] = []
        var duplicates = 0
        var isAmbiguous = false
    }

    // MARK: Expected

    func expected(_ order: RefundCase) -> Side {
        let fare = order.originalTotalFareAmount?.minorUnits
        let ancillaries = order.originalTotalAncillaryAmount?.minorUnits ?? 0
        var side = Side(currency: order.currency.code)
        side.original = order.originalTotalAmount?.minorUnits ?? fare.map { $0 + ancillaries }
        side.fee = order.transactionFee?.minorUnits
        if order.refundQuoteType == .cannotQuote { return side }
        side.farePenalty = order.airlinePenaltyAmountForFare?.minorUnits
        side.ancillaryPenalty = order.airlinePenaltyAmountForAncillaries?.minorUnits
        side.penalty = penalty(order, side)
        if let voucher = order.voucherRefundAmount?.minorUnits, let fee = side.fee {
            side.refund = voucher - fee
        } else if let original = side.original, let penalty = side.penalty, let fee = side.fee {
            side.refund = original - penalty - fee
        }
        return side
    }

    private func penalty(_ order: RefundCase, _ side: Side) -> Int64? {
        if let stated = order.airlinePenaltyAmount?.minorUnits { return stated }
        switch (side.farePenalty, side.ancillaryPenalty) {
        case (nil, nil): break
        case (let fare, let ancillaries): return (fare ?? 0) + (ancillaries ?? 0)
        }
        if let original = side.original, let estimate = order.estimatedRefundAmount?.minorUnits {
            return original - estimate
        }
        return nil
    }

    // MARK: Evidence

    func entry(_ index: Int) -> RefundOrderEntry? {
        guard case .ok(let entries) = answers[index]?.outcome, let code = cases[index].refundCode else { return nil }
        for entry in entries where entry.refundCode == code {
            if let orderNo = cases[index].orderNo, entry.orderNo != orderNo { continue }
            return entry
        }
        return nil
    }

    func orderNo(_ index: Int) -> Text? { cases[index].orderNo ?? entry(index)?.orderNo }

    func final(_ entry: RefundOrderEntry) -> Side {
        let told = entry.amounts
        var side = Side(currency: told.currency?.code)
        side.original = told.original?.minorUnits
        side.farePenalty = told.farePenalty?.minorUnits
        side.ancillaryPenalty = told.ancillaryPenalty?.minorUnits
        side.fee = told.fee?.minorUnits
        guard let refundBeforeFee = told.refundBeforeFee?.minorUnits else { return side }
        side.penalty = side.original.map { $0 - refundBeforeFee }
        side.refund = side.fee.map { refundBeforeFee - $0 }
        return side
    }

    func final(_ told: Webhook) -> Side {
        Side(
            currency: told.currency.code, original: told.originalTotalAmount.minorUnits,
            penalty: told.airlinePenaltyAmount.minorUnits, farePenalty: told.airlinePenaltyAmountForFare?.minorUnits,
            ancillaryPenalty: told.airlinePenaltyAmountForAncillaries?.minorUnits,
            fee: told.transactionFee.minorUnits, refund: told.finalRefundAmount.minorUnits)
    }

    /// The webhooks of an order, in the order in which they count.
    func inOrder(_ orderNo: Text) -> [Webhook] {
        func rank(_ told: Webhook) -> [Int64] {
            let received = told.receivedAt
            return [
                received == nil ? 0 : 1, received?.secondsSinceEpoch ?? 0, Int64(received?.nanoseconds ?? 0),
                Int64(told.source.file), Int64(told.source.line),
            ]
        }
        return webhooks.filter { $0.orderNo == orderNo }
            .sorted { rank($0).lexicographicallyPrecedes(rank($1)) }
    }

    func isTerminal(_ told: Webhook) -> Bool { [2, 4, 5, 6].contains(told.refundStatus.rawValue) }

    /// Every value but receivedAt, cid and place.
    func says(_ told: Webhook) -> [Int64?] {
        [
            Int64(told.refundStatus.rawValue), Int64(Currency.all.firstIndex(of: told.currency) ?? -1),
            told.originalTotalFare?.minorUnits, told.originalTotalAncillaryAmount?.minorUnits,
            told.originalTotalAmount.minorUnits, told.airlinePenaltyAmountForFare?.minorUnits,
            told.airlinePenaltyAmountForAncillaries?.minorUnits, told.airlinePenaltyAmount.minorUnits,
            told.finalRefundAmount.minorUnits, told.transactionFee.minorUnits,
        ]
    }

    /// What each of an order's cases got.
    func match(_ orderNo: Text, _ places: [Int]) -> [Int: Got] {
        var got: [Int: Got] = [:]
        for place in places { got[place] = Got() }
        for told in inOrder(orderNo) {
            let ranked = places.map { (place: $0, rank: rank(told, $0, got[$0] ?? Got())) }
            let best = ranked.min { $0.rank.lexicographicallyPrecedes($1.rank) }
            guard let place = best?.place, var chosen = got[place] else { continue }
            if chosen.webhooks.contains(where: { says($0) == says(told) }) {
                chosen.duplicates += 1
            } else {
                chosen.webhooks.append(told)
            }
            let side = expected(cases[place])
            if places.count > 1,
                side.currency != told.currency.code || side.original != told.originalTotalAmount.minorUnits
            {
                chosen.isAmbiguous = true
            }
            got[place] = chosen
        }
        return got
    }

    /// The six criteria as numbers, the first weighing most.
    private func rank(_ told: Webhook, _ place: Int, _ got: Got) -> [Int64] {
        let side = expected(cases[place])
        let isForeign = side.currency != told.currency.code
        var rank: [Int64] = [isForeign ? 1 : 0]
        rank.append(entry(place).map { $0.refundStatus != told.refundStatus } ?? false ? 1 : 0)
        rank.append(isForeign || side.original != told.originalTotalAmount.minorUnits ? 1 : 0)
        let isTaken = got.webhooks.contains(where: isTerminal) || (!got.webhooks.isEmpty && !isTerminal(told))
        rank.append(isTaken ? 1 : 0)
        if let refund = side.refund, !isForeign {
            rank.append(abs(told.finalRefundAmount.minorUnits - refund))
        } else {
            rank.append(.max)
        }
        // No byte is as low as the code's end, so that a code sorts before one that goes on; none is first.
        rank += (cases[place].refundCode.map { [-1] + $0.string.utf8.map { Int64($0) } } ?? [-3]) + [-2, Int64(place)]
        return rank
    }

    func effective(_ told: [Webhook]) -> Webhook? { told.last(where: isTerminal) ?? told.last }

    // MARK: Rows

    func rows() -> [Facts] {
        var got: [Int: Got] = [:]
        for orderNo in Set(cases.indices.compactMap { self.orderNo($0) }) {
            got.merge(match(orderNo, cases.indices.filter { self.orderNo($0) == orderNo })) { $1 }
        }
        return cases.indices.map { caseRow($0, got[$0] ?? Got()) } + orphanRows() + unrecordedRows()
    }

    private func orphanRows() -> [Facts] {
        let known = Set(cases.indices.compactMap { orderNo($0) })
        return Set(webhooks.map(\.orderNo)).subtracting(known).sorted().map { orderNo in
            var distinct: [Webhook] = []
            for told in inOrder(orderNo) where !distinct.contains(where: { says($0) == says(told) }) {
                distinct.append(told)
            }
            let effective = effective(distinct) ?? distinct[0]
            var facts = Facts()
            facts.rowType = "orphanWebhook"
            facts.texts["orderNo"] = orderNo
            facts.currency = effective.currency.code
            facts.codes = ["ORPHAN_WEBHOOK"]
            facts.status = effective.refundStatus.rawValue
            facts.statusSource = "webhook"
            facts.webhooks = distinct.map(\.source)
            facts.source = effective.source
            facts.webhookSource = effective.source
            if effective.refundStatus.rawValue == 2 || effective.refundStatus.rawValue == 5 {
                facts.finalSource = "webhook"
                facts.add(final(effective))
            }
            return facts
        }
    }

    private func unrecordedRows() -> [Facts] {
        var found: [(own: Text?, shown: Text?, code: Text, facts: Facts)] = []
        for index in cases.indices {
            guard let answer = answers[index], case .ok(let entries) = answer.outcome else { continue }
            for entry in entries {
                let order = entry.orderNo ?? orderNo(index)
                let code = entry.refundCode
                if order == nil, code == cases[index].refundCode { continue }
                let isRecorded = cases.indices.contains { other in
                    guard orderNo(other) == order, cases[other].refundCode == code else { return false }
                    return order != nil
                        || (cases[other].airlinePNR == cases[index].airlinePNR
                            && cases[other].carrier == cases[index].carrier)
                }
                if isRecorded { continue }
                // A refund is one by what its entry says, and by the order under which it is shown.
                if found.contains(where: {
                    $0.code == code
                        && ([$0.own, $0.shown].contains(entry.orderNo) || [$0.own, $0.shown].contains(order))
                }) {
                    continue
                }
                var facts = Facts()
                facts.rowType = "unrecordedRefund"
                facts.texts["orderNo"] = order
                facts.texts["refundCode"] = code
                facts.texts["cancelReason"] = entry.cancelReason
                facts.texts["queriedAt"] = answer.queriedAt
                facts.currency = entry.amounts.currency?.code
                facts.codes = ["UNRECORDED_REFUND"]
                facts.status = entry.refundStatus.rawValue
                facts.statusSource = "query"
                facts.source = answer.source ?? facts.source
                facts.querySource = answer.source
                if [2, 5].contains(entry.refundStatus.rawValue) {
                    facts.finalSource = "query"
                    facts.add(final(entry))
                }
                found.append((entry.orderNo, order, code, facts))
            }
        }
        func key(_ facts: Facts) -> (Text, Text) { (facts.texts["orderNo"] ?? "", facts.texts["refundCode"] ?? "") }
        return found.map(\.facts).sorted { key($0) < key($1) }
    }
}

extension Facts {
    mutating func add(_ side: Oracle.Side) {
        finalCurrency = side.currency
        amounts["F.original"] = side.original
        amounts["F.penalty"] = side.penalty
        amounts["F.fee"] = side.fee
        amounts["F.refund"] = side.refund
        if rowType == "case", let refund = side.refund, let original = side.original, let penalty = side.penalty,
            let fee = side.fee
        {
            amounts["unexplained"] = refund - (original - penalty - fee)
        }
    }
}
