import Dispatch
import Glibc
import Synchronization

/// What became of a process.
struct CommandResult: Sendable {
    /// nil for one that a signal ended.
    let exitCode: Int32?
    /// The signal that ended it.
    let signal: Int32?
    let standardOutput: [UInt8]
    let standardError: [UInt8]
    /// From the moment of waiting to its end.
    let waitSeconds: Double
    /// The most memory that it had at once.
    let peakMemoryKiB: Int
    /// Its time limit was reached, and it was killed.
    let isKilled: Bool

    var outputText: String { String(decoding: standardOutput, as: UTF8.self) }
    var errorText: String { String(decoding: standardError, as: UTF8.self) }
}

/// Why a process cannot be had.
enum CommandError: Error, CustomStringConvertible {
    case cannotStart(path: String, errno: Int32)
    /// It ended, or said nothing in time; with what it wrote to standard error.
    case noLine(errorText: String)

    var description: String {
        switch self {
        case .cannotStart(let path, let code): "\(path) cannot be started: \(String(cString: strerror(code)))"
        case .noLine(let text): "no line on standard output: \(text)"
        }
    }
}

/// A process with its outputs, which is waited for within a time limit and never outlives this object.
///
/// Waiting is blocking work and is done on a queue of its own, so that it takes no thread from the tasks.
final class CommandProcess: Sendable {
    let identifier: pid_t
    private struct State {
        var output: Int32
        var error: Int32
        var outputBytes: [UInt8] = []
        var errorBytes: [UInt8] = []
        var isReaped = false
    }
    private let state: Mutex<State>
    /// A process that is started at the same time must not inherit, and hold open, the pipes of another.
    private static let starting = Mutex(())
    private static let queue = DispatchQueue(label: "commands", attributes: .concurrent)

    /// Starts it with standard input from /dev/null, in a process group of its own.
    ///
    /// - Parameter environment: all that it sees of an environment.
    init(_ path: String, _ arguments: [String], environment: [String: String]) throws {
        let started = try Self.starting.withLock { _ in try Self.start(path, arguments, environment) }
        identifier = started.identifier
        state = Mutex(started.state)
    }

    private static func start(
        _ path: String, _ arguments: [String], _ environment: [String: String]
    ) throws -> (identifier: pid_t, state: State) {
        let output = try pipe(path)
        let error = try pipe(path)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output.write, 1)
        posix_spawn_file_actions_adddup2(&actions, error.write, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        let words = ([path] + arguments).map { strdup($0) }
        let variables = environment.map { strdup("\($0.key)=\($0.value)") }
        defer { for text in words + variables { free(text) } }
        var identifier: pid_t = 0
        let code = posix_spawn(&identifier, path, &actions, &attributes, words + [nil], variables + [nil])
        close(output.write)
        close(error.write)
        guard code == 0 else {
            close(output.read)
            close(error.read)
            throw CommandError.cannotStart(path: path, errno: code)
        }
        return (identifier, State(output: output.read, error: error.read))
    }

    deinit {
        state.withLock { state in
            if !state.isReaped {
                kill(identifier, SIGKILL)
                waitpid(identifier, nil, 0)
            }
            if state.output >= 0 { close(state.output) }
            if state.error >= 0 { close(state.error) }
        }
    }

    private static func pipe(_ path: String) throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw CommandError.cannotStart(path: path, errno: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// Sends a signal, unless the process is known to have ended.
    func send(_ signal: Int32) { state.withLock { if !$0.isReaped { kill(identifier, signal) } } }

    /// The first line of standard output, without its end.
    func firstLine(withinSeconds seconds: Double) async throws -> String {
        try await onQueue { [self] in
            let limit = ContinuousClock.now + .seconds(seconds)
            while true {
                let bytes = state.withLock { $0.outputBytes }
                if let end = bytes.firstIndex(of: 0x0A) { return String(decoding: bytes[..<end], as: UTF8.self) }
                guard readMore(until: limit) else { break }
            }
            throw CommandError.noLine(errorText: state.withLock { String(decoding: $0.errorBytes, as: UTF8.self) })
        }
    }

    /// Waits until it has ended; at the time limit it is killed (SIGKILL), which the result tells.
    func finish(withinSeconds seconds: Double) async -> CommandResult {
        await withCheckedContinuation { continuation in
            Self.queue.async { [self] in continuation.resume(returning: waitForEnd(seconds)) }
        }
    }

    private func onQueue<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Self.queue.async { continuation.resume(with: Result { try work() }) }
        }
    }

    private func waitForEnd(_ seconds: Double) -> CommandResult {
        let start = ContinuousClock.now
        let limit = start + .seconds(seconds)
        while readMore(until: limit) {}
        // Both outputs are closed when the process ends; if they are open still, the time is over.
        let isOver = state.withLock { $0.output < 0 && $0.error < 0 }
        if !isOver { send(SIGKILL) }
        var status: Int32 = 0
        var usage = rusage()
        while wait4(identifier, &status, 0, &usage) < 0, errno == EINTR {}
        state.withLock { $0.isReaped = true }
        while readMore(until: .now) {}
        let (output, error) = state.withLock { ($0.outputBytes, $0.errorBytes) }
        let number = status & 0x7F
        return CommandResult(
            exitCode: number == 0 ? (status >> 8) & 0xFF : nil, signal: number == 0 ? nil : number,
            standardOutput: output, standardError: error, waitSeconds: (ContinuousClock.now - start) / .seconds(1),
            peakMemoryKiB: usage.ru_maxrss, isKilled: !isOver && number == SIGKILL)
    }

    /// Takes what the process writes next; false when both outputs are closed, or the time is over with nothing to read.
    private func readMore(until limit: ContinuousClock.Instant) -> Bool {
        let (output, error) = state.withLock { ($0.output, $0.error) }
        guard output >= 0 || error >= 0 else { return false }
        // poll(2) passes over a descriptor that is negative.
        var places = [
            pollfd(fd: output, events: Int16(POLLIN), revents: 0), pollfd(fd: error, events: Int16(POLLIN), revents: 0),
        ]
        let rest = max((limit - .now) / .milliseconds(1), 0)
        let count = poll(&places, 2, Int32(min(rest.rounded(.up), 3_600_000)))
        if count < 0 { return errno == EINTR }
        guard count > 0 else { return false }
        state.withLock { state in
            if places[0].revents != 0 { Self.take(&state.output, &state.outputBytes) }
            if places[1].revents != 0 { Self.take(&state.error, &state.errorBytes) }
        }
        return true
    }

    /// Reads once; closes the pipe at its end.
    private static func take(_ pipe: inout Int32, _ bytes: inout [UInt8]) {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = read(pipe, &chunk, chunk.count)
        if count > 0 {
            bytes.append(contentsOf: chunk[..<count])
        } else if count == 0 || errno != EINTR {
            close(pipe)
            pipe = -1
        }
    }
}
