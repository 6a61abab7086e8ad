import ArgumentParser
import Memory
import Night
import Refunds
import Run
import Processes

extension CalendarDate: ExpressibleByArgument {
    /// `yyyy-MM-dd`.
    public init?(argument: String) {
        guard argument.utf8.count == 10, let date = CalendarDate(argument) else { return nil }
        self = date
    }
}

/// `CUR=AMOUNT`.
struct CurrencyAmountArgument: ExpressibleByArgument {
    let currency: Currency
    let amount: Amount

    init?(argument: String) {
        let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let currency = Currency(String(parts[0])) else { return nil }
        do throws(AmountFault) { amount = try Amount.parse(String(parts[1]), currency) } catch { return nil }
        self.currency = currency
    }
}

/// The inputs of `run` and `validate`.
struct InputOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Order records, CSV or JSON Lines, .gz too; a folder means its files; - is standard input. Repeatable.",
            valueName: "file"))
    var orders: [String] = []

    @Option(help: ArgumentHelp("Webhook logs, likewise. Repeatable.", valueName: "file"))
    var webhooks: [String] = []

    @Option(
        help: ArgumentHelp(
            "On how many tasks to read and render; the report is the same on any number.", valueName: "n"))
    var threads: Int?

    @Option(help: ArgumentHelp("A JSON file with options; see docs/FORMATS.md.", valueName: "file"))
    var config: String?

    @Flag(help: "Say nothing but errors and warnings.")
    var quiet = false

    @Option(
        help: ArgumentHelp(
            "How much to tell on standard error: error (and warnings), info or debug.", valueName: "level"))
    var logLevel: LogLevel = .info

    func validate() throws {
        if let threads, !(1...256).contains(threads) { throw ValidationError("--threads must be 1 to 256.") }
        if orders.isEmpty { throw ValidationError("Give at least one --orders FILE.") }
        if (orders + webhooks).count(where: { $0 == "-" }) > 1 {
            throw ValidationError("Standard input can be given only once.")
        }
    }

    var threadCount: Int { threads ?? Machine.processorCount }

    /// Messages for a person who watches.
    func log(_ text: String) { if !quiet, logLevel != .error { Terminal.error(text) } }
}

/// How much is written to standard error.
enum LogLevel: String, ExpressibleByArgument, CaseIterable { case error, info, debug }

/// How a live run asks.
struct LiveOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The most requests in flight.", valueName: "n"))
    var concurrency = 8

    @Option(help: ArgumentHelp("Requests a second; 0 or off for no limit.", valueName: "r"))
    var rate: RateArgument = RateArgument(perSecond: 20)

    @Option(help: ArgumentHelp("Seconds that one attempt may take.", valueName: "s"))
    var timeout = 30

    @Option(
        help: ArgumentHelp(
            "Attempts a case in quick succession; what failed then waits for a later round.", valueName: "n"))
    var attempts = 4

    @Option(
        help: ArgumentHelp(
            "Seconds that all queries together may take; without it the last round begins two hours after the first.",
            valueName: "s"))
    var deadline: Int?

    @Option(
        help: ArgumentHelp(
            "A file with ATLAS_CLIENT_ID=… and ATLAS_CLIENT_SECRET=…, readable by its owner only; else both come from the environment.",
            valueName: "file"))
    var credentials: String?

    @Flag(help: "Let plain http:// go beyond this machine.")
    var insecureHttp = false

    func validate() throws {
        if !(1...1024).contains(concurrency) { throw ValidationError("--concurrency must be 1 to 1024.") }
        if !(1...3600).contains(timeout) { throw ValidationError("--timeout must be 1 to 3600 seconds.") }
        if !(1...20).contains(attempts) { throw ValidationError("--attempts must be 1 to 20.") }
        if let deadline, deadline < 1 { throw ValidationError("--deadline must be at least 1 second.") }
    }

    var settings: LiveSettings {
        var settings = LiveSettings()
        settings.concurrency = concurrency
        settings.ratePerSecond = rate.perSecond
        settings.attemptTimeoutSeconds = timeout
        settings.attempts = attempts
        settings.deadlineSeconds = deadline
        settings.allowsInsecureHTTP = insecureHttp
        return settings
    }
}

/// Audits: checks in addition to the rules.
struct AuditOptions: ParsableArguments {
    @Flag(help: "Hold the penalties against the refund rules that the order records carry.")
    var auditRules = false

    @Option(
        help: ArgumentHelp(
            "Hold the fees against contracted ones, lines of currency, carrier, refundReason, validFrom, validTo and fee.",
            valueName: "csv file"))
    var feeSchedule: String?

    func validate() throws {
        if feeSchedule == "-" { throw ValidationError("--fee-schedule takes a file, not standard input.") }
    }

    var parameters: AuditParameters {
        var parameters = AuditParameters()
        parameters.rules = auditRules
        parameters.feeSchedule = feeSchedule
        return parameters
    }
}

/// Options that link a run to the nights before it.
struct NightOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Carry open cases and orphan webhooks forward in this store, an SQLite file; it is made if it is not there.",
            valueName: "file"))
    var state: String?

    @Option(
        help: ArgumentHelp(
            "How many days the last answer about a refund that has ended is used again; 0 asks every night.",
            valueName: "days"))
    var requeryAfter = 0

    @Option(
        help: ArgumentHelp(
            "How many days the store remembers an order after its refund, and the breaks with it, have ended.",
            valueName: "days"))
    var remember: Int?

    @Option(
        help: ArgumentHelp(
            "The Exceptions sheet saved as CSV, with what people have decided. Repeatable.", valueName: "file"))
    var dispositions: [String] = []

    func validate() throws {
        if let state { try StateFile.check(state, "--state") }
        if !(0...3650).contains(requeryAfter) { throw ValidationError("--requery-after must be 0 to 3650 days.") }
        if requeryAfter > 0, state == nil { throw ValidationError("--requery-after needs --state.") }
        if let remember {
            let allowed = NightParameters.rememberDays
            if !allowed.contains(remember) {
                throw ValidationError("--remember must be 0 to \(allowed.upperBound) days.")
            }
            if state == nil { throw ValidationError("--remember needs --state.") }
        }
    }

    var parameters: NightParameters {
        var parameters = NightParameters()
        parameters.state = state
        parameters.requeryAfterDays = requeryAfter
        if let remember { parameters.rememberDays = remember }
        parameters.dispositions = dispositions
        return parameters
    }
}

/// Where a state store may be.
enum StateFile {
    /// SQLite takes some names for databases that nobody sees again.
    static func check(_ path: String, _ name: String) throws {
        if path == ":memory:" || path.hasPrefix("file:") {
            throw ValidationError(
                "\(name) takes the path of a file; \(path) is not one (a file of that name is ./\(path)).")
        }
    }
}

/// Requests a second, or `off`.
struct RateArgument: ExpressibleByArgument {
    let perSecond: Int

    init(perSecond: Int) { self.perSecond = perSecond }

    init?(argument: String) {
        if argument == "off" {
            perSecond = 0
        } else if let number = Int(argument), (0...1_000_000).contains(number) {
            perSecond = number
        } else {
            return nil
        }
    }

    var defaultValueDescription: String { String(perSecond) }
}
