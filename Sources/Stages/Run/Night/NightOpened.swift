import Files
import Ingest
import JSON
import Memory
import Refunds
import Report
import State

/// What a run begins with if it is tied to the nights before it: what they left open, and what people decided about breaks.
struct NightOpened: Sendable {
    /// nil where no state is kept.
    private(set) var opening: NightOpening?
    private(set) var ledger: BreakLedger
    /// What was open, under the names that it has tonight.
    private(set) var items: OpenItems
    let requeryAfterDays: Int
    /// The files of decisions, and what they hold.
    let dispositions: [(file: InputFile, content: InputBytes)]
    /// What folders of decisions hold that is not read.
    let passedOver: [PassedOver]

    init(_ parameters: NightParameters, _ opening: NightOpening?, asOf: CalendarDate) throws(RunError) {
        self.opening = opening
        items = OpenItems(opening?.items ?? [])
        requeryAfterDays = parameters.requeryAfterDays
        let rows: [DispositionRow]
        var dispositions: [(file: InputFile, content: InputBytes)] = []
        do throws(InputError) {
            let list = try InputList(parameters.dispositions)
            try InputList.checkDistinct(list.files)
            for file in list.files {
                dispositions.append((file, try InputBytes(file)))
            }
            rows = try DispositionsFile.read(dispositions.map(\.content))
            passedOver = list.passedOver
        } catch { throw RunError(error) }
        self.dispositions = dispositions
        ledger = BreakLedger(before: opening?.breaks, dispositions: rows.map { Disposition($0) }, asOf: asOf)
    }

    /// With the open items and breaks of cases that were restated under another key under the names that these have now.
    ///
    /// - Parameter keys: the key that took its place, by the former one; it may itself have been replaced.
    func renaming(_ keys: [RefundIdentity: RefundIdentity]) -> NightOpened {
        if keys.isEmpty { return self }
        var renamed: [BreakID: RenamedRow] = [:]
        for (former, next) in keys {
            // A key may have been learnt in two steps.
            var (last, steps) = (next, 0)
            while let further = keys[last], steps < keys.count { (last, steps) = (further, steps + 1) }
            let key = RowKey(case: last)
            renamed[RowKey(case: former).id] = RenamedRow(id: key.id, key: key)
        }
        var night = self
        night.ledger = ledger.renaming(renamed)
        // Of several items that prove to be one refund the others keep their names: they are cleared.
        var ids = Set(items.list.map(\.id))
        night.items = OpenItems(
            items.list.map { item in
                guard let name = renamed[item.id], ids.insert(name.id).inserted else { return item }
                var item = item
                (item.id, item.key) = (name.id, name.key)
                return item
            })
        return night
    }

    /// Whether an answer of a night before is used without asking again.
    func isUsedAgain(_ answer: RememberedAnswer, asOf: CalendarDate) -> Bool {
        answer.isVerifiedEnd && answer.receivedFor.adding(days: requeryAfterDays) > asOf
    }
}

extension Disposition {
    init(_ row: DispositionRow) {
        self.init(
            breakID: row.breakID, amounts: Text(row.breakAmounts), decision: row.disposition, note: row.note,
            preparer: row.preparer, reviewer: row.reviewer, date: row.date, place: row.place)
    }
}

/// The files of a report that hold what it had from the nights before: an auditor sees it, and `verify --redo` reads it.
struct CarriedFiles: Sendable {
    let evidence: [OutputEvidence]

    static let ordersName = CarriedFile.ordersName
    static let webhooksName = CarriedFile.webhooksName
    static let answersName = CarriedFile.answersName
    /// What no row names: the items that were open, and the breaks.
    static let itemsName = "carried-open-items.jsonl"
    static let breaksName = "carried-breaks.jsonl"
    static let names = [ordersName, webhooksName, answersName, itemsName, breaksName]

    /// Writes them into the folder of the report that is being made, over what an earlier reading wrote.
    static func write(
        _ records: CarriedRecords, _ opening: NightOpening, _ folder: String, threads: Int
    ) async throws -> CarriedFiles {
        func file(_ name: String) throws -> OutputFile {
            FileSystem.removeIfThere("\(folder)/\(name)")
            return try OutputFile(folder: folder, name: name)
        }
        func write(
            _ name: String, _ count: Int, _ appendLine: @escaping @Sendable (Int, inout [UInt8]) -> Void
        ) async throws -> OutputEvidence {
            let file = try file(name)
            try await Lines.make(count, threads: threads, appendLine) { try file.write($0) }
            return OutputEvidence(try file.finish(), rows: count)
        }
        func write(
            _ name: String, _ count: Int, _ appendLine: @escaping @Sendable (Int, inout ByteWriter) -> Void
        ) async throws -> OutputEvidence {
            let file = try file(name)
            try await Lines.make(count, threads: threads, appendLine) { try file.write($0) }
            return OutputEvidence(try file.finish(), rows: count)
        }
        return CarriedFiles(evidence: [
            try await write(ordersName, records.records.count) { records.records[$0].appendLine(to: &$1) },
            try await write(webhooksName, records.webhooks.count) {
                records.webhooks[$0].appendLine(to: &$1)
            },
            try await write(answersName, records.answers.count) { records.answers[$0].appendLine(to: &$1) },
            try await write(itemsName, opening.items.count) { opening.items[$0].appendLine(to: &$1) },
            try await write(breaksName, opening.breaks.count) { opening.breaks[$0].appendLine(to: &$1) },
        ])
    }
}
