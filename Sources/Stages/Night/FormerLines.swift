import Files
import JSON
import Memory
import Refunds

/// The lines of a store of the first version as today's are.
struct FormerLines {
    package private(set) var orders: [UInt8] = []
    package private(set) var webhooks: [UInt8] = []
    /// By name, in the order in which their records came first.
    private var fileNumbers: [String: Int] = [:]

    /// - Parameter conflicts: gets the number of cases that another record contradicted.
    package init(_ night: FormerNight, _ conflicts: inout Int) {
        for line in night.orders {
            let members = Members(line)
            orders += changed(line, members)
            if members?.hasConflict == true { conflicts += 1 }
        }
        for line in night.webhooks { webhooks += changed(line, Members(line)) }
    }

    /// The fields of a line that are needed to change it; nil if it is not an object.
    private struct Members {
        let fileName: String
        let ticketCount: Int?
        let hasConflict: Bool

        init?(_ line: [UInt8]) {
            let read = line.withUnsafeBufferPointer { text -> (source: String, tickets: Int?, hasConflict: Bool)? in
                let document = JSONDocument()
                guard text.isValidUTF8, document.parse(text) == nil, document.root.kind == .object else { return nil }
                let tickets = document.root["refundTickets"]
                return (
                    document.root["firstSource"]?.string ?? "",
                    tickets.flatMap { $0.kind == .array ? $0.elements.count : nil },
                    document.root["hasConflict"]?.bool ?? false
                )
            }
            guard let read else { return nil }
            fileName = read.source.lastIndex(of: ":").map { String(read.source[..<$0]) } ?? read.source
            (ticketCount, hasConflict) = (read.tickets, read.hasConflict)
        }
    }

    /// A line with the number of the file in which its record came first, and the number of the tickets in place of these.
    private mutating func changed(_ line: [UInt8], _ members: Members?) -> [UInt8] {
        // Whoever reads a line that is no object says so.
        guard let members, line.last == UInt8(ascii: "}") else { return line + [0x0A] }
        let number = fileNumbers[members.fileName] ?? fileNumbers.count
        fileNumbers[members.fileName] = number
        let tickets = members.ticketCount.map { ",\"ticketCount\":\($0)" } ?? ""
        return line.dropLast() + Array(",\"firstFile\":\(number)\(tickets)}\n".utf8)
    }
}
