import Memory
import Refunds

/// Writes a query's answer, or its failure, as a line of the status journal.
struct JournalWriter {
    let market: Market
    let asOf: CalendarDate

    /// The line with its line feed; `answer` is the content of the array `refundOrders`.
    func appendLine(_ plan: CasePlan, _ order: OrderPlan, answer: [UInt8], to bytes: inout [UInt8]) {
        switch plan.answer.outcome {
        case .answered:
            appendHead(plan, order, delay: 0, to: &bytes)
            bytes.append(
                literal:
                    "\"attempts\":1,\"httpStatus\":200,\"outcome\":\"ok\",\"error\":null,\"body\":{\"refundOrders\":[")
            bytes.append(contentsOf: answer)
            bytes.append(literal: "],\"status\":0,\"msg\":null}}\n")
        case .failed(let failure):
            appendHead(plan, order, delay: 0, to: &bytes)
            appendFailure(failure, to: &bytes)
        case .unusable:
            appendHead(plan, order, delay: 0, to: &bytes)
            appendFailure(.badBody, to: &bytes)
        }
    }

    /// The line of an attempt that failed before the one that counts.
    func appendEarlierFailure(_ plan: CasePlan, _ order: OrderPlan, to bytes: inout [UInt8]) {
        appendHead(plan, order, delay: -1_800_000, to: &bytes)
        appendFailure(.timeout, to: &bytes)
    }

    /// The key and the time: the night after the as-of day, one query every 40 ms from one o'clock on.
    private func appendHead(_ plan: CasePlan, _ order: OrderPlan, delay: Int, to bytes: inout [UInt8]) {
        bytes.append(literal: plan.isKeyedByPNR ? "{\"schema\":1,\"orderNo\":null" : "{\"schema\":1,\"orderNo\":\"")
        if !plan.isKeyedByPNR {
            bytes.append(order.number)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(literal: ",\"refundCode\":\"")
        bytes.append(refundCode: plan)
        bytes.append(literal: "\",\"airlinePNR\":\"")
        bytes.append(pnr: order.pnr)
        bytes.append(literal: "\",\"carrier\":\"")
        bytes.append(contentsOf: market.carriers[order.carrier])
        bytes.append(literal: "\",\"queriedAt\":\"")
        bytes.append(asOf.adding(days: 1), milliseconds: 3_600_000 + plan.serial * 40 + delay, showsMilliseconds: true)
        bytes.append(literal: "\",")
    }

    private func appendFailure(_ failure: QueryFailure, to bytes: inout [UInt8]) {
        let literal: StaticString =
            switch failure {
            case .timeout: "\"attempts\":4,\"httpStatus\":null,\"outcome\":\"failed\",\"error\":\"timeout\""
            case .connection: "\"attempts\":4,\"httpStatus\":null,\"outcome\":\"failed\",\"error\":\"connection\""
            case .http500: "\"attempts\":4,\"httpStatus\":500,\"outcome\":\"failed\",\"error\":\"http-500\""
            case .http503: "\"attempts\":4,\"httpStatus\":503,\"outcome\":\"failed\",\"error\":\"http-503\""
            case .apiStatus2: "\"attempts\":4,\"httpStatus\":200,\"outcome\":\"failed\",\"error\":\"api-status-2\""
            case .circuitOpen: "\"attempts\":0,\"httpStatus\":null,\"outcome\":\"failed\",\"error\":\"circuit-open\""
            case .badBody: "\"attempts\":1,\"httpStatus\":200,\"outcome\":\"failed\",\"error\":\"bad-body\""
            }
        bytes.append(literal: literal)
        bytes.append(
            literal: failure == .apiStatus2
                ? ",\"body\":{\"refundOrders\":[],\"status\":2,\"msg\":\"System error\"}}\n" : ",\"body\":null}\n")
    }
}
