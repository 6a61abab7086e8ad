import ArgumentParser
import Files
import Memory
import Refunds
import Report
import Run

/// `validate`: reads the inputs and lists the records that a run would refuse.
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
            // Standard output is for a person, with the totals below; a file has the records unchanged.
            let shown = VisibleText.escapedCSV(String(decoding: validation.rejectsCSV, as: UTF8.self))
            try Terminal.print(table: String(shown.unicodeScalars.dropLast()))
        }
        let (orders, webhooks) = (validation.orders, validation.webhooks)
        try Terminal.print(
            table: """
                orders    \(orders.lines) lines = \(orders.blank) blank + \(orders.accepted) accepted + \
                \(orders.duplicate) duplicate + \(orders.rejected) rejected + \(orders.quotedOnly) quoted only
                webhooks  \(webhooks.lines) lines = \(webhooks.blank) blank + \(validation.webhookCount) webhooks + \
                \(webhooks.otherType) of another type + \(webhooks.rejected) rejected
                """)
        if !validation.rejects.isEmpty { throw ExitCode(2) }
    }
}

/// `diff`: the differences between two reports.
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
