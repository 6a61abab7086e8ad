import AtlasClient
import Files
import Glibc
import Memory
import Refunds

/// A command of the operator's that is run with the result of a night.
package struct NotifyCommand: Sendable {
    /// Run by `/bin/sh -c`.
    package let command: String
    /// The seconds after which it is killed, with its child processes.
    package var limitSeconds = 60

    package init(_ command: String) { self.command = command }

    /// How it ended, where that is no good end.
    package enum Fault: Error, Sendable, Equatable, CustomStringConvertible {
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

    /// Runs the command to its end, with a text on its standard input. What it writes goes to standard error.
    ///
    /// - Parameter environment: without Atlas's credentials, whatever is given.
    package func run(input: String, environment: [String: String]) async throws(Fault) {
        let process = try start(input, environment)
        var status: Int32 = 0
        let end = ContinuousClock.now + .seconds(limitSeconds)
        while waitpid(process, &status, WNOHANG) == 0 {
            if ContinuousClock.now >= end || Task.isCancelled {
                kill(-process, SIGKILL)
                waitpid(process, &status, 0)
                throw .tookTooLong(seconds: limitSeconds)
            }
            // A cancelled sleep ends at once; the loop sees to that.
            try? await Task.sleep(for: .milliseconds(20))
        }
        let signal = status & 0x7F
        if signal != 0 { throw .signal(signal) }
        let code = (status >> 8) & 0xFF
        if code != 0 { throw .exit(code) }
    }

    private func start(_ input: String, _ environment: [String: String]) throws(Fault) -> pid_t {
        let standardInput = try Self.unnamedFile(Array(input.utf8))
        defer { close(standardInput) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, standardInput, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
        var attributes = Self.attributes()
        defer { posix_spawnattr_destroy(&attributes) }
        let secrets: Set<String> = [AtlasCredentials.clientIDName, AtlasCredentials.clientSecretName]
        let variables = environment.filter { !secrets.contains($0.key) }.map { "\($0.key)=\($0.value)" }.sorted()
        var process: pid_t = 0
        let fault = withCStrings(["/bin/sh", "-c", command]) { arguments in
            withCStrings(variables) { posix_spawn(&process, "/bin/sh", &actions, &attributes, arguments, $0) }
        }
        if fault != 0 { throw .cannotStart(errnoText(fault)) }
        return process
    }

    /// A process group of its own, and every signal as a fresh process has it: ours ignores some.
    private static func attributes() -> posix_spawnattr_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        posix_spawnattr_setpgroup(&attributes, 0)
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        return attributes
    }

    /// What a command reads comes from a file, so that one that does not read holds nobody up.
    private static func unnamedFile(_ content: [UInt8]) throws(Fault) -> Int32 {
        do throws(SystemFault) {
            let file = try unnamedTemporaryFile()
            do throws(SystemFault) {
                try writeAll(content, to: file)
                guard lseek(file, 0, SEEK_SET) == 0 else { throw SystemFault() }
            } catch {
                close(file)
                throw error
            }
            return file
        } catch { throw .cannotStart("\(error)") }
    }
}

/// Hands texts over as a list that ends with nil, as exec wants it.
private func withCStrings<Result>(_ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
    let pointers = texts.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers + [nil])
}
