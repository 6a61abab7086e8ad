import Testing

/// One run against a sandbox whose answers go wrong, and what must hold of it whatever goes wrong.
struct FaultyRun: Sendable {
    let kind: String
    let probability: String
    let deadlineSeconds: Int

    /// Enough for every question that can be answered at all.
    static let fullSeconds = 300
    /// What follows from reading and reporting, with a slow binary on a busy machine.
    static let marginSeconds = 20.0
    /// Far below what an endless or a bursting answer would take.
    static let mostMemoryKiB = 256 * 1024

    var name: String { "\(kind)=\(probability)" }
    var isCertain: Bool { probability == "1" }

    /// What came of it.
    struct Outcome {
        let run: CommandResult
        let counts: SandboxCounts
        let published: String
    }

    func outcome(_ data: Data, _ folder: TemporaryFolder) async throws -> Outcome {
        let output = "\(folder.path)/\(name)"
        let options = ["--concurrency", "8", "--timeout", "1", "--deadline", "\(deadlineSeconds)", "--formats", "csv"]
        let (run, counts) = try await withSandboxProcess(data, faults: [name]) { url in
            try await Binary.run(
                data.run(url, output, options), environment: ordinaryCredentials,
                withinSeconds: Double(deadlineSeconds) + Self.marginSeconds)
        }
        return Outcome(run: run, counts: counts, published: "\(output)/\(Data.asOf)")
    }

    func check(_ outcome: Outcome, clean: ReportRows) throws {
        let run = outcome.run
        #expect(!run.isKilled, "\(name): not at its end \(Self.marginSeconds) s after its deadline")
        #expect(run.peakMemoryKiB < Self.mostMemoryKiB, "\(name): \(run.peakMemoryKiB) KiB")
        #expect(outcome.counts.faults > 0, "\(name): no fault was dealt out")
        #expect(outcome.counts.peakConcurrentRequests <= 8, "\(name)")
        let cases = Double(clean.cases.count)
        // Where some succeed, their tokens pay for the retries of others; where nothing does, the quota ends.
        #expect(Double(outcome.counts.requests) <= (isCertain ? 1.2 : 1.5) * cases + 8, "\(name): \(outcome.counts)")
        if Self.refusals.contains(kind) {
            #expect(run.exitCode == 77, "\(name): \(run.errorText)")
            #expect(!File.exists(outcome.published), "\(name): published")
            return
        }
        if Self.harmless.contains(kind) {
            try #require(run.exitCode == 0, "\(name): exit \(run.exitCode ?? -1), \(run.errorText)")
            let rows = try ReportRows(outcome.published).rows
            #expect(rows.map(Self.withoutTime) == clean.rows.map(Self.withoutTime), "\(name)")
            return
        }
        if Self.answers.contains(kind) {
            try #require(run.exitCode == 0, "\(name): exit \(run.exitCode ?? -1), \(run.errorText)")
            try checkNotFound(ReportRows(outcome.published), clean: clean)
            return
        }
        if deadlineSeconds == Self.fullSeconds, !Self.stays.contains(kind) {
            try #require(run.exitCode == 0, "\(name): exit \(run.exitCode ?? -1), \(run.errorText)")
            #expect(try ReportRows(outcome.published).isSame(as: clean), "\(name): not the clean run's rows")
            return
        }
        // Where everything fails, why it failed decides; where a part fails, how much of the rest the circuit held back.
        let isEither = !isCertain || Self.longReads.contains(kind)
        var codes: [Int32] = isEither ? [2, 69] : Self.stays.contains(kind) ? [2] : [69]
        // What spoils a connection is not laid at the door of the question that came next: few of a part may fail, or none.
        if !isCertain, !Self.stays.contains(kind) { codes.append(0) }
        try #require(codes.contains(run.exitCode ?? -1), "\(name): exit \(run.exitCode ?? -1), \(run.errorText)")
        try checkRows(ReportRows(outcome.published), clean: clean, isIncomplete: run.exitCode != 0)
    }

    /// Kinds that stop a run.
    static let refusals: Set = ["401", "403", "status-900", "status-902"]
    /// Kinds that spoil a connection once it has answered: no question is the worse for it.
    static let harmless: Set = ["surplus-bytes", "close-after", "408-unasked"]
    /// Kinds that are answers: the order is not there.
    static let answers: Set = ["status-703", "status-801"]
    /// Kinds after which asking later helps no more than asking at once. Bodies that are not JSON are none of them: they open
    /// the circuit, and what is held back has not been asked.
    private static let stays: Set = [
        "other-shape", "duplicate-keys", "other-order", "redirect", "status-100",
        "status-901", "status-809", "status-811", "status-814",
        "status-816", "status-817", "status-818", "status-822", "status-823",
    ]

    /// Bodies that are read up to the limit: it depends on the machine how many questions are left for the deadline.
    private static let longReads: Set = ["bomb-gzip", "endless-body"]

    private static func withoutTime(_ row: ReportRows.Row) -> ReportRows.Row { row.filter { $0.key != "queriedAt" } }

    /// Every case has its row: that of the clean run, or one that says that Atlas does not know the refund.
    private func checkNotFound(_ report: ReportRows, clean: ReportRows) throws {
        try #require(report.cases.map { $0["source"] } == clean.cases.map { $0["source"] }, "\(name): cases differ")
        let notFound = report.cases.count { $0["exceptions"]?.contains("NOT_FOUND_AT_ATLAS") == true }
        let asked = clean.cases.count { $0["refundCode"] != "" }
        #expect(isCertain ? notFound == asked : (1..<asked).contains(notFound), "\(name): \(notFound)")
        #expect(!report.rows.contains { $0["exceptions"]?.contains("QUERY_FAILED") == true }, "\(name)")
    }

    /// Every case has its row, and each row is that of the clean run or says that its query failed.
    private func checkRows(_ report: ReportRows, clean: ReportRows, isIncomplete: Bool) throws {
        try #require(report.cases.map { $0["source"] } == clean.cases.map { $0["source"] }, "\(name): cases differ")
        var counts = (equal: 0, failed: 0)
        for row in report.rows {
            let truth = try #require(clean.counterpart(of: row), "\(name): a row that no clean run has: \(row)")
            if row["exceptions"]?.contains("QUERY_FAILED") == true {
                counts.failed += 1
                checkFailed(row, truth)
            } else {
                counts.equal += row["statusSource"] == "query" ? 1 : 0
                #expect(row.filter { $0.key != "queriedAt" } == truth.filter { $0.key != "queriedAt" }, "\(name)")
            }
        }
        #expect((counts.failed > 0) == isIncomplete, "\(name): \(counts.failed) failed")
        if isCertain {
            #expect(counts.equal == 0, "\(name): answers that went wrong are believed")
        } else {
            #expect(counts.equal > 0, "\(name): no good answer is taken")
        }
    }

    /// A case whose query failed is judged by its webhook, or not at all; what was expected of it stays.
    private func checkFailed(_ row: ReportRows.Row, _ truth: ReportRows.Row) {
        let expected = row.filter { $0.key.hasPrefix("expected") || ["currency", "webhookCount"].contains($0.key) }
        for (column, value) in expected where column != "expectedConfirmationDate" && column != "expectedRefundDate" {
            #expect(value == truth[column], "\(name): \(column) of \(row)")
        }
        let finals = row.filter {
            $0.key.hasPrefix("final") && $0.key.hasSuffix("Amount") || $0.key == "finalTransactionFee"
        }
        let hasWebhook = row["webhookCount"].map { !$0.isEmpty && $0 != "0" } ?? false
        #expect(row["statusSource"] == (hasWebhook ? "webhook" : ""), "\(name): \(row)")
        #expect((row["outcome"] == "unverified") == !hasWebhook, "\(name): \(row)")
        #expect(row["exceptions"]?.contains("NOT_FOUND_AT_ATLAS") == false, "\(name): \(row)")
        if row["finalSource"] == "" {
            #expect(finals.values.allSatisfy { $0.isEmpty }, "\(name): amounts from nowhere: \(row)")
        } else {
            #expect(row["finalSource"] == "webhook", "\(name): \(row)")
            guard truth["finalSource"] == "webhook" else { return }
            for (column, value) in finals { #expect(value == truth[column], "\(name): \(column) of \(row)") }
        }
    }
}
