import Memory

/// The answer of Atlas's `queryRefundOrders.do` about one case, or why there is none.
public struct StatusAnswer: Sendable, Equatable {
    public enum Outcome: Sendable, Equatable {
        /// The entries of the answer, in its order.
        case ok(RefundOrderEntries)
        /// The stable code of the failure: `timeout`, `connection`, `http-503`, `api-status-2`, `bad-body` …; and, where
        /// more is known, why, in words.
        case failed(Text, detail: Text? = nil)
    }

    public var outcome: Outcome
    /// When it was asked, as the journal says it.
    public var queriedAt: Text?
    /// The journal's line; nil where no line is about the case.
    public var source: SourceLine?

    public init(outcome: Outcome, queriedAt: Text?, source: SourceLine?) {
        self.outcome = outcome
        self.queriedAt = queriedAt
        self.source = source
    }

    public var isOK: Bool {
        if case .ok = outcome { return true }
        return false
    }

    /// Whether there is an entry that is not the case's own; the answer about most cases is that one entry.
    public func hasOthers(than refundCase: RefundCase) -> Bool {
        guard case .ok(let entries) = outcome else { return false }
        guard let only = entries.only else { return !entries.isEmpty }
        return only.refundCode != refundCase.refundCode
            || (refundCase.orderNo != nil && only.orderNo != refundCase.orderNo)
    }

    /// The entry about a refund: that with its refund code, and its order number where it is known. Of entries with the
    /// same code the first counts.
    public func entry(orderNo: Text?, refundCode: Text) -> RefundOrderEntry? {
        guard case .ok(let entries) = outcome else { return nil }
        return entries.first { $0.refundCode == refundCode && (orderNo == nil || $0.orderNo == orderNo) }
    }

    /// The entry about a case.
    public func entry(about refundCase: RefundCase) -> RefundOrderEntry? {
        refundCase.refundCode.flatMap { entry(orderNo: refundCase.orderNo, refundCode: $0) }
    }

    /// The entries, none of a failure.
    public var entries: RefundOrderEntries {
        if case .ok(let entries) = outcome { return entries }
        return []
    }
}

/// The refunds in an answer: mostly one, which is stored in the list itself.
public struct RefundOrderEntries: Sendable, Equatable, RandomAccessCollection, ExpressibleByArrayLiteral {
    let only: RefundOrderEntry?
    /// All of them where they are several.
    let several: Kept<[RefundOrderEntry]>?

    public init(_ entries: [RefundOrderEntry]) {
        only = entries.count == 1 ? entries[0] : nil
        several = entries.count > 1 ? Kept(entries) : nil
    }

    /// A list of one.
    public init(only entry: RefundOrderEntry) {
        only = entry
        several = nil
    }

    public init(arrayLiteral entries: RefundOrderEntry...) { self.init(entries) }

    /// The first entry for which `isMatch` holds; a single one is not copied.
    @inline(__always)
    public func first(where isMatch: (RefundOrderEntry) -> Bool) -> RefundOrderEntry? {
        if let several { return several.value.first(where: isMatch) }
        guard let only, isMatch(only) else { return nil }
        return only
    }

    public var startIndex: Int { 0 }

    public var endIndex: Int { only != nil ? 1 : several?.value.count ?? 0 }

    public subscript(position: Int) -> RefundOrderEntry {
        if let several { return several.value[position] }
        guard position == 0, let only else { preconditionFailure("no entry \(position)") }
        return only
    }
}

/// One refund in an answer of `queryRefundOrders.do`, reduced to the values that RULES.md, "Evidence", uses.
public struct RefundOrderEntry: Sendable, Equatable {
    public var orderNo: Text?
    public var refundCode: Text
    public var refundStatus: RefundStatus
    @CompactDate public var expectedConfirmationDate: CalendarDate?
    @CompactDate public var expectedRefundDate: CalendarDate?
    public var cancelReason: Text?
    public var isVoucher: Bool
    public var amounts: QueriedAmounts

    public init(orderNo: Text?, refundCode: Text, refundStatus: RefundStatus, isVoucher: Bool, amounts: QueriedAmounts)
    {
        self.orderNo = orderNo
        self.refundCode = refundCode
        self.refundStatus = refundStatus
        self.isVoucher = isVoucher
        self.amounts = amounts
    }
}

/// The amounts of an entry: sums over its parts, in the one currency that they all carry.
public struct QueriedAmounts: Sendable, Equatable {
    /// nil where the parts carry no currency or several; there are no amounts then.
    public var currency: Currency?
    public var hasSeveralCurrencies = false
    @CompactAmount public var original: Amount?
    /// Refund before the fee.
    @CompactAmount public var refundBeforeFee: Amount?
    @CompactAmount public var farePenalty: Amount?
    @CompactAmount public var ancillaryPenalty: Amount?
    @CompactAmount public var fee: Amount?

    public init() {}

    /// original − refundBeforeFee
    public var penalty: Amount? {
        guard let original, let refundBeforeFee else { return nil }
        return original - refundBeforeFee
    }

    /// refundBeforeFee − fee
    public var refund: Amount? {
        guard let refundBeforeFee, let fee else { return nil }
        return refundBeforeFee - fee
    }
}
