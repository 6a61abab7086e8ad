import Bytes
import Core
import Ingest
import JSON
import Report
import State

/// What a run begins with if it is tied to the nights before it: what they handed on, as files of the report, and what
/// people decided about breaks.
struct NightOpened: Sendable {
    /// nil where no state is kept.
    let opening: NightOpening?
    let ledger: BreakLedger
    let requeryAfterDays: Int
    /// The files of the report that hold what is carried forward; nil where no state is kept.
    let files: CarriedFiles?
    /// The files of decisions, and what they hold.
    let dispositions: [(file: InputFile, content: InputBytes)]
    /// What folders of decisions hold that is not read.
    let passedOver: [InputList.PassedOver]

    /// Writes the files into the folder of the report that is being made.
    init(_ parameters: NightParameters, _ opening: NightOpening?, asOf: CalendarDate, staging: String)
        throws(RunFailure)
    {
        self.opening = opening
        requeryAfterDays = parameters.requeryAfterDays
        files = try opening.map { opening throws(RunFailure) in try CarriedFiles(opening, staging) }
        var rows: [DispositionRow] = []
        var dispositions: [(file: InputFile, content: InputBytes)] = []
        do throws(InputError) {
            let list = try InputList(parameters.dispositions)
            try InputList.checkDistinct(list.files)
            for file in list.files {
                let content = try InputBytes(file)
                rows += try DispositionsFile.read(content)
                dispositions.append((file, content))
            }
            passedOver = list.passedOver
        } catch { throw RunFailure(error) }
        self.dispositions = dispositions
        ledger = BreakLedger(before: opening?.breaks, dispositions: rows.map { Disposition($0) }, asOf: asOf)
    }

    /// The day before which answers are not used again; nil if none is.
    static func answersSince(_ asOf: CalendarDate, _ parameters: NightParameters) -> CalendarDate? {
        parameters.requeryAfterDays > 0 ? asOf.adding(days: 1 - parameters.requeryAfterDays) : nil
    }
}

extension Disposition {
    init(_ row: DispositionRow) {
        self.init(
            breakId: row.breakId, amounts: row.breakAmounts, decision: row.disposition, note: row.note,
            preparer: row.preparer, reviewer: row.reviewer, date: row.date, line: Int(row.line))
    }
}

/// What is carried forward, as files of the report: an auditor sees what came from the nights before, and the run reads it
/// as it reads everything else.
struct CarriedFiles: Sendable {
    let orders: InputFile
    let webhooks: InputFile
    let answers: InputFile
    let evidence: [OutputEvidence]

    static let ordersName = "carried-orders.jsonl"
    static let webhooksName = "carried-webhooks.jsonl"
    static let answersName = "carried-answers.jsonl"
    /// What no row names: the items that were open, and the breaks.
    static let itemsName = "carried-open-items.jsonl"
    static let breaksName = "carried-breaks.jsonl"
    static let names = [ordersName, webhooksName, answersName, itemsName, breaksName]

    init(_ opening: NightOpening, _ folder: String) throws(RunFailure) {
        var evidence: [OutputEvidence] = []
        func write(_ name: String, _ lines: [[UInt8]]) throws(RunFailure) -> InputFile {
            let file = try OutputFile(folder: folder, name: name)
            var buffer: [UInt8] = []
            for line in lines {
                buffer += line
                buffer.append(0x0A)
                if buffer.count >= 1 << 20 {
                    try file.write(buffer)
                    buffer.removeAll(keepingCapacity: true)
                }
            }
            try file.write(buffer)
            evidence.append(try file.finish(rows: lines.count))
            do throws(InputError) { return try InputFile(path: "\(folder)/\(name)") } catch { throw RunFailure(error) }
        }
        orders = try write(Self.ordersName, opening.orders)
        webhooks = try write(Self.webhooksName, opening.webhooks)
        answers = try write(Self.answersName, opening.answers.map(\.carriedLine))
        _ = try write(Self.itemsName, opening.items.map { $0.tree.encoded() })
        _ = try write(Self.breaksName, opening.breaks.map { $0.tree.encoded() })
        self.evidence = evidence
    }
}
