import Atlas
import AtlasClient
import Files
import Ingest
import Memory
import Publish
import Query
import Refunds
import Report
import Sandbox

/// The answers about the cases of a run, and their journal.
struct Statuses: Sendable {
    /// By case.
    var answers: StatusAnswers
    /// By case, the key by which Atlas was asked, where that is another record's of the refund.
    var askedKeys: [Int: RefundIdentity] = [:]
    /// Answers about records that proved to be another record's refund.
    var mergedAnswers: [MergedAnswer] = []
    /// Lines of a journal that were refused; they count in no control.
    let rejects: [Reject]
    /// Where the statuses came from, in words.
    let source: String
    /// The contents of each journal that the run was given.
    var figures: [InputFigures] = []
    /// The journal of a live run, to be published in the order of the cases.
    var publishedJournal: String?
    var workingJournal: String?
    /// Keys of a journal's lines about refunds that are no case of tonight, and that a night before may have had.
    var remembered: [RefundIdentity] = []

    init(_ reader: JournalReader, source: String) {
        answers = reader.answers
        rejects = reader.rejects
        remembered = reader.remembered
        self.source = source
    }

    /// That Atlas could hardly be reached; nil of a run from journals, and where half of the queryable cases or fewer failed
    /// for a passing reason. What an earlier start of the run was answered counts as answered.
    func outage(queryable: Int) -> UnansweredQueries? {
        guard workingJournal != nil else { return nil }
        let passing = answers.failures.filter(PassingFailure.contains)
        return passing.count * 2 > queryable ? UnansweredQueries(passing, of: queryable) : nil
    }

    /// Once the report with its journal is published. The working journal goes last: a run that is killed here leaves what
    /// the next one continues and then removes.
    ///
    /// - Returns: a warning for each that cannot be removed.
    func discardWorkingJournal(reached: QueryStepObserver) -> [String] {
        var warnings: [String] = []
        for (path, step) in [(publishedJournal, QueryStep.copyRemoved), (workingJournal, .journalRemoved)] {
            guard let path else { continue }
            do throws(SystemError) { try FileSystem.remove(path) } catch  where !error.isMissing {
                warnings.append(
                    "\(path) cannot be removed (\(error)): remove it, or a further run for this day "
                        + "takes its answers from there")
            } catch {}
            reached(step)
        }
        return warnings
    }
}

/// Gets the statuses from where the run takes them.
struct StatusStage {
    let run: NightlyRun
    let inputs: RunInputs
    /// The answers of nights before.
    let recalled: [RecalledAnswer]
    /// Whether a night before may have had a case of a key; nil where nothing is remembered.
    let mayBeRemembered: (@Sendable (RefundIdentity) -> Bool)?
    /// Where the journal of a live run that asks this source is kept while it is under way.
    let workingJournal: @Sendable (_ source: String) -> String

    init(
        _ run: NightlyRun, _ inputs: RunInputs, recalled: [RecalledAnswer] = [],
        mayBeRemembered: (@Sendable (RefundIdentity) -> Bool)? = nil,
        workingJournal: @escaping @Sendable (_ source: String) -> String
    ) {
        self.run = run
        self.inputs = inputs
        self.recalled = recalled
        self.mayBeRemembered = mayBeRemembered
        self.workingJournal = workingJournal
    }

    func answers(_ orders: OrdersIngest) async throws -> Statuses {
        switch run.parameters.statusSource {
        case .journals: return try await fromJournals(inputs.journals, orders)
        case .live(let settings):
            return try await live(settings, source: settings.baseURL, orders)
        case .sandbox(let dataFile, let settings):
            return try await sandbox(dataFile, settings, orders)
        case .published(let journal, let source):
            return try await fromPublished(journal, source: source, orders)
        }
    }

    private func fromJournals(_ journals: [InputFile], _ orders: OrdersIngest) async throws -> Statuses {
        var reader = self.reader(orders)
        let numbered = journals.enumerated().map { (inputs.firstJournalFile + Int32($0), $1) }
        for (file, journal) in numbered {
            try await reader.read(journal, file: file, threads: run.parameters.threads)
        }
        reader.finish()
        let names = journals.map { inputs.shown($0).path }.joined(separator: ", ")
        var statuses = Statuses(reader, source: "journal \(names)")
        let counts = reader.recordCounts
        if orders.queryable > 0 {
            for (journal, count) in zip(journals, counts) { warn(ofJournal: journal.path, count) }
        }
        statuses.figures = counts.map { count in
            var figures = InputFigures()
            figures.records = count.lines
            return figures
        }
        return statuses
    }

    /// A journal of which nothing could be used is probably not the one that was meant.
    private func warn(ofJournal path: String, _ count: JournalReader.RecordCount) {
        guard count.lines > 0, count.aboutCases == 0 else { return }
        let lines = count.lines == 1 ? "1 line, which is not" : "\(count.lines) lines, none of which is"
        run.environment.warn("warning: \(path) has \(lines) about a case of tonight: is it the right file?")
    }

    /// A reader that knows the answers of nights before; an answer of tonight counts more.
    private func reader(_ orders: OrdersIngest) -> JournalReader {
        var reader = JournalReader(cases: orders.cases, index: orders.index, mayBeRemembered: mayBeRemembered)
        reader.recall(recalled)
        return reader
    }

    /// Starts the sandbox on a free port of this machine and asks it over HTTP, as Atlas is asked.
    private func sandbox(_ dataFile: String, _ settings: LiveSettings, _ orders: OrdersIngest) async throws -> Statuses
    {
        let (clientID, clientSecret) = ("sandbox", "sandbox")
        do {
            let data = try SandboxData.load(path: dataFile)
            let configuration = SandboxConfiguration(
                credentials: SandboxCredentials(clientID: clientID, clientSecret: clientSecret))
            return try await withSandbox(data, configuration) { server in
                var settings = settings
                settings.baseURL = server.baseURL
                settings.credentials = try AtlasCredentials(clientID: clientID, clientSecret: clientSecret)
                return try await live(settings, source: "sandbox \(dataFile)", orders)
            }
        } catch let error as SandboxError {
            throw RunError(error)
        }
    }

    // MARK: Live

    /// Asks every queryable case and reads the journal of the answers, in the order of the cases, as a run from it would.
    private func live(_ settings: LiveSettings, source: String, _ orders: OrdersIngest) async throws -> Statuses {
        let recalled = reader(orders)
        let questions = orders.cases.indices.compactMap { place in
            recalled.isAnswered(place) ? nil : StatusQuestion(orders.cases[place].identity)
        }
        let journal = workingJournal(source)
        let outcome = try await ask(questions, settings, journal)
        for note in outcome.notes { run.environment.log(note) }
        if let warning = outcome.warning { run.environment.warn("warning: \(warning)") }
        run.environment.detail(outcome.counts.text)
        let sorted = OutputFolder.sortedJournal(journal)
        do throws(WorkingJournalError) { try outcome.writeLines(toPath: sorted) } catch {
            throw RunError(.cannotWrite, "\(error)")
        }
        var statuses: Statuses
        do { statuses = try await read(sorted, recalled, source: source) } catch let error as InputError {
            throw RunError(inOutputFolder: error)
        }
        run.environment.reached(.copyRead)
        statuses.publishedJournal = sorted
        statuses.workingJournal = journal
        return statuses
    }

    /// The published journal of a live run.
    private func fromPublished(_ journal: String, source: String, _ orders: OrdersIngest) async throws -> Statuses {
        do {
            var statuses = try await read(journal, reader(orders), source: source)
            statuses.publishedJournal = journal
            return statuses
        } catch let error as InputError { throw RunError(error) }
    }

    private func read(_ journal: String, _ recalled: JournalReader, source: String) async throws -> Statuses {
        var reader = recalled
        try await reader.read(
            try InputFile(path: journal), file: inputs.firstJournalFile, threads: run.parameters.threads)
        reader.finish()
        return Statuses(reader, source: source)
    }

    private func ask(
        _ questions: [StatusQuestion], _ settings: LiveSettings, _ journal: String
    ) async throws -> QueryOutcome {
        let baseURL: AtlasBaseURL
        do throws(AtlasBaseURLError) {
            baseURL = try AtlasBaseURL(settings.baseURL, allowInsecureHTTP: settings.allowsInsecureHTTP)
        } catch { throw RunError(.usage, "\(error)") }
        guard let credentials = settings.credentials else { throw RunError(.credentials, "no credentials") }
        let client = AtlasHTTPClient(baseURL: baseURL, credentials: credentials, concurrency: settings.concurrency)
        let stage = QueryStage(
            transport: AtlasStatusTransport(client: client), settings: QuerySettings(settings), judge: Self.judge,
            reached: run.environment.reached)
        let (progress, log) = (run.environment.progress, run.environment.log)
        do {
            let outcome = try await stage.run(
                questions, workingJournal: journal, progress: { progress(ProgressLine.text($0)) }, note: log)
            await client.shutdown()
            return outcome
        } catch {
            // The first error says more than one from closing the connections.
            await client.shutdown()
            switch error {
            case let error as QueryError: throw RunError(.credentials, "\(error)")
            case WorkingJournalError.inUse(let path): throw RunError(.locked, "another run uses \(path)")
            case let error as WorkingJournalError: throw RunError(.cannotWrite, "\(error)")
            default: throw error
            }
        }
    }

    /// An answer is good if the reader of the journal will find it so.
    private static let judge: AnswerJudge = { body, question in
        let outcome = RefundOrdersAnswer(asked: RefundIdentity(orderNo: question.identity.orderNo)).outcome(of: body)
        guard case .failed(let code, let detail) = outcome else { return nil }
        return AnswerFault(code.string, detail: detail?.string)
    }
}

extension QuerySettings {
    init(_ settings: LiveSettings) {
        self.init()
        concurrency = settings.concurrency
        ratePerSecond = Double(settings.ratePerSecond)
        attemptTimeoutSeconds = Double(settings.attemptTimeoutSeconds)
        deadlineSeconds = settings.deadlineSeconds.map { Double($0) }
        retry.attempts = settings.attempts
    }
}
