import Glibc

/// strace(1), which makes calls of the system fail.
enum Tracer {
    private static let path = "/usr/bin/strace"

    /// Containers may forbid to trace.
    static let isThere: Bool = {
        guard access(path, X_OK) == 0 else { return false }
        var pid: pid_t = 0
        let texts: [String] = [path, "-qq", "-o", "/dev/null", "/bin/true"]
        var words: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        var status: Int32 = 0
        return posix_spawn(&pid, path, nil, nil, &words, environ) == 0 && waitpid(pid, &status, 0) == pid && status == 0
    }()

    /// Runs the command with some of its calls on some files traced.
    ///
    /// - Parameter injection: what happens at which of them, as strace's option `inject` has it.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], calls: [String], paths: [String],
        injecting injection: String? = nil, log: String
    ) async throws -> CommandResult {
        let options =
            ["-f", "-qq", "-o", log, "-e", "trace=\(calls.joined(separator: ","))"]
            + paths.flatMap { ["-P", $0] } + (injection.map { ["-e", "inject=\($0)"] } ?? [])
        return try await CommandProcess(path, options + [Binary.path()] + arguments, environment: environment)
            .finish(withinSeconds: 60)
    }

    /// How often each call is made, in the log of a run, by the thread that makes it most often: strace counts by thread.
    static func callCounts(_ calls: [String], log: String) throws -> [String: Int] {
        var counts: [String: [Substring: Int]] = [:]
        for line in try File.text(log).split(separator: "\n") {
            // The thread's number, padded to five digits, and the call.
            let thread = line.prefix { $0 != " " }
            let text = line.dropFirst(thread.count).drop { $0 == " " }
            guard let call = calls.first(where: { text.hasPrefix("\($0)(") }) else { continue }
            counts[call, default: [:]][thread, default: 0] += 1
        }
        return counts.mapValues { $0.values.max() ?? 0 }
    }
}
