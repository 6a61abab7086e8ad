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
        records: [RememberedRecord], notifications: [RememberedNotification], answers: [RememberedAnswer],
        files: CarriedFileNumbers
    ) {
        self.files = files
        self.records = records.sorted { $0.first < $1.first }
        self.notifications = notifications.sorted { $0.first < $1.first }
        self.answers = answers
        for index in self.records.indices {
            self.records[index].record.source = SourceLine(file: files.orders, line: Int32(index + 1))
        }
        for index in self.notifications.indices {
            self.notifications[index].notification.source = SourceLine(file: files.webhooks, line: Int32(index + 1))
        }
    }

    /// Where a carried record came first; nil of a place in another file.
    public func firstPlace(of source: SourceLine) -> FirstPlace? {
        let index = Int(source.line) - 1
        if source.file == files.orders { return records[index].first }
        if source.file == files.webhooks { return notifications[index].first }
        return nil
    }

    /// The answer at a place; nil of a place in another file.
    public func answer(at source: SourceLine) -> RememberedAnswer? {
        source.file == files.answers ? answers[Int(source.line) - 1] : nil
    }

    public func notificationAmounts() throws(Total.Overflow) -> CurrencySums {
        var sums = CurrencySums()
        for carried in notifications {
            try sums.add(carried.notification.finalRefundAmount, carried.notification.currency)
        }
        return sums
    }

    /// What the files hold, by their role among the inputs.
    public func figures() throws(Total.Overflow) -> [String: InputFigures] {
        var (orders, webhooks, answered) = (InputFigures(), InputFigures(), InputFigures())
        (orders.records, webhooks.records, answered.records) = (records.count, notifications.count, answers.count)
        for carried in records { try orders.sums.add(carried.record.originalAmount, carried.record.currency) }
        webhooks.sums = try notificationAmounts()
        return ["carriedOrders": orders, "carriedWebhooks": webhooks, "carriedAnswers": answered]
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
