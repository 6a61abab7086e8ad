import Dispatch
import Glibc
import Synchronization

/// What a process left when it ended.
struct Finished: Sendable {
    /// The exit code; minus the signal's number if a signal ended it.
    let code: Int32
    let output: [UInt8]
    let errors: [UInt8]

    var outputText: String { String(decoding: output, as: UTF8.self) }
    var errorText: String { String(decoding: errors, as: UTF8.self) }
    var outputLines: [Substring] { outputText.split(separator: "\n") }
    /// The lines on standard error.
    var errorLines: [Substring] { errorText.split(separator: "\n") }
}

/// Why a process could not be run to its end.
enum ChildProcessError: Error {
    case cannotStart(executable: String, errno: Int32)
    case cannotMakeFile(errno: Int32)
    /// It was killed, because it took longer than it may; with what it had said by then.
    case tookTooLong(seconds: Int, errors: String)
}

/// A process of a test: started with nothing of ours but what it is given, killed with all its children if it is still
/// there when this object goes.
///
/// Its standard output and error are unnamed files, so that it never waits for us to read.
final class ChildProcess {
    let id: pid_t
    private let output: Int32
    private let errors: Int32
    private var isReaped = false

    /// Starts it, in a process group of its own.
    init(
        _ executable: String, _ arguments: [String], environment: [String: String], folder: String? = nil,
        input: [UInt8] = []
    ) throws {
        let standardInput = try Self.unnamedFile(input)
        defer { close(standardInput) }
        output = try Self.unnamedFile()
        errors = try Self.unnamedFile()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, standardInput, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
        var attributes = Self.attributes()
        defer { posix_spawnattr_destroy(&attributes) }
        var id: pid_t = 0
        // `env` changes the folder and becomes the executable: posix_spawn cannot, as Swift sees it.
        let command = (folder.map { ["/usr/bin/env", "-C", $0] } ?? []) + [executable] + arguments
        let fault = withCStrings(command) { argv in
            withCStrings(environment.map { "\($0.key)=\($0.value)" }) { envp in
                posix_spawn(&id, command[0], &actions, &attributes, argv, envp)
            }
        }
        self.id = id
        guard fault == 0 else {
            isReaped = true
            throw ChildProcessError.cannotStart(executable: executable, errno: fault)
        }
    }

    deinit {
        if !isReaped {
            kill(-id, SIGKILL)
            var status: Int32 = 0
            waitpid(id, &status, 0)
        }
        close(output)
        close(errors)
    }

    /// A process group of its own, and every signal as a fresh process has it.
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

    // MARK: What it says

    private static func unnamedFile(_ content: [UInt8] = []) throws -> Int32 {
        let name = "/tmp/refund-recon-test-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        let file = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw ChildProcessError.cannotMakeFile(errno: errno) }
        unlink(name)
        var done = 0
        while done < content.count {
            let count = content.withUnsafeBytes {
                pwrite(file, $0.baseAddress?.advanced(by: done), content.count - done, done)
            }
            guard count > 0 else { throw ChildProcessError.cannotMakeFile(errno: errno) }
            done += count
        }
        return file
    }

    /// What it has written to standard output so far.
    var outputSoFar: [UInt8] { Self.content(output) }

    /// What it has written to standard error so far.
    var errorsSoFar: [UInt8] { Self.content(errors) }

    private static func content(_ file: Int32) -> [UInt8] {
        var status = stat()
        guard fstat(file, &status) == 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            while count < buffer.count {
                let more = pread(file, buffer.baseAddress?.advanced(by: count), buffer.count - count, count)
                if more <= 0 { return }
                count += more
            }
        }
    }

    // MARK: How it ends

    func signal(_ number: Int32) { kill(id, number) }

    /// Waits for its end, and kills it if that takes too long.
    func finish(limitSeconds: Int = 240) async throws -> Finished {
        let id = id
        let isOver = Mutex(false)
        let isLate = Mutex(false)
        let limit = DispatchWorkItem {
            isOver.withLock { isOver in
                if isOver { return }
                isLate.withLock { $0 = true }
                kill(-id, SIGKILL)
            }
        }
        // Queues of its own have threads of their own, however many threads of the pool wait for something.
        DispatchQueue(label: "limit").asyncAfter(deadline: .now() + .seconds(limitSeconds), execute: limit)
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            DispatchQueue(label: "end").async {
                var information = siginfo_t()
                while waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
                continuation.resume()
            }
        }
        isOver.withLock { $0 = true }
        limit.cancel()
        var status: Int32 = 0
        waitpid(id, &status, 0)
        isReaped = true
        if isLate.withLock({ $0 }) {
            throw ChildProcessError.tookTooLong(
                seconds: limitSeconds, errors: String(decoding: errorsSoFar, as: UTF8.self))
        }
        let signal = status & 0x7F
        return Finished(code: signal == 0 ? (status >> 8) & 0xFF : -signal, output: outputSoFar, errors: errorsSoFar)
    }
}

/// Hands texts over as a list that ends with nil, as exec wants it.
private func withCStrings<Result>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
    let pointers = texts.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers + [nil])
}
