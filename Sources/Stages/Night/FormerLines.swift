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
            guard line.span.isValidUTF8, let object = JSONTree(parsing: line.span), object.isObject else { return nil }
            let source = object["firstSource"]?.string ?? ""
            fileName = source.lastIndex(of: ":").map { String(source[..<$0]) } ?? source
            if case .array(let tickets)? = object["refundTickets"] {
                ticketCount = tickets.count
            } else {
                ticketCount = nil
            }
            hasConflict = object["hasConflict"]?.bool ?? false
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
