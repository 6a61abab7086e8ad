import Memory

/// The status of a refund, in the numbers of Atlas's `refundStatus` (RULES.md, "Status and final").
public enum RefundStatus: UInt8, Sendable, CaseIterable {
    case atlasProcessing = 0
    case airlineProcessing = 1
    case refunded = 2
    case airlineRefunding = 3
    case rejected = 4
    case fulfillmentDone = 5
    case withdrew = 6

    /// Nothing more is to come: 2, 4, 5 and 6.
    public var isTerminal: Bool {
        switch self {
        case .refunded, .rejected, .fulfillmentDone, .withdrew: true
        case .atlasProcessing, .airlineProcessing, .airlineRefunding: false
        }
    }

    /// Money has been paid: 2 and 5. Only then is there a final side.
    public var isPaid: Bool { self == .refunded || self == .fulfillmentDone }
}

/// How the ticket was paid.
public enum PaymentMethod: String, Sendable, Word {
    case deposit
    /// VCC pass-through.
    case vcc

    public static let words = WordTable<Self>()

    /// Whether Atlas's own lists allow a status for it: 0, 1, 2, 3, 4 for deposit; 0, 1, 4, 5, 6 for vcc.
    public func allows(_ status: RefundStatus) -> Bool {
        switch status {
        case .atlasProcessing, .airlineProcessing, .rejected: true
        case .refunded, .airlineRefunding: self == .deposit
        case .fulfillmentDone, .withdrew: self == .vcc
        }
    }
}

/// Why the refund was asked for, in Atlas's numbers.
public enum RefundReason: String, Sendable, Word {
    case involuntary = "0"
    case voluntary = "1"
    case void = "4"

    public static let words = WordTable<Self>()
}

/// Whether Atlas could quote the refund.
public enum RefundQuoteType: String, Sendable, Word {
    case accurateQuote = "AccurateQuote"
    case cannotQuote = "CannotQuote"

    public static let words = WordTable<Self>()
}

/// How the money comes back.
public enum RefundMethod: String, Sendable, Word {
    case cashBackToOriginalPayment = "CashBackToOriginalPayment"
    case voucher = "Voucher"

    public static let words = WordTable<Self>()
}

/// A place in an input: which file of the run, in the order in which they were given, and the physical line (the first is 1).
public struct SourceLine: Sendable, Hashable, Comparable {
    public let file: Int32
    public let line: Int32

    public init(file: Int32, line: Int32) {
        self.file = file
        self.line = line
    }

    public static func < (left: SourceLine, right: SourceLine) -> Bool {
        (left.file, left.line) < (right.file, right.line)
    }
}
