@testable import Sandbox

/// Entries and bodies with digits and spaces that a copy through numbers would lose.
enum TestOrders {
    static let entry1 =
        #"{"orderNo":"ORDER-1","refundCode":"202505-0013","refundStatus":2,"refundFareAmount": {"currency":"USD","#
        + #""originalFareAmount":165.480,"estimatedRefundAmount":1.6548E+2},"note":"é\u00e9\/"}"#
    static let entry2 = #"{"orderNo":"ORDER-1","refundCode":"202505-0014","refundStatus":0}"#
    static let entry3 = #"{"orderNo":"ORDER-2","refundCode":"202505-0015","refundStatus":4}"#
    static let entry4 = #"{"orderNo":"ORDER-3","refundCode":"202505-0016","refundStatus":5}"#
    static let quotation = #"{"status":0,"orderNo":"ORDER-1","refundOfferId":"q_1","transactionFee":3.00}"#
    static let refund = #"{"status":0,"refundStatus":0,"refundCode":"202505-0013","refundOfferId":"q_1"}"#

    static let lines = [
        #"{"orderNo":"ORDER-1","airlinePNR":"PNR1","carrier":"U2","refundQuotation":\#(quotation),"refund":\#(refund),"#
            + #""refundOrders":[\#(entry1), \#(entry2)]}"#,
        #"{"orderNo":"ORDER-2","airlinePNR":"PNR2","carrier":"U2","refundQuotation":null,"refund":null,"#
            + #""refundOrders":[\#(entry3)]}"#,
        #"{"orderNo":null,"airlinePNR":"PNR2","carrier":"U2","refundQuotation":null,"refund":null,"#
            + #""refundOrders":[\#(entry4)]}"#,
        #"{"orderNo":"ORDER-4","airlinePNR":"PNR4","carrier":"U2","refundQuotation":null,"refund":null,"refundOrders":[]}"#,
    ]

    static var data: SandboxData {
        get throws { try SandboxData.parse(Array(lines.joined(separator: "\n").utf8), name: "orders.jsonl") }
    }

    static func answer(_ entries: String) -> String { #"{"refundOrders":[\#(entries)],"status":0,"msg":null}"# }

    static let answer1 = answer(entry1 + ", " + entry2)
}
