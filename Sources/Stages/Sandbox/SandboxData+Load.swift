import Files
import JSON
import Memory
import Refunds

extension SandboxData {
    /// Reads a data file whole.
    ///
    /// Errors: `cannotOpen`, `cannotRead`, and `badLine` for the first line that is no order: no UTF-8, no JSON, a key
    /// twice, a member that is unknown or of another kind, neither orderNo nor PNR and carrier, or an orderNo that a
    /// line before has.
    package static func load(path: String) throws(SandboxError) -> SandboxData {
        try parse(try InputBytes.sandboxText(path: path), name: path)
    }

    /// Reads the text of a data file; `name` is used in errors.
    package static func parse(_ text: [UInt8], name: String) throws(SandboxError) -> SandboxData {
        var data = SandboxData(text: text)
        var reader = JSONReader()
        var line = 0
        // A byte order mark is no part of the first line.
        var start = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while start < text.count {
            let end = text[start...].firstIndex(of: 0x0A) ?? text.count
            line += 1
            do {
                try OrderLine.take(start..<end, of: text, with: &reader, into: &data)
            } catch {
                throw .badLine(path: name, line: line, reason: error.reason)
            }
            start = end + 1
        }
        return data
    }
}

extension SandboxError {
    init(_ error: InputError) {
        self =
            switch error {
            case .cannotOpen(let path, let reason): .cannotOpen(path: path, reason: reason)
            case .unusable(let path, let reason): .cannotRead(path: path, reason: reason)
            case .givenTwice(let path, _): .cannotOpen(path: path, reason: "it is given twice")
            case .cannotSpool(let reason): .cannotOpen(path: "-", reason: reason)
            }
    }
}

extension InputBytes {
    /// The text of a file of the sandbox's.
    static func sandboxText(path: String) throws(SandboxError) -> [UInt8] {
        do throws(InputError) { return try read(InputFile(path: path)) } catch { throw SandboxError(error) }
    }
}

/// One line of the data file.
private enum OrderLine {
    struct LineError: Error {
        let reason: String
    }

    private static let members: Set<String> = [
        "orderNo", "airlinePNR", "carrier", "refundQuotation", "refund", "refundOrders", "faults",
    ]

    static func take(
        _ range: Range<Int>, of text: [UInt8], with reader: inout JSONReader, into data: inout SandboxData
    ) throws(LineError) {
        let line = text[range]
        if line.allSatisfy({ $0 <= 0x20 }) { return }
        guard String(validating: line, as: UTF8.self) != nil else { throw LineError(reason: "no UTF-8") }
        let reading = reader.read(text.span.extracting(range))
        switch reading.fault {
        case .syntax(let offset): throw LineError(reason: "not JSON (byte \(offset + 1) of the line)")
        case .duplicateKey(let key): throw LineError(reason: "the key \"\(key)\" appears twice in one object")
        case nil: break
        }
        guard let root = reading.object else { throw LineError(reason: "not a JSON object") }
        let (order, locator, faults) = try order(root, from: range.lowerBound)
        guard data.add(order, locator: locator, faults: faults) else {
            throw LineError(reason: "a line before has the orderNo \"\(order.key.orderNo?.string ?? "")\"")
        }
    }

    private static func order(
        _ root: JSONView, from start: Int
    ) throws(LineError) -> (SandboxData.Order, OrderKey?, [FaultKind?]?) {
        var children = root.children
        while let member = children.next() {
            let name = member.name ?? ""
            if !members.contains(name) { throw LineError(reason: "unknown member \"\(name)\"") }
        }
        let (orderNo, pnr, carrier) = (
            try text(root, "orderNo"), try text(root, "airlinePNR"), try text(root, "carrier")
        )
        guard let key = OrderKey(orderNo: orderNo, airlinePNR: pnr, carrier: carrier) else {
            throw LineError(reason: "neither orderNo nor airlinePNR and carrier")
        }
        var order = SandboxData.Order(key: key)
        for (member, range) in [
            ("refundQuotation" as JSONKey, \SandboxData.Order.refundQuotation), ("refund", \.refund),
        ] {
            guard let body = root.given(member) else { continue }
            guard body.kind == .object else {
                throw LineError(reason: "refundQuotation and refund are objects or null")
            }
            order[keyPath: range] = position(of: body, from: start)
            if let offer = body.given("refundOfferId"), let id = offer.string { order.refundOfferIDs.append(Text(id)) }
        }
        if let entries = root.given("refundOrders") {
            var (elements, areObjects) = (entries.children, entries.kind == .array)
            while let element = elements.next() { areObjects = areObjects && element.kind == .object }
            guard areObjects else { throw LineError(reason: "refundOrders is an array of objects") }
            if elements.count > 0 { order.refundOrders = position(of: entries, from: start) }
        }
        let locator = OrderKey(orderNo: nil, airlinePNR: pnr, carrier: carrier)
        return (order, locator, try faults(root))
    }

    /// A name trimmed of ASCII white space, as every reader of this project has it; an empty one is none.
    private static func text(_ root: JSONView, _ member: JSONKey) throws(LineError) -> Text? {
        guard let value = root.given(member) else { return nil }
        guard let string = value.string else {
            throw LineError(reason: "orderNo, airlinePNR and carrier are strings or null")
        }
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let bytes = Array(string.utf8.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
        return bytes.isEmpty ? nil : Text(String(decoding: bytes, as: UTF8.self))
    }

    private static func faults(_ root: JSONView) throws(LineError) -> [FaultKind?]? {
        guard let value = root.given("faults") else { return nil }
        do {
            return try FaultScripts.kinds(value)
        } catch {
            throw LineError(reason: error.description)
        }
    }

    private static func position(of value: JSONView, from start: Int) -> Range<Int> {
        let place = value.place
        return (start + place.lowerBound)..<(start + place.upperBound)
    }
}
