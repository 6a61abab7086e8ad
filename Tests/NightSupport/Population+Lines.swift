import JSON
import Memory
import Refunds

/// The inputs as lines of JSON, by file.
extension PopulationNight {
    package var orderFiles: [[UInt8]] { files(orders.map(\.tree)) }
    package var webhookFiles: [[UInt8]] { files(webhooks.map(\.tree)) }
    package var journalFiles: [[UInt8]] { files(answers.map { $0.tree(queriedAt: "\(asOf)T23:00:00.000Z") }) }

    private func files(_ lines: [JSONTree]) -> [[UInt8]] {
        let firstCount = isInTwoFiles ? (lines.count + 1) / 2 : lines.count
        let parts = [lines.prefix(firstCount), lines.dropFirst(firstCount)]
        return parts.prefix(isInTwoFiles ? 2 : 1).map { $0.flatMap { $0.encoded() + [0x0A] } }
    }
}

private func object(_ members: [(String, JSONTree)]) -> JSONTree {
    .object(members.map { JSONTree.Member($0.0, $0.1) })
}

extension OrderRecord {
    /// What is JSON as it is.
    private static let literals: Set = ["isRefundable", "refundRules", "refundTickets"]

    var tree: JSONTree {
        if let voucher = self["voucherRefundAmount"] { return capture(voucher) }
        return object(
            values.sorted { $0.key < $1.key }.map { name, value in
                (name, Self.literals.contains(name) ? .verbatim(Array(value.utf8)) : .string(value))
            })
    }

    /// The call that asked for the refund of a voucher, as Atlas answered it.
    private func capture(_ voucher: String) -> JSONTree {
        let currency = JSONTree.text(self["currency"])
        return object([
            ("operation", .string("refund")), ("capturedAt", .text(self["requestedAt"])),
            ("request", object(["orderNo", "airlinePNR", "carrier"].map { ($0, .text(self[$0])) })),
            (
                "response",
                object([
                    ("status", .int(0)), ("refundCode", .text(self["refundCode"])), ("refundFareAmount", .null),
                    (
                        "refundVouchers",
                        .array([object([("currency", currency), ("estimatedRefundAmount", .string(voucher))])])
                    ),
                    (
                        "serviceFee",
                        object([("currency", currency), ("transactionFee", .text(self["transactionFee"]))])
                    ),
                    ("expectedRefundDate", .text(self["expectedRefundDate"])),
                ])
            ),
        ])
    }
}

extension WebhookRecord {
    var tree: JSONTree {
        var members: [(String, JSONTree)] = [
            ("orderNo", .string(orderNo)), ("refundStatus", .int(status)), ("currency", .string(currency)),
            ("originalTotalAmount", .string(moneyText(original))),
            ("airlinePenaltyAmount", .string(moneyText(penalty))), ("finalRefundAmount", .string(moneyText(final))),
            ("transactionFee", .string(moneyText(fee))),
        ]
        if givesParts {
            members += [
                ("airlinePenaltyAmountForFare", .string(moneyText(penalty))),
                ("airlinePenaltyAmountForAncillaries", .string("0.00")),
            ]
        }
        guard let receivedAt else { return object(members) }
        return object([("receivedAt", .string(receivedAt)), ("body", object(members))])
    }
}

extension AnswerRecord {
    func tree(queriedAt: String) -> JSONTree {
        var members: [(String, JSONTree)] = [
            ("schema", .int(1)), ("orderNo", .text(orderNo)), ("refundCode", .string(refundCode)),
            ("airlinePNR", .text(airlinePNR)), ("carrier", .text(carrier)), ("queriedAt", .string(queriedAt)),
            ("attempts", .int(1)),
        ]
        switch outcome {
        case .failed:
            members += [
                ("httpStatus", .int(503)), ("outcome", .string("failed")), ("error", .string("http-503")),
                ("body", .null),
            ]
        case .notFound: members += Self.good(object([("status", .int(703))]))
        case .found(let entries):
            members += Self.good(object([("refundOrders", .array(entries.map(\.tree))), ("status", .int(0))]))
        }
        return object(members)
    }

    private static func good(_ body: JSONTree) -> [(String, JSONTree)] {
        [("httpStatus", .int(200)), ("outcome", .string("ok")), ("error", .null), ("body", body)]
    }
}

extension AnswerEntry {
    fileprivate var tree: JSONTree {
        object(
            [
                ("orderNo", .text(orderNo)), ("refundCode", .string(refundCode)), ("refundStatus", .int(status)),
                ("expectedConfirmationDate", .text(expectedConfirmationDate)),
                ("expectedRefundDate", .text(expectedRefundDate)), ("cancelReason", .text(cancelReason)),
                ("refundMethod", .string(isVoucher ? "Voucher" : "CashBackToOriginalPayment")),
            ] + parts + [("serviceFee", part(["transactionFee": fee]))])
    }

    private var parts: [(String, JSONTree)] {
        let fare = part(["originalFareAmount": original, "estimatedRefundAmount": refundBeforeFee])
        let service = [
            "originalPostTicketingServiceAmount": 500, "estimatedRefundAmount": 500,
        ]
        switch shape {
        case .fare: return [("refundFareAmount", fare), ("refundPostTicketingServiceAmounts", .array([]))]
        case .service:
            return [("refundFareAmount", fare), ("refundPostTicketingServiceAmounts", .array([part(service)]))]
        case .severalCurrencies:
            return [("refundFareAmount", fare), ("refundPostTicketingServiceAmounts", part(service, currency: "GBP"))]
        case .voucher:
            return [
                ("refundFareAmount", .null),
                ("refundVouchers", .array([part(["estimatedRefundAmount": refundBeforeFee])])),
            ]
        case .nothing: return [("refundFareAmount", .null)]
        }
    }

    private func part(_ amounts: [String: Int], currency: String? = nil) -> JSONTree {
        object(
            [("currency", .string(currency ?? self.currency))]
                + amounts.sorted { $0.key < $1.key }.map { ($0.key, .string(moneyText($0.value))) })
    }
}
