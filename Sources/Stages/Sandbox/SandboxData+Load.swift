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
        try parse(try DataFile.read(path: path), name: path)
    }

    /// Reads the text of a data file; `name` is used in errors.
    package static func parse(_ text: [UInt8], name: String) throws(SandboxError) -> SandboxData {
        var data = SandboxData(text: text)
        let document = JSONDocument()
        var line = 0
        // A byte order mark is no part of the first line.
        var start = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while start < text.count {
            let end = text[start...].firstIndex(of: 0x0A) ?? text.count
            line += 1
            do {
                try OrderLine.take(start..<end, of: text, with: document, into: &data)
            } catch {
                throw .badLine(path: name, line: line, reason: error.reason)
            }
            start = end + 1
        }
        return data
    }
}

/// One line of the data file.
private enum OrderLine {
    struct Fault: Error {
        let reason: String
    }

    private static let members: Set<String> = [
        "orderNo", "airlinePNR", "carrier", "refundQuotation", "refund", "refundOrders", "faults",
    ]

    static func take(
        _ range: Range<Int>, of text: [UInt8], with document: JSONDocument, into data: inout SandboxData
    ) throws(Fault) {
        let result: Result<(SandboxData.Order, OrderKey?, [FaultKind?]?)?, Fault> = text.withUnsafeBufferPointer {
            all in
            let bytes = UnsafeBufferPointer(rebasing: all[range])
            if bytes.allSatisfy({ $0 <= 0x20 }) { return .success(nil) }
            guard String(validating: bytes, as: UTF8.self) != nil else { return .failure(Fault(reason: "no UTF-8")) }
            switch document.parse(bytes) {
            case .syntax(let offset): return .failure(Fault(reason: "not JSON (byte \(offset + 1) of the line)"))
            case .duplicateKey(let key):
                return .failure(Fault(reason: "the key \"\(key)\" appears twice in one object"))
            case nil: break
            }
            return Result { () throws(Fault) in try order(document.root, base: all.baseAddress) }
        }
        guard let (order, locator, faults) = try result.get() else { return }
        guard data.add(order, locator: locator, faults: faults) else {
            throw Fault(reason: "a line before has the orderNo \"\(order.key.orderNo?.string ?? "")\"")
        }
    }

    private static func order(
        _ root: JSONValue, base: UnsafePointer<UInt8>?
    ) throws(Fault) -> (SandboxData.Order, OrderKey?, [FaultKind?]?) {
        guard root.kind == .object else { throw Fault(reason: "not a JSON object") }
        if let unknown = root.members.first(where: { !members.contains($0.key) }) {
            throw Fault(reason: "unknown member \"\(unknown.key)\"")
        }
        let (orderNo, pnr, carrier) = (
            try text(root, "orderNo"), try text(root, "airlinePNR"), try text(root, "carrier")
        )
        guard let key = OrderKey(orderNo: orderNo, airlinePNR: pnr, carrier: carrier) else {
            throw Fault(reason: "neither orderNo nor airlinePNR and carrier")
        }
        var order = SandboxData.Order(key: key)
        for (member, range) in [
            ("refundQuotation" as JSONKey, \SandboxData.Order.refundQuotation), ("refund", \.refund),
        ] {
            guard let body = root.given(member) else { continue }
            guard body.kind == .object else { throw Fault(reason: "refundQuotation and refund are objects or null") }
            order[keyPath: range] = position(of: body, base: base)
            if let offer = body.given("refundOfferId")?.string { order.refundOfferIDs.append(Text(offer)) }
        }
        if let entries = root.given("refundOrders") {
            guard entries.kind == .array, entries.elements.allSatisfy({ $0.kind == .object }) else {
                throw Fault(reason: "refundOrders is an array of objects")
            }
            if !entries.elements.isEmpty { order.refundOrders = position(of: entries, base: base) }
        }
        let locator = OrderKey(orderNo: nil, airlinePNR: pnr, carrier: carrier)
        return (order, locator, try faults(root))
    }

    /// A name trimmed of ASCII white space, as every reader of this project has it; an empty one is none.
    private static func text(_ root: JSONValue, _ member: JSONKey) throws(Fault) -> Text? {
        guard let value = root.given(member) else { return nil }
        guard let string = value.string else {
            throw Fault(reason: "orderNo, airlinePNR and carrier are strings or null")
        }
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let bytes = Array(string.utf8.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
        return bytes.isEmpty ? nil : Text(String(decoding: bytes, as: UTF8.self))
    }

    private static func faults(_ root: JSONValue) throws(Fault) -> [FaultKind?]? {
        guard let value = root.given("faults") else { return nil }
        do {
            return try FaultScripts.kinds(value)
        } catch {
            throw Fault(reason: error.description)
        }
    }

    private static func position(of value: JSONValue, base: UnsafePointer<UInt8>?) -> Range<Int>? {
        guard let base, let start = value.raw.baseAddress else { return nil }
        let offset = start - base
        return offset..<offset + value.raw.count
    }
}
