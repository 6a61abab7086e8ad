import AtlasClient
import Files
import Processes

/// A command of the operator's that is run with the result of a night.
package struct NotifyCommand: Sendable {
    /// Run by `/bin/sh -c`.
    package let command: String
    /// The seconds after which it is killed, with its child processes.
    package var limitSeconds = 60

    package init(_ command: String) { self.command = command }

    /// Runs the command to its end, with a text on its standard input. Its output goes to standard error.
    ///
    /// - Parameter environment: without Atlas's credentials, whatever is given.
    package func run(input: String, environment: [String: String]) async throws(NotifyError) {
        let secrets: Set<String> = [AtlasCredentials.clientIDName, AtlasCredentials.clientSecretName]
        let ending: ShellCommand.Ending
        do throws(SystemError) {
            ending = try await ShellCommand(command, limitSeconds: limitSeconds)
                .run(input: input, environment: environment.filter { !secrets.contains($0.key) })
        } catch { throw .cannotStart("\(error)") }
        switch ending {
        case .exit(0): return
        case .exit(let code): throw .exit(code)
        case .signal(let number): throw .signal(number)
        case .killed: throw .tookTooLong(seconds: limitSeconds)
        }
    }
}

/// How the command of `--notify` failed.
package enum NotifyError: Error, Sendable, Equatable, CustomStringConvertible {
    case cannotStart(String)
    case tookTooLong(seconds: Int)
    case exit(Int32)
    case signal(Int32)

    package var description: String {
        switch self {
        case .cannotStart(let reason): "the notification could not be started: \(reason)"
        case .tookTooLong(let seconds): "the notification was ended after \(seconds) seconds"
        case .exit(let code): "the notification ended with exit code \(code)"
        case .signal(let number): "the notification was ended by signal \(number)"
        }
    }
}
