import JSON
import Testing

/// Nights in a row over one state store: small inputs that a test states case by case.
struct Nights {
    /// A refund case: 100.00 of `currency` less a penalty of 10.00 and a fee of 2.00, so 88.00 expected.
    struct Order {
        let orderNo: String
        var refundCode: String?
        var original = "100.00"
        var currency = "USD"

        init(_ orderNo: String, _ refundCode: String? = "R1", original: String = "100.00", currency: String = "USD") {
            self.orderNo = orderNo
            self.refundCode = refundCode
            self.original = original
            self.currency = currency
        }
    }

    /// A webhook of it.
    struct Webhook {
        let orderNo: String
        var status = 2
        var final = "88.00"
        /// The second of 2026-01-01 at which it was received.
        var second: Int?
        var original = "100.00"

        init(
            _ orderNo: String, status: Int = 2, final: String = "88.00", second: Int? = nil, original: String = "100.00"
        ) {
            self.orderNo = orderNo
            self.status = status
            self.final = final
            self.second = second
            self.original = original
        }
    }

    /// What Atlas says of it: a status, or nil for a query that failed.
    struct Answer {
        let orderNo: String
        let refundCode: String
        let status: Int?
        var refundBeforeFee = "90.00"
        var original = "100.00"
        /// Refunds of the order that it names beside.
        var others: [String] = []

        init(
            _ orderNo: String, _ status: Int?, refundCode: String = "R1", refundBeforeFee: String = "90.00",
            original: String = "100.00", others: [String] = []
        ) {
            self.orderNo = orderNo
            self.status = status
            self.refundCode = refundCode
            self.refundBeforeFee = refundBeforeFee
            self.original = original
            self.others = others
        }
    }

    let folder: TemporaryFolder
    var output: String { folder / "out" }
    var state: String { folder / "state.sqlite" }

    init() throws { folder = try TemporaryFolder() }

    /// The arguments of a night's run.
    func arguments(
        _ asOf: String, _ orders: [Order], _ webhooks: [Webhook], _ answers: [Answer], state: Bool = true,
        output: String? = nil
    ) throws -> [String] {
        let header =
            "orderNo,refundCode,currency,originalTotalFareAmount,airlinePenaltyAmount,transactionFee,requestedAt,expectedRefundDate"
        let orderLines = orders.map {
            "\($0.orderNo),\($0.refundCode ?? ""),\($0.currency),\($0.original),10.00,2.00,2026-01-01,2026-02-01"
        }
        let name = output.map { String($0.split(separator: "/").last ?? "") } ?? "night"
        return [
            "run", "--as-of", asOf, "--formats", "csv,jsonl",
            "--orders",
            try folder.write("\(name)-\(asOf)-orders.csv", ([header] + orderLines).joined(separator: "\n")),
            "--webhooks",
            try folder.write("\(name)-\(asOf)-webhooks.jsonl", webhooks.map(Self.line).joined(separator: "\n")),
            "--status-journal",
            try folder.write("\(name)-\(asOf)-journal.jsonl", answers.map(Self.line).joined(separator: "\n")),
            "--output", output ?? self.output,
        ] + (state ? ["--state", self.state] : [])
    }

    private static func line(_ webhook: Webhook) -> String {
        let body = """
            {"orderNo":"\(webhook.orderNo)","refundStatus":\(webhook.status),"currency":"USD",\
            "originalTotalAmount":\(webhook.original),"airlinePenaltyAmount":10.00,"finalRefundAmount":\(webhook.final),\
            "transactionFee":2.00}
            """
        guard let second = webhook.second else { return body }
        let digits = second < 10 ? "0\(second)" : "\(second)"
        return "{\"receivedAt\":\"2026-01-01T00:00:\(digits)Z\",\"body\":\(body)}"
    }

    private static func line(_ answer: Answer) -> String {
        let head = """
            {"schema":1,"orderNo":"\(answer.orderNo)","refundCode":"\(answer.refundCode)","airlinePNR":null,"carrier":null,\
            "queriedAt":"2026-01-01T00:00:00.000Z","attempts":1,
            """
        guard let status = answer.status else {
            return head + "\"httpStatus\":503,\"outcome\":\"failed\",\"error\":\"http-503\",\"body\":null}"
        }
        let entries = ([answer.refundCode] + answer.others).map { refundCode in
            """
            {"orderNo":"\(answer.orderNo)",\
            "refundCode":"\(refundCode)","refundStatus":\(status),"refundFareAmount":{"currency":"USD",\
            "originalFareAmount":\(answer.original),"estimatedRefundAmount":\(answer.refundBeforeFee)},\
            "refundPostTicketingServiceAmounts":[],"refundVouchers":null,"serviceFee":{"currency":"USD",\
            "transactionFee":2.00}}
            """
        }
        return head + """
            "httpStatus":200,"outcome":"ok","error":null,"body":{"refundOrders":[\(entries.joined(separator: ","))],\
            "status":0}}
            """
    }

    /// Runs a night and gives its report.
    ///
    /// - Parameter code: its exit code, where orders came: without any a night that ends well is incomplete, 2. nil for any
    ///   with which a report is published.
    func run(
        _ asOf: String, _ orders: [Order], _ webhooks: [Webhook] = [], _ answers: [Answer] = [],
        _ options: [String] = [], code: Int32? = 0
    ) async throws -> Night {
        let code = orders.isEmpty && code == 0 ? 2 : code
        let finished = try await Command.run(try arguments(asOf, orders, webhooks, answers) + options)
        try #require(
            [code ?? finished.code, 0, 2].contains(finished.code) && (code ?? finished.code) == finished.code,
            "\(asOf): \(finished.errorText)")
        return try Night("\(output)/\(asOf)", finished)
    }
}

/// The report of a night.
struct Night {
    let folder: String
    let finished: Finished
    let rows: [[String: String]]
    let breaks: [[String: String]]
    let summary: JSONTree

    init(_ folder: String, _ finished: Finished) throws {
        self.folder = folder
        self.finished = finished
        rows = csvRecords(try Files.read("\(folder)/reconciliation.csv"))
        breaks = Files.exists("\(folder)/breaks.csv") ? csvRecords(try Files.read("\(folder)/breaks.csv")) : []
        summary = try parsedJSON(try Files.read("\(folder)/summary.json"))
    }

    /// `order outcome source` of each row.
    var outcomes: [String] {
        rows.map { "\($0["orderNo"] ?? "") \($0["outcome"] ?? "") \($0["source"]?.split(separator: ":").first ?? "")" }
    }

    func row(_ orderNo: String) -> [String: String] { rows.first { $0["orderNo"] == orderNo } ?? [:] }

    /// `opening new cleared closing` of a kind in USD, counts and amounts.
    func rolled(_ kind: String = "cases") -> [String] {
        ["opening", "new", "cleared", "closing"].map { part in
            let sum = summary["rollForward"]?[kind]?["USD"]?[part]
            return "\(sum?["count"]?.int ?? -1) \(sum?["amount"]?.string ?? "")"
        }
    }

    func breaks(_ standing: String) -> Int? { summary["breaks"]?[standing]?.int }
}
