import ArgumentParser
import Bytes
import Core
import Report
import Run

/// `validate`: reads the inputs and tells what a run would refuse.
struct ValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Reads the inputs as run would; prints the control totals and the rejects.",
        discussion: "Exits 2 if records would be refused.")

    @OptionGroup(title: "Inputs") var inputs: InputOptions

    @Option(help: ArgumentHelp("Write the rejects there instead of printing them.", valueName: "file"))
    var rejects: String?

    func run() async throws {
        let inputs = inputs
        let validation = try await InputValidation.read(
            orders: inputs.orders, webhooks: inputs.webhooks, threads: inputs.threadCount, log: { inputs.log($0) })
        if let rejects {
            try FileOutput.write(validation.rejectsCSV, to: rejects)
        } else {
            // It is read by a person, with the totals below: the file has the records as they are.
            let shown = VisibleText.escapedCSV(String(decoding: validation.rejectsCSV, as: UTF8.self))
            try Terminal.print(table: String(shown.unicodeScalars.dropLast()))
        }
        let (orders, webhooks) = (validation.orders, validation.webhooks)
        try Terminal.print(
            table: """
                orders    \(orders.lines) lines = \(orders.blank) blank + \(orders.accepted) accepted + \
                \(orders.duplicate) duplicate + \(orders.rejected) rejected + \(orders.quotedOnly) quoted only
                webhooks  \(webhooks.lines) lines = \(webhooks.blank) blank + \(validation.notificationCount) notifications + \
                \(webhooks.otherType) of another type + \(webhooks.rejected) rejected
                """)
        if !validation.rejects.isEmpty { throw ExitCode(2) }
    }
}

/// `verify`: checks a published report.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Recomputes every hash and control total of a published report, and the chain of manifests.",
        discussion: """
            Says what was touched; exits 1 if anything was. With --redo it then makes the report again from its inputs, in a \
            temporary folder, and compares every file byte for byte; it exits 0 only if all of it is proved.
            """)

    @Argument(help: ArgumentHelp("The folder of the report, such as Reports/2025-09-30.", valueName: "dir"))
    var folder: String

    @Option(
        help: ArgumentHelp(
            "The report must be signed by the key whose public half this PEM file holds.", valueName: "file"))
    var publicKey: String?

    @Option(
        help: ArgumentHelp(
            "The hash of a manifest, noted elsewhere, that must be in the chain. Repeatable.", valueName: "sha256"))
    var noted: [String] = []

    @Flag(help: "Make the report again from its inputs and compare every file.")
    var redo = false

    @Option(
        help: ArgumentHelp(
            "A folder that has the inputs, under any name, where they are not where the manifest says.",
            valueName: "dir"))
    var inputs: String?

    @Flag(help: "Say nothing unless something was touched.")
    var quiet = false

    func validate() throws {
        if inputs != nil, !redo { throw ValidationError("--inputs needs --redo.") }
        let digits = "0123456789abcdef"
        if !noted.allSatisfy({ $0.utf8.count == 64 && $0.allSatisfy(digits.contains) }) {
            throw ValidationError("--noted takes the 64 lower-case hexadecimal digits of a SHA-256.")
        }
    }

    func run() async throws {
        let key: VerifyingKey? = if let publicKey { try VerifyingKey(contentsOfFile: publicKey) } else { nil }
        let verification = try ReportVerification(folder: folder, publicKey: key, noted: noted)
        for finding in verification.findings { try Terminal.print("differs  \(finding)") }
        let isUntouched = verification.findings.isEmpty
        if isUntouched, !quiet { for check in verification.checked { try Terminal.print("ok  \(check)") } }
        let isProved = redo ? try await makeAgain() : true
        if !isUntouched || !isProved { throw ExitCode(1) }
    }

    /// Whether the report is proved by making it again.
    private func makeAgain() async throws -> Bool {
        let (folder, inputs) = (folder, inputs)
        let redo = try await interruptible {
            try await ReportRedo(
                folder: folder, inputs: inputs, toolVersion: toolVersion, threads: processorCount())
        }
        for finding in redo.findings {
            switch finding {
            case .same(let text): if !quiet { try Terminal.print("ok  redo: \(text)") }
            case .differs(let text): try Terminal.print("differs  redo: \(text)")
            case .notProved(let text): try Terminal.print("not proved: redo: \(text)")
            case .beyond(let text): if !quiet { try Terminal.print("not proved: \(text)") }
            }
        }
        return redo.isProved
    }
}

/// `diff`: what changed between two reports.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "What changed between two published reports: appeared, gone, outcome changed, amounts changed.",
        discussion: "Exits 1 if anything did.")

    @Argument(help: ArgumentHelp("The earlier report.", valueName: "dir"))
    var before: String

    @Argument(help: ArgumentHelp("The later report.", valueName: "dir"))
    var after: String

    @Flag(help: "Print JSON instead of tables.")
    var json = false

    @Option(help: ArgumentHelp("Write the changed rows there, as CSV.", valueName: "file"))
    var csv: String?

    func run() throws {
        let comparison = try ReportDifference.compare(before: before, after: after)
        if let csv { try FileOutput.write(comparison.csv(), to: csv) }
        if json {
            try Terminal.print(data: comparison.json())
        } else {
            try Terminal.print(table: comparison.text())
        }
        if !comparison.isEmpty { throw ExitCode(1) }
    }
}
