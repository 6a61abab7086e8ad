/// The committed inputs, as arguments of `run`.
enum Sample {
    /// Atlas's own samples: five cases of every kind, of which three are queryable. Small, so most tests use it.
    enum Atlas {
        static let folder = Repository.root + "/SampleData/atlas"
        static let asOf = "2025-05-20"
        static let orders = ["--orders", folder + "/orders.csv", "--orders", folder + "/orders.jsonl"]
        static let inputs = orders + ["--webhooks", folder + "/webhooks.jsonl"]
        static let sandbox = ["--sandbox", folder + "/sandbox.jsonl"]
        /// What the sandbox answered once, so that a run needs no network.
        static let journal = ["--status-journal", Repository.resources + "/atlas/status-journal.jsonl"]
        /// A run that is complete, from the journal.
        static func run(_ output: String, asOf: String = asOf) -> [String] {
            ["run"] + inputs + journal + ["--as-of", asOf, "--output", output]
        }
    }

    /// A small night: every outcome and exception, 20 records to refuse, 3 queries that fail.
    enum Nightly {
        static let folder = Repository.root + "/SampleData/nightly"
        static let asOf = "2025-09-30"
        static let inputs = [
            "--orders", folder + "/orders.csv", "--orders", folder + "/orders.jsonl", "--webhooks",
            folder + "/webhooks.jsonl",
        ]
        static let sandbox = ["--sandbox", folder + "/sandbox.jsonl", "--rate", "off"]
        static let journal = ["--status-journal", folder + "/status-journal.jsonl"]
        static let tolerances = [
            "USD=0.05", "EUR=0.05", "GBP=0.05", "JPY=10", "IDR=500", "KWD=0.020", "KRW=100",
        ].flatMap { ["--tolerance", $0] }
        static func run(_ output: String) -> [String] {
            ["run"] + inputs + tolerances + ["--as-of", asOf, "--output", output]
        }
    }
}
