import Glibc
import Testing

/// The published command, run as a process.
enum Command {
    /// The binary under test: `REFUND_RECON_BINARY`, else what the build put beside this test bundle.
    static let binary: String = {
        if let given = getenv("REFUND_RECON_BINARY") { return String(cString: given) }
        var bytes = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &bytes, bytes.count)
        let own = String(decoding: bytes.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return (own.split(separator: "/").dropLast().map { "/" + $0 }).joined() + "/refund-recon"
    }()

    /// The environment of every process: nothing of the machine's own settings gets in.
    static let environment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8", "TZ": "UTC"]

    static func start(
        _ arguments: [String], environment: [String: String] = [:], folder: String? = nil, input: [UInt8] = []
    ) throws -> ChildProcess {
        try #require(
            access(binary, X_OK) == 0,
            "there is no command at \(binary): run `swift build`, or set REFUND_RECON_BINARY to a built one")
        return try ChildProcess(
            binary, arguments, environment: Self.environment.merging(environment) { $1 },
            folder: folder ?? Repository.root, input: input)
    }

    /// Runs the command to its end, in the repository's root folder where no other is given.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], folder: String? = nil, input: [UInt8] = []
    ) async throws -> Finished {
        try await Gate.shared.pass {
            try await start(arguments, environment: environment, folder: folder, input: input).finish()
        }
    }

    /// Runs a shell script with the command as `$0` and arguments as `$@`.
    static func shell(
        _ script: String, _ arguments: [String] = [], environment: [String: String] = [:], folder: String? = nil
    ) async throws -> Finished {
        let environment = Self.environment.merging(environment) { $1 }
        return try await Gate.shared.pass {
            try await ChildProcess(
                "/bin/sh", ["-c", script, binary] + arguments, environment: environment,
                folder: folder ?? Repository.root
            ).finish()
        }
    }
}

/// Lets a few processes run at a time, however many tests ask for one.
private actor Gate {
    static let shared = Gate(width: 3)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(width: Int) { free = width }

    nonisolated func pass<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        await enter()
        do {
            let result = try await body()
            await leave()
            return result
        } catch {
            await leave()
            throw error
        }
    }

    private func enter() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
