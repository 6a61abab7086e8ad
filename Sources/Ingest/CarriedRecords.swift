import Bytes
import Core
import JSON

/// The numbers of the files that hold what nights before handed on.
public struct CarriedFileNumbers: Sendable {
    public let orders: Int32
    public let webhooks: Int32
    public let answers: Int32

    public init(orders: Int32, webhooks: Int32, answers: Int32) {
        self.orders = orders
        self.webhooks = webhooks
        self.answers = answers
    }
}

/// What nights before handed on of the orders that a night recalls.
public struct CarriedRecords: Sendable {
    /// In the order of their lines, which are their sources.
    public private(set) var records: [RememberedRecord]
    public private(set) var notifications: [RememberedNotification]
    public private(set) var answers: [RememberedAnswer]
    public let files: CarriedFileNumbers

    public init(
        records: consuming [RememberedRecord], notifications: consuming [RememberedNotification],
        answers: [RememberedAnswer], files: CarriedFileNumbers
    ) {
        self.files = files
        self.records = records
        self.notifications = notifications
        self.answers = answers
        self.records.sort { $0.first < $1.first }
        self.notifications.sort { $0.first < $1.first }
        for index in self.records.indices {
            self.records[index].record.source = SourceLine(file: files.orders, line: Int32(index + 1))
        }
        for index in self.notifications.indices {
            self.notifications[index].notification.source = SourceLine(file: files.webhooks, line: Int32(index + 1))
        }
    }

    /// Reads them from the files of a report, equal in every value to those that it was made with.
    public static func read(
        folder: String, _ files: CarriedFileNumbers, threads: Int
    ) async throws -> CarriedRecords {
        func input(_ name: String) throws(InputError) -> InputFile { try InputFile(path: "\(folder)/\(name)") }
        return CarriedRecords(
            records: try await CarriedFile.records(try input(CarriedFile.ordersName), threads: threads),
            notifications: try await CarriedFile.notifications(try input(CarriedFile.webhooksName), threads: threads),
            answers: try await CarriedFile.answers(try input(CarriedFile.answersName), threads: threads), files: files)
    }
}

/// What a report says of the records that nights before handed on, once these are among tonight's: where each came first, and
/// what they add up to.
public struct CarriedPlaces: Sendable {
    public let files: CarriedFileNumbers
    private let recordPlaces: [FirstPlace]
    private let notificationPlaces: [FirstPlace]
    private let answersReceivedFor: [CalendarDate]
    private let recordSums: CurrencySums
    /// What the final refunds of the notifications add up to.
    public let notificationSums: CurrencySums
    /// The orders that the answers name, and the refunds of which they do not name the order.
    public private(set) var namedOrderNos: Set<Text> = []
    public private(set) var namedRefundCodes: Set<Text> = []

    public init(_ carried: CarriedRecords) throws(Total.Overflow) {
        files = carried.files
        recordPlaces = carried.records.map(\.first)
        notificationPlaces = carried.notifications.map(\.first)
        answersReceivedFor = carried.answers.map(\.receivedFor)
        var (recordSums, notificationSums) = (CurrencySums(), CurrencySums())
        for carried in carried.records {
            try recordSums.add(carried.record.originalAmount, carried.record.currency)
        }
        for carried in carried.notifications {
            try notificationSums.add(carried.notification.finalRefundAmount, carried.notification.currency)
        }
        self.recordSums = recordSums
        self.notificationSums = notificationSums
        for answer in carried.answers {
            for entry in answer.entries {
                if let orderNo = entry.orderNo {
                    namedOrderNos.insert(orderNo)
                } else {
                    namedRefundCodes.insert(entry.refundCode)
                }
            }
        }
    }

    public var notificationCount: Int { notificationPlaces.count }
    public var answerCount: Int { answersReceivedFor.count }

    /// Where a carried record came first; nil of a place in another file.
    public func firstPlace(of source: SourceLine) -> FirstPlace? {
        let index = Int(source.line) - 1
        if source.file == files.orders { return recordPlaces[index] }
        if source.file == files.webhooks { return notificationPlaces[index] }
        return nil
    }

    /// The night for which the answer at a place was received; nil of a place in another file.
    public func answerReceivedFor(_ source: SourceLine) -> CalendarDate? {
        source.file == files.answers ? answersReceivedFor[Int(source.line) - 1] : nil
    }

    /// What the files hold, by their role among the inputs.
    public var figures: [String: InputFigures] {
        var (orders, webhooks, answered) = (InputFigures(), InputFigures(), InputFigures())
        (orders.records, orders.sums) = (recordPlaces.count, recordSums)
        (webhooks.records, webhooks.sums) = (notificationCount, notificationSums)
        answered.records = answerCount
        return ["carriedOrders": orders, "carriedWebhooks": webhooks, "carriedAnswers": answered]
    }
}
