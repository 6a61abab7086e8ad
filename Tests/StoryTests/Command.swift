import Foundation
import Testing

/// The command as a process, run in a folder of its own.
struct Command {
    /// What became of one run of it.
    struct Outcome {
        let exitCode: Int32
        let output: String
        /// Standard error, of a run without a terminal.
        let errors: String
    }

    static let clientID = "story-client"
    static let clientSecret = "story-secret-that-nothing-shows"

    let folder: URL

    /// `REFUND_RECON_BINARY`, else the product beside the test bundle.
    static func binary() throws -> URL {
        if let path = ProcessInfo.processInfo.environment["REFUND_RECON_BINARY"] { return URL(fileURLWithPath: path) }
        let products = try #require(Bundle.main.executableURL).deletingLastPathComponent()
        let binary = products.appendingPathComponent("refund-recon")
        try #require(
            FileManager.default.isExecutableFile(atPath: binary.path), "no \(binary.path); set REFUND_RECON_BINARY")
        return binary
    }

    /// A process that is not begun. Its environment holds nothing that could be taken for an option of a run.
    func process(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = try Self.binary()
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ["ATLAS_CLIENT_ID": Self.clientID, "ATLAS_CLIENT_SECRET": Self.clientSecret]
        process.standardInput = FileHandle.nullDevice
        return process
    }

    /// Runs it to its end, without a terminal unless one is given: then standard input and standard error are that.
    func run(
        _ arguments: [String], terminal: FileHandle? = nil, environment: [String: String]? = nil
    ) throws -> Outcome {
        let process = try process(arguments)
        if let environment { process.environment = environment }
        let name = UUID().uuidString
        let (output, errors) = (try file("\(name).out"), try file("\(name).err"))
        process.standardOutput = output
        process.standardError = terminal ?? errors
        if let terminal { process.standardInput = terminal }
        try process.run()
        process.waitUntilExit()
        return Outcome(
            exitCode: process.terminationStatus, output: try text("\(name).out"), errors: try text("\(name).err"))
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }

    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: folder.appendingPathComponent(name)), as: UTF8.self)
    }

    func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
    }

    /// An empty file, open for writing.
    func file(_ name: String) throws -> FileHandle {
        try write("", to: name)
        return try FileHandle(forWritingTo: folder.appendingPathComponent(name))
    }

    /// Hands over a command in a new folder, which is removed in the end.
    static func withFolder(_ body: (Command) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("story-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(Command(folder: folder))
    }
}
