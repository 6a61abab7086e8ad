import Bytes
import Core
import Ingest
import Reconcile
import Report

/// The opened inputs of a run, numbered in the order in which they were given.
struct RunInputs: Sendable {
    let orders: [InputBytes]
    let webhooks: [InputBytes]
    let journals: [InputBytes]
    /// What nights before handed on; nil where no state is kept.
    let carried: CarriedFiles?
    /// A setting, whose lines no row names: it has no number.
    private let feeSchedule: InputBytes?
    /// How the inputs are named, by path.
    private var shown: [String: ShownInput] = [:]

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
        nameInputs()
        shown.merge(parameters.shownInputs) { $1 }
    }

    /// The journal that a live run writes is the last of its files.
    private static let ownJournal = "status-journal.jsonl"

    /// Names every input so that it is told from every other (FORMATS.md, "source").
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
    func shown(_ input: InputBytes) -> ShownInput {
        shown[input.path] ?? ShownInput(path: input.path, name: input.name)
    }

    /// The inputs in the order of their numbers, each with its role. What is carried forward was there first, so it stands
    /// before what came in tonight.
    private var numbered: [(role: String, input: InputBytes)] {
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

    /// The SHA-256 and size of each input, as it was received; behind those that are numbered the others.
    func evidence(_ dispositions: [InputBytes] = []) async throws -> [InputEvidence] {
        let roles: [(String, [InputBytes])] =
            numbered.map { ($0.role, [$0.input]) } + [
                ("feeSchedule", feeSchedule.map { [$0] } ?? []), ("dispositions", dispositions),
            ]
        let all = roles.flatMap { role, inputs in inputs.map { (role, $0) } }
        return try await parallelMap(all, width: 2) { role, input in
            InputEvidence(
                role: role, path: shown(input).path, name: shown(input).name, sha256: sha256(input),
                bytes: input.original.count)
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
