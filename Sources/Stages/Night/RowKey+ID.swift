import Files
import JSON
import Memory
import Refunds
import Rules

extension RowKey {
    /// The first 32 hexadecimal digits of the SHA-256 of the key as a JSON array,
    /// `["case","ORDER1",null,null,"CODE1"]`: row type, order number, PNR, carrier, refund code. It does not depend on what
    /// is wrong with the row, so it stays the same from night to night.
    package var id: BreakID {
        var scratch = ByteWriter(capacity: 256)
        return id(writtenIn: &scratch)
    }

    /// - Parameter scratch: its content is lost.
    package func id(writtenIn scratch: inout ByteWriter) -> BreakID {
        scratch.removeAll()
        scratch.append(literal: "[\"")
        scratch.append(rowType.text)
        scratch.append(UInt8(ascii: "\""))
        append(orderNo, to: &scratch)
        append(airlinePNR, to: &scratch)
        append(carrier, to: &scratch)
        append(refundCode, to: &scratch)
        scratch.append(UInt8(ascii: "]"))
        var hash = SHA256Sum()
        hash.add(scratch)
        let digest = hash.bytes
        func number(_ bytes: Range<Int>) -> UInt64 { digest[bytes].reduce(0) { $0 << 8 | UInt64($1) } }
        return BreakID(high: number(0..<8), low: number(8..<16))
    }

    private func append(_ part: Text?, to scratch: inout ByteWriter) {
        scratch.append(UInt8(ascii: ","))
        scratch.append(jsonString: part)
    }
}
