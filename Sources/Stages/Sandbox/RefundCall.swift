import JSON
import Memory
import Refunds

/// The operations of Atlas's refund API, by path.
enum Operation: String, CaseIterable {
    case queryRefundOrders = "/queryRefundOrders.do"
    case refundQuotation = "/refundQuotation.do"
    case refund = "/refund.do"
}

/// A request that follows Atlas's specification of its operation, reduced to the fields that choose the answer.
struct RefundCall {
    let operation: Operation
    let key: OrderKey
    var refundCode: Text?
    var refundOfferID: Text?

    /// The key by which attempts are counted: several refunds of one order may be asked about at the same time, and each
    /// must meet its faults in whatever order they come.
    var attemptKey: String {
        let names = [key.orderNo, key.airlinePNR, key.carrier, refundCode].map { $0?.string ?? "" }
        return operation.rawValue + "\n" + names.joined(separator: "\n")
    }

    /// Reads a request's body as the operation's OpenAPI file describes it; throws status 400, which names the fault.
    init(_ operation: Operation, body: [UInt8], reader: inout JSONReader) throws(Reply) {
        guard String(validating: body, as: UTF8.self) != nil else { throw .bad("the body is no UTF-8") }
        let reading = reader.read(body.span)
        switch reading.fault {
        case .syntax(let offset): throw .bad("the body is not JSON (byte \(offset + 1))")
        case .duplicateKey(let key): throw .bad("the key \(key) appears twice in one object")
        case nil: break
        }
        guard let root = reading.object else { throw .bad("the body is not a JSON object") }
        try self.init(operation, root: root)
    }

    private init(_ operation: Operation, root: JSONView) throws(Reply) {
        self.operation = operation
        let orderNo = try RequestField.text(root, "orderNo", "orderNo")
        let airlinePNR = try RequestField.text(root, "airlinePNR", "airlinePNR")
        let carrier = try RequestField.text(root, "carrier", "carrier")
        switch operation {
        case .queryRefundOrders:
            refundCode = Text(try RequestField.string(root, "refundCode", "refundCode"))
            if root["displayCurrency"] != nil { _ = try RequestField.text(root, "displayCurrency", "displayCurrency") }
        case .refundQuotation:
            try RequestField.passengers(root)
        case .refund:
            refundOfferID = try RequestField.text(root, "refundOfferId", "refundOfferId")
            if root["displayCurrency"] != nil { _ = try RequestField.text(root, "displayCurrency", "displayCurrency") }
            let hasList = root.given("refundRequestList") != nil
            if hasList { try RequestField.passengers(root) }
            guard hasList || refundOfferID != nil else { throw .bad("refundOfferId or refundRequestList is wanted") }
        }
        guard let key = OrderKey(orderNo: orderNo, airlinePNR: airlinePNR, carrier: carrier) else {
            throw .bad("orderNo, or airlinePNR and carrier, is wanted")
        }
        self.key = key
    }
}

/// Members of a request, each checked as Atlas's OpenAPI files describe it.
private enum RequestField {
    /// A member that must be there and may be null; an empty string says as little as null.
    static func text(_ object: JSONView, _ member: JSONKey, _ name: String) throws(Reply) -> Text? {
        guard let value = object[member] else { throw .bad("\(name) is missing") }
        guard !value.isNull else { return nil }
        guard let string = value.string else { throw .bad("\(name) is no string") }
        return string.isEmpty ? nil : Text(string)
    }

    /// A member that must be there and be a string.
    @discardableResult
    static func string(_ object: JSONView, _ member: JSONKey, _ name: String) throws(Reply) -> String {
        guard let value = object[member] else { throw .bad("\(name) is missing") }
        guard let string = value.string else { throw .bad("\(name) is no string") }
        return string
    }

    /// `refundRequestList`: passengers, each with the segments to refund.
    static func passengers(_ root: JSONView) throws(Reply) {
        guard let list = root["refundRequestList"] else { throw .bad("refundRequestList is missing") }
        guard list.kind == .array else { throw .bad("refundRequestList is no array") }
        var passengers = list.children
        while let passenger = passengers.next() {
            let name = "refundRequestList[\(passengers.count - 1)]"
            guard passenger.kind == .object else { throw .bad("\(name) is no object") }
            try string(passenger, "lastName", "\(name).lastName")
            try string(passenger, "firstName", "\(name).firstName")
            let reason = try string(passenger, "refundReason", "\(name).refundReason")
            guard ["0", "1", "4"].contains(reason) else { throw .bad("\(name).refundReason is not 0, 1 or 4") }
            guard let segments = passenger["segments"], segments.kind == .array else {
                throw .bad("\(name).segments is no array")
            }
            var values = segments.children
            while let value = values.next() { try segment(value, "\(name).segments[\(values.count - 1)]") }
        }
    }

    private static func segment(_ segment: JSONView, _ name: String) throws(Reply) {
        guard segment.kind == .object else { throw .bad("\(name) is no object") }
        try string(segment, "flightNo", "\(name).flightNo")
        try string(segment, "depAirport", "\(name).depAirport")
        try string(segment, "arrAirport", "\(name).arrAirport")
        // The schema says ISO 8601, every sample is yyyyMMdd: a date in either form.
        let date = try string(segment, "depDate", "\(name).depDate")
        let isDate = (date.utf8.count == 8 || date.utf8.count == 10) && CalendarDate(date) != nil
        guard isDate else { throw .bad("\(name).depDate is no date") }
    }
}

extension Reply {
    /// Status 400 with its reason.
    static func bad(_ reason: String) -> Reply { Reply(status: 400, message: reason) }
}
