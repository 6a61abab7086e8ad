import Memory
import Refunds
import Report

extension ResultRow {
    /// The row as a message names it: `case, order ORD1, refund RC-1, orders.csv:2`.
    func named(_ fileNames: [String]) -> String {
        let parts: [String?] = [
            rowType.rawValue, orderNo.map { "order \($0)" }, airlinePNR.map { "PNR \($0)" },
            refundCode.map { "refund \($0)" }, source.text(fileNames),
        ]
        return VisibleText.escaped(parts.compactMap { $0 }.joined(separator: ", "))
    }
}
