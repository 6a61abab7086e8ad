import Ingest
import Memory
import Refunds
import Testing

/// Files of several parts, which are read beside each other: the same records, wherever the parts are cut.
@Suite struct PartTests {
    private static let count = 20_000

    /// More than two parts of an order file. The offers have changing lengths, so that parts end at other places of them.
    private static func orders(offer: (String) -> String) -> [UInt8] {
        var text = "orderNo,refundCode,refundOfferId,currency,originalTotalFareAmount,airlinePenaltyAmount,"
        text += "transactionFee,requestedAt\n"
        for number in 0..<count {
            let offer = offer(String(repeating: "o", count: 20 + number % 97))
            text += "ORDER\(number),R1,\(offer),USD,100.00,6.00,2.00,20250901\n"
        }
        return Array(text.utf8)
    }

    @Test(
        "quotes and line ends within fields do not lead a part astray",
        arguments: [
            ("", ""), ("\"", "\""), ("\"two\n", "lines\""), ("\"\"\"\n\"\",\n,", "\n\n\r\n\""), ("\"\n", "\n\""),
        ])
    func orders(before: String, after: String) async throws {
        let text = Self.orders { before + $0 + after }
        let one = try await readOrders(text, "orders.csv", threads: 1)
        let several = try await readOrders(text, "orders.csv", threads: 3)
        #expect(one.rejects.isEmpty)
        #expect(one.controls.accepted == Self.count)
        #expect(one.cases.map { $0.orderNo?.string } == (0..<Self.count).map { "ORDER\($0)" })
        let linesEach = Int32(1 + (before + after).utf8.count { $0 == 0x0A })
        #expect(one.cases.last?.source.line == 2 + Int32(Self.count - 1) * linesEach)
        #expect(several.cases == one.cases)
        #expect(several.controls == one.controls)
    }

    /// A record that is broken on purpose now and then: the same are refused, with the same lines.
    @Test func rejects() async throws {
        var number = 0
        let text = Self.orders { offer in
            number += 1
            return number % 501 == 0 ? "\(offer)\"" : offer
        }
        let one = try await readOrders(text, "orders.csv", threads: 1)
        let several = try await readOrders(text, "orders.csv", threads: 3)
        #expect(one.rejects.count == Self.count / 501)
        #expect(one.rejects.first?.source.line == 502)
        #expect(several.rejects == one.rejects)
        #expect(several.cases == one.cases)
    }
}
