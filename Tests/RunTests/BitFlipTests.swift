import Testing
import Verify

/// One bit, anywhere in any file of a report, is found by `verify`: hundreds of them, by chance that is told when one is not.
@Suite struct BitFlipTests {
    private static let flipsPerFile = 60

    @Test func everyFile() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var chance = Seeded(seed)
        let folder = try TemporaryFolder()
        let key = try await SigningKeys.make(in: folder)
        let finished = try await Command.run(
            ["run"] + Sample.Atlas.inputs + Sample.Atlas.sandbox + [
                "--as-of", Sample.Atlas.asOf, "--output", folder / "out", "--signing-key", key.secret,
            ])
        #expect(finished.code == 0, "\(finished.errorText)")
        let report = folder / "out/\(Sample.Atlas.asOf)"
        let files = Files.names(report).map { "\(report)/\($0)" } + [folder / "out/CHAIN"]
        #expect(files.count == 12)
        for file in files {
            let content = try Files.read(file)
            let bits =
                [0, content.count * 8 - 1]
                + (2..<Self.flipsPerFile).map { _ in Int.random(in: 0..<content.count * 8, using: &chance) }
            for bit in bits {
                var touched = content
                touched[bit / 8] ^= 1 << (bit % 8)
                try Files.write(touched, to: file)
                #expect(isTouched(report), "\(file), byte \(bit / 8), bit \(bit % 8), seed \(seed)")
            }
            try Files.write(content, to: file)
        }
        #expect(!isTouched(report), "the report as it was")
    }

    /// A list of hashes is read by people and programs in many ways, and a signature in one: each bit of both.
    @Test(arguments: [("SHA256SUMS", 1), ("manifest.json.sig", 1), ("manifest.json", 5)])
    func everyBit(file: String, step: Int) async throws {
        let folder = try TemporaryFolder()
        let key = try await SigningKeys.make(in: folder)
        let finished = try await Command.run(
            Sample.Atlas.run(folder / "out") + ["--formats", "jsonl", "--signing-key", key.secret])
        #expect(finished.code == 0, "\(finished.errorText)")
        let report = folder / "out/\(Sample.Atlas.asOf)"
        let content = try Files.read("\(report)/\(file)")
        for bit in stride(from: 0, to: content.count * 8, by: step) {
            var touched = content
            touched[bit / 8] ^= 1 << (bit % 8)
            try Files.write(touched, to: "\(report)/\(file)")
            #expect(isTouched(report), "\(file), byte \(bit / 8), bit \(bit % 8)")
        }
    }

    private func isTouched(_ report: String) -> Bool {
        guard let verification = try? Verification(folder: report) else { return true }
        return verification.hasDifferences
    }
}
