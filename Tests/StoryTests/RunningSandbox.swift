import Foundation
import JSON
import Memory
import Testing

/// `refund-recon sandbox` as a process on a free port, over data of the test's own.
final class RunningSandbox {
    let baseURL: String
    private let command: Command
    private let process: Process

    /// Starts it in a folder of its own, hands it over with a command of that folder, and ends it.
    static func serving(_ data: [String], _ body: (Command, RunningSandbox) throws -> Void) throws {
        try Command.withFolder { command in
            try command.write(data.joined(separator: "\n") + "\n", to: "sandbox.jsonl")
            let sandbox = try RunningSandbox(command)
            defer { sandbox.end() }
            try body(command, sandbox)
        }
    }

    private init(_ command: Command) throws {
        self.command = command
        process = try command.process(["sandbox", "sandbox.jsonl"])
        let output = Pipe()
        process.standardOutput = output
        process.standardError = try command.file("sandbox.err")
        try process.run()
        // Its first line is its address; the end of the output would mean that it could not serve.
        var line = Data()
        while line.last != 0x0A {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { break }
            line += more
        }
        baseURL = String(decoding: line.dropLast(), as: UTF8.self)
        if line.last != 0x0A { end() }
        try #require(line.last == 0x0A, "the sandbox did not start")
    }

    private func end() {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
    }

    /// Ends it and tells how many requests it was asked.
    func requestCount() throws -> Int {
        end()
        let text = try command.text("sandbox.err")
        return try #require(try JSONLine.values(text, "requests").first.flatMap { Int($0) })
    }
}

/// Values of JSON Lines, for comparing.
enum JSONLine {
    /// The value of a member in each line that has it, as it stands; strings without their quotes.
    static func values(_ text: String, _ key: String) throws -> [String] {
        var values: [String] = []
        for line in text.utf8.split(separator: 0x0A) {
            var reader = JSONReader()
            let bytes = Array(line)
            let reading = reader.read(bytes.span)
            #expect(reading.fault == nil)
            guard let root = reading.acceptable else { continue }
            var children = root.children
            while let child = children.next() {
                if child.name == key { values.append(child.string ?? child.raw.string) }
            }
        }
        return values
    }
}
