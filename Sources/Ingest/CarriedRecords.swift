import Bytes
import Core
import JSON

/// Where and when a record that is carried forward was first reported.
public struct CarriedMark: Sendable, Equatable {
    /// The as-of date of that report.
    public let firstAsOf: CalendarDate
    /// How that report named the record's place: `orders.csv:17`.
    public let firstSource: String

    public init(firstAsOf: CalendarDate, firstSource: String) {
        self.firstAsOf = firstAsOf
        self.firstSource = firstSource
    }

    fileprivate init(_ object: JSONValue, _ decode: FieldDecoder) throws(RecordFault) {
        firstAsOf = try needed(try decode.date(object.field("firstAsOf"), "firstAsOf"), "firstAsOf")
        firstSource = try needed(try decode.text(object.field("firstSource"), "firstSource"), "firstSource").string
    }

    fileprivate var members: [JSONTree.Member] {
        [.init("firstAsOf", .string(firstAsOf.description)), .init("firstSource", .string(firstSource))]
    }
}

/// The cases and notifications that the nights before handed on, as `carried-orders.jsonl` and `carried-webhooks.jsonl` hold
/// them: a case as a flat order record, a notification in an envelope, each with its mark.
public struct CarriedRecords: Sendable {
    /// One record and its mark.
    public struct Carried<Record: Sendable>: Sendable {
        public var record: Record
        public let mark: CarriedMark
    }

    /// In the order of their lines, which are their sources.
    public private(set) var cases: [Carried<RefundCase>] = []
    public private(set) var notifications: [Carried<Notification>] = []
    /// The numbers of the two files.
    public let ordersFile: Int32
    public let webhooksFile: Int32

    private init(firstFile: Int32) { (ordersFile, webhooksFile) = (firstFile, firstFile + 1) }

    /// Reads both files; a line that this program did not write makes a file unusable.
    ///
    /// - Parameter firstFile: the number of the file of cases; that of the notifications is the next.
    public static func read(
        orders: InputFile, webhooks: InputFile, firstFile: Int32, threads: Int
    ) async throws -> CarriedRecords {
        var records = CarriedRecords(firstFile: firstFile)
        records.cases = try await read(orders, records.ordersFile, OrderField.keys, threads) {
            (object, _, decode, source) throws(RecordFault) in
            try CarriedOrder.read(object, decode, source)
        } shifted: {
            $0.source = $0.source.shifted(by: $1)
        }
        records.notifications = try await read(webhooks, records.webhooksFile, NotificationField.keys, threads) {
            (object, inner, decode, source) throws(RecordFault) in
            let unwrapper = NotificationUnwrapper(decode, source: source)
            guard let found = try unwrapper.find(in: object, inner: inner) else {
                throw RecordFault(.badJSON, "no refund notification")
            }
            return found
        } shifted: {
            $0.source = $0.source.shifted(by: $1)
        }
        return records
    }

    /// A line may be longer than the record that it was made of: it is written anew, and marked.
    private static let lineBytes = 16 << 20

    private static func read<Record: Sendable>(
        _ input: InputFile, _ file: Int32, _ names: [JSONKey], _ threads: Int,
        _ decode: @escaping @Sendable (JSONValue, JSONDocument, FieldDecoder, SourceLine) throws(RecordFault) -> Record,
        shifted: (inout Record, Int32) -> Void
    ) async throws -> [Carried<Record>] {
        let parser = JSONLinesParser(file: file, names: names, recordBytes: lineBytes) {
            (object, inner, decoder, source) throws(RecordFault) -> Carried<Record>? in
            Carried(record: try decode(object, inner, decoder, source), mark: try CarriedMark(object, decoder))
        }
        var records: [Carried<Record>] = []
        try await readRecords(of: BlockSource(input), with: parser, width: threads) { batch, firstLine in
            if let reject = batch.rejects.first {
                throw InputError.unusable(
                    path: input.path,
                    reason: "line \(reject.source.line + firstLine): \(reject.code.rawValue), \(reject.message)")
            }
            for var carried in batch.records {
                shifted(&carried.record, firstLine)
                records.append(carried)
            }
        }
        return records
    }

    /// What the two files hold, restated records included.
    public struct Figures: Sendable {
        public var cases = InputFigures()
        public var notifications = InputFigures()
    }

    /// The records and their amounts, as those of tonight's inputs are added up.
    public func figures() throws(Total.Overflow) -> Figures {
        var figures = Figures()
        figures.cases.records = cases.count
        for carried in cases { try figures.cases.sums.add(carried.record.originalAmount, carried.record.currency) }
        figures.notifications.records = notifications.count
        for carried in notifications {
            try figures.notifications.sums.add(carried.record.finalRefundAmount, carried.record.currency)
        }
        return figures
    }

    /// Leaves out the notifications that stand in tonight's logs as they are, their time included: they were read again.
    public mutating func dropRestated(by tonight: [Notification]) {
        if notifications.isEmpty { return }
        let orders = Set(notifications.map(\.record.orderNo))
        let restated = Set(tonight.filter { orders.contains($0.orderNo) }.map { Delivery($0) })
        notifications.removeAll { restated.contains(Delivery($0.record)) }
    }

    /// What the notifications add up to.
    public func notificationAmounts() throws(Total.Overflow) -> CurrencySums {
        var sums = CurrencySums()
        for carried in notifications { try sums.add(carried.record.finalRefundAmount, carried.record.currency) }
        return sums
    }

    /// A notification with all that it says, its time included.
    private struct Delivery: Hashable {
        let orderNo: Text
        let content: Notification.Content
        let receivedAt: Instant?

        init(_ notification: Notification) {
            orderNo = notification.orderNo
            content = notification.content
            receivedAt = notification.receivedAt
        }
    }
}

/// A case as a line of `carried-orders.jsonl`: a flat order record of what the record gave, with two more members. A voucher
/// refund has `voucherRefundAmount` in place of a fare, and a case that another record contradicted says so.
public enum CarriedOrder {
    fileprivate static func read(
        _ object: JSONValue, _ decode: FieldDecoder, _ source: SourceLine
    ) throws(RecordFault) -> RefundCase {
        let fields = JSONRecordFields<OrderField>(object)
        let amounts = CarriedAmounts(object: object, flat: FlatAmounts(fields: fields, decode: decode))
        let decoder = OrderDecoder(fields: fields, amounts: amounts, decode: decode, source: source)
        var refundCase = try decoder.refundCase()
        refundCase.auditTerms = AuditTermsReader.terms(object, decode, refundCase)
        refundCase.hasConflict = try decode.boolean(object.field("hasConflict"), "hasConflict") ?? false
        return refundCase
    }

    /// The line's bytes, without its line end.
    public static func line(_ refundCase: RefundCase, _ mark: CarriedMark) -> [UInt8] {
        var members: [JSONTree.Member] = []
        func add(_ field: OrderField, _ value: String?) {
            if let value { members.append(.init(field.title, .string(value))) }
        }
        func add(_ field: OrderField, _ value: Amount?) { add(field, value?.formatted(refundCase.currency)) }
        add(.orderNo, refundCase.orderNo?.string)
        add(.airlinePNR, refundCase.airlinePNR?.string)
        add(.carrier, refundCase.carrier?.string)
        add(.refundCode, refundCase.refundCode?.string)
        add(.refundOfferId, refundCase.refundOfferId?.string)
        add(.refundReason, refundCase.refundReason?.rawValue)
        add(.paymentMethod, refundCase.paymentMethod?.rawValue)
        add(.currency, refundCase.currency.code)
        add(.originalTotalFareAmount, refundCase.originalTotalFareAmount)
        add(.originalTotalAncillaryAmount, refundCase.originalTotalAncillaryAmount)
        add(.originalTotalAmount, refundCase.originalTotalAmount)
        add(.airlinePenaltyAmountForFare, refundCase.airlinePenaltyAmountForFare)
        add(.airlinePenaltyAmountForAncillaries, refundCase.airlinePenaltyAmountForAncillaries)
        add(.airlinePenaltyAmount, refundCase.airlinePenaltyAmount)
        add(.estimatedRefundAmount, refundCase.estimatedRefundAmount)
        if let voucher = refundCase.voucherRefundAmount {
            members.append(.init(CarriedAmounts.voucher.title, .string(voucher.formatted(refundCase.currency))))
        }
        add(.transactionFee, refundCase.transactionFee)
        add(.refundQuoteType, refundCase.refundQuoteType?.rawValue)
        if let isRefundable = refundCase.isRefundable {
            members.append(.init(OrderField.isRefundable.title, .bool(isRefundable)))
        }
        add(.refundMethod, refundCase.refundMethod?.rawValue)
        add(.requestedAt, refundCase.auditTerms?.requestedAt?.exactText ?? refundCase.requestedAt.description)
        add(.expectedConfirmationDate, refundCase.expectedConfirmationDate?.description)
        add(.expectedRefundDate, refundCase.expectedRefundDate?.description)
        members += refundCase.auditTerms?.members(refundCase.currency) ?? []
        if refundCase.hasConflict { members.append(.init("hasConflict", .bool(true))) }
        return JSONTree.object(members + mark.members).encoded(pretty: false)
    }
}

/// The amounts of a carried case: flat, and of a voucher refund the vouchers' sum.
private struct CarriedAmounts: OrderAmounts {
    static let voucher: JSONKey = "voucherRefundAmount"

    let object: JSONValue
    let flat: FlatAmounts<JSONRecordFields<OrderField>>

    func currency() throws(RecordFault) -> Currency? { try flat.currency() }

    func fill(_ record: inout RefundCase) throws(RecordFault) {
        let voucher = try flat.decode.amount(object.field(Self.voucher), Self.voucher.name, record.currency)
        guard let voucher else { return try flat.fill(&record) }
        record.voucherRefundAmount = voucher
        record.transactionFee = try flat.decode.amount(
            flat.fields[.transactionFee], OrderField.transactionFee.name, record.currency)
    }
}

extension JSONKey {
    fileprivate var title: String { "\(name)" }
}

/// A notification as a line of `carried-webhooks.jsonl`.
public enum CarriedWebhook {
    /// The line's bytes, without its line end.
    public static func line(_ notification: Notification, _ mark: CarriedMark) -> [UInt8] {
        let currency = notification.currency
        func amount(_ field: NotificationField, _ value: Amount?) -> [JSONTree.Member] {
            value.map { [.init(field.title, .string($0.formatted(currency)))] } ?? []
        }
        let body: [JSONTree.Member] =
            [
                .init(NotificationField.orderNo.title, .string(notification.orderNo.string)),
                .init(NotificationField.refundStatus.title, .int(Int(notification.refundStatus.rawValue))),
                .init(NotificationField.currency.title, .string(currency.code)),
            ] + amount(.originalTotalFare, notification.originalTotalFare)
            + amount(.originalTotalAncillaryAmount, notification.originalTotalAncillaryAmount)
            + amount(.originalTotalAmount, notification.originalTotalAmount)
            + amount(.airlinePenaltyAmountForFare, notification.airlinePenaltyAmountForFare)
            + amount(.airlinePenaltyAmountForAncillaries, notification.airlinePenaltyAmountForAncillaries)
            + amount(.airlinePenaltyAmount, notification.airlinePenaltyAmount)
            + amount(.finalRefundAmount, notification.finalRefundAmount)
            + amount(.transactionFee, notification.transactionFee)
        return JSONTree.object(
            [.init("receivedAt", .text(notification.receivedAt?.exactText)), .init("body", .object(body))]
                + mark.members
        ).encoded(pretty: false)
    }
}

extension AuditTerms {
    /// What `AuditTermsReader` reads them from, but for the time of the request: the rules as they came, and of the tickets
    /// their number, without the passengers' names.
    fileprivate func members(_ currency: Currency) -> [JSONTree.Member] {
        var members: [JSONTree.Member] = []
        if let refundRules {
            let rules = refundRules.json.withUnsafeBufferPointer { json in
                JSONDocument().parse(json) == nil
                    ? JSONTree.verbatim(OneLineJSON.bytes(of: json))
                    : .string(String(decoding: refundRules.json, as: UTF8.self))
            }
            members.append(.init(AuditField.refundRules.title, rules))
        }
        if let departureAt { members.append(.init(AuditField.departureAt.title, .string(departureAt.text))) }
        if let tax = originalTotalTaxAmount {
            members.append(.init(AuditField.originalTotalTaxAmount.title, .string(tax.formatted(currency))))
        }
        if let ticketCount {
            members.append(.init("refundTickets", .array(Array(repeating: .object([]), count: ticketCount))))
        }
        return members
    }
}

extension Instant {
    /// `yyyy-MM-ddTHH:mm:ss.fffffffffZ`: no part of the instant is lost.
    fileprivate var exactText: String {
        var bytes: [UInt8] = []
        bytes.append(digits: UInt(nanoseconds), minimumCount: 9)
        return utcText.dropLast(5) + "." + String(decoding: bytes, as: UTF8.self) + "Z"
    }
}
