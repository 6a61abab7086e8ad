import Bytes
import Core
import Ingest
import Reconcile
import Report

/// The opened inputs of a run, numbered in the order in which they were given.
struct RunInputs: Sendable {
    let orders: [InputFile]
    let webhooks: [InputFile]
    let journals: [InputFile]
    /// What nights before handed on; nil where no state is kept.
    let carried: CarriedFiles?
    /// Settings, whose lines no row names: they have no number.
    private let feeSchedule: InputFile?
    private let dispositions: [InputBytes]
    /// What the folders hold that is not read.
    let passedOver: [InputList.PassedOver]
    /// How the inputs are named, by path.
    private var shown: [String: ShownInput] = [:]

    /// Opens the files; one that is given twice is wrong usage.
    init(_ parameters: RunParameters, night: NightOpened? = nil) throws(RunFailure) {
        carried = night?.files
        dispositions = night?.dispositions.map(\.content) ?? []
        do throws(InputError) {
            let orders = try InputList(parameters.orders)
            let webhooks = try InputList(parameters.webhooks)
            var journals = try InputList([])
            if case .journals(let paths) = parameters.statusSource {
                // The lines that are carried forward are looked for when the rows are known.
                journals = try InputList(paths, areReadAgain: parameters.night.state != nil)
            }
            feeSchedule = try parameters.audits.feeSchedule.map { (path) throws(InputError) in
                try InputFile(path: path)
            }
            let decisions = night?.dispositions.map(\.file) ?? []
            try InputList.checkDistinct(
                orders.files + webhooks.files + journals.files + (feeSchedule.map { [$0] } ?? []) + decisions)
            passedOver =
                orders.passedOver + webhooks.passedOver + journals.passedOver + (night?.passedOver ?? [])
            (self.orders, self.webhooks, self.journals) = (orders.files, webhooks.files, journals.files)
        } catch { throw RunFailure(error) }
        nameInputs()
        shown.merge(parameters.shownInputs) { $1 }
    }

    /// The journal that a live run writes is the last of its files.
    private static let ownJournal = "status-journal.jsonl"

    /// Names every input so that it differs from every other (FORMATS.md, "source").
    private mutating func nameInputs() {
        let carried = carried.map { [$0.orders, $0.webhooks, $0.answers] } ?? []
        // Files of our own are named as they are published.
        let published = carried.map(\.name) + (journals.isEmpty ? [Self.ownJournal] : [])
        let given = orders + webhooks + journals + (feeSchedule.map { [$0] } ?? [])
        let names = SourceNames.names(of: given.map(\.path) + published).prefix(given.count)
        for (input, name) in zip(given, names) { shown[input.path] = ShownInput(path: input.path, name: name) }
    }

    /// How the report names the files, by number.
    var fileNames: [String] { numbered.map { shown($0.input).name } + (journals.isEmpty ? [Self.ownJournal] : []) }

    /// How the report names an input.
    func shown(_ input: InputFile) -> ShownInput { shown(path: input.path, name: input.name) }

    private func shown(path: String, name: String) -> ShownInput { shown[path] ?? ShownInput(path: path, name: name) }

    /// The inputs in the order of their numbers, each with its role. What is carried forward was there first, so it comes
    /// before what came in tonight.
    private var numbered: [(role: String, input: InputFile)] {
        let carriedRecords = carried.map { [("carriedOrders", $0.orders), ("carriedWebhooks", $0.webhooks)] } ?? []
        let carriedAnswers = carried.map { [("carriedAnswers", $0.answers)] } ?? []
        return carriedRecords + orders.map { ("orders", $0) } + webhooks.map { ("webhooks", $0) } + carriedAnswers
            + journals.map { ("statusJournal", $0) }
    }

    /// How the report names the order files.
    var orderNames: [String] { Array(fileNames[Int(firstOrderFile)..<Int(firstWebhookFile)]) }

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

    /// The SHA-256 and size of each input, as it was received, when all have been read; the numbered ones first,
    /// then the others.
    func evidence() throws(RunFailure) -> [InputEvidence] {
        let settings = feeSchedule.map { [("feeSchedule", $0.path, $0.name, $0.content)] } ?? []
        let decisions = dispositions.map { ("dispositions", $0.path, $0.name, Optional($0.content)) }
        let all = numbered.map { ($0.role, $0.input.path, $0.input.name, $0.input.content) } + settings + decisions
        return try all.map { (role, path, name, content) throws(RunFailure) in
            guard let content else { throw RunFailure(.internalCheck, "\(path) was not read to its end") }
            let shown = shown(path: path, name: name)
            return InputEvidence(
                role: role, path: shown.path, name: shown.name, sha256: content.sha256, bytes: content.byteCount)
        }
    }

    /// What a person should know about how the inputs were read.
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

extension RunFailure {
    public init(_ error: InputError) {
        switch error {
        case .cannotOpen(let path, let reason): self.init(.cannotOpenInput, "cannot open \(path): \(reason)")
        case .unusable(let path, let reason): self.init(.unusableInput, "\(path) is unusable: \(reason)")
        case .givenTwice(let path, let other):
            self.init(.usage, "\(path) is the same file as \(other): give each input once")
        case .cannotSpool(let reason): self.init(.cannotWrite, "cannot write a temporary file: \(reason)")
        }
    }
}
