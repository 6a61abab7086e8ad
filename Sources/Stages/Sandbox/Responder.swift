import JSON
import Memory
import NIOHTTP1
import Refunds

/// Chooses the answer to a request; it reads nothing and writes nothing.
struct Responder: Sendable {
    let data: SandboxData
    let credentials: SandboxCredentials

    /// The request as a call of one of the operations; throws the answer if it is not one: 404, 405, 401, 413, 415, 400.
    func admit(_ request: SandboxRequest, reader: inout JSONReader) throws(Reply) -> RefundCall {
        guard let operation = Operation(rawValue: request.path) else {
            throw Reply(status: 404, message: "no such operation")
        }
        guard request.head.method == .POST else {
            throw Reply(status: 405, message: "POST is wanted", headers: [("Allow", "POST")])
        }
        guard isAuthorized(request.head.headers) else {
            let challenge = ("WWW-Authenticate", "x-atlas-client")
            throw Reply(status: 401, message: "x-atlas-client-id or -secret is wrong", headers: [challenge])
        }
        guard !request.isTooLarge else {
            throw Reply(status: 413, message: "the body has more than \(SandboxRequest.maximumBodyBytes) bytes")
        }
        guard request.isJSON else { throw Reply(status: 415, message: "application/json is wanted") }
        return try RefundCall(operation, body: request.body, reader: &reader)
    }

    private func isAuthorized(_ headers: HTTPHeaders) -> Bool {
        let ids = headers["x-atlas-client-id"]
        let secrets = headers["x-atlas-client-secret"]
        guard ids.count == 1, secrets.count == 1 else { return false }
        return credentials.accept(clientID: ids[0], clientSecret: secrets[0])
    }

    /// The true answer to a call.
    func answer(_ call: RefundCall) -> Reply {
        answer(call, from: data.orders(for: call.key))
    }

    /// The answer that another order would get.
    func answerOfAnotherOrder(_ call: RefundCall) -> Reply {
        let neighbour = data.neighbour(of: call.key) { order in
            switch call.operation {
            case .queryRefundOrders: order.refundOrders != nil
            case .refundQuotation: order.refundQuotation != nil
            case .refund: order.refund != nil
            }
        }
        guard let neighbour else { return Reply(status: 200, body: Array(Self.foreignEntry.utf8)) }
        var call = call
        call.refundOfferID = neighbour.refundOfferIDs.first
        return answer(call, from: [neighbour])
    }

    private func answer(_ call: RefundCall, from orders: [SandboxData.Order]) -> Reply {
        switch call.operation {
        case .queryRefundOrders: return queryAnswer(orders)
        case .refundQuotation:
            guard let body = orders.lazy.compactMap(\.refundQuotation).first else {
                return Reply(status: 200, message: "no refund quotation for this order")
            }
            return Reply(status: 200, body: Array(data.bytes(body)))
        case .refund:
            guard let order = orders.first(where: { $0.refund != nil }), let body = order.refund else {
                return Reply(status: 200, message: "no refund for this order")
            }
            if let offer = call.refundOfferID, !order.refundOfferIDs.isEmpty, !order.refundOfferIDs.contains(offer) {
                return Reply(status: 200, message: "unknown refundOfferId")
            }
            return Reply(status: 200, body: Array(data.bytes(body)))
        }
    }

    /// Every entry of the orders; the client picks its own by code.
    private func queryAnswer(_ orders: [SandboxData.Order]) -> Reply {
        var body = Array("{\"refundOrders\":[".utf8)
        for (index, entries) in orders.compactMap(\.refundOrders).enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            body.append(contentsOf: data.bytes(entries).dropFirst().dropLast())
        }
        body.append(literal: "],\"status\":0,\"msg\":null}")
        return Reply(status: 200, body: body)
    }

    /// Where the data has no second order to answer for.
    private static let foreignEntry = """
        {"refundOrders":[{"orderNo":"ANOTHER-ORDER","refundCode":"209901-0001","expectedConfirmationDate":"20990101",\
        "expectedRefundDate":"20990102","refundQuoteType":"AccurateQuote","refundTickets":[],"refundFareAmount":\
        {"currency":"USD","originalFareAmount":1.00,"estimatedRefundAmount":1.00},"refundPostTicketingServiceAmounts":[],\
        "refundVouchers":null,"serviceFee":{"currency":"USD","transactionFee":0.50},"refundRules":[],"refundStatus":2,\
        "cancelReason":null,"refundOfferId":"another","refundMethod":"CashBackToOriginalPayment"}],"orderNo":\
        "ANOTHER-ORDER","status":0,"msg":null}
        """
}
