import Glibc
import Testing

/// The command under test.
enum Binary {
    struct Missing: Error, CustomStringConvertible {
        let tried: String
        var description: String {
            "\(tried) cannot be executed: build refund-recon, or set REFUND_RECON_BINARY to the path of one"
        }
    }

    /// REFUND_RECON_BINARY, else the command in the folder of products in which this bundle stands.
    static func path() throws -> String {
        let path = environment("REFUND_RECON_BINARY") ?? besideBundle
        guard access(path, X_OK) == 0 else { throw Missing(tried: path) }
        return path
    }

    /// The command beside the tests, a debug build.
    ///
    /// The bundle is an executable of its own on Linux, beside the products.
    static var besideBundle: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let arguments = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments.first ?? ""
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let own = String(decoding: buffer.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return folder(of: own.hasSuffix(".xctest") ? own : arguments) + "/refund-recon"
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// Runs it to its end.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], withinSeconds seconds: Double = 60
    ) async throws -> CommandResult {
        try await CommandProcess(path(), arguments, environment: environment).finish(withinSeconds: seconds)
    }
}

/// How much more than the ordinary to test: 1 unless REFUND_RECON_SOAK says otherwise.
let soakFactor = max(1, Binary.environment("REFUND_RECON_SOAK").flatMap { Int($0) } ?? 1)

/// Every suite of this target, one after another: each loads the machine by itself.
@Suite(.serialized) enum Reliability {}
