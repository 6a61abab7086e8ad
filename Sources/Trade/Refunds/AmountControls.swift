import Memory

/// What the order records of one currency add up to, by their original totals, and where it went (FORMATS.md,
/// `orderAmounts`).
public struct OrderControl: Sendable, Equatable {
    /// Of the records read tonight; of refused ones and voucher refunds nothing.
    public var read = Total()
    /// Of the cases that nights before handed on and whose record did not come again.
    public var carried = Total()
    public var duplicate = Total()
    public var cases = Total()

    public init() {}

    /// The sums with their names: the whole that came in, then the parts where it went.
    public static let columns = ControlColumns<OrderControl>(
        whole: [("read", \.read)], carried: \OrderControl.carried,
        parts: [("duplicate", \.duplicate), ("cases", \.cases)])
}

/// What the webhooks of one currency add up to, by their final refunds, and where it went (FORMATS.md,
/// `webhookAmounts`).
public struct WebhookControl: Sendable, Equatable {
    public var read = Total()
    /// Of the webhooks that nights before handed on and tonight's logs do not hold again.
    public var carried = Total()
    /// Redeliveries, of cases and of orphans.
    public var duplicate = Total()
    /// Of orders without a case.
    public var orphan = Total()
    /// Of the webhooks that give their case its final side.
    public var final = Total()
    /// Of the other webhooks of cases.
    public var notFinal = Total()

    public init() {}

    public static let columns = ControlColumns<WebhookControl>(
        whole: [("read", \.read)], carried: \WebhookControl.carried,
        parts: [("duplicate", \.duplicate), ("orphan", \.orphan), ("final", \.final), ("notFinal", \.notFinal)])
}

/// The final refunds of one currency by where they come from (FORMATS.md, `finalAmounts`).
public struct FinalControl: Sendable, Equatable {
    public var webhook = Total()
    public var query = Total()

    public init() {}

    public static let columns = ControlColumns<FinalControl>(
        whole: [], carried: nil, parts: [("webhook", \.webhook), ("query", \.query)])
}

/// The sums of a control by amount, with the names under which they are reported.
public struct ControlColumns<Amounts: Sendable>: Sendable {
    public typealias Path = any WritableKeyPath<Amounts, Total> & Sendable
    public typealias Column = (name: String, path: Path)

    private let whole: [Column]
    private let carriedPath: Path?
    /// Where all of it went.
    public let parts: [Column]

    init(whole: [Column], carried: Path?, parts: [Column]) {
        self.whole = whole
        carriedPath = carried
        self.parts = parts
    }

    /// The sum that came in: tonight, and with a state store from nights before.
    public func whole(withCarried: Bool) -> [Column] {
        guard withCarried, let carriedPath else { return whole }
        return whole + [("carried", carriedPath)]
    }

    /// All columns, in the order in which they are reported.
    public func all(withCarried: Bool) -> [Column] { whole(withCarried: withCarried) + parts }

    /// Whether the parts add up to the whole.
    func balances(_ amounts: Amounts) -> Bool {
        func sum(_ columns: [Column]) -> Int128 { columns.reduce(0) { $0 + amounts[keyPath: $1.path].minorUnits } }
        return whole.isEmpty || sum(whole(withCarried: true)) == sum(parts)
    }
}

extension Controls {
    /// The control totals by amount that do not balance, in words.
    ///
    /// - Parameter totals: those of the report's rows.
    func amountImbalances(_ totals: [Currency: CurrencyTotals]) -> [String] {
        var found: [String] = []
        for (currency, amounts) in orderAmounts.sorted(by: { $0.key < $1.key }) {
            if !OrderControl.columns.balances(amounts) {
                found.append("orderAmounts.\(currency): read ≠ duplicate + cases")
            }
            if amounts.cases != totals[currency, default: CurrencyTotals()].expected.original {
                found.append("orderAmounts.\(currency): cases ≠ totals.\(currency).expectedOriginal")
            }
        }
        for (currency, amounts) in webhookAmounts.sorted(by: { $0.key < $1.key })
        where !WebhookControl.columns.balances(amounts) {
            found.append("webhookAmounts.\(currency): read ≠ duplicate + orphan + final + notFinal")
        }
        for (currency, sums) in totals.sorted(by: { $0.key < $1.key }) {
            let finals = finalAmounts[currency, default: FinalControl()]
            if finals.webhook.minorUnits + finals.query.minorUnits != sums.final.refund.minorUnits {
                found.append("finalAmounts.\(currency): webhook + query ≠ totals.\(currency).finalRefund")
            }
        }
        return found
    }
}
