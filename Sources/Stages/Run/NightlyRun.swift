import Files
import Ingest
import Memory
import Publish
import Query
import Refunds
import Report
import Rules
import Night
import Tasks

/// The nightly job: ingest → query → reconcile → report → publish. It hands values from stage to stage; the stages know
/// nothing of each other.
package struct NightlyRun: Sendable {
    let parameters: RunParameters
    let environment: RunEnvironment

    package init(_ parameters: RunParameters, _ environment: RunEnvironment) {
        self.parameters = parameters
        self.environment = environment
    }

    /// Runs the job. Throws `RunError` with nothing published, or `CancellationError`.
    package func run() async throws -> RunResult {
        do { return try await publish() } catch { throw RunError(cause: error) ?? error }
    }

    private func publish() async throws -> RunResult {
        let timings = StageTimings()
        let output = try OutputFolder(path: parameters.output)
        if let path = parameters.night.state,
            let note = try await StateTakeover.takeOver(path, .files(threads: parameters.threads))
        {
            environment.warn(note)
        }
        let state = try await NightState(self, output)
        let origin = try origin(output, state)
        let staging = try output.makeStaging(parameters.asOf)
        do {
            if let missed = state.memory?.opening.missedNights(before: parameters.asOf) { environment.warn(missed) }
            let recollection = state.memory.map { Recollection.store($0) }
            let report = try await read(origin, recollection, staging, timings) {
                output.workingJournal(parameters.asOf, source: $0)
            }
            let written = try await report.write(state.memory)
            for note in written.closed?.notes ?? [] { environment.warn(note) }
            try Task.checkCancellation()
            let publication = try await timings.measure("publish") {
                try state.publish(written) { try output.publish(staging, parameters.asOf) }
            }
            environment.reached(.reportPublished)
            if let former = publication.former { environment.log("the former report of the day is kept as \(former)") }
            for warning in publication.warnings { environment.warn("warning: \(warning)") }
            noteInChain(output)
            for warning in report.statuses.discardWorkingJournal(reached: environment.reached) {
                environment.warn("warning: \(warning)")
            }
            let outage = report.statuses.outage(queryable: written.context.controls.queries.queryable)
            if let outage {
                environment.warn(
                    "warning: Atlas could hardly be reached; run the same command again later: \(outage.text)")
            }
            return RunResult(
                folder: publication.folder, context: written.context, highlights: written.highlights,
                summaryJSON: SummaryRenderer(written.context).render(), sequence: written.manifest.sequence,
                manifestSHA256: written.manifest.manifestSHA256, timings: timings,
                outage: outage)
        } catch {
            FileSystem.removeAll(staging)
            throw error
        }
    }

    /// Makes the report in a folder of the caller's: nothing is published, and no output folder and no state store is touched.
    ///
    /// - Parameters:
    ///   - origin: what the report says that does not come from its inputs.
    ///   - carried: what it had from the nights before; nil where no state was kept.
    func remake(_ origin: RunOrigin, _ carried: CarriedRecords?, in folder: String) async throws -> WrittenReport {
        do {
            return try await read(origin, carried.map { .report($0) }, folder, StageTimings()) { _ in
                "\(folder)/.journal"
            }
            .write()
        } catch { throw RunError(cause: error) ?? error }
    }

    /// Reads the inputs, gets the statuses and matches: all that is needed before the first row is written.
    private func read(
        _ origin: RunOrigin, _ recollection: Recollection?, _ staging: String, _ timings: StageTimings,
        workingJournal: @escaping @Sendable (_ source: String) -> String
    ) async throws -> ReportStage {
        let inputs = try await timings.measure("open") {
            try RunInputs(parameters, hasCarried: origin.opening != nil)
        }
        let night =
            parameters.night.isEmpty
            ? nil
            : NightOpened(
                origin.opening, dispositions: inputs.dispositions,
                requeryAfterDays: parameters.night.requeryAfterDays, asOf: parameters.asOf)
        let audits = try await inputs.audits(parameters.audits)
        for note in InputList.notes(inputs.passedOver) { environment.warn(note) }
        var (ingested, statuses, keys) = try await records(
            inputs, night, recollection, origin, timings, workingJournal: workingJournal)
        for note in inputs.notes { environment.log(note) }
        if try merge(&ingested, &statuses) {
            keys = OrderKeys(cases: ingested.orders.cases, webhooks: ingested.webhooks.webhooks)
        }
        let (groups, reconciliation) = try await timings.measure(
            "group and match", amount: { ($0.reconciliation.rowCount, nil) }
        ) {
            try await match(
                Population(
                    cases: ingested.orders.cases, answers: statuses.answers,
                    webhooks: ingested.webhooks.webhooks, mergedAnswers: statuses.mergedAnswers), keys, audits
            )
        }
        var (carriedFiles, carried): (CarriedFiles?, CarriedPlaces?)
        if let records = ingested.carried, let opening = night?.opening {
            carriedFiles = try await timings.measure("carried files") {
                try await CarriedFiles.write(records, opening, staging, threads: parameters.threads)
            }
            carried = CarriedPlaces(records)
        }
        // They are among tonight's now.
        ingested.carried = nil
        recollection?.letGo()
        return ReportStage(
            run: self, staging: staging, reconciliation: reconciliation, groups: groups, ingested: ingested,
            carried: carried,
            completeness: try self.completeness(ingested.orders, origin.usual), statuses: statuses, inputs: inputs,
            evidence: with(try inputs.evidence(carriedFiles, in: staging), ingested, carried, statuses, staging),
            origin: origin,
            night: night?.renaming(ingested.orders.renamed), carriedFiles: carriedFiles, timings: timings)
    }

    /// Reads the records and gets the statuses; again, where the answers name orders that nights before had and this one did
    /// not recall, with these.
    private func records(
        _ inputs: RunInputs, _ night: NightOpened?, _ recollection: Recollection?, _ origin: RunOrigin,
        _ timings: StageTimings, workingJournal: @escaping @Sendable (_ source: String) -> String
    ) async throws -> (Ingested, Statuses, OrderKeys) {
        var isFirstReading = true
        let mayBeAnswered = recollection?.mayBeAnswered
        while true {
            let warns = isFirstReading
            let (ingested, statuses, keys) = try await Ingested.read(
                inputs, threads: parameters.threads, forAudit: parameters.keepsAuditTerms, timings,
                log: environment.log, recalling: recollection.map { recalling($0, night, inputs) }
            ) { (orders, carried) async throws -> Statuses in
                let completeness = try self.completeness(orders, origin.usual)
                if warns {
                    for text in completeness.warnings + completeness.shortfalls { environment.warn("warning: \(text)") }
                }
                let recalled = carried?.recalledAnswers { night?.isUsedAgain($0, asOf: parameters.asOf) ?? false } ?? []
                return try await timings.measure(
                    "statuses", amount: { ($0.answers.count, inputs.journals.textByteCount) }
                ) {
                    try await StatusStage(
                        self, inputs, recalled: recalled, mayBeRemembered: mayBeAnswered,
                        workingJournal: workingJournal
                    ).answers(orders)
                }
            } meanwhile: { orders, webhooks in
                OrderKeys(cases: orders.cases, webhooks: webhooks.webhooks)
            }
            guard let recollection,
                try await recollection.recall(
                    namedBy: statuses.answers, of: ingested.orders.cases, and: statuses.remembered)
            else {
                return (ingested, statuses, keys)
            }
            isFirstReading = false
        }
    }

    private func recalling(
        _ recollection: Recollection, _ night: NightOpened?, _ inputs: RunInputs
    ) -> Ingested.Recalling {
        Ingested.Recalling(mayBeRemembered: recollection.mayBeRemembered) { orders, webhooks in
            try await recollection.records(
                touchedBy: orders.casesMaybeRemembered, webhooks.webhooks, ending: night?.ledger.ending ?? [],
                files: CarriedFileNumbers(orders: 0, webhooks: 1, answers: inputs.carriedAnswersFile))
        }
    }

    /// Brings together records that the answers show to be one refund under two keys; gives whether there were any.
    private func merge(_ ingested: inout Ingested, _ statuses: inout Statuses) throws(RunError) -> Bool {
        guard let merged = ingested.orders.mergeRefundsUnderTwoKeys(statuses.answers) else { return false }
        statuses.answers = merged.answers
        statuses.mergedAnswers = merged.others
        statuses.askedKeys = merged.askedKeys
        return true
    }

    /// Matches the records, the orders spread over the tasks.
    private func match(
        _ population: Population, _ keys: OrderKeys, _ audits: Audits
    ) async throws -> (groups: OrderGroups, reconciliation: Reconciliation) {
        let groups = OrderGroups(population, keys)
        let matches = try await parallelMap(groups.parts(parameters.threads * 4), width: parameters.threads) {
            groups.matches(in: $0)
        }
        let reconciliation = Reconciliation(
            groups, matches, asOf: parameters.asOf, tolerances: parameters.tolerances, audits: audits)
        return (groups, reconciliation)
    }

    /// Whether everything came in that should have.
    private func completeness(_ orders: OrdersIngest, _ usual: UsualPopulation) throws(RunError) -> Completeness {
        var sums = CurrencySums()
        for figures in orders.figures {
            sums.add(figures.sums)
        }
        return Completeness(
            parameters.expectations, orders: orders.controls, cases: orders.readTonight, sums: sums, usual: usual)
    }

    /// The report is already published, so a failure here is only a warning; the next run notes the report.
    private func noteInChain(_ output: OutputFolder) {
        do throws(WriteError) { try ChainFile.note(output.path) } catch {
            environment.warn("warning: the report is published and not noted in the chain: \(error)")
        }
    }

    /// The inputs with what they were found to hold. Those that the report itself carries are where it is published.
    private func with(
        _ inputs: [InputEvidence], _ ingested: Ingested, _ carried: CarriedPlaces?, _ statuses: Statuses,
        _ staging: String
    ) -> [InputEvidence] {
        var figures: [String: ArraySlice<InputFigures>] = [
            "orders": ingested.orders.figures[...], "webhooks": ingested.webhooks.figures[...],
            "statusJournal": statuses.figures[...],
        ]
        for (role, carried) in carried?.figures ?? [:] { figures[role] = [carried] }
        return inputs.map { input in
            var input = input
            input.figures = figures[input.role]?.popFirst()
            if input.path.hasPrefix(staging + "/") {
                input.path = "\(parameters.output)/\(parameters.asOf)/\(input.path.dropFirst(staging.utf8.count + 1))"
            }
            return input
        }
    }
}
