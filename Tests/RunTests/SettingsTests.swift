import Glibc
import JSON
import Testing

/// Options from a configuration file and from the environment: an argument beats the environment, which beats the file.
@Suite struct SettingsTests {
    /// An option of `run` with a value that is refused, so that it can be seen to arrive, and one that is not.
    struct Option: Sendable, CustomTestStringConvertible {
        let name: String
        /// In JSON, as the file has it.
        let bad: String
        let code: Int32
        /// What standard error says of the bad value.
        let says: String
        let good: [String]

        init(_ name: String, bad: String, _ code: Int32 = 64, says: String, good: String...) {
            self.name = name
            self.bad = bad
            self.code = code
            self.says = says
            self.good = good
        }

        var testDescription: String { name }
        var variable: String { "REFUND_RECON_" + name.uppercased().replacing("-", with: "_") }
        /// The bad value as an environment variable has it.
        var badText: String { bad.filter { $0 != "\"" } }
    }

    private static let journal = Sample.Atlas.journal[1]
    private static let options = [
        Option("orders", bad: "\"/none.csv\"", 66, says: "/none.csv", good: Sample.Atlas.folder + "/orders.csv"),
        Option(
            "webhooks", bad: "\"/none.jsonl\"", 66, says: "/none.jsonl", good: Sample.Atlas.folder + "/webhooks.jsonl"),
        Option("status-journal", bad: "\"/none.jsonl\"", 66, says: "/none.jsonl", good: journal),
        Option("threads", bad: "257", says: "--threads must be", good: "2"),
        Option("log-level", bad: "\"loud\"", says: "'loud'", good: "error"),
        Option("concurrency", bad: "0", says: "--concurrency must be", good: "3"),
        Option("rate", bad: "\"often\"", says: "'often'", good: "off"),
        Option("timeout", bad: "0", says: "--timeout must be", good: "5"),
        Option("attempts", bad: "21", says: "--attempts must be", good: "1"),
        Option("deadline", bad: "0", says: "--deadline must be", good: "9"),
        Option("as-of", bad: "\"2025-02-29\"", says: "'2025-02-29'", good: "2025-05-20"),
        Option("tolerance", bad: "\"USD\"", says: "'USD'", good: "USD=0.05"),
        Option("output", bad: "\"/proc/none\"", 73, says: "/proc/none", good: "out"),
        Option("formats", bad: "\"pdf\"", says: "--formats takes", good: "csv"),
        Option("expect-orders", bad: "\"few\"", says: "'few'", good: "2"),
        Option("expect-amount", bad: "\"USD\"", says: "'USD'", good: "USD=212.80"),
        Option("min-cases", bad: "0", says: "--min-cases must be", good: "1"),
        Option("min-share-of-usual", bad: "101", says: "--min-share-of-usual must be", good: "50"),
        Option("notify-worse-than", bad: "\"failed\"", says: "Nothing is worse", good: "breaks"),
        Option(
            "fee-schedule", bad: "\"/none.csv\"", 66, says: "/none.csv", good: Repository.resources + "/audit/fees.csv"),
        Option("workbook-rows", bad: "\"many\"", says: "'many'", good: "0"),
    ]

    /// A run that does, with the options that a test does not give itself.
    private static func arguments(without names: Set<String>) -> [String] {
        let options = [
            ("orders", Sample.Atlas.folder + "/orders.csv"), ("status-journal", journal), ("output", "out"),
            ("as-of", "2025-05-20"), ("formats", "csv"),
        ]
        return ["run", "--allow-incomplete"] + options.filter { !names.contains($0.0) }.flatMap { ["--" + $0.0, $0.1] }
    }

    @Test(arguments: options) func precedence(option: Option) async throws {
        let folder = try TemporaryFolder()
        let file = ["--config", try folder.write("config.json", "{\"\(option.name)\": \(option.bad)}")]
        let arguments = Self.arguments(without: [option.name])
        let good = [option.variable: option.good.joined(separator: ",")]
        let bad = [option.variable: option.badText]
        func run(_ more: [String], _ environment: [String: String]) async throws -> Finished {
            try await Command.run(arguments + more, environment: environment, folder: folder.path)
        }
        for refused in [try await run(file, [:]), try await run([], bad)] {
            #expect(refused.code == option.code, "\(refused.errorText)")
            #expect(refused.errorText.contains(option.says), "\(refused.errorText)")
        }
        for done in [try await run(file, good), try await run(["--\(option.name)"] + option.good, bad)] {
            #expect(done.code == 0, "\(done.errorText)")
        }
    }

    // MARK: Flags

    /// A flag is true or false; true in the file and false in the environment is false.
    @Test(arguments: ["quiet", "strict", "allow-incomplete", "json", "insecure-http"]) func flags(name: String)
        async throws
    {
        let folder = try TemporaryFolder()
        let file = ["--config", try folder.write("config.json", "{\"\(name)\": true}")]
        let variable = Option(name, bad: "", says: "").variable
        let night = SmallNight(
            orders: [.init(orderNo: "A"), .init(orderNo: "B", original: "nonsense")],
            notifications: [.init(orderNo: "A", final: "80.00")])
        let arguments =
            try night.arguments(in: folder, "night") + ["--output", folder / "out", "--formats", "csv"]
            + (name == "strict" ? ["--allow-incomplete"] : [])
        func run(_ more: [String], _ environment: [String: String] = [:]) async throws -> [String] {
            let finished = try await Command.run(arguments + more, environment: environment)
            // The kind of the output tells json from the summary for people, and that from nothing.
            return ["\(finished.code)", String(finished.outputText.prefix(3)), finished.errorText]
        }
        let (without, with) = (try await run([]), try await run(["--\(name)"]))
        if name != "insecure-http" { #expect(without != with, "the flag does nothing") }
        #expect(try await run(file) == with)
        #expect(try await run([], [variable: "true"]) == with)
        #expect(try await run(file, [variable: "false"]) == without)
        #expect(try await run([], [variable: "perhaps"])[0] == "64")
    }

    // MARK: Sources of statuses

    @Test func sources() async throws {
        let folder = try TemporaryFolder()
        let sandbox = Sample.Atlas.folder + "/sandbox.jsonl"
        let arguments = Self.arguments(without: ["status-journal"])
        func run(_ environment: [String: String], _ file: String = "{}") async throws -> Finished {
            try await Command.run(
                arguments + ["--config", folder.write("config.json", file)], environment: environment,
                folder: folder.path)
        }
        for done in [
            try await run(["REFUND_RECON_SANDBOX": sandbox]), try await run([:], "{\"sandbox\": \"\(sandbox)\"}"),
        ] {
            #expect(done.code == 0, "\(done.errorText)")
        }
        // These ask for credentials, so they arrived.
        let url = "http://127.0.0.1:9"
        for refused in [
            try await run(["REFUND_RECON_ATLAS_URL": url]), try await run([:], "{\"atlas-url\": \"\(url)\"}"),
        ] {
            #expect(refused.code == 77, "\(refused.errorText)")
        }
        let credentials = try folder.write("open", "ATLAS_CLIENT_ID=a\nATLAS_CLIENT_SECRET=b\n")
        #expect(chmod(credentials, 0o644) == 0)
        for refused in [
            try await run(["REFUND_RECON_ATLAS_URL": url, "REFUND_RECON_CREDENTIALS": credentials]),
            try await run([:], "{\"atlas-url\": \"\(url)\", \"credentials\": \"\(credentials)\"}"),
        ] {
            #expect(refused.code == 77, "\(refused.errorText)")
            #expect(refused.errorText.contains("chmod 600"))
        }
    }

    // MARK: The file

    /// Every kind of value at once: lists, numbers, an object, a flag.
    @Test func wholeFile() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "config.json",
            """
            {"as-of": "2025-05-20", "orders": ["\(Sample.Atlas.folder)/orders.csv", "\(Sample.Atlas.folder)/orders.jsonl"],
             "webhooks": "\(Sample.Atlas.folder)/webhooks.jsonl", "status-journal": ["\(Self.journal)"], "threads": 2,
             "tolerance": {"USD": "3.00", "KWD": "0.020"}, "formats": ["csv", "jsonl"], "strict": false, "output": "\(folder / "out")"}
            """)
        for arguments in [["run", "--config", file], ["run", "--config=\(file)"]] {
            let finished = try await Command.run(arguments)
            #expect(finished.code == 0, "\(finished.errorText)")
        }
        let finished = try await Command.run(["run"], environment: ["REFUND_RECON_CONFIG": file])
        #expect(finished.code == 0, "\(finished.errorText)")
        let manifest = try parsedJSON(Files.read(folder / "out/2025-05-20/manifest.json"))
        #expect(
            String(decoding: manifest["parameters"]?.encoded() ?? [], as: UTF8.self)
                == """
                {"tolerances":{"KWD":"0.020","USD":"3.00"},"formats":["csv","jsonl"],"workbookRows":200000,\
                "orders":["\(Sample.Atlas.folder)/orders.csv","\(Sample.Atlas.folder)/orders.jsonl"],\
                "webhooks":["\(Sample.Atlas.folder)/webhooks.jsonl"]}
                """)
    }

    /// Several values in one variable are separated by commas.
    @Test func listsInTheEnvironment() async throws {
        let folder = try TemporaryFolder()
        let finished = try await Command.run(
            Self.arguments(without: ["orders", "formats"]),
            environment: [
                "REFUND_RECON_ORDERS": "\(Sample.Atlas.folder)/orders.csv,\(Sample.Atlas.folder)/orders.jsonl",
                "REFUND_RECON_TOLERANCE": "USD=3.00,KWD=0.020", "REFUND_RECON_FORMATS": "csv,jsonl",
            ], folder: folder.path)
        #expect(finished.code == 0, "\(finished.errorText)")
        let manifest = try parsedJSON(Files.read(folder / "out/2025-05-20/manifest.json"))
        #expect(manifest["parameters"]?["orders"]?.elements.count == 2)
        #expect(manifest["parameters"]?["tolerances"]?.members.map(\.key) == ["KWD", "USD"])
        #expect(manifest["parameters"]?["formats"]?.elements.compactMap(\.string) == ["csv", "jsonl"])
    }

    @Test(arguments: [
        ("{\"as-of\": }", 65, "no JSON at byte 11"), ("", 65, "no JSON"), ("[]", 65, "not a JSON object"),
        ("{\"quiet\": true, \"quiet\": false}", 65, "quiet stands twice"),
        ("{\"as-of\": null}", 65, "as-of has no value"),
        ("{\"colour\": \"red\"}", 64, "Unknown option '--colour'"),
        ("{\"atlas-client-secret\": \"canary-of-the-test\"}", 64, "Unknown option '--atlas-client-secret'"),
        ("{\"REFUND_RECON_QUIET\": true}", 64, "Unknown option"),
    ])
    func faults(file: String, code: Int32, says: String) async throws {
        let folder = try TemporaryFolder()
        let finished = try await Command.run(
            Self.arguments(without: []) + ["--config", folder.write("config.json", file)], folder: folder.path)
        #expect(finished.code == code, "\(finished.errorText)")
        #expect(finished.errorText.contains(says), "\(finished.errorText)")
        #expect(!finished.errorText.contains("canary-of-the-test"))
        #expect(!Files.exists(folder / "out"))
    }

    @Test func unknownVariable() async throws {
        let folder = try TemporaryFolder()
        let finished = try await Command.run(
            Self.arguments(without: []), environment: ["REFUND_RECON_COLOUR": "red"], folder: folder.path)
        #expect(finished.code == 64)
        #expect(finished.errorText.contains("Unknown option '--colour'"), "\(finished.errorText)")
    }
}
