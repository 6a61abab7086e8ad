import ArgumentParser
import Files
import Run
import Processes
import Verify

/// `verify`: checks a published report.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks a published report: every hash, row, total and control, and the chain of manifests.",
        discussion: """
            Prints a line for each check, and last what was not proved; exits 1 if anything differs. With --redo it then \
            makes the report again from its inputs, in a temporary folder, and compares every file byte for byte; it exits 0 \
            only if all of it is proved.
            """)

    @Argument(help: ArgumentHelp("The folder of the report, such as Reports/2025-09-30.", valueName: "dir"))
    var folder: String

    @Option(
        help: ArgumentHelp(
            "The report must be signed by the key whose public half this PEM file holds.", valueName: "file"))
    var publicKey: String?

    @Option(
        help: ArgumentHelp(
            "The hash of a manifest, noted elsewhere, that must be in the chain. Repeatable.", valueName: "sha256"))
    var noted: [String] = []

    @Flag(help: "The report was handed over alone: look at no other reports beside it.")
    var alone = false

    @Flag(help: "Make the report again from its inputs and compare every file.")
    var redo = false

    @Option(
        help: ArgumentHelp(
            "A folder that has the inputs, under any name, where they are not where the manifest says.",
            valueName: "dir"))
    var inputs: String?

    @Flag(help: "Say nothing unless something differs.")
    var quiet = false

    func validate() throws {
        if inputs != nil, !redo { throw ValidationError("--inputs needs --redo.") }
        if alone, !noted.isEmpty { throw ValidationError("--noted looks into the chain, which --alone leaves out.") }
        let digits = "0123456789abcdef"
        if !noted.allSatisfy({ $0.utf8.count == 64 && $0.allSatisfy(digits.contains) }) {
            throw ValidationError("--noted takes the 64 lower-case hexadecimal digits of a SHA-256.")
        }
    }

    func run() async throws {
        var options = VerifyOptions()
        options.noted = noted
        options.isAlone = alone
        options.isMadeAgain = redo
        if let publicKey { options.publicKey = try Self.key(publicKey) }
        let verification: Verification
        do throws(VerifyFailure) { verification = try Verification(folder: folder, options: options) } catch {
            throw RunError(.cannotOpenInput, error.message)
        }
        for line in verification.lines where line.kind != .notProved { try say(line) }
        let isProved = redo ? try await makeAgain() : true
        for line in verification.lines where line.kind == .notProved { try say(line) }
        if verification.hasDifferences || !isProved { throw ExitCode(1) }
    }

    private func say(_ line: VerifyLine) throws {
        if !quiet || line.kind == .differs { try Terminal.print(line.text) }
    }

    /// Whether the report is proved by making it again.
    private func makeAgain() async throws -> Bool {
        let (folder, inputs) = (folder, inputs)
        let redo: ReportRedo
        do {
            redo = try await interruptible {
                try await ReportRedo(
                    folder: folder, inputs: inputs, toolVersion: toolVersion, threads: Machine.processorCount)
            }
        } catch var interruption as Interruption {
            interruption.consequence = "the report was not made again."
            throw interruption
        }
        for finding in redo.findings {
            switch finding {
            case .same(let text): if !quiet { try Terminal.print("ok  redo: \(text)") }
            case .differs(let text): try Terminal.print("differs  redo: \(text)")
            case .notProved(let text): try Terminal.print("not proved: redo: \(text)")
            case .beyond(let text): if !quiet { try Terminal.print("not proved: \(text)") }
            }
        }
        return redo.isProved
    }

    private static func key(_ path: String) throws -> PublicKey {
        let input: InputBytes
        do throws(InputError) { input = try InputBytes(path: path) } catch { throw RunError(error) }
        guard let key = PublicKey(pem: input.bytes) else {
            throw RunError(.unusableInput, "\(path) is not an Ed25519 public key in PEM")
        }
        return key
    }
}
