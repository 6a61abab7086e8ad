import Core

/// What an order is found by: evidence that has one of its links concerns it.
public enum OrderLink: Sendable, Hashable {
    case order(Text)
    /// Refunds of a booking whose order number may not be known.
    case locator(airlinePNR: Text, carrier: Text)
    /// A refund that an answer names by its code without saying of which order it is.
    case unnamedRefund(Text)
}

/// Where a record stood in the report that had it first.
public struct FirstPlace: Sendable, Hashable, Comparable {
    /// The as-of date of that report.
    public var asOf: CalendarDate
    /// The file's number and the line, by which records of one night are ordered as they were read.
    public var place: SourceLine
    /// How that report named the file.
    public var fileName: Text

    public init(asOf: CalendarDate, place: SourceLine, fileName: Text) {
        self.asOf = asOf
        self.place = place
        self.fileName = fileName
    }

    /// How that report named the place: `orders.csv:17`.
    public var source: String { "\(fileName):\(place.line)" }

    public static func < (left: FirstPlace, right: FirstPlace) -> Bool {
        left.asOf == right.asOf ? left.place < right.place : left.asOf < right.asOf
    }
}

/// A record of a refund, as it came first.
public struct RememberedRecord: Sendable, Equatable {
    /// Its source and what became of other records of its key are not part of it.
    public var record: RefundCase
    public var first: FirstPlace
    /// Whether it came again just as it is: the case has a duplicate.
    public var cameAgain: Bool

    public init(record: RefundCase, first: FirstPlace, cameAgain: Bool) {
        self.record = record
        self.first = first
        self.cameAgain = cameAgain
    }
}

/// One delivery of a notification.
public struct RememberedNotification: Sendable, Equatable {
    public var notification: Notification
    public var first: FirstPlace

    public init(notification: Notification, first: FirstPlace) {
        self.notification = notification
        self.first = first
    }
}

/// The last good answer about the refund of a record.
public struct RememberedAnswer: Sendable, Equatable {
    /// The record's key.
    public var key: CaseKey
    public var entries: RefundOrderEntries
    /// When it was asked, as the journal says it.
    public var queriedAt: Text?
    /// The as-of date of the night that received it.
    public var receivedFor: CalendarDate
    /// Whether it ended the refund and nothing contradicted it: only then may it be used again without asking.
    public var isVerifiedEnd: Bool

    public init(
        key: CaseKey, entries: RefundOrderEntries, queriedAt: Text?, receivedFor: CalendarDate, isVerifiedEnd: Bool
    ) {
        self.key = key
        self.entries = entries
        self.queriedAt = queriedAt
        self.receivedFor = receivedFor
        self.isVerifiedEnd = isVerifiedEnd
    }
}

/// All that the store keeps of an order: what the rules read, and nothing else.
public struct RememberedOrder: Sendable, Equatable {
    /// The order number, else PNR and carrier.
    public var identity: OrderLink
    /// In the order in which they came first. The first of a key is the case, the others are held against it again.
    public var records: [RememberedRecord] = []
    /// In the order in which they came first.
    public var notifications: [RememberedNotification] = []
    public var answers: [RememberedAnswer] = []
    /// What is open of it.
    public var items: [OpenItem] = []
    /// The breaks of its rows.
    public var breaks: [BreakRecord] = []
    /// The last night that examined it and left nothing open or to be decided; nil where something is.
    public var settledOn: CalendarDate?

    public init(identity: OrderLink) { self.identity = identity }

    /// All by which evidence finds it.
    public var links: Set<OrderLink> {
        var links: Set = [identity]
        func add(_ orderNo: Text?, _ airlinePNR: Text?, _ carrier: Text?) {
            if let orderNo { links.insert(.order(orderNo)) }
            if let airlinePNR, let carrier { links.insert(.locator(airlinePNR: airlinePNR, carrier: carrier)) }
        }
        for record in records.map(\.record) { add(record.orderNo, record.airlinePNR, record.carrier) }
        for notification in notifications { links.insert(.order(notification.notification.orderNo)) }
        for key in items.map(\.key) + breaks.map(\.key) { add(key.orderNo, key.airlinePNR, key.carrier) }
        for answer in answers {
            add(answer.key.orderNo, answer.key.airlinePNR, answer.key.carrier)
            for entry in answer.entries {
                if let orderNo = entry.orderNo {
                    links.insert(.order(orderNo))
                } else if entry.refundCode != answer.key.refundCode {
                    links.insert(.unnamedRefund(entry.refundCode))
                }
            }
        }
        return links
    }
}
