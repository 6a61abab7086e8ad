import Memory

/// The kind of a row of the report.
public enum RowType: String, Sendable, Word {
    case `case`, orphanWebhook, unrecordedRefund

    public static let words = WordTable<Self>()
}

/// Where a status or the final amounts come from.
public enum EvidenceSource: String, Sendable, Word {
    case query, webhook

    public static let words = WordTable<Self>()
}

/// How long an open refund has been open; the raw values are the labels of the report.
public enum AgeBucket: String, Sendable, Word {
    case upTo7 = "0-7"
    case upTo30 = "8-30"
    case upTo60 = "31-60"
    case upTo90 = "61-90"
    case over90 = "90+"

    public static let words = WordTable<Self>()

    public init(days: Int) {
        self =
            switch days {
            case ...7: .upTo7
            case ...30: .upTo30
            case ...60: .upTo60
            case ...90: .upTo90
            default: .over90
            }
    }
}

/// One row of the report, before it is rendered: every renderer takes its columns from here.
public struct ResultRow: RefundIdentified, Sendable, Equatable {
    public var rowType: RowType
    public var identity = RefundIdentity()
    public var paymentMethod: PaymentMethod?
    /// The currency of the expected side; of an orphan or unrecorded row, that of its final side.
    public var currency: Currency?
    public var outcome: Outcome?
    public var exceptions = ExceptionSet()
    public var status: RefundStatus?
    public var statusSource: EvidenceSource?
    public var finalSource: EvidenceSource?
    /// The expected side.
    public var expected: Amounts?
    /// The final side (RULES.md, "Evidence").
    public var final: Amounts?
    /// The currency of the final amounts; nil where Atlas's parts carry none or several.
    public var finalCurrency: Currency?
    /// final − expected; no values where a side has none or the currencies differ (RULES.md, "Variances").
    public var variances = Amounts()
    @CompactDate public var requestedAt: CalendarDate?
    @CompactDate public var expectedConfirmationDate: CalendarDate?
    @CompactDate public var expectedRefundDate: CalendarDate?
    /// Days from the request to the as-of date, of pending and overdue cases.
    public var ageDays: Int?
    public var cancelReason: Text?
    /// Webhooks assigned, duplicates not counted.
    public var webhookCount = 0
    public var queriedAt: Text?
    public var source: SourceLine
    /// The lines of the webhooks that were assigned, in the order in which they count.
    public var webhookSources = Few<SourceLine>()
    /// The line of the effective webhook.
    public var effectiveWebhookSource: SourceLine?
    /// The journal line that was relied on, of a failed answer too; nil where no line is about the case.
    public var querySource: SourceLine?
    /// Why the query failed, as a code.
    public var queryError: Text?
    /// The same in words, where more is known than the code.
    public var queryErrorDetail: Text?
    /// Its place in the report, the first being 0; set where rows are written.
    public var ordinal = 0
    /// What ties it to the nights before and to come, of a row of which there is something to say; set where rows are
    /// written.
    public var night: NightMark?
    /// The as-of date of the first report that had the record of a case that is carried forward.
    @CompactDate public var carriedFrom: CalendarDate?
    /// Of an answer that a night before received: how many days ago.
    public var answerAgeDays: Int?
    /// The findings of the audits; nil on a row without a case and in a run that does not audit.
    public var audits: RowAudits?
    /// A person's decision about it; nil if there is none.
    public var decision: RowDecision?

    public init(_ rowType: RowType, source: SourceLine) {
        self.rowType = rowType
        self.source = source
    }

    public var ageBucket: AgeBucket? { ageDays.map { AgeBucket(days: $0) } }

    /// The final amounts, if they are in the currency of the expected ones.
    public var comparableFinal: Amounts? { finalCurrency == currency ? final : nil }

    /// The unexplained part of the final refund, in the final's currency; of a case only.
    public var unexplained: Amount? { rowType == .case ? final?.unexplained : nil }

    /// Whether something is still to come: of a case its end, of an orphan its case.
    public var isOutstanding: Bool { outcome?.isOutstanding == true || rowType == .orphanWebhook }

    /// Whether a person has to look at it: it has an exception of severity error or warning (RULES.md, "Words").
    public var isBreak: Bool { exceptions.contains(Severity.error) || exceptions.contains(Severity.warning) }
}
