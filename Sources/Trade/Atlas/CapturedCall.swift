import JSON
import Memory
import Refunds

/// One call of `refundQuotation.do` or `refund.do` that Atlas answered, kept as the order record that the nightly run reads
/// (FORMATS.md, "Captured calls").
package enum CapturedCall {
    /// The line with its line end.
    ///
    /// - Parameters:
    ///   - request: the body as sent, JSON on one line; credentials travel in headers and so are no part of it.
    ///   - response: the body as received. It is kept byte for byte; only if it has several lines is the white space
    ///     between its tokens left out.
    package static func line(
        _ operation: AtlasOperation, capturedAt: Instant, paymentMethod: PaymentMethod, request: [UInt8],
        response: JSONView
    ) -> [UInt8] {
        var line: [UInt8] = []
        line.append(literal: #"{"operation":"#)
        line.append(jsonString: operation.rawValue)
        line.append(literal: #","capturedAt":"#)
        line.append(jsonString: capturedAt.utcText)
        line.append(literal: #","paymentMethod":"#)
        line.append(jsonString: paymentMethod.rawValue)
        line.append(literal: #","request":"#)
        line.append(contentsOf: request)
        line.append(literal: #","response":"#)
        line.append(contentsOf: OneLineJSON.bytes(of: response.raw))
        line.append(literal: "}\n")
        return line
    }
}
