import JSON
import Memory
import Refunds
import Rules

/// Open items and breaks as lines of carried-open-items.jsonl and carried-breaks.jsonl. A missing value is null.
extension OpenItem {
    /// Appends the line without its line end.
    package func appendLine(to line: inout ByteWriter) {
        line.append(member: "{\"id\":", id)
        line.append(members: key)
        line.append(member: ",\"currency\":", currency.text)
        line.append(member: ",\"amount\":", amount, currency)
        line.append(member: ",\"outcome\":", outcome?.text)
        line.append(member: ",\"since\":", since)
        line.append(UInt8(ascii: "}"))
    }
}

extension BreakRecord {
    /// Appends the line without its line end.
    package func appendLine(to line: inout ByteWriter) {
        line.append(member: "{\"id\":", id)
        line.append(members: key)
        line.append(member: ",\"currency\":", currency?.text)
        line.append(member: ",\"outcome\":", outcome?.text)
        line.append(literal: ",\"exceptions\":\"")
        line.append(joined: exceptions)
        line.append(UInt8(ascii: "\""))
        line.append(member: ",\"amounts\":", amounts)
        line.append(member: ",\"since\":", since)
        line.append(literal: ",\"nights\":")
        line.append(decimal: nights)
        line.append(member: ",\"examined\":", examined)
        line.append(literal: ",\"formerIds\":[")
        var head: StaticString = ""
        for id in formerIDs {
            line.append(member: head, id)
            head = ","
        }
        line.append(literal: "]}")
    }
}

/// A member's head, such as `,"since":`, and its value.
extension ByteWriter {
    fileprivate mutating func append(members key: RowKey) {
        append(member: ",\"rowType\":", key.rowType.text)
        append(member: ",\"orderNo\":", key.orderNo)
        append(member: ",\"airlinePNR\":", key.airlinePNR)
        append(member: ",\"carrier\":", key.carrier)
        append(member: ",\"refundCode\":", key.refundCode)
    }

    fileprivate mutating func append(member head: StaticString, _ text: Text?) {
        append(literal: head)
        append(jsonString: text)
    }

    fileprivate mutating func append(member head: StaticString, _ id: BreakID) {
        append(literal: head)
        append(UInt8(ascii: "\""))
        append(id)
        append(UInt8(ascii: "\""))
    }

    fileprivate mutating func append(member head: StaticString, _ date: CalendarDate) {
        append(literal: head)
        append(UInt8(ascii: "\""))
        append(date)
        append(UInt8(ascii: "\""))
    }

    fileprivate mutating func append(member head: StaticString, _ amount: Amount?, _ currency: Currency) {
        append(literal: head)
        guard let amount else { return append(literal: "null") }
        append(UInt8(ascii: "\""))
        append(amount, currency)
        append(UInt8(ascii: "\""))
    }
}
