import Memory
import Refunds

/// The inputs of several nights: small enough to be read by a person once one of them fails.
package struct Population: Sendable, Equatable {
    /// What it was made from.
    package let seed: UInt64
    package var requeryAfterDays = 0
    package var auditsRules = false
    package var nights: [PopulationNight] = []

    package init(seed: UInt64) { self.seed = seed }
}

/// What comes on one night, and what an operator does after it.
package struct PopulationNight: Sendable, Equatable {
    package let asOf: CalendarDate
    package var orders: [OrderRecord] = []
    package var webhooks: [WebhookRecord] = []
    package var answers: [AnswerRecord] = []
    /// Whether each kind of input comes in two files.
    package var isInTwoFiles = false
    /// What its first run is not given. It is run again with all of it: at once, or with the nights that are run again.
    package var firstRunLacks: InputKind?
    /// After this night the last so many, this one included, are run again in their order.
    package var nightsRunAgain = 0
    /// Whether the nights before this one are forgotten after it.
    package var forgetsBefore = false

    package init(asOf: CalendarDate) { self.asOf = asOf }
}

/// A kind of input that may come too late for a first run.
package enum InputKind: Sendable, CaseIterable { case orders, webhooks, answers }

/// A record of a refund.
package struct OrderRecord: Sendable, Equatable {
    /// What it says, by the names of FORMATS.md. A record with `voucherRefundAmount` is written as a captured call.
    package var values: [String: String]

    package init(_ values: [String: String]) { self.values = values }

    package subscript(name: String) -> String? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// By what its refund is found: the order number, else the locator.
    package var identity: OrderIdentity {
        self["orderNo"].map { .order($0) } ?? .locator(self["airlinePNR"] ?? "", self["carrier"] ?? "")
    }
}

/// The order number, else PNR and carrier.
package enum OrderIdentity: Sendable, Hashable {
    case order(String)
    case locator(String, String)
}

/// A delivery of a webhook. Amounts are in cents.
package struct WebhookRecord: Sendable, Equatable {
    package var orderNo: String
    package var status: Int
    package var currency = "USD"
    package var original: Int
    package var penalty: Int
    package var final: Int
    package var fee = 200
    /// Whether the penalty is given by parts too.
    package var givesParts = false
    package var receivedAt: String?

    package init(orderNo: String, status: Int, original: Int, penalty: Int, final: Int) {
        self.orderNo = orderNo
        self.status = status
        self.original = original
        self.penalty = penalty
        self.final = final
    }
}

/// What Atlas says when it is asked about a case: a line of a journal.
package struct AnswerRecord: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        case failed
        /// Atlas does not know the order.
        case notFound
        case found([AnswerEntry])
    }

    package var orderNo: String?
    package var airlinePNR: String?
    package var carrier: String?
    package var refundCode: String
    package var outcome: Outcome

    package init(about record: OrderRecord, refundCode: String, _ outcome: Outcome) {
        orderNo = record["orderNo"]
        airlinePNR = record["airlinePNR"]
        carrier = record["carrier"]
        self.refundCode = refundCode
        self.outcome = outcome
    }
}

/// A refund in an answer. Amounts are in cents.
package struct AnswerEntry: Sendable, Equatable {
    package enum Shape: Sendable, CaseIterable {
        case fare
        /// The fare, and a service of 5.00 that is paid back whole.
        case service
        /// The service in another currency.
        case severalCurrencies
        case voucher
        case nothing
    }

    package var orderNo: String?
    package var refundCode: String
    package var status: Int
    package var currency = "USD"
    package var original: Int
    package var refundBeforeFee: Int
    package var fee = 200
    /// Which parts the amounts are in.
    package var shape = Shape.fare
    package var expectedConfirmationDate: String?
    package var expectedRefundDate: String?
    package var isVoucher = false
    package var cancelReason: String?

    package init(orderNo: String?, refundCode: String, status: Int, original: Int, refundBeforeFee: Int) {
        self.orderNo = orderNo
        self.refundCode = refundCode
        self.status = status
        self.original = original
        self.refundBeforeFee = refundBeforeFee
    }
}

/// An amount in cents as inputs have it.
package func moneyText(_ cents: Int) -> String {
    let digits = cents.magnitude % 100
    return "\(cents < 0 ? "-" : "")\(cents.magnitude / 100).\(digits < 10 ? "0" : "")\(digits)"
}
