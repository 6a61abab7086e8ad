import Memory

/// Sums of one currency over the case rows (FORMATS.md, "summary.json", `totals`).
public struct CurrencyTotals: Sendable, Equatable {
    public var expected = AmountTotals()
    public var final = AmountTotals()
    /// Over the cases that have both sides, as all that follow.
    public var variance = AmountTotals()
    public var unexplained = Total()
    /// The sum of negative refund variances, and of the others.
    public var short = Total()
    public var over = Total()
    /// Expected refunds of cases at risk.
    public var atRisk = Total()
    /// Expected refunds of cases in progress.
    public var inProgress = Total()

    public init() {}

    /// The sums with their names, in the order in which they are reported.
    public static let columns: [(name: String, path: any WritableKeyPath<CurrencyTotals, Total> & Sendable)] = [
        ("expectedOriginal", \.expected.original), ("expectedPenalty", \.expected.penalty),
        ("expectedFee", \.expected.fee), ("expectedRefund", \.expected.refund),
        ("finalOriginal", \.final.original), ("finalPenalty", \.final.penalty),
        ("finalFee", \.final.fee), ("finalRefund", \.final.refund),
        ("originalVariance", \.variance.original), ("penaltyVariance", \.variance.penalty),
        ("feeVariance", \.variance.fee), ("refundVariance", \.variance.refund),
        ("unexplainedVariance", \.unexplained), ("refundShort", \.short), ("refundOver", \.over),
        ("atRisk", \.atRisk), ("open", \.inProgress),
    ]
}

/// Sums of one carrier in one currency.
public struct CarrierTotals: Sendable, Equatable {
    public var cases = 0
    public var expectedRefund = Total()
    public var finalRefund = Total()
    public var refundVariance = Total()

    public init() {}
}

/// Open cases of one currency in one age bucket.
public struct AgeingTotals: Sendable, Equatable {
    public var cases = 0
    public var expectedRefund = Total()

    public init() {}
}

/// A carrier and a currency; no carrier is the empty text.
public struct CarrierCurrency: Sendable, Hashable, Comparable {
    public let carrier: Text
    public let currency: Currency

    public init(carrier: Text, currency: Currency) {
        self.carrier = carrier
        self.currency = currency
    }

    public static func < (left: CarrierCurrency, right: CarrierCurrency) -> Bool {
        left.carrier == right.carrier ? left.currency < right.currency : left.carrier < right.carrier
    }
}

/// A currency and an age bucket.
public struct CurrencyBucket: Sendable, Hashable {
    public let currency: Currency
    public let bucket: AgeBucket

    public init(currency: Currency, bucket: AgeBucket) {
        self.currency = currency
        self.bucket = bucket
    }
}

/// Control totals: the records that came in and where they went (FORMATS.md, `controls`).
public struct Controls: Sendable, Equatable {
    public struct Orders: Sendable, Equatable {
        public var lines = 0
        public var blank = 0
        public var accepted = 0
        public var duplicate = 0
        public var rejected = 0
        public var quotedOnly = 0

        public init() {}

        /// Whether at least one case was read tonight: a record of one came, also of one that came on a night before.
        public var hasCase: Bool { accepted + duplicate > 0 }

        public var balances: Bool { lines == blank + accepted + duplicate + rejected + quotedOnly }
    }

    public struct Webhooks: Sendable, Equatable {
        public var lines = 0
        public var blank = 0
        public var assigned = 0
        public var duplicate = 0
        public var orphan = 0
        public var otherType = 0
        public var rejected = 0

        public init() {}

        /// Where the lines went, and the webhooks that nights before handed on.
        var places: Int { blank + assigned + duplicate + orphan + otherType + rejected }
    }

    public struct Queries: Sendable, Equatable {
        public var cases = 0
        public var queryable = 0
        public var ok = 0
        public var failed = 0
        public var notQueryable = 0

        public init() {}

        public var balances: Bool { cases == queryable + notQueryable && queryable == ok + failed }
    }

    public struct Rows: Sendable, Equatable {
        public var `case` = 0
        public var orphanWebhook = 0
        public var unrecordedRefund = 0

        public init() {}
    }

    /// The records that nights before handed on.
    public struct Carried: Sendable, Equatable {
        /// Cases whose record did not come again tonight.
        public var cases = 0
        /// Webhooks likewise.
        public var webhooks = 0

        public init() {}
    }

    public var orders = Orders()
    public var webhooks = Webhooks()
    /// nil where no state is kept.
    public var carried: Carried?
    public var queries = Queries()
    public var rows = Rows()
    public var orderAmounts: [Currency: OrderControl] = [:]
    public var webhookAmounts: [Currency: WebhookControl] = [:]
    public var finalAmounts: [Currency: FinalControl] = [:]

    public init() {}

    /// The imbalances, in words; empty if everything balances.
    ///
    /// - Parameter totals: those of the report's rows, with which the amounts must agree.
    public func imbalances(_ totals: [Currency: CurrencyTotals]) -> [String] {
        var found = amountImbalances(totals)
        if !orders.balances { found.append("orders: lines ≠ blank + accepted + duplicate + rejected + quotedOnly") }
        let (carriedCases, carriedWebhooks) = (carried?.cases ?? 0, carried?.webhooks ?? 0)
        if webhooks.lines + carriedWebhooks != webhooks.places {
            found.append("webhooks: lines ≠ blank + assigned + duplicate + orphan + otherType + rejected")
        }
        if !queries.balances { found.append("queries: cases ≠ queryable + notQueryable, or queryable ≠ ok + failed") }
        let cases = orders.accepted + carriedCases
        if queries.cases != cases { found.append("queries.cases ≠ orders.accepted, plus cases carried forward") }
        if rows.case != cases { found.append("rows.case ≠ orders.accepted, plus cases carried forward") }
        return found
    }
}

/// Counts and totals of a report (`summary.json`). Summaries of parts merge into that of the whole, in any order.
public struct Summary: Sendable, Equatable {
    public var cases: [Outcome: Int] = [:]
    public var exceptions: [ExceptionCode: Int] = [:]
    public var totals: [Currency: CurrencyTotals] = [:]
    public var byCarrier: [CarrierCurrency: CarrierTotals] = [:]
    public var ageing: [CurrencyBucket: AgeingTotals] = [:]
    public var rows = Controls.Rows()
    /// The sums of webhooks that are final, not final or orphans; the other columns are not known from rows.
    public var webhookAmounts: [Currency: WebhookControl] = [:]
    public var finalAmounts: [Currency: FinalControl] = [:]
    /// Of the audit of refund rules, and of that of fees; empty in a run that does not audit.
    public var ruleAudit = AuditSums()
    public var feeAudit = AuditSums()

    public init() {}
}

/// The largest variance that is not a difference, by currency; zero unless one is given.
public struct Tolerances: Sendable, Equatable {
    private var byCurrency: [Currency: Amount]

    public init(_ byCurrency: [Currency: Amount] = [:]) { self.byCurrency = byCurrency }

    public subscript(currency: Currency) -> Amount { byCurrency[currency] ?? .zero }

    /// The tolerances given, by currency.
    public var given: [(currency: Currency, amount: Amount)] {
        byCurrency.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
