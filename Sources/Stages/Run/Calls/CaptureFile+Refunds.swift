import Atlas
import Files
import JSON
import Memory
import Refunds

extension CaptureFile {
    /// The code of the latest refund of an order among the calls that the file has; nil where it has none. A line that cannot
    /// be read is passed over. Errors: `cannotOpenInput`, `unusableInput`.
    package func refundCode(of order: OrderReference) throws(RunError) -> Text? {
        let input: InputBytes
        do throws(InputError) { input = try InputBytes(path: path == "-" ? "./-" : path) } catch {
            throw RunError(error)
        }
        let document = JSONDocument()
        var latest: Text?
        for line in input.text.split(separator: 0x0A) {
            let code: Text? = UnsafeBufferPointer(rebasing: line).withRefund(document) { request, response in
                let isNamed = order.orderNo.map { response.given("orderNo")?.string == $0.string } ?? false
                guard isNamed || OrderReference(request) == order else { return nil }
                return response.given("refundCode")?.string.map { Text($0) }
            }
            latest = code ?? latest
        }
        return latest
    }
}

extension OrderReference {
    /// The order that a request names.
    fileprivate init(_ request: JSONValue) {
        func text(_ key: JSONKey) -> Text? { request.given(key)?.string.map { Text($0) } }
        self.init(orderNo: text("orderNo"), airlinePNR: text("airlinePNR"), carrier: text("carrier"))
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Calls `body` with both halves of a captured refund; nil where the line is none.
    fileprivate func withRefund(
        _ document: JSONDocument, _ body: (_ request: JSONValue, _ response: JSONValue) -> Text?
    ) -> Text? {
        guard isValidUTF8, document.parse(self) == nil, document.root.kind == .object,
            document.root.given("operation")?.string == AtlasOperation.refund.rawValue,
            let request = document.root.given("request"), let response = document.root.given("response")
        else { return nil }
        return body(request, response)
    }
}
