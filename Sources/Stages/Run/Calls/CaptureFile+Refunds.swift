import Atlas
import Files
import JSON
import Memory
import Refunds

extension CaptureFile {
    /// The code of the latest refund of an order among the calls that the file has; nil where it has none. A line that cannot
    /// be read is passed over. Errors: `cannotOpenInput`, `unusableInput`.
    package func refundCode(of order: RefundIdentity) throws(RunError) -> Text? {
        let input: InputBytes
        do throws(InputError) { input = try InputBytes(path: path == "-" ? "./-" : path) } catch {
            throw RunError(error)
        }
        var reader = JSONReader()
        var latest: Text?
        let lines = input.textBytes
        _ = lines.span.forEachLine(isLast: true) { line, _ in
            guard line.isValidUTF8, let record = reader.read(line).object,
                record["operation"]?.string == AtlasOperation.refund.rawValue,
                let request = record.given("request"), let response = record.given("response")
            else { return }
            func text(_ body: JSONView, _ key: JSONKey) -> Text? { body.given(key)?.string.map { Text($0) } }
            let isNamed = order.orderNo != nil && text(response, "orderNo") == order.orderNo
            let asked = RefundIdentity(
                orderNo: text(request, "orderNo"), airlinePNR: text(request, "airlinePNR"),
                carrier: text(request, "carrier"))
            if isNamed || asked == order { latest = text(response, "refundCode") ?? latest }
        }
        return latest
    }
}
