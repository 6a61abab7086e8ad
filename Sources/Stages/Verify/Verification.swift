import Files

/// The options of `verify` beyond checking the report itself.
package struct VerifyOptions: Sendable {
    /// The key by which the report must be signed; nil if it need not be signed.
    package var publicKey: PublicKey?
    /// Hashes of manifests, noted elsewhere, that the chain must have.
    package var noted: [String] = []
    /// Whether the report was handed over alone: no chain is looked for beside it.
    package var isAlone = false
    /// Whether the caller also makes the report again from its inputs, which proves more than this verification can.
    package var isMadeAgain = false

    package init() {}
}

/// The folder cannot be opened, or there is no report in it.
package struct VerifyFailure: Error, Equatable, Sendable {
    /// One line for a person.
    package let message: String
}

/// Checks a published report without trusting the program that made it, and lists the claims that it could not prove.
///
/// Everything is read from the report's folder and, for the chain, from its neighbours; a link is never followed.
package struct Verification: Sendable {
    /// The findings, check by check; the unproved claims come last.
    package let lines: [VerifyLine]

    package var hasDifferences: Bool { lines.contains { $0.kind == .differs } }

    package init(folder path: String, options: VerifyOptions = VerifyOptions()) throws(VerifyFailure) {
        let folder: Folder
        do throws(SystemError) { folder = try Folder(path: path) } catch {
            throw VerifyFailure(message: "cannot open \(path): \(error)")
        }
        let report = ReportFiles(folder)
        guard report.has("manifest.json") || report.has("SHA256SUMS") else {
            throw VerifyFailure(
                message: "\(path) is not a report: it has neither manifest.json nor SHA256SUMS")
        }
        ReportChecks(report: report, options: options).run()
        lines = report.findings.all
    }
}

extension Folder {
    /// The names in the folder, in the order of their bytes; none if it cannot be read.
    var readableNames: [String] { ((try? names()) ?? []).map { String(decoding: $0, as: UTF8.self) } }
}

/// The files of the report that is checked.
final class ReportFiles {
    let folder: Folder
    let names: [String]
    let findings = Findings()
    /// nil if it is missing or cannot be read, which is a finding.
    private(set) var manifest: StatedJSON?
    private(set) var manifestBytes: [UInt8] = []
    private(set) var summary: StatedJSON?

    /// The files that a report is known by; the rest is named in its manifest.
    static let unlisted = ["manifest.json", "manifest.json.sig", "SHA256SUMS", supersededName]
    static let supersededName = "SUPERSEDED"
    /// No manifest or summary is larger.
    static let smallBytes = 64 << 20

    init(_ folder: Folder) {
        self.folder = folder
        names = folder.readableNames
        findings.check("manifest.json is readable") { [self] in
            manifestBytes = bytes("manifest.json") ?? []
            manifest = JSONReading.tree(manifestBytes)
            if manifest?["outputs"] == nil { findings.differs("manifest.json: it is not a manifest") }
        }
        if names.contains("summary.json") {
            findings.check("summary.json is readable") { [self] in
                summary = bytes("summary.json").flatMap(JSONReading.tree)
                if summary == nil { findings.differs("summary.json: it is not JSON that a report has") }
            }
        }
    }

    func has(_ name: String) -> Bool { names.contains(name) }

    /// The whole of a small file; nil, and a finding, if it cannot be read.
    func bytes(_ name: String) -> [UInt8]? {
        do throws(FileError) { return try folder.file(name).rest(limit: Self.smallBytes) } catch {
            findings.differs("\(name): \(error)")
            return nil
        }
    }

    /// Reads a file with `body`; an error becomes a finding.
    func read(_ name: String, _ body: (RegularFile) throws(FileError) -> Void) {
        do throws(FileError) { try body(try folder.file(name)) } catch {
            findings.differs("\(name): \(error)")
        }
    }

    var asOfText: String? { manifest?["asOf"]?.string }
    var sequence: Int? { manifest?["sequence"]?.count }

    /// The formats that the report was made in; nil if the manifest does not say.
    var formats: [String]? { manifest?["parameters"]?["formats"].map { $0.elements.compactMap(\.string) } }
}

/// A check of a report, which adds to its findings.
protocol ReportCheck {
    var report: ReportFiles { get }
}

extension ReportCheck {
    var findings: Findings { report.findings }
}

/// All checks, in their order.
struct ReportChecks: ReportCheck {
    let report: ReportFiles
    let options: VerifyOptions

    func run() {
        let chain = Chain(report: report, options: options)
        ReplacementChecks(report: report, chain: chain).check()
        if isPruned { return checkPruned(in: chain) }
        let hashes = HashChecks(report: report)
        hashes.checkSums()
        hashes.checkManifest()
        hashes.checkFormats()
        SignatureCheck(report: report, publicKey: options.publicKey).check()
        chain.check()
        checkFigures(in: chain)
        sayWhatIsNotProved()
    }

    // MARK: A report whose files were deleted as OPERATIONS.md allows

    private var isPruned: Bool {
        let kept = ["manifest.json", "manifest.json.sig", ReportFiles.supersededName]
        return report.has("manifest.json") && report.names.allSatisfy(kept.contains)
    }

    private func checkPruned(in chain: Chain) {
        SignatureCheck(report: report, publicKey: options.publicKey).check()
        chain.check()
        let deleted = report.manifest?["outputs"]?.elements.count ?? 0
        if !findings.hasDifferences {
            findings.pruned(
                "manifest \(chain.isChecked ? "in its chain" : "without its chain"), \(deleted + 1) files deleted")
        }
        findings.notProved("anything that the deleted files said")
        sayWhatIsNotProved()
    }

    // MARK: Figures

    private func checkFigures(in chain: Chain) {
        guard let summary = report.summary else {
            return findings.notProved("all figures: summary.json cannot be read")
        }
        guard summary["contract"]?.count == 2 else {
            let contract = summary["contract"]?.scalar ?? "none"
            if report.manifest?["contract"]?.count == 2 {
                findings.check("contract") {
                    findings.differs("summary.json: contract is \(contract), manifest.json says 2")
                }
            }
            if summary["contract"]?.count != 1 {
                findings.check("contract") {
                    findings.differs("summary.json: contract is \(contract), which this version does not know")
                }
            }
            return findings.notProved(
                "rows and figures: the report is of contract \(contract); check it with the version that made it")
        }
        StatementChecks(report: report, summary: summary).check()
        let rows = RowChecks(report: report)
        let hasRows = report.has("reconciliation.csv")
        if hasRows {
            rows.check()
        } else {
            findings.notProved(
                "rows, totals and controls by amount: there is no reconciliation.csv, so no row was checked")
        }
        let figures = hasRows && rows.isComplete ? rows.figures : nil
        SummaryChecks(report: report, summary: summary, digits: rows.digits).check(figures)
        if figures != nil { rows.audits.check(against: summary, findings: findings) }
        ControlChecks(report: report, summary: summary, digits: rows.digits).check(figures)
        RejectChecks(report: report, summary: summary).check()
        NightChecks(report: report, summary: summary, chain: chain).check(figures: figures, rows: rows.breaks)
        CompletenessChecks(report: report, summary: summary, chain: chain).check()
        WorkbookChecks(report: report, summary: summary).check(rowCount: hasRows ? rows.rowCount : nil)
        PageChecks(report: report, summary: summary).check()
    }

    private func sayWhatIsNotProved() {
        if report.manifest?["signingPublicKey"] == nil {
            findings.notProved(
                "who made the report: it is not signed, so whoever can write the whole folder can make another")
        } else if options.publicKey == nil {
            findings.notProved(
                "who made the report: its signature was checked by the key that it names itself; give --public-key")
        }
        if options.isAlone {
            findings.notProved("that no report is missing or replaced: --alone looks at no chain")
        } else if options.noted.isEmpty {
            findings.notProved(
                "that this chain is the one that was published and that its newest report is still there; give --noted")
        }
        if report.summary != nil, !options.isMadeAgain {
            findings.notProved(
                "values that rest on the inputs and the journal, which were not read (verify --redo reads them): "
                    + "their hashes, the values of the rows, parameters, counts and amounts of controls that no row "
                    + "shows, new and cleared items of the roll-forward, and the codes "
                    + ReportLists.evidenceCodes.joined(separator: ", "))
            findings.notProved(
                "formulas of the workbook, and its cells outside the sheets Reconciliation and the totals, outcomes and exception "
                    + "counts of Summary and Controls; parts of the page other than its verdict, totals, outcomes, "
                    + "exceptions or hashes (verify --redo compares both whole)")
        }
    }
}
