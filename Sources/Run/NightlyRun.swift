import Bytes
import Core
import Ingest
import Query
import Reconcile
import Report
import State

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
        let state = try NightState(self, output)
        let staging = try output.makeStaging(parameters.asOf)
        do {
            let report = try await read(output, state, staging, started, timings)
            let written = try await report.write()
            try Task.checkCancellation()
            let folder = try await timings.measure("publish") {
                try state.publish(written) { try output.publish(staging, parameters.asOf) }
            }
            noteInChain(output)
            report.statuses.discardWorkingJournal()
            return RunResult(
                folder: folder, context: written.context, highlights: written.highlights,
                summaryJSON: SummaryRenderer(written.context).render(), sequence: written.manifest.sequence,
                manifestSHA256: written.manifest.sha256, timings: timings)
        } catch {
            OutputFolder.remove(staging)
            throw error
        }
    }

    /// Reads the inputs, gets the statuses and matches: all that is needed before the first row is written.
    private func read(
        _ output: OutputFolder, _ state: NightState, _ staging: String, _ started: Instant, _ timings: StageTimings
    ) async throws -> ReportStage {
        let night = try state.open(staging)
        let inputs = try await timings.measure("open") { try RunInputs(parameters, carried: night?.files) }
        let audits = try await inputs.audits(parameters.audits)
        async let evidence = timings.measure("hash", amount: { (nil, $0.reduce(0) { $0 + $1.bytes }) }) {
            try await inputs.evidence(night?.dispositionFiles ?? [])
        }
        let (ingested, (completeness, statuses), keys) = try await Ingested.read(
            inputs, threads: parameters.threads, forAudit: parameters.keepsAuditTerms, timings, log: environment.log
        ) { (orders) async throws -> (Completeness, Statuses) in
            let completeness = try self.completeness(orders, output)
            let statuses = try await timings.measure(
                "statuses", amount: { ($0.answers.count, inputs.journals.reduce(0) { $0 + $1.text.count }) }
            ) { try await StatusStage(self, output, inputs).answers(orders) }
            return (completeness, statuses)
        } meanwhile: { orders, webhooks in
            OrderKeys(cases: orders.cases, notifications: webhooks.notifications)
        }
        let reconciliation = try await timings.measure("group and match", amount: { ($0.rowCount, nil) }) {
            try await match(
                Population(
                    cases: ingested.orders.cases, answers: statuses.answers,
                    notifications: ingested.webhooks.notifications), keys, audits)
        }
        return ReportStage(
            run: self, staging: staging, reconciliation: reconciliation, ingested: ingested,
            completeness: completeness, statuses: statuses, inputs: inputs,
            evidence: with(try await evidence, ingested, statuses), started: started, output: output, night: night,
            laterNights: try state.laterNights(), timings: timings)
    }

    /// Matches the records, the orders spread over the tasks.
    private func match(
        _ population: Population, _ keys: OrderKeys, _ audits: Audits
    ) async throws -> Reconciliation {
        let groups = OrderGroups(population, keys)
        let matches = try await parallelMap(groups.parts(parameters.threads * 4), width: parameters.threads) {
            groups.matches(in: $0)
        }
        return Reconciliation(
            groups, matches, asOf: parameters.asOf, tolerances: parameters.tolerances, audits: audits)
    }

    /// Whether all came in that should have; what did not is told at once, before anybody is asked.
    private func completeness(_ orders: OrdersIngest, _ output: OutputFolder) throws(RunFailure) -> Completeness {
        var sums = CurrencySums()
        for figures in orders.figures {
            do throws(Total.Overflow) { try sums.add(figures.sums) } catch {
                throw RunFailure(.internalCheck, "the sum of the order files overflows 128 bits")
            }
        }
        let completeness = Completeness(
            parameters.expectations, orders: orders.controls, sums: sums,
            usual: UsualPopulation(output: output.path, before: parameters.asOf))
        for text in completeness.warnings + completeness.shortfalls { environment.log("warning: \(text)") }
        return completeness
    }

    /// The report is published: that it could not be noted is told, and the next run notes it.
    private func noteInChain(_ output: OutputFolder) {
        do throws(RunFailure) { try ChainFile.note(output.path) } catch {
            environment.log("not noted in the chain: \(error.message)")
        }
    }

    /// The inputs with what they were found to hold.
    private func with(_ inputs: [InputEvidence], _ ingested: Ingested, _ statuses: Statuses) -> [InputEvidence] {
        var figures = [
            "orders": ingested.orders.figures[...], "webhooks": ingested.webhooks.figures[...],
            "statusJournal": statuses.figures[...],
        ]
        return inputs.map { input in
            var input = input
            input.figures = figures[input.role]?.popFirst()
            return input
        }
    }
}

/// The opened inputs of a run, numbered in the order in which they were given.
struct RunInputs: Sendable {
    let orders: [InputBytes]
    let webhooks: [InputBytes]
    let journals: [InputBytes]
    /// What nights before handed on; nil where no state is kept.
    let carried: CarriedFiles?
    /// A setting, whose lines no row names: it has no number.
    private let feeSchedule: InputBytes?

    init(_ parameters: RunParameters, carried: CarriedFiles? = nil) throws(RunFailure) {
        self.carried = carried
        do throws(InputError) {
            orders = try InputList.open(parameters.orders)
            webhooks = try InputList.open(parameters.webhooks)
            if case .journals(let paths) = parameters.statusSource {
                journals = try InputList.open(paths)
            } else {
                journals = []
            }
            feeSchedule = try parameters.audits.feeSchedule.map { (path) throws(InputError) in
                try InputBytes(path: path)
            }
        } catch { throw RunFailure(error) }
    }

    /// How the report names the files, by number; the journal that a live run writes is the last.
    var fileNames: [String] {
        numbered.map(\.input.name) + (journals.isEmpty ? ["status-journal.jsonl"] : [])
    }

    /// The inputs in the order of their numbers, each with its role. What is carried forward was there first, so it stands
    /// before what came in tonight.
    private var numbered: [(role: String, input: InputBytes)] {
        let carriedRecords = carried.map { [("carriedOrders", $0.orders), ("carriedWebhooks", $0.webhooks)] } ?? []
        let carriedAnswers = carried.map { [("carriedAnswers", $0.answers)] } ?? []
        return carriedRecords + orders.map { ("orders", $0) } + webhooks.map { ("webhooks", $0) } + carriedAnswers
            + journals.map { ("statusJournal", $0) }
    }

    var firstOrderFile: Int32 { carried == nil ? 0 : 2 }
    var firstWebhookFile: Int32 { firstOrderFile + Int32(orders.count) }
    /// Of the answers that are used again; none is negative.
    var carriedAnswersFile: Int32 { carried == nil ? -1 : firstWebhookFile + Int32(webhooks.count) }
    var firstJournalFile: Int32 { firstWebhookFile + Int32(webhooks.count) + (carried == nil ? 0 : 1) }

    /// The audits that the run makes, with the fee schedule if one is given.
    func audits(_ parameters: AuditParameters) async throws -> Audits {
        do {
            guard let feeSchedule else { return Audits(rules: parameters.rules) }
            return Audits(rules: parameters.rules, feeSchedule: try await FeeSchedule.read(feeSchedule))
        } catch let error as InputError { throw RunFailure(error) }
    }

    /// The SHA-256 and size of each input, as it was received; behind those that are numbered the others.
    func evidence(_ dispositions: [InputBytes] = []) async throws -> [InputEvidence] {
        let roles: [(String, [InputBytes])] =
            numbered.map { ($0.role, [$0.input]) } + [
                ("feeSchedule", feeSchedule.map { [$0] } ?? []), ("dispositions", dispositions),
            ]
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
    /// What nights before handed on and tonight's webhook logs do not hold again.
    public let carried: CarriedRecords?

    /// Reads the files. What needs nothing but the orders is done as soon as they are read, beside the webhook logs: Atlas is
    /// asked, or its answers are read.
    ///
    /// A fault of the webhook logs is told before one of what is done beside them.
    ///
    /// - Parameters:
    ///   - forAudit: whether cases are to keep what the audit of rules asks for.
    ///   - next: what needs the orders.
    ///   - meanwhile: what needs orders and webhooks, done beside what `next` has not finished.
    static func read<Next: Sendable, Other>(
        _ inputs: RunInputs, threads: Int, forAudit: Bool = false, _ timings: StageTimings = StageTimings(),
        log: @Sendable (String) -> Void, withOrders next: @escaping @Sendable (OrdersIngest) async throws -> Next,
        meanwhile: (OrdersIngest, WebhooksIngest) -> Other
    ) async throws -> (Ingested, Next, Other) {
        do {
            let handedOn = try inputs.carried.map { files in
                try CarriedRecords(orders: files.orders, webhooks: files.webhooks, firstFile: 0)
            }
            async let ordersRead = timings.measure(
                "orders", amount: { ($0.controls.lines, inputs.orders.reduce(0) { $0 + $1.text.count }) }
            ) {
                try await OrdersIngest.read(
                    inputs.orders, firstFile: inputs.firstOrderFile, threads: threads, carried: handedOn,
                    forAudit: forAudit)
            }
            async let tonight = timings.measure(
                "webhooks", amount: { ($0.controls.lines, inputs.webhooks.reduce(0) { $0 + $1.text.count }) }
            ) {
                try await WebhooksIngest.read(inputs.webhooks, firstFile: inputs.firstWebhookFile, threads: threads)
            }
            let orders = try await ordersRead
            for note in orders.notes { log(note) }
            async let following = next(orders)
            var (webhooks, records) = (try await tonight, handedOn)
            for note in webhooks.notes { log(note) }
            records?.dropRestated(by: webhooks.notifications)
            if let records { webhooks.carry(records.notifications.map(\.record)) }
            let other = meanwhile(orders, webhooks)
            return (Ingested(orders: orders, webhooks: webhooks, carried: records), try await following, other)
        } catch let error as InputError {
            throw RunFailure(error)
        } catch is Total.Overflow {
            throw RunFailure(.internalCheck, "the sum of an input overflows 128 bits")
        }
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
