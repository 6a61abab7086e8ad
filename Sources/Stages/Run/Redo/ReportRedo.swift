import Files
import Ingest
import JSON
import Memory
import Publish
import Refunds
import Report
import Night

/// A published report made again from its inputs and compared with what was published: the only check that finds a forgery
/// in which every file agrees with every other.
///
/// It runs in a private temporary folder; it takes no lock, writes nothing beside the report, opens no state store and
/// asks no network.
package struct ReportRedo: Sendable {
    /// One thing that was found.
    package enum Finding: Sendable, Equatable {
        case same(String)
        case differs(String)
        /// Asked for, and cannot be said.
        case notProved(String)
        /// Claims that no run can prove.
        case beyond(String)
    }

    package private(set) var findings: [Finding] = []

    /// Whether all that a run can prove is proved.
    package var isProved: Bool {
        findings.allSatisfy { finding in
            switch finding {
            case .same, .beyond: true
            case .differs, .notProved: false
            }
        }
    }

    let stated: StatedReport

    /// Makes the report of a folder again. Throws `RunError` if it or an input cannot be read, or `CancellationError`.
    ///
    /// - Parameters:
    ///   - inputs: a folder that has the inputs, or copies of them, where they are not where the manifest says; nil for none.
    ///   - threads: on how many tasks.
    package init(folder: String, inputs: String?, toolVersion: String, threads: Int) async throws {
        stated = try StatedReport(folder: folder)
        guard stated.toolVersion == toolVersion, stated.rulesVersion == Manifest.rulesVersion else {
            findings.append(
                .notProved(
                    """
                    this report was made by version \(stated.toolVersion) with rules \(stated.rulesVersion); this is \
                    version \(toolVersion) with rules \(Manifest.rulesVersion): use that one to make it again
                    """))
            return
        }
        let temporary = try Self.temporaryFolder()
        defer { FileSystem.removeAll(temporary) }
        let found = try RedoInputs(stated, folder: inputs, temporary: temporary)
        findings += found.differences.map { .differs($0) } + (try kept())
        if findings.contains(where: { if case .differs = $0 { true } else { false } }) { return }
        let count = stated.inputs.count
        findings.append(
            .same("\(count) \(count == 1 ? "input has the" : "inputs have their") SHA-256 as manifest.json states it"))
        let again = "\(temporary)/report"
        try Self.makeFolder(again)
        guard let written = try await remake(found, in: again, toolVersion: toolVersion, threads: threads) else {
            return
        }
        compareInputs(written.context.inputs)
        try compareFiles(again)
        try compareManifests(again)
        findings += try await RedoNeighbours(stated, try await carried(threads: threads)).findings()
        findings.append(
            .beyond(
                "who made the report, where and when (host, user, startedAt, endedAt)"
                    + (stated.isLive ? "; that Atlas answered what \(StatedReport.journalName) says" : "")
                    + (stated.state == nil
                        ? ""
                        : "; which later reports were stale when it was made (staleReports); that the carried records are "
                            + "all that the store had of their orders (its digest covers them, `state export` shows them)")
            ))
    }

    /// What the report itself keeps of what it was made from must be what the run had: the journal of a live run, and what
    /// was carried forward.
    private func kept() throws -> [Finding] {
        let names = (stated.isLive ? [StatedReport.journalName] : []) + (stated.state == nil ? [] : CarriedFileName.all)
        return try names.compactMap { name in
            let file = try Self.file("\(stated.folder)/\(name)")
            return try file.hash(of: file.byteCount) == stated.outputs[name]
                ? nil : .differs("\(name) does not have the SHA-256 that manifest.json states")
        }
    }

    /// Runs; nil, and a finding, if no such run comes to a report.
    private mutating func remake(
        _ inputs: RedoInputs, in folder: String, toolVersion: String, threads: Int
    ) async throws -> WrittenReport? {
        let started = stated.started
        let environment = RunEnvironment(
            toolVersion: toolVersion, host: stated.host, user: stated.user, now: { started }, log: { _ in },
            warn: { _ in }, progress: { _ in })
        let run = NightlyRun(inputs.parameters(stated, folder: folder, threads: threads), environment)
        do {
            return try await run.remake(try origin(), try await carried(threads: threads), in: folder)
        } catch {
            guard let failure = RunError(cause: error),
                [.unusableInput, .internalCheck, .usage].contains(failure.kind)
            else { throw error }
            findings.append(.differs("a run over these inputs fails: \(failure.message)"))
            return nil
        }
    }

    /// The parts that do not come from the inputs, as the report has them; `RedoNeighbours` compares them with the reports before.
    private func origin() throws -> RunOrigin {
        let previous = stated.previousSHA256.map {
            ReportLink(sequence: stated.sequence - 1, manifestSHA256: $0)
        }
        let summary = StatedSummary(folder: stated.folder)
        let opening =
            stated.state == nil
            ? nil
            : try NightOpening(asOf: stated.openedFrom, digest: summary.openingDigest, folder: stated.folder)
        return RunOrigin(
            started: stated.started, previous: previous, replaces: stated.replaces, isSigned: stated.isSigned,
            usual: stated.usual, opening: opening, laterNights: LaterNights(staleReports: summary.staleReports),
            statedDigest: summary.closingDigest)
    }

    /// The carried part of the report; nil if no state was kept.
    private func carried(threads: Int) async throws -> CarriedRecords? {
        if stated.state == nil { return nil }
        do {
            return try await CarriedRecords.read(folder: stated.folder, stated.carriedFileNumbers, threads: threads)
        } catch let error as InputError { throw RunError(error) }
    }

    // MARK: Comparing

    /// The bytes that the run had read: a file may have changed since it was found.
    private mutating func compareInputs(_ read: [InputEvidence]) {
        let (was, now) = (stated.inputs.map(\.sha256), read.map(\.sha256))
        if was != now { findings.append(.differs("an input was changed while it was read: run verify again")) }
    }

    /// Beside the files that are compared: the manifest, whose members are, and what follows from it or came later.
    private static let notCompared: Set = [Manifest.name, SHA256Sums.name, SigningKey.signatureName, Superseded.name]

    private mutating func compareFiles(_ again: String) throws {
        let published = Set(FileSystem.readableNames(in: stated.folder)).subtracting(Self.notCompared)
        let made = Set(FileSystem.readableNames(in: again)).subtracting(Self.notCompared).filter { !$0.hasPrefix(".") }
        var same: [String] = []
        for name in published.union(made).sorted() {
            if !made.contains(name) {
                findings.append(.differs("\(name) is not a file that a run writes"))
            } else if !published.contains(name) {
                findings.append(.differs("\(name) is missing"))
            } else if let difference = try difference(name, again) {
                findings.append(.differs("\(name), \(difference)"))
            } else {
                same.append(name)
            }
        }
        let kept = Set([StatedReport.journalName] + CarriedFileName.all)
        let proved = same.filter { !kept.contains($0) }
        if same.count == published.union(made).count {
            findings.append(
                .same("\(proved.count) files are the same, byte for byte: \(proved.joined(separator: ", "))"))
        }
    }

    private func difference(_ name: String, _ again: String) throws -> String? {
        let report: RegularFile
        do throws(FileError) {
            report = try RegularFile(path: "\(stated.folder)/\(name)", followsLink: false)
        } catch { return "which is not a file that can be read" }
        do { return try FileComparison(report, try Self.file("\(again)/\(name)")).difference } catch {
            if let error = error as? FileError { throw RunError(reading: name, error) }
            throw error
        }
    }

    /// What a manifest says that another run of the same report says otherwise: when it ended, where its inputs were and
    /// what else was there, and by whom it is signed.
    private static let ownMembers: Set = ["endedAt", "parameters", "passedOver", "signingPublicKey"]

    private mutating func compareManifests(_ again: String) throws {
        let made = try StatedReport(folder: again)
        let names = Set(stated.members.keys).union(made.members.keys).subtracting(Self.ownMembers)
        let differing = names.filter { stated.members[$0] != made.members[$0] }.sorted()
        findings += differing.map { .differs("manifest.json: \($0)") }
        if differing.isEmpty {
            findings.append(.same("what manifest.json says of inputs, files and what is handed on"))
        }
    }
}

// MARK: Files

extension ReportRedo {
    /// A folder that only its owner can look into, in `TMPDIR`, else in `/tmp`.
    private static func temporaryFolder() throws(RunError) -> String {
        do throws(SystemError) { return try FileSystem.makeTemporaryFolder(prefix: "refund-recon-redo-") } catch {
            throw RunError(.cannotWrite, "cannot make a temporary folder in \(FileSystem.temporaryFolder): \(error)")
        }
    }

    static func makeFolder(_ path: String) throws(WriteError) {
        try FileSystem.writing(path) { () throws(SystemError) in try FileSystem.makeFolder(path, readers: .owner) }
    }

    static func file(_ path: String, followsLink: Bool = false) throws(RunError) -> RegularFile {
        do throws(FileError) { return try RegularFile(path: path, followsLink: followsLink) } catch {
            throw RunError(reading: path, error)
        }
    }
}
