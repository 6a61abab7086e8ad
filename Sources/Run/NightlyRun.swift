import Bytes
import Core
import Ingest
import Query
import Reconcile
import Report

/// The nightly job: ingest → query → reconcile → report → publish. It hands values from stage to stage; the stages know
/// nothing of each other.
public struct NightlyRun: Sendable {
    let parameters: RunParameters
    let environment: RunEnvironment

    public init(_ parameters: RunParameters, _ environment: RunEnvironment) {
        self.parameters = parameters
        self.environment = environment
    }

    /// Runs the job. Throws `RunFailure` with nothing published, or `CancellationError`.
    public func run() async throws -> RunResult {
        let started = environment.now()
        let timings = StageTimings()
        let output = try OutputFolder(path: parameters.output)
        let inputs = try await timings.measure("open") { try RunInputs(parameters) }
        async let evidence = timings.measure("hash", amount: { (nil, $0.reduce(0) { $0 + $1.bytes }) }) {
            try await inputs.evidence()
        }
        let ingested = try await Ingested(inputs, threads: parameters.threads, timings, log: environment.log)
        let statuses = try await timings.measure(
            "statuses", amount: { ($0.answers.count, inputs.journals.reduce(0) { $0 + $1.text.count }) }
        ) { try await StatusStage(self, output, inputs).answers(ingested.orders) }
        let reconciliation = await timings.measure("group and match", amount: { ($0.rowCount, nil) }) {
            Reconciliation(
                Population(
                    cases: ingested.orders.cases, answers: statuses.answers,
                    notifications: ingested.webhooks.notifications),
                asOf: parameters.asOf, tolerances: parameters.tolerances)
        }
        let staging = try output.makeStaging(parameters.asOf)
        do {
            let report = ReportStage(
                run: self, staging: staging, reconciliation: reconciliation, ingested: ingested, statuses: statuses,
                inputs: try await evidence, started: started, output: output, timings: timings)
            let result = try await report.write()
            try Task.checkCancellation()
            let folder = try await timings.measure("publish") { try output.publish(staging, parameters.asOf) }
            statuses.discardWorkingJournal()
            return RunResult(
                folder: folder, context: result.context, highlights: result.highlights,
                summaryJSON: SummaryRenderer(result.context).render(), timings: timings)
        } catch {
            OutputFolder.remove(staging)
            throw error
        }
    }
}

/// The opened inputs of a run, numbered in the order in which they were given.
struct RunInputs: Sendable {
    let orders: [InputBytes]
    let webhooks: [InputBytes]
    let journals: [InputBytes]

    init(_ parameters: RunParameters) throws(RunFailure) {
        do throws(InputError) {
            orders = try InputList.open(parameters.orders)
            webhooks = try InputList.open(parameters.webhooks)
            if case .journals(let paths) = parameters.statusSource {
                journals = try InputList.open(paths)
            } else {
                journals = []
            }
        } catch { throw RunFailure(error) }
    }

    /// How the report names the files, by number; the journal that a live run writes is the last.
    var fileNames: [String] {
        (orders + webhooks + journals).map(\.name) + (journals.isEmpty ? ["status-journal.jsonl"] : [])
    }

    var firstWebhookFile: Int32 { Int32(orders.count) }
    var firstJournalFile: Int32 { Int32(orders.count + webhooks.count) }

    /// The SHA-256 and size of each input, as it was received.
    func evidence() async throws -> [InputEvidence] {
        let roles: [(String, [InputBytes])] = [("orders", orders), ("webhooks", webhooks), ("statusJournal", journals)]
        let all = roles.flatMap { role, inputs in inputs.map { (role, $0) } }
        return try await parallelMap(all, width: 2) { role, input in
            InputEvidence(
                role: role, path: input.path, name: input.name, sha256: sha256(input),
                bytes: input.original.count)
        }
    }
}

/// What the order files and webhook logs gave.
public struct Ingested: Sendable {
    public let orders: OrdersIngest
    public let webhooks: WebhooksIngest

    init(
        _ inputs: RunInputs, threads: Int, _ timings: StageTimings = StageTimings(), log: @Sendable (String) -> Void
    ) async throws {
        do {
            async let orders = timings.measure(
                "orders", amount: { ($0.controls.lines, inputs.orders.reduce(0) { $0 + $1.text.count }) }
            ) { try await OrdersIngest.read(inputs.orders, firstFile: 0, threads: threads) }
            async let webhooks = timings.measure(
                "webhooks", amount: { ($0.controls.lines, inputs.webhooks.reduce(0) { $0 + $1.text.count }) }
            ) {
                try await WebhooksIngest.read(inputs.webhooks, firstFile: inputs.firstWebhookFile, threads: threads)
            }
            (self.orders, self.webhooks) = try await (orders, webhooks)
        } catch let error as InputError {
            throw RunFailure(error)
        }
        for note in orders.notes + webhooks.notes { log(note) }
    }
}

extension RunFailure {
    public init(_ error: InputError) {
        switch error {
        case .cannotOpen(let path, let reason): self.init(.cannotOpenInput, "cannot open \(path): \(reason)")
        case .unusable(let path, let reason): self.init(.unusableInput, "\(path) is unusable: \(reason)")
        case .cannotSpool(let reason): self.init(.cannotWrite, "cannot write a temporary file: \(reason)")
        }
    }
}
