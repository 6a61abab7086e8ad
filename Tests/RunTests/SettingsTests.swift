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
            webhooks: [.init(orderNo: "A", final: "80.00")])
        let arguments =
            try night.arguments(in: folder, "night") + ["--formats", "csv"]
            + (name == "strict" ? ["--allow-incomplete"] : [])
        func run(_ more: [String], _ environment: [String: String] = [:]) async throws -> [String] {
            // A report that takes the place of another says so.
            let output = folder / "out-\(UInt64.random(in: 0...UInt64.max))"
            let finished = try await Command.run(arguments + more + ["--output", output], environment: environment)
            // The kind of the output tells json from the summary for people, and that from nothing.
            // Each run but the first replaces a report, and says so.
            let told = finished.errorLines.filter { !$0.hasPrefix("the former report") }.joined(separator: "\n")
            return ["\(finished.code)", String(finished.outputText.prefix(3)), told]
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
        ("{\"as-of\": }", 65, "not JSON at byte 11"), ("", 65, "not JSON"), ("[]", 65, "not a JSON object"),
        ("{\"quiet\": true, \"quiet\": false}", 65, "quiet appears twice"),
        ("{\"as-of\": null}", 65, "as-of has no value"),
        ("{\"colour\": \"red\"}", 64, "config.json: colour: there is no such setting, since no option --colour"),
        ("{\"atlas-client-secret\": \"canary-of-the-test\"}", 64, "no option --atlas-client-secret"),
        ("{\"REFUND_RECON_QUIET\": true}", 64, "no option --REFUND_RECON_QUIET"),
        ("{\"help\": true}", 64, "no option --help"), ("{\"version\": true}", 64, "no option --version"),
        ("{\"config\": \"other.json\"}", 64, "config.json: config: there is no such setting"),
        ("{\"state\": \"\"}", 64, "config.json: state: a value is empty"),
        ("{\"webhooks\": [\"\"]}", 64, "config.json: webhooks: a value is empty"),
        ("{\"state\": \":memory:\"}", 64, "--state takes the path of a file; :memory: is not one"),
        ("{\"strict\": 2}", 64, "config.json: strict: 2 is neither yes nor no"),
        ("{\"orders\": [[\"a.csv\"]]}", 65, "orders has a list or an object inside another"),
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

    @Test(arguments: [
        ("COLOUR", "red", "REFUND_RECON_COLOUR: there is no such setting, since no option --colour"),
        ("HELP", "1", "REFUND_RECON_HELP: there is no such setting, since no option --help"),
        ("STRICT", "perhaps", "REFUND_RECON_STRICT: perhaps is neither yes nor no (1, true, yes; 0, false, no)"),
        ("TOLERANCE", "USD=1,,EUR=1", "REFUND_RECON_TOLERANCE: a value is empty"),
        ("WEBHOOKS", ",", "REFUND_RECON_WEBHOOKS: a value is empty"),
        ("STATE", "file:x?mode=memory", "--state takes the path of a file; file:x?mode=memory is not one"),
        ("METRICS", "night.txt", "--metrics night.txt must end in .prom"),
    ])
    func wrongVariables(name: String, value: String, says: String) async throws {
        let folder = try TemporaryFolder()
        let finished = try await Command.run(
            Self.arguments(without: []), environment: ["REFUND_RECON_\(name)": value], folder: folder.path)
        #expect(finished.code == 64)
        #expect(finished.errorLines.count == 1)
        #expect(finished.errorText.contains(says), "\(finished.errorText)")
        #expect(!Files.exists(folder / "out"))
    }

    // MARK: Empty values

    private static let emptyOptions: [(command: [String], says: String)] = [
        (["run", "--orders", ""], "--orders needs a value; it is empty"),
        (["run", "--state="], "--state needs a value; it is empty"),
        (["validate", "--orders", "a.csv", "--rejects", ""], "--rejects needs a value; it is empty"),
        (["diff", "a", "b", "--csv="], "--csv needs a value; it is empty"),
        (["verify", ""], "an argument is empty"), (["state", "show", ""], "an argument is empty"),
        (["generate", "--as-of", "2025-09-30", "--output", ""], "--output needs a value; it is empty"),
        (["atlas", "status", "--order", ""], "--order needs a value; it is empty"),
        (["sandbox", "data.jsonl", "--fault", ""], "--fault needs a value; it is empty"),
    ]

    @Test(arguments: emptyOptions) func emptyOption(command: [String], says: String) async throws {
        let finished = try await Command.run(command)
        #expect(finished.code == 64)
        #expect(finished.errorText == "refund-recon: \(says)\n")
    }

    /// A variable of ours that is empty counts as not set, whatever the file says.
    @Test func emptyVariables() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "config.json",
            """
            {"state": "\(folder / "state.sqlite")", "tolerance": {"USD": "0.05"}, "strict": false,
             "webhooks": "\(Sample.Atlas.folder)/webhooks.jsonl"}
            """)
        let names = ["STATE", "TOLERANCE", "WEBHOOKS", "STRICT", "CONFIG", "COLOUR"]
        let finished = try await Command.run(
            Self.arguments(without: []) + ["--config", file],
            environment: Dictionary(uniqueKeysWithValues: names.map { ("REFUND_RECON_\($0)", "") }),
            folder: folder.path)
        #expect(finished.code == 0, "\(finished.errorText)")
        let parameters = try parsedJSON(Files.read(folder / "out/2025-05-20/manifest.json"))["parameters"]
        #expect(parameters?["tolerances"]?.members.map(\.key) == ["USD"])
        #expect(parameters?["webhooks"]?.elements.count == 1)
        #expect(Files.exists(folder / "state.sqlite"))
        let credentials = try await Command.run(
            Self.arguments(without: ["status-journal"]) + ["--atlas-url", "http://127.0.0.1:9"],
            environment: ["ATLAS_CLIENT_ID": "", "REFUND_RECON_CREDENTIALS": ""], folder: folder.path)
        #expect(credentials.code == 77)
        #expect(credentials.errorText.contains("ATLAS_CLIENT_ID is not set"), "\(credentials.errorText)")
    }

    /// A flag by its words: 1 is yes, and 0 hides the file's yes.
    @Test(arguments: [("1", true), ("yes", true), ("TRUE", true), ("0", false), ("no", false), ("False", false)])
    func flagWords(word: String, isOn: Bool) async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("config.json", "{\"json\": true}")
        let finished = try await Command.run(
            Self.arguments(without: []) + ["--config", file], environment: ["REFUND_RECON_JSON": word],
            folder: folder.path)
        #expect(finished.code == 0, "\(finished.errorText)")
        #expect(finished.outputText.hasPrefix("{") == isOn)
    }
}
