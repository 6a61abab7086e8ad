import Glibc
import Testing

extension Reliability {
    /// A canary in place of the secret is searched for in everything that is written and printed.
    @Suite struct SecretsTests {
        private static let canary = "canary.7f3b9d51e08c4a26"
        private static let identifier = "reliability"
        private static let agreed = ["ATLAS_CLIENT_ID": identifier, "ATLAS_CLIENT_SECRET": canary]

        /// How a run comes by the secret.
        enum Giving: String, CaseIterable { case environment, file }

        struct Case: Sendable, CustomTestStringConvertible {
            let testDescription: String
            var faults: [String] = []
            /// What the sandbox wants; else the canary.
            var wanted = agreed
            let exitCode: Int32
        }

        static let cases = [
            Case(testDescription: "all well", exitCode: 0),
            Case(
                testDescription: "another secret wanted",
                wanted: ["ATLAS_CLIENT_ID": identifier, "ATLAS_CLIENT_SECRET": "another"], exitCode: 77),
            Case(testDescription: "403", faults: ["403=1"], exitCode: 77),
            Case(testDescription: "redirect", faults: ["redirect=1"], exitCode: 2),
            Case(testDescription: "errors", faults: ["500=0.5", "html-200=0.2", "reset-in-headers=0.2"], exitCode: 69),
        ]

        @Test(arguments: cases, Giving.allCases)
        func secretIsNowhere(_ test: Case, _ giving: Giving) async throws {
            let place = try Place()
            let data = try await Data(cases: 40)
            let (run, counts) = try await withSandboxProcess(data, faults: test.faults, credentials: test.wanted) {
                url in
                try await place.run(data, url, giving, ["--deadline", "3"], secret: Self.canary)
            }
            #expect(run.exitCode == test.exitCode, "\(run.errorText)")
            // A redirect that is followed would be one request more.
            if test.testDescription == "redirect" { #expect(counts.requests == counts.faults) }
            try place.expectAbsent(Self.canary, run)
        }

        @Test(arguments: Giving.allCases)
        func secretIsNowhereWithoutAServer(_ giving: Giving) async throws {
            let place = try Place()
            let data = try await Data(cases: 20)
            let run = try await place.run(data, "http://127.0.0.1:9", giving, ["--deadline", "2"], secret: Self.canary)
            #expect(run.exitCode == 69, "\(run.errorText)")
            try place.expectAbsent(Self.canary, run)
        }

        /// A value that cannot be sent in a header must not be quoted in the complaint.
        @Test(arguments: Giving.allCases)
        func unusableSecretIsNotQuoted(_ giving: Giving) async throws {
            let place = try Place()
            let data = try await Data(cases: 1)
            let run = try await place.run(data, "http://127.0.0.1:9", giving, secret: Self.canary + "\u{E9}")
            #expect(run.exitCode == 77, "\(run.errorText)")
            try place.expectAbsent(Self.canary, run)
        }

        /// The working journal and whatever else a killed run leaves.
        @Test(arguments: [SIGKILL, SIGTERM])
        func secretIsNotInWhatAKilledRunLeaves(signal: Int32) async throws {
            let place = try Place()
            let data = try await Data(cases: 200)
            let (run, _) = try await withSandboxProcess(data, latencyMilliseconds: 40, credentials: Self.agreed) {
                url in
                let process = try place.start(data, url, .file, secret: Self.canary)
                let limit = ContinuousClock.now + .seconds(30)
                while try (Journal(output: place.output)?.lines().count ?? 0) < 5 {
                    try #require(ContinuousClock.now < limit, "no journal")
                    try await Task.sleep(for: .milliseconds(5))
                }
                process.send(signal)
                return await process.finish(withinSeconds: 10)
            }
            #expect(run.exitCode == (signal == SIGTERM ? 143 : nil))
            #expect(try #require(Journal(output: place.output)).lines().count >= 5)
            try place.expectAbsent(Self.canary, run)
        }

        @Test func noHeaderFollowsARedirect() async throws {
            let place = try Place()
            let data = try await Data(cases: 20)
            let target = try RawListener(answer: nil)
            let server = try RawListener(
                answer: """
                    HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:\(target.port)/queryRefundOrders.do\r
                    Content-Length: 0\r\nConnection: close\r\n\r\n
                    """)
            let url = "http://127.0.0.1:\(server.port)"
            let run = try await place.run(data, url, .environment, ["--deadline", "5"], secret: Self.canary)
            server.stop()
            #expect(run.exitCode == 2, "\(run.errorText)")
            // The canary was sent where it was meant to go: it is the secret that this test is about.
            #expect(String(decoding: server.received, as: UTF8.self).contains(Self.canary))
            #expect(!target.hasCaller)
            try place.expectAbsent(Self.canary, run)
        }

        @Test(arguments: [(mode_t(0o640), 77 as Int32), (0o604, 77), (0o620, 77), (0o600, 0), (0o400, 0)])
        func credentialsFileIsForItsOwnerOnly(mode: mode_t, exitCode: Int32) async throws {
            let place = try Place()
            let data = try await Data(cases: 10)
            let (run, counts) = try await withSandboxProcess(data, credentials: Self.agreed) { url in
                try await place.run(data, url, .file, secret: Self.canary, mode: mode)
            }
            #expect(run.exitCode == exitCode, "\(run.errorText)")
            #expect((counts.requests > 0) == (exitCode == 0))
            #expect(File.exists("\(place.output)/\(Data.asOf)") == (exitCode == 0))
            try place.expectAbsent(Self.canary, run)
        }

        /// Addresses that are nobody's: a run that tries to connect would wait for its deadline and publish.
        @Test(arguments: [
            "http://192.0.2.1", "http://192.0.2.1:8080/api", "http://atlas.invalid", "http://127.0.0.1.invalid",
        ])
        func plainHTTPStaysOnThisMachine(url: String) async throws {
            let place = try Place()
            let data = try await Data(cases: 10)
            let run = try await place.run(data, url, .environment, ["--deadline", "5"], secret: Self.canary)
            #expect(run.exitCode == 64, "\(run.errorText)")
            #expect(!File.exists("\(place.output)/\(Data.asOf)"))
            #expect(Journal(output: place.output) == nil)
            try place.expectAbsent(Self.canary, run)
        }

        /// Wrong credentials for the right place, or the right ones for the wrong place: the report says where it asked.
        @Test func reportNamesTheBaseURL() async throws {
            let place = try Place()
            let data = try await Data(cases: 10)
            let (url, _) = try await withSandboxProcess(data, credentials: Self.agreed) { url in
                let run = try await place.run(data, url, .environment, ["--formats", "csv,xlsx"], secret: Self.canary)
                #expect(run.exitCode == 0, "\(run.errorText)")
                return url
            }
            let published = "\(place.output)/\(Data.asOf)"
            #expect(try File.text("\(published)/manifest.json").contains(#""statusSource": "\#(url)""#))
            let members = try ZipMembers.unpacked(
                File.bytes("\(published)/reconciliation.xlsx"), scratch: try TemporaryFolder())
            #expect(members.contains { $0.name.hasPrefix("xl/worksheets/") })
            #expect(members.contains { String(decoding: $0.bytes, as: UTF8.self).contains(url) })
        }
    }
}

/// Everything that a run may write to: output, temporary and home folder.
private struct Place {
    let folder: TemporaryFolder
    private let credentials: TemporaryFolder
    var output: String { "\(folder.path)/out" }

    init() throws {
        folder = try TemporaryFolder()
        credentials = try TemporaryFolder()
        for name in ["tmp", "home"] { mkdir("\(folder.path)/\(name)", 0o700) }
    }

    func start(
        _ data: Data, _ url: String, _ giving: Reliability.SecretsTests.Giving, _ options: [String] = [],
        secret: String,
        mode: mode_t = 0o600
    ) throws -> CommandProcess {
        var environment = ["TMPDIR": "\(folder.path)/tmp", "HOME": "\(folder.path)/home"]
        var arguments = data.run(url, output, options).filter { $0 != "--quiet" } + ["--log-level", "debug"]
        switch giving {
        case .environment:
            environment["ATLAS_CLIENT_ID"] = "reliability"
            environment["ATLAS_CLIENT_SECRET"] = secret
        case .file:
            let path = "\(credentials.path)/credentials"
            let text = "ATLAS_CLIENT_ID=reliability\nATLAS_CLIENT_SECRET=\(secret)\n"
            try File.write(Array(text.utf8), to: path, mode: mode)
            arguments += ["--credentials", path]
        }
        let process = try CommandProcess(Binary.path(), arguments, environment: environment)
        // Every user of the machine can read this.
        #expect(!contains(try commandLine(of: process), secret), "the command line holds the secret")
        return process
    }

    func run(
        _ data: Data, _ url: String, _ giving: Reliability.SecretsTests.Giving, _ options: [String] = [],
        secret: String,
        mode: mode_t = 0o600
    ) async throws -> CommandResult {
        let process = try start(data, url, giving, options, secret: secret, mode: mode)
        let result = await process.finish(withinSeconds: 30)
        #expect(!result.isKilled, "it did not end")
        return result
    }

    /// The secret, plain or in base64, is in no file and was not printed. Workbooks are searched unpacked.
    func expectAbsent(_ secret: String, _ run: CommandResult) throws {
        var texts = [("standard output", run.standardOutput), ("standard error", run.standardError)]
        for path in TemporaryFolder.files(in: folder.path) where !File.isFolder(path) {
            texts.append((path, Array(path.utf8) + (try File.bytes(path))))
            if path.hasSuffix(".xlsx") {
                for member in try ZipMembers.unpacked(File.bytes(path), scratch: credentials) {
                    texts.append(("\(path): \(member.name)", member.bytes))
                }
            }
        }
        for (name, bytes) in texts { #expect(!contains(bytes, secret), "the secret is in \(name)") }
    }

    private func contains(_ bytes: [UInt8], _ secret: String) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        return text.contains(secret) || Base64.fragments(of: secret).contains { text.contains($0) }
    }

    /// A process has no arguments to show until it has quite begun.
    private func commandLine(of process: CommandProcess) throws -> [UInt8] {
        let limit = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < limit {
            let file = open("/proc/\(process.identifier)/cmdline", O_RDONLY | O_CLOEXEC)
            defer { close(file) }
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = read(file, &bytes, bytes.count)
            if count > 0 { return Array(bytes[..<count]) }
            sched_yield()
        }
        throw CommandError.noLine(errorText: "its command line cannot be read")
    }
}

private enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// How a text shows in the base64 of a longer one, wherever in its groups of three it begins.
    static func fragments(of text: String) -> [String] {
        (0..<3).map { skipped in
            let bytes = Array(text.utf8.dropFirst(skipped))
            var result: [UInt8] = []
            for start in stride(from: 0, to: bytes.count - bytes.count % 3, by: 3) {
                let group = bytes[start..<(start + 3)].reduce(0) { $0 << 8 | Int($1) }
                for shift in [18, 12, 6, 0] { result.append(alphabet[group >> shift & 63]) }
            }
            return String(decoding: result, as: UTF8.self)
        }
    }
}
