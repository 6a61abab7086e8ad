import JSON
import Memory
import Refunds

/// Faults written down order by order, one an attempt: the first for the first time a refund is asked about, and so on;
/// null (or `"none"`) for an attempt that is answered well, as is every attempt after the last that is written.
package struct FaultScripts: Sendable {
    private var byOrder: [OrderKey: [FaultKind?]] = [:]

    package init() {}

    /// Whether no order has one.
    package var isEmpty: Bool { byOrder.isEmpty }

    subscript(key: OrderKey) -> [FaultKind?]? {
        get { byOrder[key] }
        set { byOrder[key] = newValue }
    }

    /// Reads scripts, one JSON object a line: `{"orderNo":"…","faults":["503",null,"status-2"]}`, or with `airlinePNR`
    /// and `carrier` in place of the number. A later line for the same order replaces an earlier one.
    ///
    /// Errors: as `SandboxData.load`.
    package static func load(path: String) throws(SandboxError) -> FaultScripts {
        try parse(try DataFile.read(path: path), name: path)
    }

    /// Reads the text of a script file; `name` is used in errors.
    package static func parse(_ text: [UInt8], name: String) throws(SandboxError) -> FaultScripts {
        var scripts = FaultScripts()
        let document = JSONDocument()
        let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.allSatisfy({ $0 <= 0x20 }) {
            do {
                try scripts.take(line, with: document)
            } catch {
                throw .badLine(path: name, line: index + 1, reason: error.description)
            }
        }
        return scripts
    }

    /// Why a script is none.
    struct Fault: Error {
        let description: String
    }

    private mutating func take(_ line: ArraySlice<UInt8>, with document: JSONDocument) throws(Fault) {
        let result: Result<(OrderKey, [FaultKind?]), Fault> = line.withUnsafeBufferPointer { bytes in
            Result { () throws(Fault) in
                guard String(validating: bytes, as: UTF8.self) != nil, document.parse(bytes) == nil else {
                    throw Fault(description: "not a JSON object without double keys")
                }
                let root = document.root
                let name = { (member: JSONKey) in root.given(member)?.string.map { Text($0) } }
                let key = OrderKey(orderNo: name("orderNo"), airlinePNR: name("airlinePNR"), carrier: name("carrier"))
                guard let key, let faults = root.given("faults") else {
                    throw Fault(description: "an order (orderNo, or airlinePNR and carrier) and its faults are wanted")
                }
                return (key, try Self.kinds(faults))
            }
        }
        let (key, kinds) = try result.get()
        byOrder[key] = kinds
    }

    /// The kinds that an array names.
    static func kinds(_ value: JSONValue) throws(Fault) -> [FaultKind?] {
        guard value.kind == .array else { throw Fault(description: "faults is an array") }
        var kinds: [FaultKind?] = []
        for element in value.elements {
            if element.isNull || element.string == "none" {
                kinds.append(nil)
            } else if let name = element.string, let kind = FaultKind(rawValue: name) {
                kinds.append(kind)
            } else {
                throw Fault(description: "faults holds null or one of \(FaultKind.names)")
            }
        }
        return kinds
    }
}
