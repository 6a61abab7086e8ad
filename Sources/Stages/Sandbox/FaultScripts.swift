import Files
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
        try parse(try InputBytes.sandboxText(path: path), name: path)
    }

    /// Reads the text of a script file; `name` is used in errors.
    package static func parse(_ text: [UInt8], name: String) throws(SandboxError) -> FaultScripts {
        var scripts = FaultScripts()
        var reader = JSONReader()
        let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.allSatisfy({ $0 <= 0x20 }) {
            do {
                try scripts.take(line, with: &reader)
            } catch {
                throw .badLine(path: name, line: index + 1, reason: error.description)
            }
        }
        return scripts
    }

    /// Why a script is none.
    struct ScriptError: Error {
        let description: String
    }

    private mutating func take(_ line: ArraySlice<UInt8>, with reader: inout JSONReader) throws(ScriptError) {
        let isUTF8 = String(validating: line, as: UTF8.self) != nil
        let reading = reader.read(line.span)
        guard isUTF8, reading.fault == nil, let root = reading.root else {
            throw ScriptError(description: "not a JSON object without double keys")
        }
        let key = OrderKey(
            orderNo: Self.text(root, "orderNo"), airlinePNR: Self.text(root, "airlinePNR"),
            carrier: Self.text(root, "carrier"))
        guard let key, let faults = root.given("faults") else {
            throw ScriptError(description: "an order (orderNo, or airlinePNR and carrier) and its faults are wanted")
        }
        byOrder[key] = try Self.kinds(faults)
    }

    private static func text(_ root: JSONView, _ member: JSONKey) -> Text? {
        guard let value = root.given(member), let string = value.string else { return nil }
        return Text(string)
    }

    /// The kinds that an array names.
    static func kinds(_ value: JSONView) throws(ScriptError) -> [FaultKind?] {
        guard value.kind == .array else { throw ScriptError(description: "faults is an array") }
        var kinds: [FaultKind?] = []
        var elements = value.children
        while let element = elements.next() {
            if element.isNull || element.string == "none" {
                kinds.append(nil)
            } else if let name = element.string, let kind = FaultKind(rawValue: name) {
                kinds.append(kind)
            } else {
                throw ScriptError(description: "faults holds null or one of \(FaultKind.names)")
            }
        }
        return kinds
    }
}
