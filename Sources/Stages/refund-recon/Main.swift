import ArgumentParser
import Glibc
import Run
import Processes

/// The command line: parses arguments, calls the stages, and turns their results into exit codes.
@main
struct RefundRecon: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refund-recon",
        abstract: "Reconciles airline-ticket refunds: compares the promised with the paid amounts, to the cent.",
        discussion: """
            Every night `run` reads the orders and webhook logs, asks Atlas for the status of each refund, and publishes \
            a report that explains every variance and can be attached to an audit.

            Exit codes: 0 done; 1 differences (verify, diff, run --strict); 2 published but incomplete; 64 usage; \
            65 input unusable; 66 input cannot be opened; 69 published but incomplete, Atlas could hardly be reached; \
            70 internal check failed; 73 output cannot be written; \
            75 another run holds the lock; 77 credentials refused; 129, 130, 143 interrupted.
            """,
        version: toolVersion,
        subcommands: [
            RunCommand.self, ValidateCommand.self, VerifyCommand.self, DiffCommand.self, SandboxCommand.self,
            GenerateCommand.self, AtlasCommand.self, StateCommand.self,
        ])

    static func main() async {
        ProcessMemory.keepPrivate()
        OpenFileLimit.raise()
        Signals.ignoreBrokenPipes()
        do {
            let arguments = try Settings.expand(
                Array(CommandLine.arguments.dropFirst()), environment: Settings.environment())
            var command = try parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch { Glibc.exit(say(error)) }
    }

    /// Prints the reason why a command ended, and returns its exit code. Help, too, comes as an error.
    private static func say(_ error: any Error) -> Int32 {
        if let code = error as? ExitCode { return code.rawValue }
        if code(of: error) != 0 {
            Terminal.error("refund-recon: \(reason(of: error))")
            return code(of: error)
        }
        do throws(RunError) { try Terminal.print(table: fullMessage(for: error)) } catch { return say(error) }
        return 0
    }

    /// The reason why a command ended, in a line.
    static func reason(of error: any Error) -> String {
        if let failure = RunError(cause: error) { return failure.message }
        switch error {
        case let interruption as Interruption:
            let usual = "nothing was published. The same command goes on from here."
            return "interrupted; \(interruption.consequence ?? usual)"
        default:
            // The parser's message has several lines if it lists suggestions.
            let lines = message(for: error).split(separator: "\n").map {
                $0.split(separator: " ").joined(separator: " ")
            }
            return lines.joined(separator: " ") + " (see refund-recon --help)"
        }
    }

    /// The exit code for the reason why a command ended.
    static func code(of error: any Error) -> Int32 {
        if let failure = RunError(cause: error) { return failure.exitCode }
        switch error {
        case let interruption as Interruption: return 128 + interruption.signal
        default:
            let code = exitCode(for: error).rawValue
            // The parser gives 1 to every error that it does not know. Here 1 says something of a report.
            return code == 1 ? RunError.Kind.internalCheck.rawValue : code
        }
    }
}

/// The version of the tool, as `--version`, the manifest and `summary.json` state it.
let toolVersion = "0.1.0"
