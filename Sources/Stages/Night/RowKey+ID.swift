import Crypto
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
        var hash = SHA256()
        scratch.withBytes { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        return hash.finalize().withUnsafeBytes { digest in
            BreakID(
                high: UInt64(bigEndian: digest.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: digest.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    private func append(_ part: Text?, to scratch: inout ByteWriter) {
        scratch.append(UInt8(ascii: ","))
        scratch.append(jsonString: part)
    }
}
