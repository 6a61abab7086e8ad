import ArgumentParser
import Memory
import Publish
import Refunds
import Report
import Run
import Processes

/// `run`: the nightly job.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "The nightly job: ingest, query, reconcile, report.",
        discussion: """
            Statuses come from one of: journals of earlier runs (no network), Atlas at an address, or the embedded sandbox. \
            The report appears whole as OUTPUT/<as-of>/ or not at all.
            """)

    @OptionGroup(title: "Inputs") var inputs: InputOptions

    @Option(help: ArgumentHelp("Take the statuses from a journal. Repeatable.", valueName: "file"))
    var statusJournal: [String] = []

    @Option(help: ArgumentHelp("Ask Atlas at this address.", valueName: "url"))
    var atlasUrl: String?

    @Option(help: ArgumentHelp("Start the sandbox over this data file and ask it.", valueName: "file"))
    var sandbox: String?

    @OptionGroup(title: "Live queries") var live: LiveOptions

    @Option(help: ArgumentHelp("The day the report describes (default: yesterday, UTC).", valueName: "yyyy-MM-dd"))
    var asOf: CalendarDate?

    @Option(help: ArgumentHelp("What each variance of a currency may reach. Repeatable.", valueName: "CUR=AMOUNT"))
    var tolerance: [CurrencyAmountArgument] = []

    @Option(help: ArgumentHelp("The folder in which the report is published as <as-of>/.", valueName: "dir"))
    var output = "Reports"

    @Option(help: ArgumentHelp("Which of \(ReportFormat.names) to write, separated by commas.", valueName: "list"))
    var formats = ReportFormat.allCases.map(\.rawValue).joined(separator: ",")

    @Option(
        help: ArgumentHelp(
            "The most rows in a table of the workbook; beyond them the Reconciliation sheet is left out.",
            valueName: "n"))
    var workbookRows = 200_000

    @OptionGroup(title: "Audits") var audits: AuditOptions

    @OptionGroup(title: "From night to night") var night: NightOptions

    @OptionGroup(title: "Completeness of the inputs") var expected: ExpectationOptions

    @OptionGroup(title: "Evidence and watch") var watch: WatchOptions

    @Flag(help: "Exit 1 instead of 0 if exceptions of severity error exist.")
    var strict = false

    @Flag(help: "Do not exit 69 or 2 because records were refused or queries failed. The report stays incomplete.")
    var allowIncomplete = false

    @Flag(help: "Do not exit 2 because not one refund case was read. The report stays incomplete.")
    var allowEmpty = false

    @Flag(help: "Print summary.json instead of the summary for people.")
    var json = false

    @Flag(help: "Tell on standard error how long each stage took, and how much went through it.")
    var timings = false

    func validate() throws {
        let sources = (statusJournal.isEmpty ? 0 : 1) + (atlasUrl == nil ? 0 : 1) + (sandbox == nil ? 0 : 1)
        if sources != 1 { throw ValidationError("Give one of --status-journal, --atlas-url and --sandbox.") }
        _ = try reportFormats()
        if workbookRows < 0 { throw ValidationError("--workbook-rows must be 0 or more.") }
        let currencies = tolerance.map(\.currency)
        if Set(currencies).count != currencies.count {
            throw ValidationError("--tolerance names a currency twice.")
        }
    }

    func run() async throws {
        let night = NightWatch(options: watch, asOf: day, started: now())
        let result: RunResult
        do { result = try await publish() } catch {
            await night.tell(.failed(RefundRecon.reason(of: error)), RefundRecon.code(of: error))
            throw error
        }
        let code: Int32
        do throws(RunError) {
            try show(result)
            code = exitRules.code(result)
        } catch {
            // The report is published all the same.
            Terminal.error("refund-recon: \(error.message); the report is in \(result.folder)")
            code = error.exitCode
        }
        await night.tell(.published(result), code)
        if code != 0 { throw ExitCode(code) }
    }

    private var exitRules: ExitRules {
        var rules = ExitRules()
        rules.allowsIncomplete = allowIncomplete
        rules.allowsEmpty = allowEmpty
        rules.isStrict = strict
        return rules
    }

    private func publish() async throws -> RunResult {
        let run = NightlyRun(try parameters(), environment())
        defer { Terminal.endProgress() }
        return try await interruptible { try await run.run() }
    }

    private func show(_ result: RunResult) throws(RunError) {
        if timings { Terminal.error(table: result.timings.table()) }
        if json {
            try Terminal.print(data: result.summaryJSON)
        } else if !inputs.quiet {
            let summary = TerminalSummary(
                result.context, result.highlights, folder: result.folder, hasColor: Terminal.hasColor)
            try Terminal.print(table: summary.text())
        }
    }

    /// The day that the report describes.
    private var day: CalendarDate { asOf ?? now().utcDate.adding(days: -1) }

    private func parameters() throws -> RunParameters {
        var parameters = RunParameters(asOf: day)
        parameters.orders = inputs.orders
        parameters.webhooks = inputs.webhooks
        parameters.tolerances = Tolerances(Dictionary(uniqueKeysWithValues: tolerance.map { ($0.currency, $0.amount) }))
        parameters.output = output
        parameters.formats = try reportFormats()
        parameters.mostWorkbookRows = workbookRows
        parameters.expectations = expected.expectations
        parameters.threads = inputs.threadCount
        parameters.audits = audits.parameters
        parameters.night = night.parameters
        if let file = watch.signingKey { parameters.signingKey = try SigningKey(contentsOfFile: file) }
        var settings = live.settings
        // The embedded sandbox has the other end of each connection.
        if statusJournal.isEmpty { try OpenFileLimit.allow(connections: 2 * settings.concurrency) }
        if let sandbox {
            parameters.statusSource = .sandbox(dataFile: sandbox, settings)
        } else if let atlasUrl {
            settings.baseURL = atlasUrl
            settings.credentials = try Credentials.read(file: live.credentials, environment: Settings.environment())
            parameters.statusSource = .live(settings)
        } else {
            parameters.statusSource = .journals(statusJournal)
        }
        return parameters
    }

    private func reportFormats() throws -> Set<ReportFormat> {
        let names = formats.split(separator: ",").map(String.init)
        let known = names.compactMap { ReportFormat(rawValue: $0) }
        guard !names.isEmpty, known.count == names.count else {
            throw ValidationError("--formats takes \(ReportFormat.names), separated by commas.")
        }
        return Set(known)
    }

    private func environment() -> RunEnvironment {
        let (inputs, watches) = (inputs, Terminal.isErrorTerminal && !inputs.quiet)
        var environment = RunEnvironment(
            toolVersion: toolVersion, host: Machine.hostName, user: Machine.userName, now: now,
            log: {
                if watches { Terminal.endProgress() }
                inputs.log($0)
            }, warn: { Terminal.error($0) },
            progress: { if watches { Terminal.progress($0) } })
        if inputs.logLevel == .debug, !inputs.quiet { environment.detail = { Terminal.error($0) } }
        #if DEBUG
            if let step = KilledStep(Settings.environment()) { environment.reached = { step.reached($0) } }
        #endif
        return environment
    }
}

/// The time of day.
@Sendable func now() -> Instant {
    let time = Machine.timeOfDay
    return Instant(secondsSinceEpoch: Int64(time.seconds), nanoseconds: Int32(time.nanoseconds))
}
