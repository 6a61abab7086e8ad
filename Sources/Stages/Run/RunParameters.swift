import AtlasClient
import Memory
import Night
import Publish
import Query
import Refunds
import Report

/// Where the statuses of a run come from.
package enum StatusSource: Sendable {
    /// Journals of earlier runs, in the order in which they count; the network is not touched.
    case journals([String])
    /// Atlas, or whatever answers at that address.
    case live(LiveSettings)
    /// The embedded sandbox over a data file, queried over HTTP on loopback.
    case sandbox(dataFile: String, LiveSettings)
    /// The journal that a live run published, to make its report again; `source` is what that report says of its source.
    case published(journal: String, source: String)
}

/// How a live stage asks.
package struct LiveSettings: Sendable {
    /// The address before `/queryRefundOrders.do`; empty for the embedded sandbox, which has an address of its own.
    package var baseURL = ""
    /// nil for the embedded sandbox, which has its own.
    package var credentials: AtlasCredentials?
    /// The most requests in flight.
    package var concurrency = 8
    /// Requests a second; 0 for no limit.
    package var ratePerSecond = 20
    /// One attempt.
    package var attemptTimeoutSeconds = 30
    /// Attempts a case.
    package var attempts = 4
    /// The whole stage; nil for no limit.
    package var deadlineSeconds: Int?
    /// Whether plain http:// may go beyond loopback.
    package var allowsInsecureHTTP = false

    package init() {}
}

/// The parameters of a run.
package struct RunParameters: Sendable {
    package var orders: [String] = []
    package var webhooks: [String] = []
    package var statusSource: StatusSource = .journals([])
    /// The day whose end the report describes.
    package var asOf: CalendarDate
    package var tolerances = Tolerances()
    /// The folder in which `<as-of>/` is published.
    package var output = "Reports"
    package var formats: Set<ReportFormat> = Set(ReportFormat.allCases)
    /// How many rows a table of the workbook may have; the Reconciliation sheet is left out if the report has more.
    package var mostWorkbookRows = 200_000
    package var audits = AuditParameters()
    /// Expectations of the inputs.
    package var expectations = Expectations()
    /// The key that signs the manifest; nil for a report without a signature.
    package var signingKey: SigningKey?
    /// On how many tasks files are read and rows rendered. The report's bytes do not depend on it.
    package var threads = 1
    /// The links of the run to the nights before it.
    package var night = NightParameters()

    /// How the report names files that are read elsewhere than where they were, by the path at which they are read.
    var shownInputs: [String: ShownInput] = [:]

    package init(asOf: CalendarDate) { self.asOf = asOf }

    /// Whether cases keep what the audit of rules asks for. With a state they always do: a night to come may audit what this
    /// one carries forward.
    var keepsAuditTerms: Bool { audits.rules || night.state != nil }
}

/// How a report that is made again names an input.
struct ShownInput: Sendable {
    let path: String
    let name: String
}

/// Audits: checks in addition to the rules.
package struct AuditParameters: Sendable {
    /// Whether penalties are held against the refund rules of the records.
    package var rules = false
    /// A file of contracted fees against which fees are held; nil for none.
    package var feeSchedule: String?

    package init() {}
}

/// The environment of a run, supplied once, at the top.
package struct RunEnvironment: Sendable {
    /// The version of the tool, for the manifest.
    package var toolVersion: String
    package var host: String
    package var user: String
    package var now: @Sendable () -> Instant
    /// Messages for a person who watches: stages, notes.
    package var log: @Sendable (String) -> Void
    /// Warnings that are always shown: something did not come or did not work, and the run went on.
    package var warn: @Sendable (String) -> Void
    /// Details for someone who looks into how the run went.
    package var detail: @Sendable (String) -> Void = { _ in }
    /// Progress of the queries, a few times a second.
    package var progress: @Sendable (String) -> Void
    /// Called at each step of asking and journalling; for tests.
    package var reached: QueryStepObserver = { _ in }

    package init(
        toolVersion: String, host: String, user: String, now: @escaping @Sendable () -> Instant,
        log: @escaping @Sendable (String) -> Void, warn: @escaping @Sendable (String) -> Void,
        progress: @escaping @Sendable (String) -> Void
    ) {
        self.toolVersion = toolVersion
        self.host = host
        self.user = user
        self.now = now
        self.log = log
        self.warn = warn
        self.progress = progress
    }
}

/// A run that published its report.
package struct RunResult: Sendable {
    /// The folder of the report.
    package let folder: String
    /// The report beside its rows.
    package let context: ReportContext
    /// The rows that a person is shown.
    package let highlights: Highlights
    /// The rendered `summary.json`.
    package let summaryJSON: [UInt8]
    /// The report's number in the chain of its output folder, 1 for the first.
    package let sequence: Int
    /// The hash of its manifest, by which the next report names it.
    package let manifestSHA256: String
    /// Where the time went.
    package let timings: StageTimings
    /// That Atlas could hardly be reached.
    package let outage: UnansweredQueries?

    package var summary: Summary { context.summary }
    package var controls: Controls { context.controls }
    package var rejectCount: Int { context.rejects.count }

    /// Records were refused, or queries failed.
    package var isIncomplete: Bool { rejectCount > 0 || controls.queries.failed > 0 }

    /// Not one case was read tonight: no record of one came, not even one that came before.
    package var isEmpty: Bool { !controls.orders.hasCase }

    /// Less came in than the run was told to expect.
    package var isShort: Bool { !context.additions.shortfalls.isEmpty }

    /// Exceptions of severity error exist.
    package var hasErrors: Bool { summary.exceptions.contains { $0.key.severity == .error && $0.value > 0 } }
}
