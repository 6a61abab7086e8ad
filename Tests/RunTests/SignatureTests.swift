import Glibc
import JSON
import Testing

/// `--signing-key` and `verify --public-key`, and an auditor who has OpenSSL only.
@Suite struct SignatureTests {
    private static let asOf = Sample.Atlas.asOf

    private static func publish(_ output: String, _ key: SigningKeys?) async throws -> Finished {
        try await Command.run(
            Sample.Atlas.run(output) + ["--formats", "csv"] + (key.map { ["--signing-key", $0.secret] } ?? []))
    }

    @Test func signedAndChecked() async throws {
        let folder = try TemporaryFolder()
        let (ours, theirs) = (try await SigningKeys.make(in: folder), try await SigningKeys.make(in: folder, "theirs"))
        let published = try await Self.publish(folder / "out", ours)
        #expect(published.code == 0, "\(published.errorText)")
        let report = folder / "out/\(Self.asOf)"
        let without = try await Command.run(["verify", report])
        #expect(without.code == 0)
        #expect(without.outputText.contains("ok  signature of the key that the manifest names"))
        let with = try await Command.run(["verify", report, "--public-key", ours.open])
        #expect(with.code == 0)
        #expect(with.outputText.contains("ok  signature of the given public key"))
        let other = try await Command.run(["verify", report, "--public-key", theirs.open])
        #expect(other.code == 1, "\(other.outputText)")
        #expect(other.outputText.contains("it is signed with another key"), "\(other.outputText)")
        let openssl = try await Command.shell(
            """
            cd "$1" && sha256sum --strict --quiet -c SHA256SUMS &&
            openssl pkeyutl -verify -pubin -inkey "$2" -rawin -in manifest.json -sigfile manifest.json.sig
            """, [report, ours.open])
        #expect(openssl.code == 0, "\(openssl.outputText) \(openssl.errorText)")
        let variable = try await Command.run(
            Sample.Atlas.run(folder / "out"), environment: ["REFUND_RECON_SIGNING_KEY": ours.secret])
        #expect(variable.code == 0)
        #expect(Files.exists("\(report)/manifest.json.sig"))
        // The manifest names the key as its file does.
        let middle = try Files.text(ours.open).split(separator: "\n")[1]
        let manifest = try parsedJSON(Files.read("\(report)/manifest.json"))
        #expect(manifest["signingPublicKey"]?.string == String(middle))
    }

    /// Without the option nothing is signed, and a signature that is asked for is missed.
    @Test func unsigned() async throws {
        let folder = try TemporaryFolder()
        let key = try await SigningKeys.make(in: folder)
        _ = try await Self.publish(folder / "out", nil)
        let report = folder / "out/\(Self.asOf)"
        #expect(!Files.exists("\(report)/manifest.json.sig"))
        #expect(try parsedJSON(Files.read("\(report)/manifest.json"))["signingPublicKey"] == nil)
        let finished = try await Command.run(["verify", report, "--public-key", key.open])
        #expect(finished.code == 1)
        #expect(finished.outputText.contains("manifest.json: it is not signed"))
    }

    /// A forger who has no key: whatever is mended, the signature is not.
    @Test func forged() async throws {
        let folder = try TemporaryFolder()
        let (ours, theirs) = (try await SigningKeys.make(in: folder), try await SigningKeys.make(in: folder, "theirs"))
        let report = folder / "out/\(Self.asOf)"
        func forge(_ script: String, _ says: String) async throws {
            Files.remove(folder / "out")
            _ = try await Self.publish(folder / "out", ours)
            let forged = try await Command.shell(
                "cd \"$1\"; \(script); rm SHA256SUMS; sha256sum * >../sums; mv ../sums SHA256SUMS",
                [report, theirs.secret])
            #expect(forged.code == 0, "\(forged.errorText)")
            let finished = try await Command.run(["verify", report, "--public-key", ours.open])
            #expect(finished.code == 1, "\(finished.outputText)")
            #expect(finished.outputText.contains(says), "\(finished.outputText)")
        }
        let sign = "openssl pkeyutl -sign -inkey \"$2\" -rawin -in manifest.json -out manifest.json.sig"
        try await forge(
            "sed -i 's/\"user\": \"/&x/' manifest.json", "it is not a signature of manifest.json")
        try await forge(sign, "it is not a signature of manifest.json")
        try await forge("rm manifest.json.sig", "manifest.json.sig: it is missing")
        try await forge(": >manifest.json.sig", "it is not a signature of manifest.json")
        try await forge(
            "rm manifest.json.sig; perl -0pi -e 's/,\\s*\"signingPublicKey\": \"[^\"]*\"//' manifest.json", "not signed"
        )
    }

    struct BadKey: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: Int32
        let says: String
        let make: @Sendable (TemporaryFolder) async throws -> String
    }

    private static let badKeys = [
        BadKey(testDescription: "missing", code: 66, says: "cannot be read") { $0 / "none.pem" },
        BadKey(testDescription: "readable by others", code: 77, says: "chmod 600") {
            let key = try await SigningKeys.make(in: $0)
            #expect(chmod(key.secret, 0o640) == 0)
            return key.secret
        },
        BadKey(testDescription: "of another kind", code: 65, says: "no Ed25519 private key") {
            try await SigningKeys.make(in: $0, algorithm: "x25519").secret
        },
        BadKey(testDescription: "the public half", code: 65, says: "no Ed25519 private key") {
            let key = try await SigningKeys.make(in: $0)
            #expect(chmod(key.open, 0o600) == 0)
            return key.open
        },
        BadKey(testDescription: "damaged", code: 65, says: "no Ed25519 private key") {
            let key = try await SigningKeys.make(in: $0)
            try Files.write(Array(try Files.text(key.secret).replacing("MC4", with: "MC5").utf8), to: key.secret)
            return key.secret
        },
        BadKey(testDescription: "empty", code: 65, says: "no Ed25519 private key") {
            let path = try $0.write("empty.pem", "")
            #expect(chmod(path, 0o600) == 0)
            return path
        },
    ]

    @Test(arguments: badKeys) func refused(key: BadKey) async throws {
        let folder = try TemporaryFolder()
        let path = try await key.make(folder)
        let finished = try await Command.run(Sample.Atlas.run(folder / "out") + ["--signing-key", path])
        #expect(finished.code == key.code, "\(finished.errorText)")
        #expect(finished.errorText.contains(key.says), "\(finished.errorText)")
        #expect(!Files.exists(folder / "out"))
        #expect(!finished.errorText.contains("PRIVATE KEY-----"))
    }

    @Test func refusedPublicKeys() async throws {
        let folder = try TemporaryFolder()
        let key = try await SigningKeys.make(in: folder)
        _ = try await Self.publish(folder / "out", key)
        for (path, code) in [(folder / "none.pem", Int32(66)), (key.secret, 65)] {
            let finished = try await Command.run(["verify", folder / "out/\(Self.asOf)", "--public-key", path])
            #expect(finished.code == code, "\(finished.errorText)")
        }
        let noted = try await Command.run(["verify", folder / "out/\(Self.asOf)", "--noted", "ABC"])
        #expect(noted.code == 64)
    }
}
