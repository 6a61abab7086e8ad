import Core
import JSON
import State

extension NightClosing {
    /// All that the night hands on but answers, as JSON Lines: one object a record, each with its `type`.
    public func exportLines() -> [UInt8] {
        var bytes: [UInt8] = []
        func line(_ type: String, _ raw: [UInt8]) {
            bytes.append(literal: "{\"type\":")
            bytes.append(jsonString: type)
            bytes.append(literal: ",\"record\":")
            bytes += raw
            bytes.append(literal: "}\n")
        }
        line(
            "night", JSONTree.object([.init("asOf", .string(asOf.description)), .init("cases", .int(cases))]).encoded())
        for order in orders { line("order", order) }
        for webhook in webhooks { line("webhook", webhook) }
        for item in items { line("openItem", item.line) }
        for record in breaks { line("break", record.line) }
        return bytes
    }

    /// The SHA-256 of what `exportLines` gives.
    var digest: String { exportLines().withUnsafeBufferPointer { sha256($0) } }
}
