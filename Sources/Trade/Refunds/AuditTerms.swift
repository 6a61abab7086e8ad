import Memory

/// What an order record carries for the audit of rules, beside the fields that FORMATS.md lists under "Orders". It is kept
/// only by a run that audits, and a fault in it never refuses the record: what cannot be read is unknown, and says so.
public struct AuditTerms: Sendable, Equatable {
    /// nil where the record has none.
    public let refundRules: RefundRules?
    /// nil where the record has none.
    public let departureAt: DepartureTime?
    /// nil if the record has a day and no time.
    public let requestedAt: Instant?
    /// The taxes within the fare paid; nil if they are not given or not an amount.
    public let originalTotalTaxAmount: Amount?
    /// How many tickets are refunded; nil where they are not listed.
    public let ticketCount: Int?

    public init(
        refundRules: RefundRules?, departureAt: DepartureTime? = nil, requestedAt: Instant? = nil,
        originalTotalTaxAmount: Amount? = nil, ticketCount: Int? = nil
    ) {
        self.refundRules = refundRules
        self.departureAt = departureAt
        self.requestedAt = requestedAt
        self.originalTotalTaxAmount = originalTotalTaxAmount
        self.ticketCount = ticketCount
    }

    /// Fills missing terms from another record of the same refund.
    public func filled(from other: AuditTerms) -> AuditTerms {
        AuditTerms(
            refundRules: refundRules ?? other.refundRules, departureAt: departureAt ?? other.departureAt,
            requestedAt: requestedAt ?? other.requestedAt,
            originalTotalTaxAmount: originalTotalTaxAmount ?? other.originalTotalTaxAmount,
            ticketCount: ticketCount ?? other.ticketCount)
    }
}

/// `refundRules` as a record holds them.
public struct RefundRules: Sendable, Equatable {
    /// The JSON text, byte for byte, so that it can be written again as it was read.
    public let json: [UInt8]
    /// The rules in their order; nil if they are not as Atlas describes them. A list is relied on whole or not at all.
    public let rules: [RefundRule]?

    public init(json: [UInt8], rules: [RefundRule]?) {
        self.json = json
        self.rules = rules
    }
}

/// `departureAt` as a record holds it.
public struct DepartureTime: Sendable, Equatable {
    /// As it was written.
    public let text: String
    /// nil if it is no date-time with offset: a day alone does not say on which side of a window's edge a request lies.
    public let instant: Instant?

    public init(text: String, instant: Instant?) {
        self.text = text
        self.instant = instant
    }
}
