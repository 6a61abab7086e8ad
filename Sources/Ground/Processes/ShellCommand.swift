import Files
import Glibc

/// A command that `/bin/sh -c` runs, in a process group of its own.
package struct ShellCommand: Sendable {
    package let command: String
    /// When it takes longer it is killed, with all that it started.
    package let limitSeconds: Int

    package init(_ command: String, limitSeconds: Int) {
        self.command = command
        self.limitSeconds = limitSeconds
    }

    /// How it ended.
    package enum Ending: Sendable, Equatable {
        case exit(code: Int32)
        case signal(Int32)
        /// It was killed, because its time was up or the task was cancelled.
        case killed
    }

    /// Runs the command to its end, with a text on its standard input. Its output goes to standard error.
    package func run(input: String, environment: [String: String]) async throws(SystemError) -> Ending {
        let process = try start(input, environment)
        var status: Int32 = 0
        let end = ContinuousClock.now + .seconds(limitSeconds)
        while unsafe waitpid(process, &status, WNOHANG) == 0 {
            if ContinuousClock.now >= end || Task.isCancelled {
                kill(-process, SIGKILL)
                _ = unsafe waitpid(process, &status, 0)
                return .killed
            }
            // A cancelled sleep ends at once; the loop sees to that.
            try? await Task.sleep(for: .milliseconds(20))
        }
        let signal = status & 0x7F
        return signal != 0 ? .signal(signal) : .exit(code: (status >> 8) & 0xFF)
    }

    private func start(_ input: String, _ environment: [String: String]) throws(SystemError) -> pid_t {
        // From a file, so that a command that does not read holds nobody up.
        let standardInput = try File.temporary()
        try standardInput.write(Array(input.utf8))
        try standardInput.rewind()
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, standardInput.descriptor, STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
        var attributes = Self.attributes()
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        let variables = environment.map { "\($0.key)=\($0.value)" }.sorted()
        var process: pid_t = 0
        let code = unsafe withCStrings(["/bin/sh", "-c", command]) { arguments in
            unsafe withCStrings(variables) {
                unsafe posix_spawn(&process, "/bin/sh", &actions, &attributes, arguments, $0)
            }
        }
        if code != 0 { throw SystemError(code: code) }
        return process
    }

    /// A process group of its own, and every signal as a fresh process has it: ours ignores some.
    private static func attributes() -> posix_spawnattr_t {
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        var signals = sigset_t()
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        return attributes
    }
}

/// Hands texts over as a list that ends with nil, as exec wants it.
private func withCStrings<Result>(_ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
    let pointers = unsafe texts.map { unsafe strdup($0) }
    defer { unsafe pointers.forEach { unsafe free($0) } }
    return unsafe body(pointers + [nil])
}
