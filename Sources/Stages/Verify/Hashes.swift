import Crypto
import Files

/// SHA-256 as manifests and SHA256SUMS write it.
enum SHA256Text {
    /// The hash of a file, read block by block, and its size in bytes.
    static func hash(of file: RegularFile) throws(FileError) -> (sha256: String, bytes: Int) {
        var (sum, bytes) = (SHA256Sum(), 0)
        while case let block = try file.next(), !block.isEmpty {
            sum.add(block)
            bytes += block.count
        }
        return (sum.hex, bytes)
    }

    /// Whether a text is 64 lower-case hexadecimal digits.
    static func isHash(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}

/// An Ed25519 public key.
package struct PublicKey: Equatable, Sendable {
    private let raw: [UInt8]

    /// The DER bytes before the 32 bytes of a public Ed25519 key (RFC 8410).
    private static let prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]

    /// As the middle line of a PEM file has it; nil if that is not such a key.
    init?(base64: String) {
        guard let bytes = Self.decode(base64), bytes.count == Self.prefix.count + 32, bytes.starts(with: Self.prefix)
        else { return nil }
        raw = Array(bytes.dropFirst(Self.prefix.count))
    }

    /// From the text of a PEM file, as `openssl pkey -pubout` writes it; nil if it holds no such key.
    package init?(pem: [UInt8]) {
        let lines = String(decoding: pem, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
        guard let start = lines.firstIndex(of: "-----BEGIN PUBLIC KEY-----"),
            let end = lines[start...].firstIndex(of: "-----END PUBLIC KEY-----")
        else { return nil }
        self.init(base64: lines[(start + 1)..<end].joined())
    }

    func isSignature(_ signature: [UInt8], of content: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: raw) else { return false }
        return key.isValidSignature(signature, for: content)
    }

    /// Strict base64 (RFC 4648): full groups, padding at the end, unused bits zero.
    private static func decode(_ text: String) -> [UInt8]? {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let bytes = Array(text.utf8)
        let padding = bytes.suffix(2).count { $0 == UInt8(ascii: "=") }
        guard bytes.count % 4 == 0, !bytes.isEmpty, bytes.count <= 4096 else { return nil }
        var (result, bits, count): ([UInt8], UInt32, Int) = ([], 0, 0)
        for byte in bytes.dropLast(padding) {
            guard let value = digits.firstIndex(of: byte) else { return nil }
            bits = (bits << 6 | UInt32(value)) & 0xFFFF
            count += 6
            if count >= 8 {
                count -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bits & (1 << UInt32(count) - 1) == 0 ? result : nil
    }
}
