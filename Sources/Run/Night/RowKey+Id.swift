import Core
import JSON
import State

extension RowKey {
    /// The first 16 hexadecimal digits of the SHA-256 of the key as a JSON array,
    /// `["case","ORDER1",null,null,"CODE1"]`: row type, order number, PNR, carrier, refund code. It does not depend on what
    /// is wrong with the row, so it stays the same from night to night.
    var id: String {
        let parts = [rowType.rawValue, orderNo?.string, airlinePNR?.string, carrier?.string, refundCode?.string]
        let text = JSONTree.array(parts.map { .text($0) }).encoded()
        return String(text.withUnsafeBufferPointer { sha256($0) }.prefix(16))
    }
}
