import Files
import Ingest
import JSON
import Memory
import Publish
import Refunds
import Report
import Rules
import Night
import Tasks

/// Renders the rows of a reconciliation into the files of the report, in a folder that is not yet published.
struct ReportStage: Sendable {
    let run: NightlyRun
    let staging: String
    let reconciliation: Reconciliation
    let groups: OrderGroups
    let ingested: Ingested
    /// The opening of the night; nil if no state is kept.
    let carried: CarriedPlaces?
    let completeness: Completeness
    let statuses: Statuses
    let inputs: RunInputs
    let evidence: [InputEvidence]
    /// Values that come neither from the inputs nor from the parameters.
    let origin: RunOrigin
    /// The links of the run to the nights before it.
    let night: NightOpened?
    /// The carried files; nil if no state is kept.
    let carriedFiles: CarriedFiles?
    let timings: StageTimings

    /// Writes all files; throws, with the folder half full, if the control totals do not balance.
    ///
    /// - Parameter memory: receives the records that later nights need; nil where no state is kept, or none is to be touched.
    func write(_ memory: NightMemory? = nil) async throws -> WrittenReport {
        var outputs = try await timings.measure(
            "judge and write", amount: { (reconciliation.rowCount, $0.files.reduce(0) { $0 + $1.bytes }) }
        ) { try await writeRows() }
        var context = outputs.context
        context.rowsToLookAt = RowsToLookAt(outputs.highlights)
        let rows = outputs.night
        async let closing = close(rows)
        if let memory {
            // Most of it needs nothing of the closing.
            try await timings.measure("remember") {
                try await memory.keep(
                    ClosedOrders(
                        examined, rows, fileNames: inputs.fileNames, asOf: run.parameters.asOf,
                        threads: run.parameters.threads), asOf: run.parameters.asOf)
            }
        }
        var closed = try await closing
        let imbalances = context.controls.imbalances(context.summary.totals) + (closed?.imbalances ?? [])
        if !imbalances.isEmpty {
            throw RunError(
                .internalCheck, "control totals do not balance: \(imbalances.joined(separator: "; "))")
        }
        if let memory, let closing = closed { closed?.digest = try memory.finish(figures(closing, rows)) }
        if let closing = closed { closed?.staleReports = origin.laterNights.staleReports(closing) }
        if let closed {
            context.additions.summaryMembers += closed.summaryMembers
            context.additions.tables += closed.tables
            outputs.files += carriedFiles?.evidence ?? []
            let breaks = try OutputFile(folder: staging, name: BreaksFile.name)
            try await BreaksFile(closed: closed, threads: run.parameters.threads).write { try breaks.write($0) }
            outputs.files.append(OutputEvidence(try breaks.finish()))
        }
        outputs.files.append(try file("summary.json", SummaryRenderer(context).render()))
        outputs.files.append(
            try file(
                "rejects.csv", RejectsRenderer(fileNames: context.fileNames).render(context.rejects),
                rows: context.rejects.count))
        if let journal = statuses.publishedJournal {
            outputs.files.append(try await copy(journal, StatedReport.journalName))
        }
        context.outputs = outputs.files.sorted { $0.name < $1.name }
        for page in formats.compactMap({ $0.page(context, outputs.highlights) }) {
            outputs.files.append(try file(page.name, page.content))
        }
        context.outputs = outputs.files.sorted { $0.name < $1.name }
        outputs.files += try await writeRows(with: context)
        var handedOn: [String: String]?
        if let closed, closed.rollForward != nil {
            handedOn = try await HandedOn(items: outputs.night.items, breaks: closed.ledger.breaks)
                .sha256ByName(threads: run.parameters.threads)
        }
        let manifest = try writeEvidence(outputs.files.sorted { $0.name < $1.name }, context, handedOn)
        return WrittenReport(context: context, highlights: outputs.highlights, manifest: manifest, closed: closed)
    }

    // MARK: From night to night

    var nightReader: NightReader? {
        night.map { night in
            let cases = reconciliation.population.cases
            return NightReader(night, carried, asOf: run.parameters.asOf, caseKey: { cases[$0].identity.lookupKey })
        }
    }

    private func close(_ rows: NightRows) throws -> NightClosed? {
        guard let night else { return nil }
        try rows.checkIDs { reconciliation.row($0).named(inputs.fileNames) }
        var closed = try NightCloser(opened: night, records: examined).close(rows)
        closed.digest = origin.statedDigest
        return closed
    }

    private var examined: ExaminedRecords {
        let orders = ingested.orders
        return ExaminedRecords(
            groups: groups, caseIndex: orders.index,
            laterRecords: Dictionary(grouping: orders.laterRecords, by: \.first).mapValues { records in
                records.map { ExaminedRecords.LaterRecord($0.record, cameAgain: $0.cameAgain) }
            }, repeatedFirsts: orders.repeatedFirsts, askedKeys: statuses.askedKeys, carried: carried,
            carriedCount: orders.carried, readTonight: orders.readTonight)
    }

    private func figures(_ closed: NightClosed, _ rows: NightRows) -> NightFigures {
        var figures = NightFigures()
        figures.cases = ingested.orders.readTonight
        figures.openCases = rows.items.count { $0.key.rowType == .case }
        figures.orphans = rows.items.count - figures.openCases
        figures.breaks = closed.ledger.closing
        figures.balance = rows.balance
        return figures
    }

    /// The last files of a report: the manifest, and the hashes of all.
    private func writeEvidence(
        _ files: [OutputEvidence], _ context: ReportContext, _ handedOn: [String: String]?
    ) throws(PublishError) -> ReportLink {
        try Manifest(
            contract: SummaryRenderer.contract, toolVersion: context.toolVersion, asOf: context.asOf,
            trail: RunTrail(origin, run), ended: run.environment.now(), statusSource: context.statusSource,
            parameters: run.parameters.stated, inputs: context.inputs, passedOver: inputs.passedOver, outputs: files,
            usual: origin.usual,
            nights: handedOn.map { Manifest.Nights(openedFrom: origin.opening?.asOf, handedOn: $0) },
            signingKey: run.parameters.signingKey
        ).write(into: staging)
    }

    private func file(_ name: String, _ content: [UInt8], rows: Int? = nil) throws(WriteError) -> OutputEvidence {
        OutputEvidence(try OutputFile.write(content, folder: staging, name: name), rows: rows)
    }

    private func copy(_ path: String, _ name: String) async throws -> OutputEvidence {
        let file = try OutputFile(folder: staging, name: name)
        var lines = 0
        do {
            let source = BlockSource(try InputFile(path: path), keepsMark: true)
            while let block = try await source.next() {
                let part = [UInt8](block.bytes)
                lines += part.count { $0 == 0x0A }
                try file.write(part)
            }
        } catch let error as InputError {
            throw statuses.workingJournal == nil ? RunError(error) : RunError(inOutputFolder: error)
        }
        return OutputEvidence(try file.finish(), rows: lines)
    }

    var audits: AuditReport {
        AuditReport(rules: run.parameters.audits.rules, fees: run.parameters.audits.feeSchedule != nil)
    }

    /// What options add to the rows; what they add beside them is known when these are written.
    var additions: ReportAdditions {
        var additions = ReportAdditions()
        additions.columns += audits.columns
        if let nightReader { additions.columns += nightReader.columns }
        return additions
    }

    func context(
        _ summary: Summary, _ fileNames: [String], _ additions: ReportAdditions
    ) throws -> ReportContext {
        var controls = Controls()
        controls.orders = ingested.orders.controls
        controls.webhooks = ingested.webhooks.controls
        let webhooks = reconciliation.webhookCounts
        controls.webhooks.assigned = webhooks.assigned
        controls.webhooks.orphan = webhooks.orphan
        controls.webhooks.duplicate = webhooks.duplicate
        controls.queries.cases = ingested.orders.cases.count
        controls.queries.queryable = ingested.orders.queryable
        controls.queries.notQueryable = ingested.orders.notQueryable
        controls.queries.ok = statuses.answers.okCount
        controls.queries.failed = statuses.answers.failedCount
        controls.rows = summary.rows
        if let carried {
            var counts = Controls.Carried()
            (counts.cases, counts.webhooks) = (ingested.orders.carried, carried.webhookCount)
            controls.carried = counts
        }
        addAmounts(summary, to: &controls)
        var context = ReportContext(
            asOf: run.parameters.asOf, toolVersion: run.environment.toolVersion, fileNames: fileNames,
            tolerances: run.parameters.tolerances, statusSource: statuses.source, summary: summary, controls: controls,
            rejects: ingested.orders.rejects + ingested.webhooks.rejects + statuses.rejects, inputs: evidence)
        context.queryFailures = statuses.answers.failures
        context.additions = additions
        context.trail = RunTrail(origin, run)
        completeness.add(to: &context.additions)
        audits.add(to: &context.additions, summary)
        return context
    }

    /// The control totals by amount: what was read, as the inputs were summed up when they were read, and where it went.
    private func addAmounts(_ summary: Summary, to controls: inout Controls) {
        controls.orderAmounts = ingested.orders.amounts()
        controls.finalAmounts = summary.finalAmounts
        controls.webhookAmounts = summary.webhookAmounts
        func add(_ sums: CurrencySums, _ column: WritableKeyPath<WebhookControl, Total>) {
            for (currency, sum) in sums.byCurrency {
                controls.webhookAmounts[currency, default: WebhookControl()][keyPath: column] += sum
            }
        }
        for figures in ingested.webhooks.figures { add(figures.sums, \.read) }
        if let carried { add(carried.webhookSums, \.carried) }
        add(reconciliation.duplicateAmounts(), \.duplicate)
    }
}

/// A report that is written and not yet published.
struct WrittenReport: Sendable {
    let context: ReportContext
    let highlights: Highlights
    let manifest: ReportLink
    /// The state that it leaves to the nights to come.
    let closed: NightClosed?
}

extension OutputEvidence {
    init(_ file: OutputFile.Written, rows: Int? = nil) {
        self.init(name: file.name, sha256: file.sha256, bytes: file.bytes, rows: rows)
    }
}
