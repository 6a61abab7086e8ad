import Memory

/// The numbers of the files with the records that nights before handed on.
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

/// The records that nights before handed on of the orders that a night recalls.
public struct CarriedRecords: Sendable {
    /// In the order of their lines, which are their sources.
    public private(set) var records: [RememberedRecord]
    public private(set) var webhooks: [RememberedWebhook]
    public private(set) var answers: [RememberedAnswer]
    public let files: CarriedFileNumbers

    public init(
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
}

/// What a report says of the records that nights before handed on, once these are among tonight's: where each came first, and
/// what they add up to.
public struct CarriedPlaces: Sendable {
    public let files: CarriedFileNumbers
    private let recordPlaces: [FirstPlace]
    private let webhookPlaces: [FirstPlace]
    private let answersReceivedFor: [CalendarDate]
    private let recordSums: CurrencySums
    /// The sums of the final refunds of the webhooks.
    public let webhookSums: CurrencySums
    /// The orders that the answers name, and the refunds of which they do not name the order.
    public private(set) var namedOrderNos: Set<Text> = []
    public private(set) var namedRefundCodes: Set<Text> = []

    public init(_ carried: CarriedRecords) {
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

    public var webhookCount: Int { webhookPlaces.count }
    public var answerCount: Int { answersReceivedFor.count }

    /// Where a carried record came first; nil of a place in another file.
    public func firstPlace(of source: SourceLine) -> FirstPlace? {
        let index = Int(source.line) - 1
        if source.file == files.orders { return recordPlaces[index] }
        if source.file == files.webhooks { return webhookPlaces[index] }
        return nil
    }

    /// The night for which the answer at a place was received; nil of a place in another file.
    public func answerReceivedFor(_ source: SourceLine) -> CalendarDate? {
        source.file == files.answers ? answersReceivedFor[Int(source.line) - 1] : nil
    }

    /// The contents of the files, by their role among the inputs.
    public var figures: [String: InputFigures] {
        var (orders, webhooks, answered) = (InputFigures(), InputFigures(), InputFigures())
        (orders.records, orders.sums) = (recordPlaces.count, recordSums)
        (webhooks.records, webhooks.sums) = (webhookCount, webhookSums)
        answered.records = answerCount
        return ["carriedOrders": orders, "carriedWebhooks": webhooks, "carriedAnswers": answered]
    }
}
