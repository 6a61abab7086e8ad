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
        for item in items { line("openItem", item.tree.encoded()) }
        for record in breaks { line("break", record.tree.encoded()) }
        return bytes
    }

    /// The SHA-256 of what `exportLines` gives.
    var digest: String { exportLines().withUnsafeBufferPointer { sha256($0) } }
}

extension RowKey {
    fileprivate var members: [JSONTree.Member] {
        [
            .init("rowType", .string(rowType.rawValue)), .init("orderNo", .text(orderNo?.string)),
            .init("airlinePNR", .text(airlinePNR?.string)), .init("carrier", .text(carrier?.string)),
            .init("refundCode", .text(refundCode?.string)),
        ]
    }
}

extension OpenItem {
    var tree: JSONTree {
        .object(
            [.init("id", .string(id.description))] + key.members + [
                .init("currency", .string(currency.code)), .init("amount", .text(amount?.formatted(currency))),
                .init("outcome", .text(outcome?.rawValue)), .init("since", .string(since.description)),
            ])
    }
}

extension BreakRecord {
    var tree: JSONTree {
        .object(
            [.init("id", .string(id.description))] + key.members + [
                .init("currency", .text(currency?.code)), .init("outcome", .text(outcome?.rawValue)),
                .init("exceptions", .string(exceptions)), .init("amounts", .string(amounts)),
                .init("since", .string(since.description)), .init("nights", .int(nights)),
                .init("examined", .string(examined.description)),
                .init("formerIds", .array(formerIds.map { .string($0.description) })),
            ])
    }
}
