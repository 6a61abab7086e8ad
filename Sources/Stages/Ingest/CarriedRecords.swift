import Files
import JSON
import Memory
import Refunds

/// The numbers of the files with the records that nights before handed on.
package struct CarriedFileNumbers: Sendable {
    package let orders: Int32
    package let webhooks: Int32
    package let answers: Int32

    package init(orders: Int32, webhooks: Int32, answers: Int32) {
        self.orders = orders
        self.webhooks = webhooks
        self.answers = answers
    }
}

/// The records that nights before handed on of the orders that a night recalls.
package struct CarriedRecords: Sendable {
    /// In the order of their lines, which are their sources.
    package private(set) var records: [RememberedRecord]
    package private(set) var webhooks: [RememberedWebhook]
    package private(set) var answers: [RememberedAnswer]
    package let files: CarriedFileNumbers

    package init(
        records: consuming [RememberedRecord], webhooks: consuming [RememberedWebhook],
        answers: [RememberedAnswer], files: CarriedFileNumbers
    ) {
        self.files = files
        self.records = records
        self.webhooks = webhooks
        self.answers = answers
        self.records.sort { $0.first < $1.first }
        self.webhooks.sort { $0.first < $1.first }
        for index in self.records.indices {
            self.records[index].record.source = SourceLine(file: files.orders, line: Int32(index + 1))
        }
        for index in self.webhooks.indices {
            self.webhooks[index].webhook.source = SourceLine(file: files.webhooks, line: Int32(index + 1))
        }
    }

    /// Reads them from the files of a report, equal in every value to those that it was made with.
    package static func read(
        folder: String, _ files: CarriedFileNumbers, threads: Int
    ) async throws -> CarriedRecords {
        func input(_ name: String) throws(InputError) -> InputFile { try InputFile(path: "\(folder)/\(name)") }
        return CarriedRecords(
            records: try await CarriedFile.records(try input(CarriedFile.ordersName), threads: threads),
            webhooks: try await CarriedFile.webhooks(try input(CarriedFile.webhooksName), threads: threads),
            answers: try await CarriedFile.answers(try input(CarriedFile.answersName), threads: threads), files: files)
    }
}

/// What a report says of the records that nights before handed on, once these are among tonight's: where each came first, and
/// what they add up to.
package struct CarriedPlaces: Sendable {
    package let files: CarriedFileNumbers
    private let recordPlaces: [FirstPlace]
    private let webhookPlaces: [FirstPlace]
    private let answersReceivedFor: [CalendarDate]
    private let recordSums: CurrencySums
    /// The sums of the final refunds of the webhooks.
    package let webhookSums: CurrencySums
    /// The orders that the answers name, and the refunds of which they do not name the order.
    package private(set) var namedOrderNos: Set<Text> = []
    package private(set) var namedRefundCodes: Set<Text> = []

    package init(_ carried: CarriedRecords) {
        files = carried.files
        recordPlaces = carried.records.map(\.first)
        webhookPlaces = carried.webhooks.map(\.first)
        answersReceivedFor = carried.answers.map(\.receivedFor)
        var (recordSums, webhookSums) = (CurrencySums(), CurrencySums())
        for carried in carried.records {
            recordSums.add(carried.record.originalAmount, carried.record.currency)
        }
        for carried in carried.webhooks {
            webhookSums.add(carried.webhook.finalRefundAmount, carried.webhook.currency)
        }
        self.recordSums = recordSums
        self.webhookSums = webhookSums
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

    package var webhookCount: Int { webhookPlaces.count }
    package var answerCount: Int { answersReceivedFor.count }

    /// Where a carried record came first; nil of a place in another file.
    package func firstPlace(of source: SourceLine) -> FirstPlace? {
        let index = Int(source.line) - 1
        if source.file == files.orders { return recordPlaces[index] }
        if source.file == files.webhooks { return webhookPlaces[index] }
        return nil
    }

    /// The night for which the answer at a place was received; nil of a place in another file.
    package func answerReceivedFor(_ source: SourceLine) -> CalendarDate? {
        source.file == files.answers ? answersReceivedFor[Int(source.line) - 1] : nil
    }

    /// The contents of the files, by their role among the inputs.
    package var figures: [String: InputFigures] {
        var (orders, webhooks, answered) = (InputFigures(), InputFigures(), InputFigures())
        (orders.records, orders.sums) = (recordPlaces.count, recordSums)
        (webhooks.records, webhooks.sums) = (webhookCount, webhookSums)
        answered.records = answerCount
        return ["carriedOrders": orders, "carriedWebhooks": webhooks, "carriedAnswers": answered]
    }
}
