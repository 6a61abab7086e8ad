import Crypto

/// The Ed25519 key that signs manifests, from a PEM file as `openssl genpkey -algorithm ed25519` writes it.
package struct SigningKey: Sendable {
    /// The file of the report that holds the signature of manifest.json: its 64 bytes, nothing else.
    package static let signatureName = "manifest.json.sig"

    private let key: Curve25519.Signing.PrivateKey

    /// nil for a text that has no such key.
    package init?(pem: [UInt8]) {
        guard let raw = PEM.key(pem, "PRIVATE KEY", prefix: Self.prefix),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: raw)
        else { return nil }
        self.key = key
    }

    /// The DER bytes before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410).
    private static let prefix: [UInt8] = [
        0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ]

    /// The public half, as the middle line of its PEM file has it.
    var publicKeyBase64: String { Base64.encode(Self.publicPrefix + Array(key.publicKey.rawRepresentation)) }

    /// The DER bytes before the 32 bytes of a public Ed25519 key (RFC 8410).
    private static let publicPrefix: [UInt8] = [
        0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
    ]

    package func signature(of content: [UInt8]) throws(PublishError) -> [UInt8] {
        guard let signature = try? key.signature(for: content) else { throw .cannotSign }
        return Array(signature)
    }
}

/// Reads the one block of a PEM file.
private enum PEM {
    /// The bytes after the prefix of a block of that label; nil if there is none.
    static func key(_ text: [UInt8], _ label: String, prefix: [UInt8]) -> ArraySlice<UInt8>? {
        let lines = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
        guard let start = lines.firstIndex(of: "-----BEGIN \(label)-----"),
            let end = lines[start...].firstIndex(of: "-----END \(label)-----"),
            let bytes = Base64.decode(lines[(start + 1)..<end].joined()), bytes.starts(with: prefix),
            bytes.count == prefix.count + 32
        else { return nil }
        return bytes.dropFirst(prefix.count)
    }
}
