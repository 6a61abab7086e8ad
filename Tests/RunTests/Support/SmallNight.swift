/// Orders and webhooks of a few cases without refund codes, so that no journal need answer.
struct SmallNight {
    /// An order of an amount of USD, with its penalty and a fee of 2.00.
    struct Order {
        let orderNo: String
        var original = "100.00"
        var penalty = "10.00"
    }

    /// Its webhook.
    struct Webhook {
        let orderNo: String
        var status = 2
        var final = "88.00"
    }

    var orders: [Order]
    var webhooks: [Webhook] = []

    static let asOf = "2025-05-20"

    /// Writes the inputs into a folder and gives the arguments of `run` but for the output.
    func arguments(in folder: TemporaryFolder, _ name: String) throws -> [String] {
        let orderLines = orders.map { "\($0.orderNo),USD,\($0.original),\($0.penalty),2.00,2025-05-01" }
        let header = "orderNo,currency,originalTotalFareAmount,airlinePenaltyAmount,transactionFee,requestedAt"
        let webhookLines = webhooks.map {
            """
            {"cid":"c","orderNo":"\($0.orderNo)","refundStatus":\($0.status),"currency":"USD","originalTotalAmount":100.00,\
            "airlinePenaltyAmount":10.00,"finalRefundAmount":\($0.final),"transactionFee":2.00}
            """
        }
        return [
            "run", "--as-of", Self.asOf,
            "--orders", try folder.write("\(name)-orders.csv", ([header] + orderLines).joined(separator: "\n")),
            "--webhooks", try folder.write("\(name)-webhooks.jsonl", webhookLines.joined(separator: "\n")),
            "--status-journal", try folder.write("\(name)-journal.jsonl", ""),
        ]
    }
}
