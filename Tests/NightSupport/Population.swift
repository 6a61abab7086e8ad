import Core

/// The inputs of several nights: small enough to be read by a person once one of them fails.
public struct Population: Sendable, Equatable {
    /// What it was made from.
    public let seed: UInt64
    public var requeryAfterDays = 0
    public var auditsRules = false
    public var nights: [PopulationNight] = []

    public init(seed: UInt64) { self.seed = seed }
}

/// What comes on one night, and what an operator does after it.
public struct PopulationNight: Sendable, Equatable {
    public let asOf: CalendarDate
    public var orders: [OrderRecord] = []
    public var notifications: [NotificationRecord] = []
    public var answers: [AnswerRecord] = []
    /// Whether each kind of input comes in two files.
    public var isInTwoFiles = false
    /// What its first run is not given. It is run again with all of it: at once, or with the nights that are run again.
    public var firstRunLacks: InputKind?
    /// After this night the last so many, this one included, are run again in their order.
    public var nightsRunAgain = 0
    /// Whether the nights before this one are forgotten after it.
    public var forgetsBefore = false

    public init(asOf: CalendarDate) { self.asOf = asOf }
}

/// A kind of input that may come too late for a first run.
public enum InputKind: Sendable, CaseIterable { case orders, notifications, answers }

/// A record of a refund.
public struct OrderRecord: Sendable, Equatable {
    /// What it says, by the names of FORMATS.md. A record with `voucherRefundAmount` is written as a captured call.
    public var values: [String: String]

    public init(_ values: [String: String]) { self.values = values }

    public subscript(name: String) -> String? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// By what its refund is found: the order number, else the locator.
    public var identity: OrderIdentity {
        self["orderNo"].map { .order($0) } ?? .locator(self["airlinePNR"] ?? "", self["carrier"] ?? "")
    }
}

/// The order number, else PNR and carrier.
public enum OrderIdentity: Sendable, Hashable {
    case order(String)
    case locator(String, String)
}

/// A delivery of a notification. Amounts are in cents.
public struct NotificationRecord: Sendable, Equatable {
    public var orderNo: String
    public var status: Int
    public var currency = "USD"
    public var original: Int
    public var penalty: Int
    public var final: Int
    public var fee = 200
    /// Whether the penalty is given by parts too.
    public var givesParts = false
    public var receivedAt: String?

    public init(orderNo: String, status: Int, original: Int, penalty: Int, final: Int) {
        self.orderNo = orderNo
        self.status = status
        self.original = original
        self.penalty = penalty
        self.final = final
    }
}

/// What Atlas says when it is asked about a case: a line of a journal.
public struct AnswerRecord: Sendable, Equatable {
    public enum Outcome: Sendable, Equatable {
        case failed
        /// Atlas does not know the order.
        case notFound
        case found([AnswerEntry])
    }

    public var orderNo: String?
    public var airlinePNR: String?
    public var carrier: String?
    public var refundCode: String
    public var outcome: Outcome

    public init(about record: OrderRecord, refundCode: String, _ outcome: Outcome) {
        orderNo = record["orderNo"]
        airlinePNR = record["airlinePNR"]
        carrier = record["carrier"]
        self.refundCode = refundCode
        self.outcome = outcome
    }
}

/// A refund in an answer. Amounts are in cents.
public struct AnswerEntry: Sendable, Equatable {
    public enum Shape: Sendable, CaseIterable {
        case fare
        /// The fare, and a service of 5.00 that is paid back whole.
        case service
        /// The service in another currency.
        case severalCurrencies
        case voucher
        case nothing
    }

    public var orderNo: String?
    public var refundCode: String
    public var status: Int
    public var currency = "USD"
    public var original: Int
    public var gross: Int
    public var fee = 200
    /// Which parts the amounts are in.
    public var shape = Shape.fare
    public var expectedConfirmationDate: String?
    public var expectedRefundDate: String?
    public var isVoucher = false
    public var cancelReason: String?

    public init(orderNo: String?, refundCode: String, status: Int, original: Int, gross: Int) {
        self.orderNo = orderNo
        self.refundCode = refundCode
        self.status = status
        self.original = original
        self.gross = gross
    }
}

/// An amount in cents as inputs have it.
public func moneyText(_ cents: Int) -> String {
    let digits = cents.magnitude % 100
    return "\(cents < 0 ? "-" : "")\(cents.magnitude / 100).\(digits < 10 ? "0" : "")\(digits)"
}
