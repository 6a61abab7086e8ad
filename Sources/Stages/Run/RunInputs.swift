import Files
import Ingest
import Memory
import Night
import Refunds
import Report
import Rules

/// The opened inputs of a run, numbered in the order in which they were given.
struct RunInputs: Sendable {
    let orders: [InputFile]
    let webhooks: [InputFile]
    let journals: [InputFile]
    /// Whether the report has carried files.
    let hasCarried: Bool
    /// Settings, whose lines no row names: they have no number.
    private let feeSchedule: InputFile?
    private let decisions: DispositionInputs
    /// The contents of the folders that are not read.
    let passedOver: [PassedOver]
    /// People's decisions about breaks.
    var dispositions: [Disposition] { decisions.dispositions }
    /// How the inputs are named, by path.
    private var shown: [String: ShownInput] = [:]

    /// Opens the files; one that is given twice is wrong usage.
    init(_ parameters: RunParameters, hasCarried: Bool = false) throws(InputError) {
        self.hasCarried = hasCarried
        // A night whose answers name orders that it did not recall reads all again.
        let orders = try InputList(parameters.orders, areReadAgain: hasCarried)
        let webhooks = try InputList(parameters.webhooks, areReadAgain: hasCarried)
        var journals = try InputList([])
        if case .journals(let paths) = parameters.statusSource {
            journals = try InputList(paths, areReadAgain: hasCarried)
        }
        feeSchedule = try parameters.audits.feeSchedule.map { (path) throws(InputError) in try InputFile(path: path) }
        decisions = try DispositionInputs(parameters.night.dispositions)
        try InputList.checkDistinct(
            orders.files + webhooks.files + journals.files + (feeSchedule.map { [$0] } ?? [])
                + decisions.files.map(\.file))
        passedOver = orders.passedOver + webhooks.passedOver + journals.passedOver + decisions.passedOver
        (self.orders, self.webhooks, self.journals) = (orders.files, webhooks.files, journals.files)
        nameInputs()
        shown.merge(parameters.shownInputs) { $1 }
    }

    /// Names every input so that it differs from every other (FORMATS.md, `source`).
    private mutating func nameInputs() {
        // Files of our own are named as they are published.
        let published =
            (hasCarried ? Self.carried.map(\.name) : []) + (journals.isEmpty ? [StatedReport.journalName] : [])
        let given = orders + webhooks + journals + (feeSchedule.map { [$0] } ?? [])
        let names = SourceNames.names(of: given.map(\.path) + published).prefix(given.count)
        for (input, name) in zip(given, names) { shown[input.path] = ShownInput(path: input.path, name: name) }
    }

    /// How the report names the files, by number.
    var fileNames: [String] {
        numbered.map { numbered in
            switch numbered.file {
            case .input(let input): shown(input).name
            case .carried(let name): name
            }
        } + (journals.isEmpty ? [StatedReport.journalName] : [])
    }

    /// How the report names an input.
    func shown(_ input: InputFile) -> ShownInput { shown(path: input.path, name: input.name) }

    private func shown(path: String, name: String) -> ShownInput { shown[path] ?? ShownInput(path: path, name: name) }

    /// The carried files of the report, with their roles.
    private static let carried: [(role: String, name: String)] = [
        ("carriedOrders", CarriedFileName.orders), ("carriedWebhooks", CarriedFileName.webhooks),
        ("carriedAnswers", CarriedFileName.answers),
    ]

    private enum NumberedFile {
        case input(InputFile)
        case carried(name: String)
    }

    /// The inputs in the order of their numbers, each with its role. What nights before had was there first, so it comes
    /// before what came in tonight.
    private var numbered: [(role: String, file: NumberedFile)] {
        let carried = hasCarried ? Self.carried : []
        var numbered: [(role: String, file: NumberedFile)] = []
        numbered += carried.prefix(2).map { ($0.role, .carried(name: $0.name)) }
        numbered += orders.map { ("orders", .input($0)) }
        numbered += webhooks.map { ("webhooks", .input($0)) }
        numbered += carried.dropFirst(2).map { ($0.role, .carried(name: $0.name)) }
        numbered += journals.map { ("statusJournal", .input($0)) }
        return numbered
    }

    /// How the report names the order files.
    var orderNames: [String] { Array(fileNames[Int(firstOrderFile)..<Int(firstWebhookFile)]) }

    var firstOrderFile: Int32 { hasCarried ? 2 : 0 }
    var firstWebhookFile: Int32 { firstOrderFile + Int32(orders.count) }
    /// Of the answers that are used again; none is negative.
    var carriedAnswersFile: Int32 { hasCarried ? firstWebhookFile + Int32(webhooks.count) : -1 }
    var firstJournalFile: Int32 { firstWebhookFile + Int32(webhooks.count) + (hasCarried ? 1 : 0) }

    /// The audits that the run makes, with the fee schedule if one is given.
    func audits(_ parameters: AuditParameters) async throws -> Audits {
        guard let feeSchedule else { return Audits(rules: parameters.rules) }
        return Audits(rules: parameters.rules, feeSchedule: try await FeeSchedule.read(feeSchedule))
    }

    /// The SHA-256 and size of each input, as it was received, when all have been read; the numbered ones first,
    /// then the others.
    ///
    /// - Parameters:
    ///   - carried: the carried files of the report.
    ///   - folder: where these are.
    func evidence(_ carried: CarriedFiles?, in folder: String) throws(RunError) -> [InputEvidence] {
        var evidence: [InputEvidence] = []
        for (role, file) in numbered {
            switch file {
            case .input(let input): evidence.append(try self.evidence(role, input.path, input.name, input.content))
            case .carried(let name):
                guard let written = carried?.evidence.first(where: { $0.name == name }) else {
                    throw RunError(.internalCheck, "\(name) was not written")
                }
                let shown = shown(path: "\(folder)/\(name)", name: name)
                evidence.append(
                    InputEvidence(
                        role: role, path: shown.path, name: shown.name, sha256: written.sha256, bytes: written.bytes))
            }
        }
        if let feeSchedule {
            evidence.append(
                try self.evidence("feeSchedule", feeSchedule.path, feeSchedule.name, feeSchedule.content))
        }
        for decision in decisions.files.map(\.content) {
            evidence.append(try self.evidence("dispositions", decision.path, decision.name, decision.content))
        }
        return evidence
    }

    private func evidence(
        _ role: String, _ path: String, _ name: String, _ content: InputFile.Content?
    ) throws(RunError) -> InputEvidence {
        guard let content else { throw RunError(.internalCheck, "\(path) was not read to its end") }
        let shown = shown(path: path, name: name)
        return InputEvidence(
            role: role, path: shown.path, name: shown.name, sha256: content.sha256, bytes: content.byteCount)
    }

    /// Messages for a person about the reading of the inputs.
    var notes: [String] {
        (orders + webhooks + journals).compactMap { input in
            guard let content = input.content, content.unfinishedByteCount > 0 else { return nil }
            return "\(input.path) grew while it was read: its last line, unfinished after "
                + "\(content.unfinishedByteCount) bytes, is left for the next run"
        }
    }
}

extension [InputFile] {
    /// How many bytes of text they gave.
    var textByteCount: Int { reduce(0) { $0 + ($1.content?.textByteCount ?? 0) } }
}
