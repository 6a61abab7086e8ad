import Memory

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
    /// Its source and the fate of other records of its key are not part of it.
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

/// One delivery of a webhook.
public struct RememberedWebhook: Sendable, Equatable {
    public var webhook: Webhook
    public var first: FirstPlace

    public init(webhook: Webhook, first: FirstPlace) {
        self.webhook = webhook
        self.first = first
    }
}

/// The last good answer about the refund of a record.
public struct RememberedAnswer: Sendable, Equatable {
    /// The record's key.
    public var key: RefundIdentity
    public var entries: RefundOrderEntries
    /// When it was asked, as the journal says it.
    public var queriedAt: Text?
    /// The as-of date of the night that received it.
    public var receivedFor: CalendarDate
    /// Whether it ended the refund and nothing contradicted it: only then may it be used again without asking.
    public var isVerifiedEnd: Bool

    public init(
        key: RefundIdentity, entries: RefundOrderEntries, queriedAt: Text?, receivedFor: CalendarDate,
        isVerifiedEnd: Bool
    ) {
        self.key = key
        self.entries = entries
        self.queriedAt = queriedAt
        self.receivedFor = receivedFor
        self.isVerifiedEnd = isVerifiedEnd
    }
}
