import AtlasClient
import Files
import Publish

extension SigningKey {
    /// Reads the key file, which nobody but its owner may be allowed to read (exit 77; 66 if it cannot be read, 65 if it
    /// holds no such key).
    package init(contentsOfFile path: String) throws(RunError) {
        let bytes: [UInt8]
        do throws(SecretFile.Fault) { bytes = try SecretFile.read(path) } catch {
            switch error {
            case .readableByOthers:
                throw RunError(.credentials, "\(path) may be read by others than its owner (chmod 600 \(path))")
            case .cannotRead(let code):
                throw RunError(.cannotOpenInput, "\(path) cannot be read: \(errnoText(code))")
            }
        }
        guard let key = SigningKey(pem: bytes) else {
            throw RunError(.unusableInput, "\(path) is no Ed25519 private key in PEM (PKCS #8, not encrypted)")
        }
        self = key
    }
}
