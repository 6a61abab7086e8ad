import Core
import Crypto
import JSON
import State

extension RowKey {
    /// The first 32 hexadecimal digits of the SHA-256 of the key as a JSON array,
    /// `["case","ORDER1",null,null,"CODE1"]`: row type, order number, PNR, carrier, refund code. It does not depend on what
    /// is wrong with the row, so it stays the same from night to night.
    var id: BreakId {
        var text: [UInt8] = []
        text.reserveCapacity(128)
        text.append(literal: "[")
        text.append(jsonString: rowType.rawValue)
        for part in [orderNo, airlinePNR, carrier, refundCode] {
            text.append(literal: ",")
            if let part { text.append(jsonString: part) } else { text.append(literal: "null") }
        }
        text.append(literal: "]")
        return SHA256.hash(data: text).withUnsafeBytes { digest in
            BreakId(
                high: UInt64(bigEndian: digest.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: digest.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }
}
