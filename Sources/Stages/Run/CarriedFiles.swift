import Files
import Ingest
import Memory
import Night
import Refunds

/// The files of a report that hold what it had from the nights before: an auditor sees it, and `verify --redo` reads it.
struct CarriedFiles: Sendable {
    let evidence: [OutputEvidence]

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
            try await ParallelLines.make(count, threads: threads, appendLine) { try file.write($0) }
            return OutputEvidence(try file.finish(), rows: count)
        }
        func write(
            _ name: String, _ count: Int, _ appendLine: @escaping @Sendable (Int, inout ByteWriter) -> Void
        ) async throws -> OutputEvidence {
            let file = try file(name)
            try await ParallelLines.make(count, threads: threads, appendLine) { try file.write($0) }
            return OutputEvidence(try file.finish(), rows: count)
        }
        return CarriedFiles(evidence: [
            try await write(CarriedFileName.orders, records.records.count) { records.records[$0].appendLine(to: &$1) },
            try await write(CarriedFileName.webhooks, records.webhooks.count) {
                records.webhooks[$0].appendLine(to: &$1)
            },
            try await write(CarriedFileName.answers, records.answers.count) { records.answers[$0].appendLine(to: &$1) },
            try await write(CarriedFileName.items, opening.items.count) { opening.items[$0].appendLine(to: &$1) },
            try await write(CarriedFileName.breaks, opening.breaks.count) { opening.breaks[$0].appendLine(to: &$1) },
        ])
    }
}
