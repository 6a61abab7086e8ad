import Glibc
import Testing

/// A pair of keys, made by OpenSSL as the documentation says.
struct SigningKeys {
    let secret: String
    let open: String

    static func make(in folder: TemporaryFolder, _ name: String = "key", algorithm: String = "ed25519") async throws
        -> SigningKeys
    {
        let keys = SigningKeys(secret: folder / "\(name).pem", open: folder / "\(name).pub.pem")
        let finished = try await Command.shell(
            """
            umask 077; openssl genpkey -algorithm \(algorithm) -out "$1" && openssl pkey -in "$1" -pubout -out "$2"
            """, [keys.secret, keys.open])
        #expect(finished.code == 0, "\(finished.errorText)")
        return keys
    }
}
