import Files
import Ingest
import Memory
import Refunds
import Rules

/// What people decided about breaks, as the files of a run say it.
struct DispositionInputs: Sendable {
    /// The files, and what they hold.
    let files: [(file: InputFile, content: InputBytes)]
    /// What folders of decisions hold that is not read.
    let passedOver: [PassedOver]
    let dispositions: [Disposition]

    init(_ paths: [String]) throws(InputError) {
        let list = try InputList(paths)
        try InputList.checkDistinct(list.files)
        var files: [(file: InputFile, content: InputBytes)] = []
        for file in list.files { files.append((file, try InputBytes(file))) }
        self.files = files
        passedOver = list.passedOver
        dispositions = try DispositionsFile.read(files.map(\.content)).map { Disposition($0) }
    }
}

extension Disposition {
    fileprivate init(_ row: DispositionRow) {
        self.init(
            breakID: row.breakID, amounts: Text(row.breakAmounts), decision: row.disposition, note: row.note,
            preparer: row.preparer, reviewer: row.reviewer, date: row.date, place: row.place)
    }
}
